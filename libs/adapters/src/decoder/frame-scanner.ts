import type { BookLevel } from '@exchange-stream/market-data';
import { isoTimeIn } from './iso-time.ts';

/** Larger frames are for `JSON.parse`, which is no slower there. */
const MAX_FRAME_BYTES = 65_536;
/** Longest decimal taken; what is longer is rare enough for the plain way. */
const MAX_DECIMAL_LENGTH = 40;
/** Digits of 2^53. */
const MAX_INTEGER_LENGTH = 16;
/** Digits of a count of orders. */
const MAX_COUNT_LENGTH = 9;
/** Longest word taken: topics and symbols. */
const MAX_WORD_LENGTH = 100;

const QUOTE = 34;
const POINT = 46;
const ZERO = 48;
const BACKSLASH = 92;
const BRACKET_END = 93;

/** The frame is copied to one place, which costs less than what is saved by reading four bytes at once from there. */
const bytes = new Uint8Array(MAX_FRAME_BYTES + 8);
const words = new DataView(bytes.buffer);
const copied = Buffer.from(bytes.buffer);

/** JSON as it stands between the values of a frame. */
export class Literal {
  readonly length: number;
  /** Four bytes each. */
  readonly words: Int32Array;
  /** What is left behind them, and which of its bits count. */
  readonly rest: number;
  readonly mask: number;

  constructor(readonly text: string) {
    this.length = text.length;
    const padded = Buffer.from(text.padEnd(text.length + 4, '\0'), 'latin1');
    this.words = Int32Array.from({ length: text.length >>> 2 }, (_, index) => padded.readInt32LE(4 * index));
    this.rest = padded.readInt32LE(text.length & ~3);
    this.mask = 2 ** (8 * (text.length & 3)) - 1;
  }
}

/** Words seen of late, by a hash of theirs: one and the same text each time, so that nobody hashes it again. */
const WORDS_KEPT = 8_192;
const seenWords: (Literal | undefined)[] = Array.from({ length: WORDS_KEPT }, () => undefined);

const TRUE = new Literal('true');
const FALSE = new Literal('false');
/** What stands before, within, between and behind levels, as numbers of two, three and four bytes. */
const FIRST = 0x225b;
const BETWEEN = 0x222c22;
const NEXT = 0x5b2c5d22;
const LAST = 0x5d5d22;
const THREE_BYTES = 0xffffff;

/** Whether the decimal last read was zero, and all its digits as far as they have been read, one over the other. */
let isZero = false;
let digitsSeen = 0;

/**
 * Reads JSON that always has the same form, field after field, without building what stands between them. It takes less
 * than JSON allows: whatever is not written exactly as expected makes it fail, and the frame is for `JSON.parse`. So it
 * never has to judge what is wrong with a frame.
 *
 * Once it has failed, every further reading is of no use: ask `isComplete` at the end, before anything is done with what
 * was read. The texts that it returns may keep that of the whole frame alive.
 */
export class FrameScanner {
  private text = '';
  private length = 0;
  private at = 0;
  private failed = false;

  begin(frame: Buffer): void {
    this.failed = frame.length > MAX_FRAME_BYTES;
    this.at = 0;
    this.length = this.failed ? 0 : frame.length;
    if (!this.failed) {
      bytes.set(frame);
      this.text = latin1(frame);
    }
    // No value and no literal goes on across this: what stands behind it is of earlier frames.
    bytes[this.length] = 0;
  }

  /** Whether all was as expected and nothing is left. */
  get isComplete(): boolean {
    return !this.failed && this.at === this.length;
  }

  /** This stands here. */
  expect(literal: Literal): void {
    if (!this.skip(literal)) this.failed = true;
  }

  /** Steps over this if it stands here. Returns whether it did. */
  skip(literal: Literal): boolean {
    if (!standsAt(this.at, literal)) return false;
    this.at += literal.length;
    return true;
  }

  /** Steps over ASCII up to the next quotation mark, and over that; without escapes. */
  skipWord(): void {
    let end = this.at;
    let byte = byteAt(end);
    while (isPlain(byte)) byte = byteAt(++end);
    this.stepTo(end + 1, byte === QUOTE);
  }

  /** ASCII up to the next quotation mark, and over that; without escapes. For words that come again and again. */
  word(): string {
    const { at } = this;
    let hash = 0;
    let end = at;
    let byte = byteAt(end);
    while (isPlain(byte)) {
      hash = (Math.imul(hash, 31) + byte) | 0;
      byte = byteAt(++end);
    }
    this.stepTo(end + 1, byte === QUOTE && end - at <= MAX_WORD_LENGTH);
    if (this.failed) return '';
    const place = hash & (WORDS_KEPT - 1);
    const seen = seenWords[place];
    if (seen?.length === end - at && standsAt(at, seen)) return seen.text;
    // Not cut from the text of the frame, which it would keep alive.
    const word = Buffer.from(bytes.subarray(at, end)).toString('latin1');
    seenWords[place] = new Literal(word);
    return word;
  }

  /**
   * ASCII up to the next quotation mark, and over that; without escapes, and not empty. For ids that are remembered: the
   * text is not cut from that of the frame, which it would keep alive.
   */
  ownText(): string {
    const { at } = this;
    this.skipWord();
    const end = this.at - 1;
    if (end <= at || end - at > MAX_WORD_LENGTH) this.failed = true;
    return this.failed ? '' : latin1(copied, at, end);
  }

  /** A whole number from 0 that a double holds. */
  integer(): number {
    const { at } = this;
    let value = 0;
    let end = at;
    for (let word = words.getInt32(end, true); areDigits(word); word = words.getInt32(end, true)) {
      if (end - at > MAX_INTEGER_LENGTH) break;
      value =
        value * 10_000 +
        (word & 15) * 1000 +
        ((word >> 8) & 15) * 100 +
        ((word >> 16) & 15) * 10 +
        ((word >> 24) & 15);
      end += 4;
    }
    for (let digit = byteAt(end) - ZERO; digit >= 0 && digit <= 9; digit = byteAt(end) - ZERO) {
      value = value * 10 + digit;
      end++;
    }
    const length = end - at;
    const isPadded = length > 1 && bytes[at] === ZERO;
    const isExact = length > 0 && length <= MAX_INTEGER_LENGTH && value <= Number.MAX_SAFE_INTEGER;
    this.stepTo(end, isExact && !isPadded);
    return value;
  }

  /** A whole number as `integer`, as text. */
  digits(): string {
    const { at } = this;
    this.integer();
    return this.text.substring(at, this.at);
  }

  /** A time as `isoTimeIn` reads it, up to the next quotation mark and over that. */
  isoTime(): number {
    const { at } = this;
    this.skipWord();
    const time = this.failed ? undefined : isoTimeIn(bytes, at, this.at - 1);
    if (time === undefined) this.failed = true;
    return time ?? 0;
  }

  flag(): boolean {
    if (this.skip(TRUE)) return true;
    this.expect(FALSE);
    return false;
  }

  /** A decimal in plain notation that is not negative, up to the next quotation mark and over that. */
  decimal(): string {
    const { at } = this;
    const end = endOfDecimal(at);
    this.stepTo(end + 1, end > at && byteAt(end) === QUOTE);
    return this.text.substring(at, end);
  }

  /** A decimal as `decimal`, above zero. */
  positiveDecimal(): string {
    const text = this.decimal();
    if (isZero) this.failed = true;
    return text;
  }

  /**
   * A JSON number in plain notation that is not negative, and no further. With an exponent, what follows is not as expected.
   */
  number(): string {
    const { at } = this;
    const end = endOfDecimal(at);
    const next = byteAt(at + 1) - ZERO;
    const isPadded = bytes[at] === ZERO && next >= 0 && next <= 9;
    this.stepTo(end, end > at && !isPadded);
    return this.text.substring(at, end);
  }

  /** A number as `number`, above zero. */
  positiveNumber(): string {
    const text = this.number();
    if (isZero) this.failed = true;
    return text;
  }

  /** `["price","amount"],…]`: levels of a book, up to the end of their list and over that. */
  levels(): BookLevel[] {
    let levels: BookLevel[] | undefined;
    const { text } = this;
    let { at } = this;
    if (bytes[at] === BRACKET_END) {
      this.at++;
      return [];
    }
    let isNext = words.getInt16(at, true) === FIRST;
    at += 2;
    while (isNext) {
      const priceEnd = endOfDecimal(at);
      if (priceEnd === at || isZero || (words.getInt32(priceEnd, true) & THREE_BYTES) !== BETWEEN) break;
      const amountAt = priceEnd + 3;
      const amountEnd = endOfDecimal(amountAt);
      if (amountEnd === amountAt) break;
      const level: BookLevel = [text.substring(at, priceEnd), text.substring(amountAt, amountEnd)];
      // An array that begins empty is taken for one of small numbers, and made anew for the first level.
      if (levels === undefined) levels = [level];
      else levels.push(level);
      const behind = words.getInt32(amountEnd, true);
      if ((behind & THREE_BYTES) === LAST) {
        this.at = amountEnd + 3;
        return levels;
      }
      at = amountEnd + 5;
      isNext = behind === NEXT && bytes[at - 1] === QUOTE;
    }
    this.failed = true;
    return [];
  }

  /**
   * `["price","amount","…","orders"],…]`: the same with a number between that is not kept, and how many orders stand there.
   */
  countedLevels(): BookLevel[] {
    let levels: BookLevel[] | undefined;
    const { text } = this;
    let { at } = this;
    if (bytes[at] === BRACKET_END) {
      this.at++;
      return [];
    }
    let isNext = words.getInt16(at, true) === FIRST;
    at += 2;
    while (isNext) {
      const priceEnd = endOfDecimal(at);
      if (priceEnd === at || isZero || (words.getInt32(priceEnd, true) & THREE_BYTES) !== BETWEEN) break;
      const amountAt = priceEnd + 3;
      const amountEnd = endOfDecimal(amountAt);
      if (amountEnd === amountAt || (words.getInt32(amountEnd, true) & THREE_BYTES) !== BETWEEN) break;
      const thirdEnd = endOfDecimal(amountEnd + 3);
      if (thirdEnd === amountEnd + 3 || (words.getInt32(thirdEnd, true) & THREE_BYTES) !== BETWEEN) break;
      const countAt = thirdEnd + 3;
      const countEnd = endOfDigits(countAt);
      const length = countEnd - countAt;
      if (length === 0 || length > MAX_COUNT_LENGTH || (length > 1 && bytes[countAt] === ZERO)) break;
      let count = 0;
      for (let digit = countAt; digit < countEnd; digit++) count = count * 10 + byteAt(digit) - ZERO;
      const level: BookLevel = [text.substring(at, priceEnd), text.substring(amountAt, amountEnd), count];
      if (levels === undefined) levels = [level];
      else levels.push(level);
      const behind = words.getInt32(countEnd, true);
      if ((behind & THREE_BYTES) === LAST) {
        this.at = countEnd + 3;
        return levels;
      }
      at = countEnd + 5;
      isNext = behind === NEXT && bytes[at - 1] === QUOTE;
    }
    this.failed = true;
    return [];
  }

  /** Never steps over what is not as expected, so that nothing is read behind the end. */
  private stepTo(end: number, isAsExpected: boolean): void {
    if (isAsExpected) this.at = end;
    else this.failed = true;
  }
}

/** Where the decimal ends that begins here; where it begins if there is none. */
function endOfDecimal(at: number): number {
  digitsSeen = 0;
  let end = endOfDigits(at);
  if (end === at) return at;
  if (bytes[end] === POINT) {
    const fraction = end + 1;
    end = endOfDigits(fraction);
    if (end === fraction) return at;
  }
  isZero = digitsSeen === 0;
  return end - at <= MAX_DECIMAL_LENGTH ? end : at;
}

function endOfDigits(at: number): number {
  let end = at;
  let seen = 0;
  let word = words.getInt32(end, true);
  while (areDigits(word)) {
    seen |= word & 0x0f0f0f0f;
    end += 4;
    word = words.getInt32(end, true);
  }
  // The word is here already: up to three more digits stand in its lower bytes.
  for (let digit = (word & 0xff) - ZERO; digit >= 0 && digit <= 9; digit = (word & 0xff) - ZERO) {
    seen |= digit;
    end++;
    word >>= 8;
  }
  digitsSeen |= seen;
  return end;
}

function standsAt(from: number, literal: Literal): boolean {
  const expected = literal.words;
  let at = from;
  for (let index = 0; index < expected.length; index++, at += 4) {
    if (words.getInt32(at, true) !== expected[index]) return false;
  }
  return (words.getInt32(at, true) & literal.mask) === literal.rest;
}

/** ASCII within quotation marks that means itself. */
function isPlain(byte: number): boolean {
  return byte !== QUOTE && byte !== BACKSLASH && byte >= 32 && byte <= 126;
}

function byteAt(at: number): number {
  return bytes[at] ?? 0;
}

/** Whether four bytes, of which the first is the lowest, are digits: `0x30` to `0x39` each. */
function areDigits(word: number): boolean {
  return (word & 0xf0f0f0f0) === 0x30303030 && ((word + 0x06060606) & 0xf0f0f0f0) === 0x30303030;
}

/** Each byte a character. `toString` finds the same function by the name of the encoding, which takes as long again. */
function latin1(
  frame: Buffer & { latin1Slice?: (start?: number, end?: number) => string },
  start = 0,
  end = frame.length,
): string {
  return frame.latin1Slice?.(start, end) ?? frame.toString('latin1', start, end);
}
