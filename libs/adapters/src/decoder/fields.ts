import { isDecimal, toPlainDecimal, type BookLevel } from '@exchange-stream/market-data';

/** Any JSON object: what it holds is unknown until one of these readers has looked at it. */
export type WireObject = Readonly<Record<string, unknown>>;

/** Longest decimal we take, in plain notation. Exchanges write about 20 characters; an exponent can ask for thousands. */
const MAX_DECIMAL_LENGTH = 64;
/** Digits of 2^53. */
const MAX_INTEGER_LENGTH = 16;

/** How much of a bad value is worth showing. */
const MAX_SHOWN_LENGTH = 64;

/** Thrown by every reader of this file when a field is not what the exchange documents. */
export class MalformedFieldError extends Error {
  readonly code = 'MALFORMED_FIELD';

  constructor(field: string, expected: string, value: unknown) {
    super(`${field}: expected ${expected}, got ${show(value)}`);
    this.name = 'MalformedFieldError';
  }
}

/** A price above zero, in plain notation. */
export function price(value: unknown, field: string): string {
  const text = positiveDecimal(value);
  if (text === undefined) throw new MalformedFieldError(field, 'a price (decimal text above zero)', value);
  return text;
}

/** An amount of zero or more, in plain notation. */
export function amount(value: unknown, field: string): string {
  const text = plainDecimal(value);
  if (text === undefined)
    throw new MalformedFieldError(field, 'an amount (decimal text, not negative)', value);
  return text;
}

/** A price where the exchange writes zero, or nothing, for none. */
export function optionalPrice(value: unknown, field: string): string | undefined {
  if (value === undefined) return undefined;
  const text = amount(value, field);
  return formOf(text) === 'zero' ? undefined : text;
}

export function optionalAmount(value: unknown, field: string): string | undefined {
  return value === undefined ? undefined : amount(value, field);
}

/** A decimal that may be negative. */
export function signedDecimal(value: unknown, field: string): string {
  if (typeof value === 'string' && value.startsWith('-')) {
    const magnitude = plainDecimal(value.slice(1));
    if (magnitude !== undefined) return `-${magnitude}`;
  }
  const text = plainDecimal(value);
  if (text === undefined) throw new MalformedFieldError(field, 'decimal text', value);
  return text;
}

export function optionalSignedDecimal(value: unknown, field: string): string | undefined {
  return value === undefined ? undefined : signedDecimal(value, field);
}

/** An id or a sequence. Beyond 2^53 the JSON number has already lost digits, so that is an error, not a guess. */
export function integer(value: unknown, field: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new MalformedFieldError(field, 'an integer from 0 to 2^53', value);
  }
  return value;
}

/** The same where it is text: of `readExactJson`, or because the exchange writes it so. */
export function exactInteger(value: unknown, field: string): number {
  const number = isDigits(value, MAX_INTEGER_LENGTH) ? Number(value) : NaN;
  if (!Number.isSafeInteger(number)) {
    throw new MalformedFieldError(field, 'an integer from 0 to 2^53, in digits', value);
  }
  return number;
}

export function optionalInteger(value: unknown, field: string): number | undefined {
  return value === undefined ? undefined : integer(value, field);
}

/** An id as text. */
export function id(value: unknown, field: string): string {
  return String(integer(value, field));
}

/** An id of digits that is text: of `readExactJson`, or because the exchange writes it so. It may be beyond 2^53. */
export function exactId(value: unknown, field: string): string {
  if (!isDigits(value, MAX_DECIMAL_LENGTH)) throw new MalformedFieldError(field, 'an id of digits', value);
  return value;
}

export function flag(value: unknown, field: string): boolean {
  if (typeof value !== 'boolean') throw new MalformedFieldError(field, 'true or false', value);
  return value;
}

export function text(value: unknown, field: string): string {
  if (typeof value !== 'string' || value === '') throw new MalformedFieldError(field, 'text', value);
  return value;
}

/** A word that the reader knows beforehand, such as the event's name. */
export function word(value: unknown, expected: string, field: string): void {
  if (value !== expected) throw new MalformedFieldError(field, `"${expected}"`, value);
}

export function object(value: unknown, field: string): WireObject {
  if (!isWireObject(value)) throw new MalformedFieldError(field, 'an object', value);
  return value;
}

export function list(value: unknown, field: string): unknown[] {
  if (!Array.isArray(value)) throw new MalformedFieldError(field, 'an array', value);
  return value;
}

/**
 * Levels of one side of a book. They are checked where they lie and handed on as they are; only a number with an
 * exponent is written anew.
 * @param asWritten where those are noted as they were, for `BookLink.asWritten`
 */
export function levels(value: unknown, field: string, asWritten?: Map<BookLevel, BookLevel>): BookLevel[] {
  const rows = list(value, field);
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index];
    if (!Array.isArray(row) || row.length !== 2) {
      throw new MalformedFieldError(`${field}[${index}]`, 'a level [price, amount]', row);
    }
    const levelPrice = positiveDecimal(row[0]);
    if (levelPrice === undefined) {
      throw new MalformedFieldError(`${field}[${index}][0]`, 'a price (decimal text above zero)', row[0]);
    }
    const levelAmount = plainDecimal(row[1]);
    if (levelAmount === undefined) {
      throw new MalformedFieldError(
        `${field}[${index}][1]`,
        'an amount (decimal text, not negative)',
        row[1],
      );
    }
    if (levelPrice === row[0] && levelAmount === row[1]) continue;
    asWritten?.set(row as unknown as BookLevel, [String(row[0]), String(row[1])]);
    row[0] = levelPrice;
    row[1] = levelAmount;
  }
  // Every row was just found to be two decimal texts; copying a thousand of them would only please the type checker.
  return rows as BookLevel[];
}

/** Whether a parsed JSON value is an object, not an array and not null. */
export function isWireObject(value: unknown): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value in plain notation if it is the text of a decimal above zero. */
function positiveDecimal(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const form = formOf(value);
  if (form !== 'other') return form === 'positive' ? value : undefined;
  const plain = expanded(value);
  return plain !== undefined && formOf(plain) === 'positive' ? plain : undefined;
}

/** The value in plain notation if it is the text of a decimal that is not negative. */
function plainDecimal(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return formOf(value) === 'other' ? expanded(value) : value;
}

/** A number with an exponent, or without digits on one side of its point, in plain notation. */
function expanded(decimal: string): string | undefined {
  if (decimal.length > MAX_DECIMAL_LENGTH || !isDecimal(decimal)) return undefined;
  const plain = toPlainDecimal(decimal);
  return formOf(plain) === 'other' ? undefined : plain;
}

/** Looks at digits without a regular expression: a busy book has a hundred thousand of these a second. */
function formOf(decimal: string): 'zero' | 'positive' | 'other' {
  const length = decimal.length;
  if (length === 0 || length > MAX_DECIMAL_LENGTH) return 'other';
  let point = -1;
  let positive = false;
  for (let index = 0; index < length; index++) {
    const code = decimal.charCodeAt(index);
    if (code === 46 && point === -1) point = index;
    else if (code < 48 || code > 57) return 'other';
    else if (code !== 48) positive = true;
  }
  if (point === 0 || point === length - 1) return 'other';
  return positive ? 'positive' : 'zero';
}

/** A whole number in digits, not padded with zeros. */
function isDigits(value: unknown, maxLength: number): value is string {
  if (typeof value !== 'string' || value.length === 0 || value.length > maxLength) return false;
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code < 48 || code > 57) return false;
  }
  return value.length === 1 || value.charCodeAt(0) !== 48;
}

function show(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.slice(0, MAX_SHOWN_LENGTH));
    case 'number':
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? `an array of ${value.length}` : 'an object';
    default:
      return 'nothing';
  }
}
