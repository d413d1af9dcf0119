import { isDecimal, toPlainDecimal, type BookLevel } from '@exchange-stream/market-data';

/** Longest decimal we take; an exponent can ask for thousands of digits. */
const MAX_DECIMAL_LENGTH = 64;
/** Longest word: symbols, ids, states. */
const MAX_TEXT_LENGTH = 128;
/** How much of a bad value is worth showing. */
const MAX_SHOWN_LENGTH = 64;

/** Any JSON object, its fields unread. */
export type WireObject = Readonly<Record<string, unknown>>;

/** Thrown by every reader of this file when a field is not what Lab documents. */
export class MalformedFieldError extends Error {
  readonly code = 'MALFORMED_FIELD';

  constructor(field: string, expected: string, value: unknown) {
    super(`${field}: expected ${expected}, got ${show(value)}`);
    this.name = 'MalformedFieldError';
  }
}

export function isWireObject(value: unknown): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function object(value: unknown, field: string): WireObject {
  if (!isWireObject(value)) throw new MalformedFieldError(field, 'an object', value);
  return value;
}

export function list(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new MalformedFieldError(field, 'an array', value);
  return value;
}

/** A price above zero, in plain notation. */
export function price(value: unknown, field: string): string {
  const decimal = plain(value);
  if (decimal === undefined || !/[1-9]/.test(decimal)) {
    throw new MalformedFieldError(field, 'a price (decimal text above zero)', value);
  }
  return decimal;
}

/** An amount of zero or more, in plain notation. */
export function amount(value: unknown, field: string): string {
  const decimal = plain(value);
  if (decimal === undefined) {
    throw new MalformedFieldError(field, 'an amount (decimal text, not negative)', value);
  }
  return decimal;
}

/** A number that may be negative, in plain notation. */
export function decimal(value: unknown, field: string): string {
  const isNegative = typeof value === 'string' && value.startsWith('-');
  const digits = plain(isNegative ? value.slice(1) : value);
  if (digits === undefined) throw new MalformedFieldError(field, 'a number (decimal text)', value);
  return isNegative ? `-${digits}` : digits;
}

/** A sequence, a time, a count. Beyond 2^53 the JSON number has already lost digits: that is an error, not a guess. */
export function integer(value: unknown, field: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new MalformedFieldError(field, 'an integer from 0 to 2^53', value);
  }
  return value;
}

/** 32 bits with a sign: what a checksum is. */
export function signedInteger32(value: unknown, field: string): number {
  if (typeof value !== 'number' || (value | 0) !== value) {
    throw new MalformedFieldError(field, 'an integer of 32 bits with its sign', value);
  }
  return value;
}

/** An id in decimal digits, as many as there are. */
export function id(value: unknown, field: string): string {
  if (typeof value !== 'string' || !/^\d{1,40}$/.test(value)) {
    throw new MalformedFieldError(field, 'an id (text of digits)', value);
  }
  return value;
}

export function text(value: unknown, field: string): string {
  if (typeof value !== 'string' || value === '' || value.length > MAX_TEXT_LENGTH) {
    throw new MalformedFieldError(field, `text of 1 to ${MAX_TEXT_LENGTH} characters`, value);
  }
  return value;
}

export function flag(value: unknown, field: string): boolean {
  if (typeof value !== 'boolean') throw new MalformedFieldError(field, 'true or false', value);
  return value;
}

/** Levels of one side of a book, best first. */
export function levels(value: unknown, field: string): BookLevel[] {
  return list(value, field).map((row, index) => {
    if (!Array.isArray(row) || row.length !== 2) {
      throw new MalformedFieldError(`${field}[${index}]`, 'a level [price, amount]', row);
    }
    return [price(row[0], `${field}[${index}][0]`), amount(row[1], `${field}[${index}][1]`)] as const;
  });
}

/** The value in plain notation if it is the text of a decimal that is not negative. */
function plain(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > MAX_DECIMAL_LENGTH || !isDecimal(value)) return undefined;
  const decimal = toPlainDecimal(value);
  return decimal.length <= MAX_DECIMAL_LENGTH && /^\d+(\.\d+)?$/.test(decimal) ? decimal : undefined;
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, MAX_SHOWN_LENGTH));
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null) return 'null';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return value === undefined ? 'nothing' : 'an object';
}
