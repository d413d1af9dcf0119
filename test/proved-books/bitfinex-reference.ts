import { crc32 } from 'node:zlib';

type Row = readonly string[];

const CHECKED = 25;

/**
 * What arrives of a book of Bitfinex, kept by nothing but the rules of its documentation: digits as they came, and no
 * doubt about any of them.
 */
export class BitfinexReference {
  private readonly bids = new Map<string, Row>();
  private readonly asks = new Map<string, Row>();

  constructor(private readonly isByOrder: boolean) {}

  /** Rows of a snapshot or an update: `[price, count, amount]`, of orders `[id, price, amount]`. */
  apply(rows: readonly Row[]): void {
    for (const row of rows) {
      const [key = ''] = row;
      const side = Number(row[2]) > 0 ? this.bids : this.asks;
      // An order is there once.
      if (this.isByOrder) for (const each of [this.bids, this.asks]) each.delete(key);
      if (Number(row[1]) === 0) side.delete(key);
      else side.set(key, row);
    }
  }

  /** The checksum that such a book should have. */
  get checksum(): number {
    const [bids, asks] = [this.sorted(this.bids, -1), this.sorted(this.asks, 1)];
    const parts: (string | undefined)[] = [];
    for (let rank = 0; rank < CHECKED; rank++)
      for (const row of [bids[rank], asks[rank]]) if (row) parts.push(row[0], row[2]);
    return crc32(parts.join(':')) | 0;
  }

  private sorted(side: ReadonlyMap<string, Row>, direction: number): readonly Row[] {
    const price = (row: Row): number => Number(row[this.isByOrder ? 1 : 0]);
    return [...side.values()].sort(
      (a, b) => (price(a) - price(b)) * direction || Number(a[0]) - Number(b[0]),
    );
  }
}
