import type { BookOrder, InstrumentKind, SubscriptionParams } from '@exchange-stream/market-data';
import type { BookChecksum, BookRules } from '@exchange-stream/nestjs/contract';
import { crc32Checksum } from '../checksum/crc32-checksum.ts';

/** Levels, or orders, of each side that a checksum is made of. */
const PROVED = 25;
/** Those of funding sort otherwise than anybody can know. */
const TRADED: readonly InstrumentKind[] = ['spot', 'perpetual'];

/** Best bid and best ask, the second ones, …: price and amount as they were written, amounts of asks negative. */
const LEVELS: BookChecksum = {
  ...crc32Checksum({
    levels: PROVED,
    order: 'interleaved',
    separator: ':',
    digits: 'written',
    hasNegativeAsks: true,
  }),
  kinds: TRADED,
};

/**
 * The same with the id of each order in place of the price. Amounts are as JavaScript writes the number, which is what
 * Bitfinex sends: orders keep no other text than the plain one.
 */
const ORDERS = crc32Checksum({
  levels: PROVED,
  order: 'interleaved',
  separator: ':',
  digits: 'shortest',
  hasNegativeAsks: true,
});

const CHECKSUM_OF_ORDERS: BookChecksum<BookOrder> = {
  levels: PROVED,
  kinds: TRADED,
  of: (bids, asks) => ORDERS.of(idsAndAmounts(bids), idsAndAmounts(asks)),
};

function idsAndAmounts(orders: readonly BookOrder[]): (readonly [string, string])[] {
  return orders.slice(0, PROVED).map(({ id, amount }) => [id, amount]);
}

/** Which frames are missing shows on the whole connection: an update that is read follows. */
const follows = (): 'follows' => 'follows';

/**
 * A snapshot, and then every change of the levels, or orders, that the subscription asked for: those that are pushed out
 * behind them are removed one by one.
 */
export function bookRules({ level }: SubscriptionParams): BookRules {
  if (level === 'order')
    return {
      kind: 'linked',
      level: 'order',
      seed: 'stream',
      queue: 'id',
      follows,
      checksum: CHECKSUM_OF_ORDERS,
    };
  return { kind: 'linked', seed: 'stream', follows, checksum: LEVELS };
}
