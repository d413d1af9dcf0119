import { toPlainDecimal } from '@exchange-stream/market-data';
import { MalformedFieldError, amount, exactInteger, list, price, signedDecimal } from '../decoder/fields.ts';

/** What Bitfinex has in place of what it does not know. */
export function present(value: unknown): unknown {
  return value === null ? undefined : value;
}

/** An amount whose sign says a side. */
export interface SignedAmount {
  readonly amount: string;
  readonly isNegative: boolean;
}

export function signedAmount(value: unknown, field: string): SignedAmount {
  const isNegative = typeof value === 'string' && value.startsWith('-');
  return { amount: amount(isNegative ? value.slice(1) : value, field), isNegative };
}

/** A price, where there may be none: nothing, or zero. */
export function knownPrice(value: unknown, field: string): string | undefined {
  const known = present(value);
  return known === undefined || known === '0' ? undefined : price(known, field);
}

export function knownAmount(value: unknown, field: string): string | undefined {
  const known = present(value);
  return known === undefined ? undefined : amount(known, field);
}

/** A period of funding. */
export function knownDays(value: unknown, field: string): number | undefined {
  const known = present(value);
  return known === undefined ? undefined : exactInteger(known, field);
}

export function knownSigned(value: unknown, field: string): string | undefined {
  const known = present(value);
  return known === undefined ? undefined : signedDecimal(known, field);
}

/** A fraction in percent, its digits untouched: `-0.0422` becomes `-4.22`. */
export function percentOf(fraction: string): string {
  return toPlainDecimal(`${fraction}e2`);
}

/** One row, or a list of them: Bitfinex sends the same either way. */
export function rowsOf(value: unknown, field: string): readonly unknown[] {
  const rows = list(value, field);
  return rows.length === 0 || Array.isArray(rows[0]) ? rows : [rows];
}

/** A row with as many columns at least: more may be appended any day. */
export function columns(value: unknown, least: number, field: string): readonly unknown[] {
  const row = list(value, field);
  if (row.length < least) throw new MalformedFieldError(field, `a row of ${least} columns`, value);
  return row;
}
