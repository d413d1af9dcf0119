import type { BookError } from '../faults/fault.ts';
import type { MarketBook, PriceLevel } from '../market/market.ts';
import { parseStream } from './binance.streams.ts';

const AMOUNT = '1.00000000';

/** Where the levels of a frame lie: in the changes of a book as `b` and `a`, in the top of one as `bids` and `asks`. */
type Side = 'b' | 'bids';

/**
 * A frame of a book in which something is wrong.
 * @param bookOf the right book after this frame
 * @returns undefined where the stream has no book, or the frame nothing that could be wrong in this way
 */
export function spoiledBook(
  name: string,
  frame: string,
  how: BookError,
  bookOf: (symbol: string) => MarketBook,
): string | undefined {
  const stream = parseStream(name);
  if (stream?.kind !== 'depth' && stream?.kind !== 'partialDepth') return undefined;
  const side = stream.kind === 'depth' ? 'b' : 'bids';
  const spoil = spoiler(how, bookOf(stream.symbol));
  if (spoil === undefined) return undefined;
  // A combined connection has its payloads in an envelope, a raw one has not.
  const message = JSON.parse(frame) as { readonly data?: object };
  if (message.data === undefined) return JSON.stringify(withBids(message, side, spoil));
  return JSON.stringify({ ...message, data: withBids(message.data, side, spoil) });
}

type Spoil = (bids: readonly PriceLevel[]) => readonly PriceLevel[];

function spoiler(how: BookError, { bids, asks }: MarketBook): Spoil | undefined {
  switch (how) {
    case 'crossed':
      return withLevel(asks[1]?.[0]);
    case 'locked':
      return withLevel(asks[0]?.[0]);
    case 'zero-price':
      return withLevel(bids[0]?.[0].replace(/\d/g, '0').replace(/^0+(?=0)/, ''));
    case 'negative-price':
      return withLevel(bids[0] && `-${bids[0][0]}`);
    case 'wrong-amount':
    case 'wrong-checksum':
      // Binance sends no checksums: nobody could tell.
      return undefined;
  }
}

/** Ahead of the others, where a best bid stands. */
function withLevel(price: string | undefined): Spoil | undefined {
  return price === undefined ? undefined : (bids) => [[price, AMOUNT], ...bids];
}

function withBids(payload: object, side: Side, spoil: Spoil): object {
  const bids = (payload as Readonly<Record<Side, readonly PriceLevel[]>>)[side];
  return { ...payload, [side]: spoil(bids) };
}
