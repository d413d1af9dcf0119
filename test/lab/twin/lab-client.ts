import { inflateRawSync, inflateSync, gunzipSync } from 'node:zlib';
import { VirtualClock } from '@exchange-stream/market-data';
import type { ConnectionHandler, RestResponse } from '@exchange-stream/simulator';
import { LabExchange } from './lab.exchange.ts';
import type { LabOptions, PackingDialect } from './lab.options.ts';

export type Frame = Record<string, unknown>;

const UNPACKS: Readonly<Record<PackingDialect, (bytes: Buffer) => Buffer>> = {
  text: (bytes) => bytes,
  binary: (bytes) => bytes,
  gzip: gunzipSync,
  deflate: inflateSync,
  'deflate-raw': inflateRawSync,
  'permessage-deflate': (bytes) => bytes,
};

/** A lab in virtual time. */
export function startLab(options: Omit<LabOptions, 'clock'> = {}): { clock: VirtualClock; lab: LabExchange } {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const lab = new LabExchange({ clock, ...options });
  lab.start();
  return { clock, lab };
}

/** The client's end of a connection, without a transport: it keeps what the exchange sends. */
export class LabClient {
  readonly texts: string[] = [];
  /** Whether each frame came in a binary one. */
  readonly binary: boolean[] = [];
  readonly pings: string[] = [];
  closed: { code: number | undefined; reason: string } | undefined;
  private readonly exchangeSide: ConnectionHandler;
  private ids = 0;

  constructor(
    lab: LabExchange,
    path = '/public',
    private readonly answersPings = true,
    address = 'client',
  ) {
    this.exchangeSide = lab.accept({
      path,
      query: new URLSearchParams(),
      address,
      send: (text) => this.keep(text, false),
      sendBytes: (bytes) => this.keep(Buffer.from(bytes).toString(), false),
      sendBinary: (bytes) => this.keep(UNPACKS[lab.dialects.packing](Buffer.from(bytes)).toString(), true),
      ping: (payload) => {
        this.pings.push(payload);
        if (this.answersPings) this.exchangeSide.onPong(payload);
      },
      close: (code, reason) => (this.closed = { code, reason }),
      closeMalformed: () => (this.closed = { code: 1006, reason: '' }),
      terminate: () => (this.closed = { code: 1006, reason: '' }),
    });
  }

  say(message: unknown): void {
    this.exchangeSide.onMessage(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** @returns the frames that answer at once */
  ask(message: Frame): Frame[] {
    const before = this.texts.length;
    this.say({ id: ++this.ids, ...message });
    return this.frames.slice(before);
  }

  subscribe(...topics: string[]): Frame[] {
    return this.ask({ op: 'subscribe', topics });
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
    return this.texts.map((text) => (text === 'pong' ? { text } : (JSON.parse(text) as Frame)));
  }

  /** The data of one topic. */
  of<T = Frame>(topic: string): T[] {
    return this.frames.filter((frame) => frame.topic === topic).map(({ data }) => data as T);
  }

  private keep(text: string, binary: boolean): void {
    this.texts.push(text);
    this.binary.push(binary);
  }
}

export function rest(lab: LabExchange, target: string, address = 'client'): RestResponse & { json: Frame } {
  const url = new URL(target, 'https://lab.test');
  const response = lab.request({
    method: 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: {},
    address,
  });
  return { ...response, json: JSON.parse(response.body) as Frame };
}
