import type { Side, SubscriptionParams } from '@exchange-stream/market-data';
import type { ListedSymbol, RestOperation } from './rest.ts';

/** The exchange's statement about one trade, where it tells several at once. */
export interface TradeRow {
  readonly id: string;
  readonly price: string;
  readonly amount: string;
  /** The taker's. */
  readonly side: Side;
  /** When it was made, milliseconds since the epoch. */
  readonly exchangeTime?: number;
  /** For an aggregated trade: the raw trades that it sums up, first and last id included. */
  readonly aggregates?: { readonly firstId: string; readonly lastId: string };
  /** Of funding: for how many days. */
  readonly periodDays?: number;
  /** Agreed away from the book. */
  readonly block?: true;
}

/**
 * What the ids of one topic's trades tell. A trade counts once, by its id, however often it is told: an exchange that tells
 * each one twice, as executed and as updated, needs nothing but the same id both times.
 * - `contiguous`: whole numbers below 2^53, each larger by one than that before it, so that a missing one is seen.
 * - `increasing`: such numbers, each larger than that before it; those between may never have been.
 * - `arbitrary`: any text, which tells nothing but which trade it is.
 */
export type TradeIds = 'contiguous' | 'increasing' | 'arbitrary';

/** How the trades of one topic are told. */
export interface TradeRules {
  readonly ids: TradeIds;
  /** Every subscription is greeted with the latest trades (`Sink.recentTrades`). */
  readonly beginsWithRecent?: boolean;
}

export interface TradesQuery extends ListedSymbol {
  /** Of the subscription: the trades are to be of the same kind. */
  readonly params: SubscriptionParams;
  /** The newest trade that is known. */
  readonly after: { readonly id: string; readonly time?: number };
  /** Trades at most. */
  readonly limit: number;
}

/** Asks for trades; the answer has the oldest first. */
export interface TradesOperation extends RestOperation<TradesQuery, readonly TradeRow[]> {
  /**
   * Which trades an answer has. `id`: those after the known one, beginning with the oldest of them. `time`: the same, by the
   * known one's time; those of the same moment may come again. `recent`: the newest there are, whatever is known.
   */
  readonly pagesBy: 'id' | 'time' | 'recent';
  /** Trades that an answer has at most. */
  readonly mostPerCall: number;
}
