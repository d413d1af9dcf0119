import type { BookError } from '../faults/fault.ts';
import type { MarketBook } from '../market/market.ts';
import type { Payload } from './kraken-futures.frames.ts';

/**
 * A frame of a book in which something is wrong: its one level becomes a wrong bid.
 * @param bookOf the right book after this frame
 * @returns undefined where the feed has no book, or nothing that could be wrong in this way
 */
export function spoiledBook(
  topic: string,
  frame: string,
  how: BookError,
  bookOf: (product: string) => MarketBook,
): string | undefined {
  const [feed, product = ''] = topic.split(':');
  if (feed !== 'book') return undefined;
  const price = wrongPrice(how, bookOf(product));
  if (price === undefined) return undefined;
  const message = JSON.parse(frame) as Payload;
  const level = { price: Number(price), qty: 1 };
  if (Array.isArray(message['bids']))
    return JSON.stringify({ ...message, bids: [level, ...(message['bids'] as readonly unknown[])] });
  return JSON.stringify({ ...message, side: 'buy', ...level });
}

function wrongPrice(how: BookError, { bids, asks }: MarketBook): string | undefined {
  switch (how) {
    case 'crossed':
      return asks[1]?.[0];
    case 'locked':
      return asks[0]?.[0];
    case 'zero-price':
      return '0';
    case 'negative-price':
      return bids[0] && `-${bids[0][0]}`;
    case 'wrong-amount':
    case 'wrong-checksum':
      // There is no checksum: nobody could tell.
      return undefined;
  }
}
