import type { Draws } from '../captures/draws.ts';

type Row = readonly string[];

/** A row of three numbers with another digit or sign in one of those that count: it can be read, and is wrong. */
export function corruptedRow(row: Row, draws: Draws): Row {
  const [key = '', second = '', amount = ''] = row;
  switch (draws.integer(0, 3)) {
    case 0:
      return [withOtherDigit(key, draws), second, amount];
    case 1:
      return [key, second, amount.startsWith('-') ? amount.slice(1) : `-${amount}`];
    default:
      return [key, second, withOtherDigit(amount, draws)];
  }
}

/** Neither the first digit nor one of an exponent, and never a zero, so that it is written as numbers are. */
export function withOtherDigit(number: string, draws: Draws): string {
  const [mantissa = '', ...exponent] = number.split(/(?=e)/);
  const first = mantissa.search(/[1-9]/);
  const places = [...mantissa.matchAll(/\d/g)].map(({ index }) => index).filter((index) => index >= first);
  const at = draws.of(places.length > 1 ? places.slice(1) : places);
  const digit = String(((Number(mantissa[at]) + draws.integer(0, 7)) % 9) + 1);
  const other = digit === mantissa[at] ? String((Number(digit) % 9) + 1) : digit;
  return mantissa.slice(0, at) + other + mantissa.slice(at + 1) + exponent.join('');
}
