import { crc32 } from 'node:zlib';
import type { BookLevel } from '@exchange-stream/market-data';
import type { BookChecksum } from '@exchange-stream/nestjs/contract';

const ZERO = 48;

/**
 * The text that an exchange takes the CRC-32 of (ISO-HDLC, that of zip): what of a book is in it, and how it is written.
 * Where a side has fewer levels than asked for, the text has those that there are.
 */
export interface ChecksumRecipe {
  /** How many of the best levels of each side, best first. */
  readonly levels: number;
  /** Which side first; `interleaved`: best bid, best ask, second bid, second ask, … */
  readonly order: 'bids-asks' | 'asks-bids' | 'interleaved';
  /** Between any two numbers. */
  readonly separator: string;
  /** `written`: the exchange's own digits. `shortest`: the number as JavaScript writes it (`5e-7`, `3.2` for `3.20`). */
  readonly digits: 'written' | 'shortest';
  /** Without points, and without the zeros that a number begins with. */
  readonly isBare?: boolean;
  /** Amounts of asks with a minus sign, where the book has them without. */
  readonly hasNegativeAsks?: boolean;
}

/**
 * A rule for books that an exchange proves by the CRC-32 of a text.
 *
 * The first two fields of each row are in the text, price and amount of a level. For a book by orders, where the id takes
 * the place of the price, the rows are `[id, amount]`.
 */
export function crc32Checksum(recipe: ChecksumRecipe): BookChecksum {
  return { levels: recipe.levels, of: (bids, asks) => crc32(checksumText(recipe, bids, asks)) };
}

/** The text itself, for whoever has to find out why two checksums differ. */
export function checksumText(
  recipe: ChecksumRecipe,
  bids: readonly BookLevel[],
  asks: readonly BookLevel[],
): string {
  const { levels, order, separator } = recipe;
  const askSign = recipe.hasNegativeAsks ? '-' : '';
  let text = '';
  if (order === 'interleaved') {
    for (let place = 0; place < levels; place++) {
      text += written(recipe, bids[place], '') + written(recipe, asks[place], askSign);
    }
  } else {
    const ofBids = side(recipe, bids, '');
    const ofAsks = side(recipe, asks, askSign);
    text = order === 'bids-asks' ? ofBids + ofAsks : ofAsks + ofBids;
  }
  return text.slice(0, text.length - separator.length);
}

function side(recipe: ChecksumRecipe, rows: readonly BookLevel[], sign: string): string {
  let text = '';
  for (let place = 0; place < recipe.levels; place++) text += written(recipe, rows[place], sign);
  return text;
}

/** A level with a separator behind each of its numbers; nothing where there is none. */
function written(recipe: ChecksumRecipe, row: BookLevel | undefined, sign: string): string {
  if (row === undefined) return '';
  const { separator } = recipe;
  return number(recipe, row[0]) + separator + sign + number(recipe, row[1]) + separator;
}

function number({ digits, isBare }: ChecksumRecipe, decimal: string): string {
  const text = digits === 'shortest' ? shortest(decimal) : decimal;
  return isBare ? bare(text) : text;
}

/** As JavaScript writes the number; mostly that is how it came, and to find that out costs a tenth of writing it anew. */
function shortest(decimal: string): string {
  const { length } = decimal;
  const isFraction = decimal.includes('.');
  const endsInZero = decimal.charCodeAt(length - 1) === ZERO;
  // A double keeps 15 digits, and below 0.000001 an exponent is written.
  const isShortest = length <= 15 && !(isFraction && endsInZero) && !decimal.startsWith('0.000000');
  return isShortest ? decimal : String(Number(decimal));
}

function bare(decimal: string): string {
  const point = decimal.indexOf('.');
  const text = point < 0 ? decimal : decimal.slice(0, point) + decimal.slice(point + 1);
  let zeros = 0;
  while (text.charCodeAt(zeros) === ZERO) zeros++;
  return zeros === 0 ? text : text.slice(zeros);
}
