import { toPlainDecimal } from './decimal.ts';

/**
 * Decimals as a double and a number of decimal places, in which every digit of the text is kept: so a decimal takes nine
 * bytes of a typed array, compares as a number, and is written again as it came.
 *
 * That works for what exchanges send all but always: no sign, no exponent, no needless leading zero, at most 15
 * significant digits (zeros at the end apart, of which no double loses one), at most 22 decimal places.
 */
export interface PackedDecimal {
  value: number;
  /** Decimal places of the text. */
  scale: number;
}

/** Digits that a double keeps whatever they are. */
const SAFE_MANTISSA = 1e15;

/** What an engine holds without a box: integers below 2^31 (some hold fewer), and so fractions of so many places. */
const SMALL_INTEGER = 2 ** 30;
const SMALL_SCALE = 8;
const MAX_SCALE = 22;
const MAX_LENGTH = 40;

/** All of them are doubles without an error. */
const POWERS = Float64Array.from({ length: MAX_SCALE + 1 }, (_, exponent) => Number(`1e${exponent}`));

const ZERO = 48;
const POINT = 46;

/** Reads a decimal into `into`. Returns whether it could be packed; if not, `into` holds nothing of use. */
export function packDecimal(text: string, into: PackedDecimal): boolean {
  const { length } = text;
  let mantissa = 0;
  let point = -1;
  for (let index = 0; index < length; index++) {
    const digit = text.charCodeAt(index) - ZERO;
    if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit;
    else if (digit === POINT - ZERO && point < 0) point = index;
    else return false;
  }
  const whole = point < 0 ? length : point;
  const scale = point < 0 ? 0 : length - point - 1;
  const isCanonical = (whole === 1 || (whole > 1 && text.charCodeAt(0) !== ZERO)) && (point < 0 || scale > 0);
  if (!isCanonical || scale > MAX_SCALE) return false;
  into.scale = scale;
  if (mantissa < SAFE_MANTISSA) {
    into.value = mantissa / (POWERS[scale] ?? 1);
    return true;
  }
  if (length > MAX_LENGTH || !isExact(text, point)) return false;
  into.value = Number(text);
  return true;
}

/** The text of which the double and the decimal places were packed. */
export function unpackDecimal(value: number, scale: number): string {
  const power = POWERS[scale] ?? 1;
  const product = value * power;
  if (product >= SAFE_MANTISSA) return padded(value, scale);
  // The product is off by less than half, for a mantissa of 15 digits.
  const mantissa = Math.round(product);
  const units = Math.floor(mantissa / power);
  // Two small integers are written in a third of the time of a large one.
  if (scale > 0 && scale <= SMALL_SCALE && units < SMALL_INTEGER)
    return `${units}.${String(mantissa - units * power + power).slice(1)}`;
  const digits = String(mantissa);
  if (scale === 0) return digits;
  const whole = digits.length - scale;
  return whole > 0 ? `${digits.slice(0, whole)}.${digits.slice(whole)}` : `0.${'0'.repeat(-whole)}${digits}`;
}

/** Whether the text has few enough significant digits once the zeros at its end are gone. */
function isExact(text: string, point: number): boolean {
  let end = text.length;
  while (end > 0 && (text.charCodeAt(end - 1) === ZERO || end - 1 === point)) end--;
  let significant = 0;
  for (let index = 0; index < end; index++) {
    if (index === point) continue;
    if (significant > 0 || text.charCodeAt(index) !== ZERO) significant++;
  }
  return significant <= 15;
}

/** The shortest text of a double has the digits that it was made of; what came after them were zeros. */
function padded(value: number, scale: number): string {
  const [whole = '0', fraction = ''] = toPlainDecimal(String(value)).split('.');
  return scale === 0 ? whole : `${whole}.${fraction.padEnd(scale, '0')}`;
}
