import type { Side } from '@exchange-stream/market-data';
import { MalformedFieldError, text } from '../decoder/fields.ts';
import { isoTime } from '../decoder/iso-time.ts';

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

export function timeIfAny(value: unknown, field: string): number | undefined {
  return value === undefined ? undefined : time(value, field);
}

/** The taker's side: the exchange names the maker's. */
export function takerSide(value: unknown, field: string): Side {
  if (value === 'buy') return 'sell';
  if (value === 'sell') return 'buy';
  throw new MalformedFieldError(field, '"buy" or "sell"', value);
}
