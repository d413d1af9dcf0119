import type { BookLevel, Side } from '@exchange-stream/market-data';
import { MalformedFieldError, amount, exactInteger, list, price } from '../decoder/fields.ts';

/** OKX writes nothing where there is no number. */
export function present(value: unknown): unknown {
  return value === '' ? undefined : value;
}

/** Of trades the taker's, of liquidations that of the order that closes the position. */
export function side(value: unknown, field: string): Side {
  if (value !== 'buy' && value !== 'sell') throw new MalformedFieldError(field, '"buy" or "sell"', value);
  return value;
}

/** `[price, amount, …, orders]`; what stands third is always 0, or in books of RPI orders the amount without those. */
export function levels(value: unknown, field: string): BookLevel[] {
  return list(value, field).map((entry, index) => {
    const at = (column: number): string => `${field}[${index}][${column}]`;
    if (!Array.isArray(entry) || entry.length !== 4) {
      throw new MalformedFieldError(`${field}[${index}]`, 'a level of four numbers', entry);
    }
    return [price(entry[0], at(0)), amount(entry[1], at(1)), exactInteger(entry[3], at(3))];
  });
}
