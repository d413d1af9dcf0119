import type { Side } from '@exchange-stream/market-data';
import { MalformedFieldError, text } from '../decoder/fields.ts';
import { isoTime } from '../decoder/iso-time.ts';

/** Coinbase was founded later: times before it are none. Some recorded snapshots are of 1970. */
export const FIRST_TIME = Date.UTC(2012, 0);

/** Coinbase writes nothing, or null, where there is none. */
export function present(value: unknown): unknown {
  return value === '' || value === null ? undefined : value;
}

/** Milliseconds since the epoch, of RFC 3339. */
export function time(value: unknown, field: string): number {
  const at = isoTime(text(value, field));
  if (at === undefined) throw new MalformedFieldError(field, 'a time of RFC 3339', value);
  return at;
}

/** The same; undefined where there is none, or one of 1970. */
export function timeIfAny(value: unknown, field: string): number | undefined {
  if (value === undefined) return undefined;
  const at = time(value, field);
  return at < FIRST_TIME ? undefined : at;
}

/** The taker's side: Coinbase names the maker's. */
export function takerSide(value: unknown, field: string): Side {
  if (value === 'BUY') return 'sell';
  if (value === 'SELL') return 'buy';
  throw new MalformedFieldError(field, '"BUY" or "SELL"', value);
}

/**
 * Whether a product's amounts are in base currency and not in contracts: `BTC-USD`, of spot, has two parts, and
 * `BIP-20DEC30-CDE` has three.
 */
export function isSpot(product: string): boolean {
  return product.indexOf('-') === product.lastIndexOf('-');
}
