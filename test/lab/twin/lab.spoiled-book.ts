import { isZeroDecimal } from '@exchange-stream/market-data';
import type { BookError, MarketBook, PriceLevel } from '@exchange-stream/simulator';
import type { Sides } from './lab.frames.ts';

const CHECKED_LEVELS = 10;
const AMOUNT = '1.0000';

interface BookData extends Sides {
  readonly checksum?: number;
}

/**
 * A frame of a book in which something is wrong.
 * @param bookOf the right book after this frame
 * @returns undefined where the topic has no book, or the frame nothing that could be wrong in this way
 */
export function spoiledBook(
  topic: string,
  frame: string,
  how: BookError,
  bookOf: (symbol: string) => MarketBook,
): string | undefined {
  const [channel, symbol = ''] = topic.split(':');
  if (channel !== 'book' && channel !== 'book10') return undefined;
  const parsed = JSON.parse(frame) as { readonly data: BookData };
  const data = spoiledData(parsed.data, how, bookOf(symbol));
  return data && JSON.stringify({ ...parsed, data });
}

function spoiledData(data: BookData, how: BookError, { bids, asks }: MarketBook): BookData | undefined {
  const { checksum } = data;
  switch (how) {
    case 'wrong-checksum':
      return checksum === undefined ? undefined : { ...data, checksum: ~checksum };
    case 'wrong-amount':
      return checksum === undefined ? undefined : withWrongAmount(data, bids);
    case 'crossed':
      return withBid(data, asks[1]?.[0]);
    case 'locked':
      return withBid(data, asks[0]?.[0]);
    case 'zero-price':
      return withLowest(data, bids[0]?.[0].replace(/^\d+/, '0').replace(/\d/g, '0'));
    case 'negative-price':
      return withLowest(data, bids[0] && `-${bids[0][0]}`);
  }
}

/** Another amount at one of the levels that checksums are of: nothing else tells. */
function withWrongAmount(data: BookData, bids: readonly PriceLevel[]): BookData | undefined {
  const checked = new Set(bids.slice(0, CHECKED_LEVELS).map(([price]) => price));
  const wrong = data.bids.findIndex(([price, amount]) => checked.has(price) && !isZeroDecimal(amount));
  if (wrong < 0) return undefined;
  return {
    ...data,
    bids: data.bids.map(([price, amount], rank) => [price, rank === wrong ? `1${amount}` : amount]),
  };
}

/** As the best one: it stays until somebody takes it away, which nobody does. */
function withBid(data: BookData, price: string | undefined): BookData | undefined {
  if (price === undefined) return undefined;
  return { ...data, bids: [[price, AMOUNT], ...data.bids] };
}

function withLowest(data: BookData, price: string | undefined): BookData | undefined {
  return price === undefined ? undefined : { ...data, bids: [...data.bids, [price, AMOUNT]] };
}
