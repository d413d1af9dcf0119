import type { BookError } from '../faults/fault.ts';
import { spoiledBid } from '../faults/spoiled-bid.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';

const CHANNELS = ['books', 'books-rpi', 'books5', 'bbo-tbt'];

interface BookFrame {
  readonly data: readonly { readonly bids: readonly (readonly string[])[] }[];
}

/**
 * A frame of a book in which something is wrong.
 * @param marketOf of a symbol, its book as it is after this frame
 * @returns undefined where the topic has no book, or the frame nothing that could be wrong in this way
 */
export function spoiledBook(
  topic: string,
  frame: string,
  how: BookError,
  marketOf: (symbol: string) => InstrumentMarket | undefined,
): string | undefined {
  const [channel = '', symbol = ''] = topic.split(':');
  if (!CHANNELS.includes(channel)) return undefined;
  const market = marketOf(symbol);
  const price = market && spoiledBid(market, how);
  if (price === undefined) return undefined;
  // Prices of books by retail orders have another third part, which is an amount as well.
  const level = [price, '1', channel === 'books-rpi' ? '1' : '0', '1'];
  const message = JSON.parse(frame) as BookFrame;
  return JSON.stringify({
    ...message,
    // Ahead of the others, where a best bid stands.
    data: message.data.map((row) => ({ ...row, bids: [level, ...row.bids] })),
  });
}
