import type { BookLevel, SubscriptionParams } from '@exchange-stream/market-data';
import type { BookRules } from '@exchange-stream/nestjs/contract';
import { crc32Checksum } from '../checksum/crc32-checksum.ts';
import { MalformedFieldError, amount, isWireObject, list, price } from '../decoder/fields.ts';
import type { WireLevel } from './kraken.wire.ts';

/** Levels of each side that a book can have. */
export const DEPTHS = [10, 25, 100, 500, 1_000] as const;
export const USUAL_DEPTH = 10;

/** The ten best asks, then the ten best bids, each with as many decimal places as its pair has. */
const CHECKSUM = crc32Checksum({
  levels: 10,
  order: 'asks-bids',
  separator: '',
  digits: 'written',
  isBare: true,
});

/**
 * Updates bear no numbers: the checksum is all that proves them. No word is said of levels that are pushed out behind the
 * depth, so they are dropped after every update, and the checksum is of what is left.
 */
export function bookRules({ depth = USUAL_DEPTH }: SubscriptionParams): BookRules {
  return {
    kind: 'linked',
    seed: 'stream',
    follows: () => 'follows',
    checksum: CHECKSUM,
    depth: Number(depth),
  };
}

/** Decimal places of a pair, as the channel `instrument` tells them. */
export interface Precision {
  readonly price: number;
  readonly amount: number;
}

/**
 * Levels of one side. Checksums are made of as many decimal places as the pair has; where the wire shows others (`0.5` for
 * `0.50000000`, `1e-8`), those are noted.
 * @param precision of the pair, if it is known; without it, what the wire shows counts
 */
export function levels(
  value: unknown,
  field: string,
  precision: Precision | undefined,
  asWritten: Map<BookLevel, BookLevel>,
): BookLevel[] {
  const rows = list(value, field);
  const read: BookLevel[] = [];
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index];
    if (!isWireObject(row)) throw new MalformedFieldError(`${field}[${index}]`, 'a level {price, qty}', row);
    const { price: at, qty }: WireLevel = row;
    const level: BookLevel = [price(at, `${field}[${index}].price`), amount(qty, `${field}[${index}].qty`)];
    read.push(level);
    if (precision) note(level, precision, asWritten);
  }
  return read;
}

function note(level: BookLevel, precision: Precision, asWritten: Map<BookLevel, BookLevel>): void {
  const [at, qty] = level;
  const fixedPrice = fixed(at, precision.price);
  const fixedAmount = fixed(qty, precision.amount);
  if (fixedPrice !== at || fixedAmount !== qty) asWritten.set(level, [fixedPrice, fixedAmount]);
}

/** With so many decimal places, unless one that counts would be lost. */
function fixed(decimal: string, places: number): string {
  const point = decimal.indexOf('.');
  const has = point < 0 ? 0 : decimal.length - point - 1;
  if (has === places) return decimal;
  if (has < places) return (point < 0 ? `${decimal}.` : decimal) + '0'.repeat(places - has);
  const cut = decimal.slice(point + 1 + places);
  return /^0+$/.test(cut) ? decimal.slice(0, places === 0 ? point : point + 1 + places) : decimal;
}
