import { crc32 } from 'node:zlib';

type Row = readonly [price: string, qty: string];

const ROWS = /\{"price":([^,]+),"qty":([^}]+)\}/g;
const CHECKED = 10;

/** What arrives of a book of Kraken, kept by nothing but the rules of its documentation: digits as they came. */
export class KrakenReference {
  private readonly bids = new Map<string, Row>();
  private readonly asks = new Map<string, Row>();

  constructor(private readonly depth: number) {}

  /** @returns whether the book is what the frame says it is */
  apply(frame: string): boolean {
    this.change(this.bids, /"bids":\[([^\]]*)\]/.exec(frame)?.[1] ?? '', -1);
    this.change(this.asks, /"asks":\[([^\]]*)\]/.exec(frame)?.[1] ?? '', 1);
    return this.checksum === Number(/"checksum":(\d+)/.exec(frame)?.[1]);
  }

  private get checksum(): number {
    const best = [sorted(this.asks, 1).slice(0, CHECKED), sorted(this.bids, -1).slice(0, CHECKED)];
    const numbers = best.flat(2);
    return crc32(numbers.map((number) => number.replace('.', '').replace(/^0+/, '')).join(''));
  }

  private change(side: Map<string, Row>, rows: string, direction: number): void {
    for (const [, price = '', qty = ''] of rows.matchAll(ROWS)) {
      if (Number(qty) === 0) side.delete(price);
      else side.set(price, [price, qty]);
    }
    // Nothing tells of what is pushed out of scope.
    for (const [price] of sorted(side, direction).slice(this.depth)) side.delete(price);
  }
}

function sorted(side: ReadonlyMap<string, Row>, direction: number): readonly Row[] {
  return [...side.values()].sort(([a], [b]) => (Number(a) - Number(b)) * direction);
}
