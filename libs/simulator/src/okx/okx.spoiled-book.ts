import type { BookError } from '../faults/fault.ts';
import type { MarketBook } from '../market/market.ts';

const CHANNELS = ['books', 'books-rpi', 'books5', 'bbo-tbt'];

interface BookFrame {
  readonly data: readonly { readonly bids: readonly (readonly string[])[] }[];
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
  const [channel = '', symbol = ''] = topic.split(':');
  if (!CHANNELS.includes(channel)) return undefined;
  const price = wrongPrice(how, bookOf(symbol));
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
      // The checksum is a constant: nobody could tell.
      return undefined;
  }
}
