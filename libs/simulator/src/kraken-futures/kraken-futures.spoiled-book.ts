import type { BookError } from '../faults/fault.ts';
import { spoiledBid } from '../faults/spoiled-bid.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { Payload } from './kraken-futures.frames.ts';

/**
 * A frame of a book in which something is wrong: its one level becomes a wrong bid.
 * @param marketOf of a product, its book as it is after this frame
 * @returns undefined where the feed has no book, or nothing that could be wrong in this way
 */
export function spoiledBook(
  topic: string,
  frame: string,
  how: BookError,
  marketOf: (product: string) => InstrumentMarket | undefined,
): string | undefined {
  const [feed, product = ''] = topic.split(':');
  if (feed !== 'book') return undefined;
  const market = marketOf(product);
  const price = market && spoiledBid(market, how);
  if (price === undefined) return undefined;
  const message = JSON.parse(frame) as Payload;
  const level = { price: Number(price), qty: 1 };
  if (Array.isArray(message['bids']))
    return JSON.stringify({ ...message, bids: [level, ...(message['bids'] as readonly unknown[])] });
  return JSON.stringify({ ...message, side: 'buy', ...level });
}
