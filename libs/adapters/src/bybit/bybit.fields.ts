import { multiplyDecimals, toPlainDecimal, type Side } from '@exchange-stream/market-data';
import {
  MalformedFieldError,
  amount,
  exactInteger,
  integer,
  optionalPrice,
  signedDecimal,
} from '../decoder/fields.ts';

/** Bybit writes an empty text where there is no value. */
export function known(value: unknown): unknown {
  return value === '' || value === null ? undefined : value;
}

/** A price where zero, an empty text or nothing stand for none. */
export function priceIfAny(value: unknown, field: string): string | undefined {
  return optionalPrice(known(value), field);
}

export function amountIfAny(value: unknown, field: string): string | undefined {
  const some = known(value);
  return some === undefined ? undefined : amount(some, field);
}

export function signedIfAny(value: unknown, field: string): string | undefined {
  const some = known(value);
  return some === undefined ? undefined : signedDecimal(some, field);
}

/** A fraction in percent, its digits untouched: `-0.006899` becomes `-0.6899`. */
export function percentIfAny(value: unknown, field: string): string | undefined {
  const fraction = signedIfAny(value, field);
  return fraction === undefined ? undefined : toPlainDecimal(`${fraction}e2`);
}

/** A time as text, where `0` stands for none. */
export function timeIfAny(value: unknown, field: string): number | undefined {
  const some = known(value);
  if (some === undefined) return undefined;
  const time = typeof some === 'number' ? integer(some, field) : exactInteger(some, field);
  return time === 0 ? undefined : time;
}

/** Half of an amount, exactly, without digits that say nothing. */
export function half(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const halved = multiplyDecimals(value, '0.5');
  return halved.includes('.') ? halved.replace(/\.?0+$/, '') : halved;
}

/** `Buy` or `Sell`. */
export function side(value: unknown, field: string): Side {
  if (value === 'Buy') return 'buy';
  if (value === 'Sell') return 'sell';
  throw new MalformedFieldError(field, '"Buy" or "Sell"', value);
}
