import { crc32 } from 'node:zlib';
import type { SimulatedExchange } from '../src/index.ts';
import { RecordingClient } from './recording-client.ts';

export type BitfinexEvent = Readonly<Record<string, unknown>> & { readonly event: string };
/** `[channel, …]`, as parsed. */
export type BitfinexFrame = readonly [number, ...unknown[]];
export type Row = readonly number[];

export const FLAGS = { timestamp: 32_768, sequence: 65_536, checksum: 131_072, bulk: 536_870_912 };

/** The client's end of a connection to simulated Bitfinex. */
export class BitfinexClient extends RecordingClient {
  constructor(exchange: SimulatedExchange, address = 'client') {
    super(exchange, '/ws/2', true, address);
  }

  conf(...flags: readonly (keyof typeof FLAGS)[]): void {
    this.say({ event: 'conf', flags: flags.reduce((sum, flag) => sum + FLAGS[flag], 0) });
  }

  /** @returns the number of the channel, where it was acknowledged at once */
  subscribe(request: Readonly<Record<string, unknown>>): number | undefined {
    this.say({ event: 'subscribe', ...request });
    return this.events.at(-1)?.['chanId'] as number | undefined;
  }

  get events(): readonly BitfinexEvent[] {
    return this.parsed.filter((message): message is BitfinexEvent => !Array.isArray(message));
  }

  get data(): readonly BitfinexFrame[] {
    return this.parsed.filter((message): message is BitfinexFrame => Array.isArray(message));
  }

  /** What came on a channel, without its number. */
  on(chanId: number | undefined): readonly (readonly unknown[])[] {
    return this.data.filter(([id]) => id === chanId).map(([, ...rest]) => rest);
  }

  private get parsed(): readonly unknown[] {
    return this.texts.map((text) => JSON.parse(text) as unknown);
  }
}

/** A book as somebody keeps it who does everything that the documents ask for. Rows keep the texts of their numbers. */
export class KeptBook {
  readonly bids = new Map<string, readonly string[]>();
  readonly asks = new Map<string, readonly string[]>();
  snapshots = 0;
  /** Checksums that were right, and that were not. */
  readonly checked = { right: 0, wrong: 0 };
  /** Most levels of a side that there have been. */
  longest = 0;

  /** @param kind whose rows: levels or orders, of what is traded or lent */
  constructor(private readonly kind: 'P' | 'R' | 'fP' | 'fR' = 'P') {}

  /** Reads all frames of a channel, as texts. */
  read(texts: readonly string[], chanId: number): this {
    for (const text of texts) {
      if (!text.startsWith(`[${chanId},`)) continue;
      const body = text.slice(text.indexOf(',') + 1, -1);
      if (body.startsWith('"cs"')) this.check(Number(body.split(',')[1]));
      else if (!body.startsWith('"')) this.apply(body);
    }
    return this;
  }

  /** Prices and amounts of a side, best first. */
  levels(side: 'bids' | 'asks'): readonly (readonly [price: number, amount: number])[] {
    return this.sorted(side).map((row) => [Number(this.priceOf(row)), Math.abs(Number(row.at(-1)))]);
  }

  private apply(body: string): void {
    const rows = [...body.matchAll(/\[([^[\]]+)\]/g)].map(([, row = '']) => row.split(','));
    if (this.snapshots === 0) this.snapshots++;
    for (const row of rows) this.set(row);
    this.longest = Math.max(this.longest, this.bids.size, this.asks.size);
  }

  private set(row: readonly string[]): void {
    const lent = this.kind.startsWith('f');
    const isBid = Number(row.at(-1)) > 0 !== lent;
    const key = this.kind === 'fP' ? `${row[0]} ${row[1]}` : (row[0] ?? '');
    const side = isBid ? this.bids : this.asks;
    const isGone = this.kind.endsWith('R') ? Number(this.priceOf(row)) === 0 : row.at(-2) === '0';
    if (!isGone) side.set(key, row);
    else if (!side.delete(key)) throw new Error(`${row.join(',')} takes away what is not there`);
  }

  private check(expected: number): void {
    const [bids, asks] = [this.sorted('bids'), this.sorted('asks')];
    const parts: (string | undefined)[] = [];
    for (let rank = 0; rank < 25; rank++)
      for (const row of [bids[rank], asks[rank]]) if (row) parts.push(row[0], row.at(-1));
    this.checked[(crc32(parts.join(':')) | 0) === expected ? 'right' : 'wrong']++;
  }

  private sorted(side: 'bids' | 'asks'): readonly (readonly string[])[] {
    const up = side === 'asks' ? 1 : -1;
    return [...this[side].values()].sort(
      (a, b) =>
        (Number(this.priceOf(a)) - Number(this.priceOf(b))) * up ||
        // Orders in their queue, and of lending the fewest days first.
        Number(this.tieOf(a)) - Number(this.tieOf(b)),
    );
  }

  private tieOf(row: readonly string[]): string | undefined {
    return this.kind === 'fP' ? row[1] : row[0];
  }

  private priceOf(row: readonly string[]): string {
    if (!this.kind.endsWith('R')) return row[0] ?? '';
    return (this.kind === 'fR' ? row[2] : row[1]) ?? '';
  }
}
