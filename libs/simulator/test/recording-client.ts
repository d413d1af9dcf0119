import type { ConnectionHandler, RestResponse, SimulatedExchange } from '../src/index.ts';

type Frame = Record<string, unknown>;

/** The client's end of a connection, without a transport: it keeps what the exchange sends. */
export class RecordingClient {
  readonly texts: string[] = [];
  readonly binary: Buffer[] = [];
  readonly pings: string[] = [];
  closed: { code: number; reason: string } | undefined;
  private readonly exchangeSide: ConnectionHandler;

  constructor(
    exchange: SimulatedExchange,
    target: string,
    private readonly answersPings = true,
    address = 'client',
  ) {
    const url = new URL(target, 'ws://exchange');
    this.exchangeSide = exchange.accept({
      path: url.pathname,
      query: url.searchParams,
      address,
      send: (text) => this.texts.push(text),
      sendBytes: (bytes) => this.texts.push(Buffer.from(bytes).toString()),
      sendBinary: (bytes) => this.binary.push(Buffer.from(bytes)),
      ping: (payload) => {
        this.pings.push(payload);
        if (this.answersPings) this.exchangeSide.onPong(payload);
      },
      close: (code = 1005, reason) => (this.closed = { code, reason }),
      closeMalformed: () => (this.closed = { code: 1006, reason: '' }),
      terminate: () => (this.closed = { code: 1006, reason: '' }),
    });
  }

  say(message: unknown): void {
    this.exchangeSide.onMessage(typeof message === 'string' ? message : JSON.stringify(message));
  }

  pong(payload: string): void {
    this.exchangeSide.onPong(payload);
  }

  ping(): void {
    this.exchangeSide.onPing();
  }

  leave(): void {
    this.exchangeSide.onClose();
  }

  /** Everything received so far. */
  get frames(): Frame[] {
    return this.texts.map(parse);
  }

  /** Payloads of the combined frames of one stream. */
  of(stream: string): Frame[] {
    return this.frames.filter((frame) => frame['stream'] === stream).map((frame) => frame['data'] as Frame);
  }

  /** What came in answer to the latest message, which is the last frame as long as the clock stands. */
  get answer(): unknown {
    return parse(this.texts.at(-1)!);
  }
}

export function rest(exchange: SimulatedExchange, target: string, address = 'client'): RestResponse {
  const url = new URL(target, 'http://exchange');
  const { paddingBytes = 0, ...answer } = exchange.request({
    method: 'GET',
    path: url.pathname,
    query: url.searchParams,
    target: `${url.pathname}${url.search}`,
    headers: {},
    body: '',
    address,
  });
  return { ...answer, body: answer.body + ' '.repeat(paddingBytes) };
}

export function restBody<T>(exchange: SimulatedExchange, target: string): T {
  return JSON.parse(rest(exchange, target).body) as T;
}

function parse(text: string): Frame {
  return JSON.parse(text) as Frame;
}
