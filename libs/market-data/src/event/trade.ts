import type { EventOrigin } from './origin.ts';

/** The taker's side: `buy` when the taker bought. */
export type Side = 'buy' | 'sell';

/** A deal between a taker and one or more makers. */
export interface TradeEvent extends EventOrigin {
  readonly type: 'trade';
  /** The exchange's id of the trade, unique within exchange, symbol and kind (raw or aggregated). */
  readonly id: string;
  /** In quote currency per unit of base currency; of funding the rate per day, `0.0002` for 0.02 %. */
  readonly price: string;
  /** In base currency, or in contracts (`Instrument.contractSize`). */
  readonly amount: string;
  readonly side: Side;
  /** For an aggregated trade: the raw trades that it sums up, first and last id included. */
  readonly aggregates?: { readonly firstId: string; readonly lastId: string };
  /** Of funding: for how many days. */
  readonly periodDays?: number;
  /** A block trade: agreed away from the book, at a price that need not be the market's. Told where the exchange tells it. */
  readonly block?: true;
  /** It was missed on the stream, and asked for afterwards or told again by the exchange; it comes in its place. */
  readonly backfilled?: true;
}
