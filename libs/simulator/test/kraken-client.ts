import { crc32 } from 'node:zlib';
import type { SimulatedExchange } from '../src/index.ts';
import { RecordingClient } from './recording-client.ts';

export interface KrakenFrame {
  readonly channel?: string;
  readonly type?: 'snapshot' | 'update';
  readonly timestamp?: string;
  readonly data?: readonly Record<string, unknown>[];
  readonly method?: string;
  readonly req_id?: number;
  readonly success?: boolean;
  readonly error?: string;
  readonly symbol?: string;
  readonly result?: Readonly<Record<string, unknown>>;
}

/** The client's end of a connection to simulated Kraken. */
export class KrakenClient extends RecordingClient {
  constructor(exchange: SimulatedExchange, address = 'client') {
    super(exchange, '/v2', true, address);
  }

  subscribe(channel: string, symbol?: string | readonly string[], params: object = {}): this {
    return this.request('subscribe', channel, symbol, params);
  }

  unsubscribe(channel: string, symbol?: string | readonly string[], params: object = {}): this {
    return this.request('unsubscribe', channel, symbol, params);
  }

  get messages(): readonly KrakenFrame[] {
    return this.texts.map((text) => JSON.parse(text) as KrakenFrame);
  }

  get replies(): readonly KrakenFrame[] {
    return this.messages.filter(({ method }) => method !== undefined);
  }

  override of(channel: string): Record<string, unknown>[] {
    return this.messages.filter((frame) => frame.channel === channel) as Record<string, unknown>[];
  }

  rowsOf(channel: string): readonly Record<string, unknown>[] {
    return this.messages.filter((frame) => frame.channel === channel).flatMap(({ data = [] }) => data);
  }

  /** Texts of the frames of books. */
  get books(): readonly string[] {
    return this.texts.filter((text) => text.startsWith('{"channel":"book"'));
  }

  private request(
    method: string,
    channel: string,
    symbol: string | readonly string[] | undefined,
    params: object,
  ): this {
    const symbols = typeof symbol === 'string' ? [symbol] : symbol;
    this.say({ method, params: { channel, ...(symbols && { symbol: symbols }), ...params }, req_id: 7 });
    return this;
  }
}

const LEVEL = /\{"price":([^,]+),"qty":([^}]+)\}/g;

/** A book as a client keeps it, by the rules that are published, in the digits of the wire. */
export class KrakenBook {
  private readonly bids = new Map<string, string>();
  private readonly asks = new Map<string, string>();
  /** Frames after which the book was not the one of their checksum. */
  mismatches = 0;

  constructor(
    frames: readonly string[],
    private readonly depth = 10,
  ) {
    for (const frame of frames) this.apply(frame);
  }

  get levels(): { bids: [string, string][]; asks: [string, string][] } {
    return { bids: sorted(this.bids, -1), asks: sorted(this.asks, 1) };
  }

  apply(frame: string): void {
    if (frame.includes('"type":"snapshot"')) for (const side of [this.bids, this.asks]) side.clear();
    const [, bids = ''] = /"bids":\[([^\]]*)\]/.exec(frame) ?? [];
    const [, asks = ''] = /"asks":\[([^\]]*)\]/.exec(frame) ?? [];
    this.change(this.bids, bids, -1);
    this.change(this.asks, asks, 1);
    const checksum = Number(/"checksum":(\d+)/.exec(frame)?.[1]);
    if (checksum !== this.checksum()) this.mismatches++;
  }

  private change(side: Map<string, string>, rows: string, order: number): void {
    for (const [, price = '', qty = ''] of rows.matchAll(LEVEL)) {
      if (Number(qty) === 0) side.delete(price);
      else side.set(price, qty);
    }
    for (const [price] of sorted(side, order).slice(this.depth)) side.delete(price);
  }

  private checksum(): number {
    const { bids, asks } = this.levels;
    const text = [...asks.slice(0, 10), ...bids.slice(0, 10)]
      .flat()
      .map((number) => number.replace('.', '').replace(/^0+/, ''))
      .join('');
    return crc32(text);
  }
}

function sorted(side: Map<string, string>, order: number): [string, string][] {
  return [...side].sort(([a], [b]) => order * (Number(a) - Number(b)));
}
