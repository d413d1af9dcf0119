import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { MarketBook, PriceLevel } from '../market/market.ts';
import { bestRows, NO_ROWS, type BookRows } from './bitfinex.book-rows.ts';
import { BitfinexOrders } from './bitfinex.orders.ts';

/** The whole book as it is shown with a precision: of lending a level for each period. @param precision not `R0` */
export function shownBook(market: InstrumentMarket, precision: string): MarketBook {
  const view = { precision, frequency: 'F0', length: Infinity };
  const { bids, asks } = bestRows(market, view, NO_ROWS, () => new BitfinexOrders(market));
  const levels = (rows: BookRows): PriceLevel[] =>
    [...rows.values()].map(({ price, amount }) => [price, amount]);
  return { lastUpdateId: market.book.lastUpdateId, bids: levels(bids), asks: levels(asks) };
}
