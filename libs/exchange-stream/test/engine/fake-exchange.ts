import type { Instrument, Random } from '@exchange-stream/market-data';
import { VirtualClock } from '@exchange-stream/market-data';
import type { ExchangeAdapter, Session, SessionContext, Stream } from '../../src/contract/index.ts';
import type {
  HttpRequest,
  HttpResponse,
  Socket,
  SocketHandlers,
  SocketOptions,
} from '../../src/engine/index.ts';
import { ExchangeStream, type ExchangeStreamOptions, type LifecycleEvent } from '../../src/engine/index.ts';

const instrument = (symbol: string): Instrument => {
  const [base = '', quote = ''] = symbol.split('/');
  return {
    exchange: 'fake',
    kind: 'spot',
    symbol,
    nativeSymbol: base + quote,
    base,
    quote,
    status: 'trading',
  };
};

/**
 * A made-up exchange with one frame layout: `{topic, id, price}` is a trade, `{ack}` and `{refuse}` are replies; `number`
 * counts the frames of the connection.
 */
export function fakeAdapter(
  options: { topicsPerConnection?: number; topicsPerMessage?: number; introduces?: boolean } = {},
): ExchangeAdapter {
  const limit = (safe: number): { documented: number; safe: number } => ({ documented: safe, safe });
  return {
    exchange: 'fake',
    name: 'Fake',
    endpoints: {
      public: {
        kind: 'public',
        baseUrls: { live: ['wss://one.test', 'wss://two.test'], testnet: ['wss://testnet.test'] },
        path: '/stream',
        limits: {
          topicsPerConnection: limit(options.topicsPerConnection ?? 100),
          topicsPerMessage: limit(options.topicsPerMessage ?? 10),
          messages: { ...limit(2), windowMs: 1_000 },
          connects: [{ ...limit(5), windowMs: 60_000 }],
        },
        heartbeat: { sender: 'client', intervalMs: 5_000, deadlineMs: 15_000 },
        ackDeadlineMs: 3_000,
      },
    },
    channels: {
      trades: { endpoint: 'public', params: {}, topic: (nativeSymbol) => `trades.${nativeSymbol}` },
    },
    rest: {
      baseUrls: { live: ['https://rest.test'], testnet: ['https://rest.test'] },
      requests: { documented: 100, safe: 100, windowMs: 60_000 },
      instruments: {
        request: () => ({ path: '/instruments', weight: 1 }),
        parse: (body) => (JSON.parse(body) as string[]).map(instrument),
        recognise: () => undefined,
      },
    },
    createSession: <S extends Stream>(context: SessionContext): Session<S> => ({
      subscribe: (topics) => [request(context, 'sub', topics)],
      unsubscribe: (topics) => [request(context, 'unsub', topics)],
      ...(options.introduces && { introduce: () => [request(context, 'hello', [])] }),
      onFrame: (frame, _binary, _receivedAt, sink) => {
        const message = JSON.parse(frame.toString('utf8')) as Record<string, string>;
        if (message.number !== undefined && !sink.frameNumber(Number(message.number))) return;
        if (message.ack !== undefined) sink.reply(message.ack);
        else if (message.refuse !== undefined) {
          sink.reply(message.refuse, {
            code: '1',
            message: 'no',
            temporary: message.temporary !== undefined,
            ...(message.full !== undefined && { connectionIsFull: true }),
            ...(message.several !== undefined && { isOfSeveral: true }),
          });
        } else if (message.closing !== undefined) sink.closing(message.closing);
        else if (message.expired !== undefined) sink.tokenLost(message.expired);
        else if (message.pause !== undefined) sink.paused(message.pause);
        else if (message.resume !== undefined) sink.resumed(message.resume);
        else if (message.halt !== undefined)
          sink.marketStatus(message.halt, 'halted', 'auction', message.category);
        else if (message.open !== undefined) sink.marketStatus(message.open, 'trading', 'auction over');
        else {
          const stream = sink.stream(message.topic ?? '');
          if (stream) sink.trade(stream, undefined, message.id ?? '', message.price ?? '', '1', 'buy');
          else sink.ignored('unsubscribed topic');
        }
      },
    }),
    describeTopic: () => undefined,
    recording: { topicsInUrl: () => [], topicsInFrame: () => [] },
  };
}

function request(
  context: SessionContext,
  op: string,
  topics: readonly string[],
): ReturnType<Session['subscribe']>[number] {
  const key = String(context.nextId());
  return { frame: JSON.stringify({ op, key, topics }), replies: [{ key, topics }] };
}

/** What the client sent over one socket, parsed. */
export interface Sent {
  readonly op: string;
  readonly key: string;
  readonly topics: readonly string[];
  readonly at: number;
}

/** The far end of a socket that the engine opened. */
export class FakeSocket implements Socket {
  readonly sent: Sent[] = [];
  readonly openedAt: number;
  pings = 0;
  /** When each of them left, and each of the answers to the exchange's own. */
  readonly pingTimes: number[] = [];
  readonly pongTimes: number[] = [];
  readonly pongs: string[] = [];
  accepted = false;
  closed = false;
  bufferedBytes = 0;
  /** Whether it answers a close, as a decent peer does. */
  answersClose = true;

  constructor(
    readonly url: string,
    private readonly clock: VirtualClock,
    readonly handlers: SocketHandlers,
    readonly options: SocketOptions,
  ) {
    this.openedAt = clock.monotonic();
  }

  send(data: string | Uint8Array): void {
    this.sent.push({ ...(JSON.parse(String(data)) as Omit<Sent, 'at'>), at: this.clock.monotonic() });
  }

  ping(): void {
    this.pings++;
    this.pingTimes.push(this.clock.monotonic());
  }

  pong(payload: Uint8Array): void {
    this.pongs.push(Buffer.from(payload).toString());
    this.pongTimes.push(this.clock.monotonic());
  }

  close(code = 1005): void {
    if (this.answersClose) this.clock.after(0, () => this.end(code));
  }

  terminate(): void {
    this.clock.after(0, () => this.end(1006));
  }

  accept(): void {
    this.accepted = true;
    this.handlers.onOpen();
  }

  /** A binary frame. */
  pushBytes(frame: Buffer): void {
    this.handlers.onFrame(frame, true);
  }

  push(message: unknown): void {
    this.handlers.onFrame(
      Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)),
      false,
    );
  }

  /** Confirms everything asked so far. */
  ackAll(): void {
    for (const { key } of this.sent.splice(0)) this.push({ ack: key });
  }

  end(code: number, error?: Error): void {
    if (this.closed) return;
    this.closed = true;
    if (error) this.handlers.onError(error);
    this.handlers.onClose(code, '');
  }
}

/** An engine between a made-up exchange and a virtual clock. */
export class FakeWorld {
  readonly clock = new VirtualClock();
  readonly sockets: FakeSocket[] = [];
  readonly lifecycle: LifecycleEvent[] = [];
  symbols = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'];
  /** Answers REST; replaced by tests that want it to fail. */
  respond: (request: HttpRequest) => Promise<HttpResponse> = () =>
    Promise.resolve({ status: 200, headers: {}, body: JSON.stringify(this.symbols) });
  readonly stream: ExchangeStream;

  constructor(
    readonly adapter = fakeAdapter(),
    options: Partial<ExchangeStreamOptions> = {},
    random: Random = { next: () => 0.5 },
  ) {
    this.stream = new ExchangeStream(
      { exchanges: [adapter], ...options },
      {
        clock: this.clock,
        random,
        http: { request: (request) => this.respond(request) },
        sockets: {
          open: (url, options, handlers) => {
            const socket = new FakeSocket(url, this.clock, handlers, options);
            this.sockets.push(socket);
            return socket;
          },
        },
      },
    );
    this.stream.onLifecycle((event) => this.lifecycle.push(event));
  }

  /** The newest socket. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('The engine has opened no socket.');
    return socket;
  }

  /** Starts, loads instruments, accepts the first socket, and lets it ask for its topics. */
  async connect(): Promise<FakeSocket> {
    this.stream.start();
    await this.clock.advance(0);
    this.socket.accept();
    await this.clock.advance(0);
    return this.socket;
  }
}

/** A request for trades of a symbol. */
export const trades = (symbol: string): { exchange: string; channel: 'trades'; symbol: string } => ({
  exchange: 'fake',
  channel: 'trades',
  symbol,
});
