import type { BookError } from '../faults/fault.ts';
import { spoiledBid } from '../faults/spoiled-bid.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { PriceLevel } from '../market/market.ts';

const AMOUNT = '1.00000000';

/** Where a frame of a book has its bids: as `b` beside changes, as `bids` in a top. */
type Side = 'b' | 'bids';

/**
 * A frame of a book in which something is wrong.
 * @param side the field of its bids
 * @param market whose book it is, as it is after this frame
 * @returns undefined where the frame has nothing that could be wrong in this way
 */
export function spoiledBook(
  frame: string,
  how: BookError,
  side: Side,
  market: InstrumentMarket,
): string | undefined {
  const price = spoiledBid(market, how);
  if (price === undefined) return undefined;
  // A combined connection has its payloads in an envelope, a raw one has not.
  const message = JSON.parse(frame) as { readonly data?: object };
  if (message.data === undefined) return JSON.stringify(withBid(message, side, price));
  return JSON.stringify({ ...message, data: withBid(message.data, side, price) });
}

/** With a wrong one ahead of the others, where a best bid stands. */
function withBid(payload: object, side: Side, price: string): object {
  const bids = (payload as Readonly<Record<Side, readonly PriceLevel[]>>)[side];
  return { ...payload, [side]: [[price, AMOUNT], ...bids] };
}
