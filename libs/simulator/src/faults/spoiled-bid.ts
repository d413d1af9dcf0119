import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { BookError } from './fault.ts';

/**
 * The price of a bid that is wrong; undefined where it could not be wrong in this way, and for errors that only a checksum
 * tells, which are no matter of a price.
 */
export function spoiledBid({ book, format }: InstrumentMarket, how: BookError): string | undefined {
  const textOf = (ticks: number | undefined): string | undefined =>
    ticks === undefined ? undefined : format.price.text(ticks);
  switch (how) {
    case 'crossed':
      return textOf(book.asks.price(1));
    case 'locked':
      return textOf(book.asks.price(0));
    case 'zero-price':
      return textOf(0);
    case 'negative-price':
      return textOf(-(book.bids.price(0) ?? 1));
    case 'wrong-amount':
    case 'wrong-checksum':
      return undefined;
  }
}
