import type { BookError } from '../faults/fault.ts';
import type { MarketBook, PriceLevel } from '../market/market.ts';

const AMOUNT = '1.00000000';

/** Where a frame of a book has its bids: as `b` beside changes, as `bids` in a top. */
type Side = 'b' | 'bids';

/**
 * A frame of a book in which something is wrong.
 * @param side the field of its bids
 * @param book the right book after this frame
 * @returns undefined where the frame has nothing that could be wrong in this way
 */
export function spoiledBook(frame: string, how: BookError, side: Side, book: MarketBook): string | undefined {
  const spoil = spoiler(how, book);
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
