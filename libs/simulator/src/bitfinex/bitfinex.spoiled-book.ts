import type { BookError } from '../faults/fault.ts';
import type { MarketBook, PriceLevel } from '../market/market.ts';
import { isFunding } from './bitfinex.funding.ts';

type Row = readonly number[];

/** Levels that are in the next checksum, however the market moves. */
const CHECKED_RANKS = 15;
const STRAY_ORDER_ID = 999_999_999_999;
const PLACES = 8;

/**
 * A frame of a book in which something is wrong.
 * @param topic such as `book:P0:F0:25:tBTCUSD`
 * @param bookOf the right book after this frame
 * @returns undefined where the topic has no book, or the frame nothing that could be wrong in this way
 */
export function spoiledBook(
  topic: string,
  frame: string,
  how: BookError,
  bookOf: (symbol: string) => MarketBook,
): string | undefined {
  const [, precision, symbol] = /^book:([PR]\d):(?:F\d:)?\d+:(.+)$/.exec(topic) ?? [];
  if (symbol === undefined || precision === undefined) return undefined;
  const [chanId, body, ...rest] = JSON.parse(frame) as readonly unknown[];
  if (body === 'cs') {
    const [value, ...behind] = rest;
    return how === 'wrong-checksum'
      ? JSON.stringify([chanId, body, Number(value) ^ 1, ...behind])
      : undefined;
  }
  if (!Array.isArray(body) || how === 'wrong-checksum') return undefined;
  const isList = Array.isArray(body[0]) || body.length === 0;
  const rows = (isList ? body : [body]) as readonly Row[];
  const wrong = spoiledRows(rows, how, new Wording(symbol, precision), bookOf(symbol));
  if (wrong === undefined) return undefined;
  return JSON.stringify([chanId, isList ? wrong : wrong[0], ...rest]);
}

/** In a list a wrong row comes first; a single one is replaced. */
function spoiledRows(
  rows: readonly Row[],
  how: BookError,
  wording: Wording,
  book: MarketBook,
): readonly Row[] | undefined {
  if (how === 'wrong-amount') return withWrongAmount(rows, wording, book);
  const price = wrongPrice(how, wording, book);
  return price === undefined ? undefined : [wording.bid(price), ...rows];
}

function withWrongAmount(
  rows: readonly Row[],
  wording: Wording,
  { bids, asks }: MarketBook,
): readonly Row[] | undefined {
  const checked: ReadonlySet<number | undefined> = new Set(
    [bids, asks].flatMap((levels) => levels.slice(0, CHECKED_RANKS).map(priceOf)),
  );
  const index = rows.findIndex((row) => wording.isSet(row) && checked.has(wording.price(row)));
  if (index === -1) return undefined;
  return rows.map((row, at) => {
    const amount = row.at(-1) ?? 0;
    const wrong = amount + Math.sign(amount) * 10 ** -PLACES;
    return at === index ? [...row.slice(0, -1), Number(wrong.toFixed(PLACES))] : row;
  });
}

function wrongPrice(how: BookError, wording: Wording, { bids, asks }: MarketBook): number | undefined {
  switch (how) {
    case 'crossed':
      return wording.isExact ? asks[1] && priceOf(asks[1]) : undefined;
    case 'locked':
      return wording.isExact ? asks[0] && priceOf(asks[0]) : undefined;
    case 'zero-price':
      // Of a single order it would take the order away.
      return wording.ofOrders ? undefined : 0;
    case 'negative-price':
      return bids[0] && -priceOf(bids[0]);
    case 'wrong-amount':
    case 'wrong-checksum':
      return undefined;
  }
}

/** Where what stands in the rows of a book. */
class Wording {
  readonly ofOrders: boolean;
  /** Whether prices are those of the market. */
  readonly isExact: boolean;
  private readonly lent: boolean;

  constructor(symbol: string, precision: string) {
    this.ofOrders = precision === 'R0';
    this.isExact = this.ofOrders || precision === 'P0';
    this.lent = isFunding(symbol);
  }

  price(row: Row): number | undefined {
    if (!this.ofOrders) return row[0];
    return row[this.lent ? 2 : 1];
  }

  /** Whether a row puts something there, and takes nothing away. */
  isSet(row: Row): boolean {
    return this.ofOrders ? this.price(row) !== 0 : row.at(-2) !== 0;
  }

  bid(price: number): Row {
    const amount = this.lent ? -1 : 1;
    const period = this.lent ? [2] : [];
    return this.ofOrders ? [STRAY_ORDER_ID, ...period, price, amount] : [price, ...period, 1, amount];
  }
}

function priceOf([price]: PriceLevel): number {
  return Number(price);
}
