import type { BookLevel, BookOrder, ExchangeSequence, Side } from '@exchange-stream/market-data';
import type { AccountRow, BookLink, CandleRow, TickerRow, TradeRow } from '../../contract/index.ts';

/** Takes the rows of one topic as a session reads them, one call for each, with the time at which the frame came. */
export interface RowTarget {
  /** Whether it takes frames as they come instead of rows. */
  readonly isRaw: boolean;
  trade(
    receivedAt: number,
    exchangeTime: number | undefined,
    id: string,
    price: string,
    amount: string,
    side: Side,
    aggregates: { readonly firstId: string; readonly lastId: string } | undefined,
  ): void;
  /** The latest trades, oldest first, as the exchange greets a subscription with them. */
  recentTrades(receivedAt: number, rows: readonly TradeRow[]): void;
  quote(
    receivedAt: number,
    exchangeTime: number | undefined,
    sequence: ExchangeSequence | undefined,
    bid: string,
    bidAmount: string,
    ask: string,
    askAmount: string,
  ): void;
  ticker(receivedAt: number, exchangeTime: number | undefined, row: TickerRow): void;
  candle(receivedAt: number, exchangeTime: number | undefined, row: CandleRow): void;
  bookSnapshot(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): void;
  bookUpdate(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): void;
  bookOrdersSnapshot(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookOrder[],
    asks: readonly BookOrder[],
  ): void;
  bookOrdersUpdate(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookOrder[],
    asks: readonly BookOrder[],
  ): void;
  account(receivedAt: number, rows: readonly AccountRow[], isSnapshot: boolean): void;
  /** A frame as it came, once for each of its topics. */
  raw(receivedAt: number, topic: string, json: string): void;
  /** A row that breaks the exchange's format. */
  rejected(reason: string): void;
}
