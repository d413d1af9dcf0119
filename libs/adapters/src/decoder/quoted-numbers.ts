import type { ExactJson } from './exact-json.ts';

/** Arrays and objects within one another. Exchanges need eight; what would walk a hundred thousand needs a stack for it. */
export const MAX_DEPTH = 100;

const QUOTE = 0x22;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const UPPER_E = 0x45;
const BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const BRACKET_END = 0x5d;
const LOWER_E = 0x65;
const BRACE = 0x7b;
const BRACE_END = 0x7d;

/** Thrown where a frame nests more than a hundred arrays and objects in one another. */
export class DeepFrameError extends Error {
  readonly code = 'DEEP_FRAME';

  constructor() {
    super(`A frame has more than ${MAX_DEPTH} arrays and objects within one another; it is not read`);
    this.name = 'DeepFrameError';
  }
}

/**
 * `JSON.parse` of the frame's UTF-8 with every number put in quotation marks first. Takes all of JSON and judges nothing
 * itself: what is no number to the letter stays as it is, for `JSON.parse` to refuse.
 * @throws SyntaxError, DeepFrameError
 */
export function parseQuoted(frame: Buffer): ExactJson {
  const quoted = Buffer.allocUnsafe(3 * frame.length);
  const length = quoteNumbers(frame, quoted);
  // `JSON.parse` has made sure of it, and of numbers none is left.
  return JSON.parse(quoted.toString('utf8', 0, length)) as ExactJson;
}

/** Returns how many bytes were written. */
function quoteNumbers(frame: Buffer, into: Buffer): number {
  let written = 0;
  let depth = 0;
  let at = 0;
  while (at < frame.length) {
    const byte = frame[at] ?? 0;
    let end = at + 1;
    if (byte === QUOTE) end = endOfString(frame, end);
    else if (byte === MINUS || isDigit(byte)) {
      const endOfNumber = endOfNumberAt(frame, at);
      if (endOfNumber > 0) end = endOfNumber;
      // A key is the only place where a string may stand and a number may not.
      if (endOfNumber > 0 && !isKeyUpTo(frame, endOfNumber)) {
        into[written++] = QUOTE;
        while (at < end) into[written++] = frame[at++] ?? 0;
        into[written++] = QUOTE;
        continue;
      }
    } else if (byte === BRACKET || byte === BRACE) {
      if (++depth > MAX_DEPTH) throw new DeepFrameError();
    } else if (byte === BRACKET_END || byte === BRACE_END) depth--;
    while (at < end) into[written++] = frame[at++] ?? 0;
  }
  return written;
}

/** Behind the quotation mark that ends it, or the end of the frame. */
function endOfString(frame: Buffer, from: number): number {
  let end = from;
  while (end < frame.length && frame[end] !== QUOTE) end += frame[end] === BACKSLASH ? 2 : 1;
  return Math.min(end + 1, frame.length);
}

/** 0 if there is no number here. */
function endOfNumberAt(frame: Buffer, at: number): number {
  const whole = frame[at] === MINUS ? at + 1 : at;
  let end = frame[whole] === ZERO ? whole + 1 : endOfDigits(frame, whole);
  if (end === whole) return 0;
  if (frame[end] === POINT) {
    const fraction = end + 1;
    end = endOfDigits(frame, fraction);
    if (end === fraction) return 0;
  }
  if (frame[end] !== LOWER_E && frame[end] !== UPPER_E) return end;
  const sign = frame[end + 1];
  const exponent = sign === PLUS || sign === MINUS ? end + 2 : end + 1;
  end = endOfDigits(frame, exponent);
  return end === exponent ? 0 : end;
}

function endOfDigits(frame: Buffer, from: number): number {
  let end = from;
  while (isDigit(frame[end])) end++;
  return end;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

function isKeyUpTo(frame: Buffer, end: number): boolean {
  let next = end;
  while (frame[next] === 0x20 || frame[next] === 0x09 || frame[next] === 0x0a || frame[next] === 0x0d) next++;
  return frame[next] === COLON;
}
