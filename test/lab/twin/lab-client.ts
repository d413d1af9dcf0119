import { createHmac } from 'node:crypto';
import { inflateRawSync, inflateSync, gunzipSync } from 'node:zlib';
import { VirtualClock } from '@exchange-stream/market-data';
import type { ConnectionHandler, HandshakeRefusal, RestResponse } from '@exchange-stream/simulator';
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
    const { pathname, searchParams: query } = new URL(path, 'wss://lab.test');
    this.exchangeSide = lab.accept({
      path: pathname,
      query,
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

/** @returns the answer that refuses to open a socket there */
export function handshake(
  lab: LabExchange,
  target: string,
  address = 'client',
): HandshakeRefusal | undefined {
  const { pathname: path, searchParams: query } = new URL(target, 'wss://lab.test');
  return lab.refuseHandshake({ path, query, address });
}

export interface RestOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly address?: string;
}

export function rest(
  lab: LabExchange,
  target: string,
  { method = 'GET', headers = {}, body: sent = '', address = 'client' }: RestOptions = {},
): RestResponse & { json: Frame } {
  const url = new URL(target, 'https://lab.test');
  const response = lab.request({
    method,
    path: url.pathname,
    query: url.searchParams,
    target: `${url.pathname}${url.search}`,
    headers,
    body: sent,
    address,
  });
  const body = response.body + ' '.repeat(response.paddingBytes ?? 0);
  return { ...response, body, json: JSON.parse(body) as Frame };
}

/** One who has a key, and counts his nonces. */
export class KeyHolder {
  nonce = 0;

  constructor(
    private readonly lab: LabExchange,
    readonly key = 'lab-key',
    private readonly secret = key.replace('key', 'secret'),
  ) {}

  sign(text: string): string {
    return createHmac('sha256', this.secret).update(text).digest('hex');
  }

  /** A message that logs in by the time, or by a nonce. */
  login(signed: { readonly time: number } | { readonly nonce: number }): Frame {
    return {
      op: 'login',
      key: this.key,
      ...signed,
      signature: this.sign(String('time' in signed ? signed.time : signed.nonce)),
    };
  }

  call(method: string, target: string, body = '', nonce = ++this.nonce): RestResponse & { json: Frame } {
    const signature = this.sign([method, target, nonce, body].join('\n'));
    const headers = { 'lab-key': this.key, 'lab-nonce': String(nonce), 'lab-signature': signature };
    return rest(this.lab, target, { method, headers, body });
  }

  /** @returns the text of a fresh token */
  token(): string {
    return String(this.call('POST', '/api/token').json.token);
  }

  prolong(token: string): RestResponse & { json: Frame } {
    return this.call('PUT', '/api/token', JSON.stringify({ token }));
  }
}
