import type { BookError } from '../faults/fault.ts';
import { spoiledBid } from '../faults/spoiled-bid.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';

interface BookFrame {
  readonly data: { readonly b: readonly (readonly string[])[]; readonly u: number };
}

/**
 * A frame of a book in which something is wrong.
 * @param marketOf the market whose book of this topic has just been sent with a number
 * @returns undefined for what is no book, and where it could not be wrong in this way
 */
export function spoiledBook(
  topic: string,
  frame: string,
  how: BookError,
  marketOf: (topic: string, lastId: number) => InstrumentMarket | undefined,
): string | undefined {
  if (!topic.startsWith('orderbook.')) return undefined;
  const message = JSON.parse(frame) as BookFrame;
  const market = marketOf(topic, message.data.u);
  const price = market && spoiledBid(market, how);
  if (market === undefined || price === undefined) return undefined;
  const row = [price, market.format.amount.text(1), ...(topic.startsWith('orderbook.rpi') ? ['0'] : [])];
  return JSON.stringify({ ...message, data: { ...message.data, b: [row, ...message.data.b] } });
}
