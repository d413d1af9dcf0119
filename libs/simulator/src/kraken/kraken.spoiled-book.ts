import type { BookError } from '../faults/fault.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import { CHECKED_LEVELS } from './kraken.limits.ts';

const LEVEL = /\{"price":([^,]+),"qty":([^}]+)\}/g;
const CHECKSUM = /"checksum":(\d+)/;
const LARGEST_CHECKSUM = 2 ** 32;

/**
 * A frame of a book in which something is wrong. Put together as text: numbers keep their decimal places.
 * @param marketOf of a symbol
 * @returns undefined where the topic has no book, or the frame nothing that could be wrong in this way
 */
export function spoiledBook(
  topic: string,
  frame: string,
  how: BookError,
  marketOf: (symbol: string) => InstrumentMarket | undefined,
): string | undefined {
  const [channel = '', symbol = ''] = topic.split(/[:?]/);
  const market = channel === 'book' ? marketOf(symbol) : undefined;
  if (market === undefined) return undefined;
  const { asks, bids } = market.book;
  switch (how) {
    case 'crossed':
      return withBid(frame, market, asks.price(1));
    case 'locked':
      return withBid(frame, market, asks.price(0));
    case 'zero-price':
      return withBid(frame, market, 0);
    case 'negative-price':
      return withBid(frame, market, -(bids.price(0) ?? 1));
    case 'wrong-amount':
      return withOtherAmount(frame, market);
    case 'wrong-checksum':
      return frame.replace(
        CHECKSUM,
        (_, sum: string) => `"checksum":${(Number(sum) + 1) % LARGEST_CHECKSUM}`,
      );
  }
}

/** Behind the others: of a price that comes twice, the last one counts. */
function withBid(frame: string, { format }: InstrumentMarket, ticks: number | undefined): string | undefined {
  if (ticks === undefined) return undefined;
  const row = `{"price":${format.price.text(ticks)},"qty":${format.amount.text(1)}}`;
  return frame.replace(/"bids":\[([^\]]*)\]/, (_, rows: string) => `"bids":[${rows && `${rows},`}${row}]`);
}

/** Of a level that the checksum covers: it tells nothing of others. */
function withOtherAmount(frame: string, { book, format }: InstrumentMarket): string | undefined {
  const covered = new Set<string>();
  for (let rank = 0; rank < CHECKED_LEVELS; rank++) {
    for (const side of [book.bids, book.asks]) covered.add(format.price.text(side.price(rank) ?? -1));
  }
  const rows = [...frame.matchAll(LEVEL)];
  const row = rows.findLast(([, price = '']) => covered.has(price));
  if (row === undefined) return undefined;
  const [text, price, qty = ''] = row;
  // The last digit is another one, and there are as many of them.
  const other = qty.slice(0, -1) + (qty.endsWith('1') ? '2' : '1');
  return `${frame.slice(0, row.index)}{"price":${price},"qty":${other}}${frame.slice(row.index + text.length)}`;
}
