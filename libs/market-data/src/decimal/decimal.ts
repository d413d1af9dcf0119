/**
 * Exact arithmetic on decimal text. A decimal is the text `-?digits[.digits]`: an exchange's own digits, trailing zeros
 * kept, never an exponent (`toPlainDecimal` expands one).
 */

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

interface Parts {
  readonly negative: boolean;
  /** Whole digits without leading zeros; empty for zero. */
  readonly whole: string;
  readonly fraction: string;
}

/** Thrown when a text is not a decimal number. */
export class InvalidDecimalError extends Error {
  readonly code = 'INVALID_DECIMAL';

  constructor(text: string) {
    super(
      `Not a decimal number: ${JSON.stringify(text.slice(0, 64))}. Expected digits such as "0.00012300".`,
    );
    this.name = 'InvalidDecimalError';
  }
}

/** Whether the text is a decimal number, with or without an exponent. */
export function isDecimal(text: string): boolean {
  const match = DECIMAL.exec(text);
  return match !== null && ((match[2] ?? '') !== '' || (match[3] ?? '') !== '');
}

/**
 * The number in plain notation, its digits untouched: `7e-7` becomes `0.0000007`, `1.50` stays `1.50`.
 * @throws InvalidDecimalError
 */
export function toPlainDecimal(text: string): string {
  const { sign, whole, fraction, exponent } = lex(text);
  const minus = sign === '-' ? '-' : '';
  if (exponent === 0) return minus + (whole === '' ? '0' : whole) + (fraction === '' ? '' : `.${fraction}`);
  const digits = whole + fraction;
  const point = whole.length + exponent;
  const plainWhole = (point > 0 ? digits.padEnd(point, '0').slice(0, point) : '').replace(/^0+(?=\d)/, '');
  const plainFraction =
    point >= digits.length ? '' : point >= 0 ? digits.slice(point) : '0'.repeat(-point) + digits;
  return minus + (plainWhole === '' ? '0' : plainWhole) + (plainFraction === '' ? '' : `.${plainFraction}`);
}

/** Whether the number is zero, however it is written (`0`, `0.000`, `-0`). */
export function isZeroDecimal(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= 49 && code <= 57) return false;
    if (code === 69 || code === 101) break;
  }
  return isDecimal(text);
}

/**
 * Negative when `a` is smaller, positive when it is larger, 0 when both are the same number (`1.5` and `1.50`).
 * Both must be decimals (`isDecimal`).
 */
export function compareDecimals(a: string, b: string): number {
  if (a === b) return 0;
  // Rounding to a double never swaps two numbers, so only a tie needs the digits.
  const difference = Number(a) - Number(b);
  if (difference !== 0 && !Number.isNaN(difference)) return difference;
  return compareParts(split(a), split(b));
}

/**
 * The exact sum, with as many decimal places as the more precise operand.
 * @throws InvalidDecimalError
 */
export function addDecimals(a: string, b: string): string {
  const left = split(a);
  const right = split(b);
  const places = Math.max(left.fraction.length, right.fraction.length);
  return fromScaled(scaled(left, places) + scaled(right, places), places);
}

/**
 * The exact product, with the decimal places of both operands together.
 * @throws InvalidDecimalError
 */
export function multiplyDecimals(a: string, b: string): string {
  const left = split(a);
  const right = split(b);
  const places = left.fraction.length + right.fraction.length;
  return fromScaled(scaled(left, left.fraction.length) * scaled(right, right.fraction.length), places);
}

function lex(text: string): { sign: string; whole: string; fraction: string; exponent: number } {
  const match = DECIMAL.exec(text);
  const whole = match?.[2] ?? '';
  const fraction = match?.[3] ?? '';
  if (!match || whole + fraction === '') throw new InvalidDecimalError(text);
  return { sign: match[1] ?? '', whole, fraction, exponent: Number(match[4] ?? 0) };
}

function split(text: string): Parts {
  const { sign, whole, fraction } = lex(/[eE]/.test(text) ? toPlainDecimal(text) : text);
  return { negative: sign === '-', whole: whole.replace(/^0+/, ''), fraction };
}

function scaled(parts: Parts, places: number): bigint {
  const magnitude = BigInt(parts.whole + parts.fraction.padEnd(places, '0') || '0');
  return parts.negative ? -magnitude : magnitude;
}

function fromScaled(value: bigint, places: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  return (
    (value < 0n ? '-' : '') + (places === 0 ? whole : `${whole}.${digits.slice(digits.length - places)}`)
  );
}

function compareParts(a: Parts, b: Parts): number {
  const places = Math.max(a.fraction.length, b.fraction.length);
  const left = scaled(a, places);
  const right = scaled(b, places);
  return left < right ? -1 : left > right ? 1 : 0;
}
