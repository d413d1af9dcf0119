import { MAX_DEPTH, parseQuoted } from './quoted-numbers.ts';

/**
 * What a frame holds, every number as its own text: `65000.10`, `7e-7`, `9007199254740993` as the exchange wrote them.
 * Numbers and JSON's strings are one: exchanges write prices either way, and an id is the same id. Nothing else would keep
 * all digits, and one form means that nobody forgets the other: what a field may be is judged by whoever reads the field
 * (`fields.ts`).
 */
export type ExactJson = string | boolean | null | ExactJson[] | { [key: string]: ExactJson };

/**
 * Larger frames, snapshots, go the other way: it is the faster one where more is built than the youngest heap holds, and no
 * text of theirs is kept alive by a part of it.
 */
const MAX_FRAME_BYTES = 65_536;

const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const UPPER_E = 0x45;
const BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const BRACKET_END = 0x5d;
const LOWER_E = 0x65;
const LOWER_F = 0x66;
const LOWER_N = 0x6e;
const LOWER_T = 0x74;
const BRACE = 0x7b;
const BRACE_END = 0x7d;
/** Four bytes each, the first the lowest. */
const TRUE = 0x65757274;
const ALSE = 0x65736c61;
const NULL = 0x6c6c756e;

const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** The frame is copied to one place, which costs less than what is saved by reading four bytes at once from there. */
const bytes = new Uint8Array(MAX_FRAME_BYTES + 8);
const words = new DataView(bytes.buffer);

/** A key as it stands in a frame. */
interface Key {
  readonly text: string;
  /** `text":` in fours of bytes. */
  readonly words: Int32Array;
  /** What is left behind them, and which of its bits count. */
  readonly rest: number;
  readonly mask: number;
  /** Bytes of all that. */
  readonly length: number;
  /**
   * Place of the key that came after it when it was last read: mostly that comes again. A place, as keys that refer to one
   * another would keep all that ever came.
   */
  next: number;
}

/** Keys by a hash of theirs: one and the same text each time, so that nobody hashes it again. */
const KEYS_KEPT = 4_096;
const MAX_KEY_LENGTH = 60;
const keys: (Key | undefined)[] = Array.from({ length: KEYS_KEPT }, () => undefined);

let text = '';
let length = 0;
let at = 0;
let depth = 0;
let failed = false;
let lastKey: Key | undefined;

/**
 * Reads a frame in one pass. What it accepts is what `JSON.parse` accepts of the frame's UTF-8, and the values are the
 * same but for numbers.
 *
 * Plain ASCII without escapes is read here; all else is for `JSON.parse` with its numbers in quotation marks. Texts may
 * keep that of the whole frame alive, 64 KiB at most: what is kept for long has to be written anew.
 * @throws SyntaxError, DeepFrameError
 */
export function readExactJson(frame: Buffer): ExactJson {
  if (frame.length > MAX_FRAME_BYTES) return parseQuoted(frame);
  begin(frame);
  skipSpaces();
  const result = value();
  skipSpaces();
  return failed || at !== length ? parseQuoted(frame) : result;
}

function begin(frame: Buffer): void {
  bytes.set(frame);
  text = latin1(frame);
  length = frame.length;
  // Ends whatever goes on: what stands behind it is of earlier frames.
  bytes[length] = 0;
  at = 0;
  depth = 0;
  failed = false;
}

/** Nothing goes on at the end of the frame, so that all loops end. */
function fail(): string {
  failed = true;
  at = length;
  return '';
}

function value(): ExactJson {
  switch (byteAt(at)) {
    case QUOTE:
      return string();
    case BRACKET:
      return array();
    case BRACE:
      return object();
    case LOWER_T:
      return literal(TRUE, 0, true);
    case LOWER_F:
      return literal(ALSE, 1, false);
    case LOWER_N:
      return literal(NULL, 0, null);
    default:
      return number();
  }
}

function array(): ExactJson[] {
  const items: ExactJson[] = [];
  if (!enter(BRACKET_END)) return items;
  do {
    items.push(value());
  } while (goesOn(BRACKET_END));
  return items;
}

function object(): { [key: string]: ExactJson } {
  const members: { [key: string]: ExactJson } = {};
  if (!enter(BRACE_END)) return members;
  do {
    const name = key();
    members[name] = value();
  } while (goesOn(BRACE_END));
  return members;
}

/** Steps into an array or object. Returns whether there is anything in it. */
function enter(end: number): boolean {
  at++;
  if (byteAt(at) <= 0x20) skipSpaces();
  if (byteAt(at) === end) {
    at++;
    return false;
  }
  if (++depth > MAX_DEPTH) fail();
  return !failed;
}

/** Steps over what stands behind a value. Returns whether another one follows. */
function goesOn(end: number): boolean {
  if (byteAt(at) <= 0x20) skipSpaces();
  const byte = byteAt(at);
  if (byte === COMMA) {
    at++;
    if (byteAt(at) <= 0x20) skipSpaces();
    return true;
  }
  if (byte === end) {
    at++;
    depth--;
  } else fail();
  return false;
}

/** A key with its colon. */
function key(): string {
  if (byteAt(at) !== QUOTE) return fail();
  const expected = lastKey && keys[lastKey.next];
  const found = expected !== undefined && standsAt(at + 1, expected) ? expected : findKey();
  if (found === undefined) return fail();
  lastKey = found;
  at += 1 + found.length;
  if (byteAt(at) <= 0x20) skipSpaces();
  return found.text;
}

function findKey(): Key | undefined {
  const start = at + 1;
  let end = start;
  let hash = 0;
  let byte = byteAt(end);
  while (isPlain(byte)) {
    hash = (Math.imul(hash, 31) + byte) | 0;
    byte = byteAt(++end);
  }
  if (byte !== QUOTE || byteAt(end + 1) !== COLON || end - start > MAX_KEY_LENGTH) return undefined;
  const place = hash & (KEYS_KEPT - 1);
  let found = keys[place];
  if (found === undefined || !standsAt(start, found)) {
    found = newKey(text.substring(start, end), place);
    // Setting these would not make members of them, or not all would see the same.
    if (found.text in Object.prototype) return undefined;
    keys[place] = found;
  }
  if (lastKey !== undefined) lastKey.next = place;
  return found;
}

function newKey(name: string, place: number): Key {
  const written = `${name}":`;
  const padded = Buffer.from(written.padEnd(written.length + 4, '\0'), 'latin1');
  return {
    // Not cut from the text of the frame, which it would keep alive.
    text: padded.toString('latin1', 0, name.length),
    words: Int32Array.from({ length: written.length >>> 2 }, (_, index) => padded.readInt32LE(4 * index)),
    rest: padded.readInt32LE(written.length & ~3),
    mask: 2 ** (8 * (written.length & 3)) - 1,
    length: written.length,
    next: place,
  };
}

function standsAt(from: number, expected: Key): boolean {
  const fours = expected.words;
  let place = from;
  for (let index = 0; index < fours.length; index++, place += 4) {
    if (words.getInt32(place, true) !== fours[index]) return false;
  }
  return (words.getInt32(place, true) & expected.mask) === expected.rest;
}

function string(): string {
  const start = at + 1;
  let end = start;
  while (isPlain(byteAt(end))) end++;
  if (byteAt(end) !== QUOTE) return fail();
  at = end + 1;
  return text.substring(start, end);
}

function number(): string {
  const start = at;
  let end = byteAt(start) === MINUS ? start + 1 : start;
  const whole = end;
  end = digitsFrom(end);
  if (end === whole || (end - whole > 1 && byteAt(whole) === ZERO)) return fail();
  if (byteAt(end) === POINT) {
    const fraction = end + 1;
    end = digitsFrom(fraction);
    if (end === fraction) return fail();
  }
  const mark = byteAt(end);
  if (mark === LOWER_E || mark === UPPER_E) {
    const sign = byteAt(end + 1);
    const exponent = sign === PLUS || sign === MINUS ? end + 2 : end + 1;
    end = digitsFrom(exponent);
    if (end === exponent) return fail();
  }
  at = end;
  return text.substring(start, end);
}

function digitsFrom(from: number): number {
  let end = from;
  for (let digit = byteAt(end) - ZERO; digit >= 0 && digit <= 9; digit = byteAt(end) - ZERO) end++;
  return end;
}

function literal<T extends boolean | null>(word: number, skipped: number, meaning: T): T | string {
  if (words.getInt32(at + skipped, true) !== word) return fail();
  at += skipped + 4;
  return meaning;
}

function skipSpaces(): void {
  while (SPACES.has(byteAt(at)) && at < length) at++;
}

/** ASCII within quotation marks that means itself. */
function isPlain(byte: number): boolean {
  return byte !== QUOTE && byte !== BACKSLASH && byte >= 0x20 && byte <= 0x7e;
}

function byteAt(place: number): number {
  return bytes[place] ?? 0;
}

/** Each byte a character. `toString` finds the same function by the name of the encoding, which takes as long again. */
function latin1(frame: Buffer & { latin1Slice?: () => string }): string {
  return frame.latin1Slice?.() ?? frame.toString('latin1');
}
