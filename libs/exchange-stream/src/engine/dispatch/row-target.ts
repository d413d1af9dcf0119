import type { BookLevel, BookOrder, Channel, ExchangeSequence, Side } from '@exchange-stream/market-data';
import type {
  AccountRow,
  BookLink,
  CandleRow,
  LiquidationRow,
  PlatformStatusRow,
  QuotePeriods,
  TradeRow,
} from '../../contract/index.ts';
import type { FieldChannel, FieldRows } from './latest-fields.ts';

/** Takes the rows of one topic as a session reads them, one call for each, with the time at which the frame came. */
export interface RowTarget {
  /** What it takes rows of: a topic may have some of several channels. */
  readonly channel: Channel;
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
    periodDays: number | undefined,
    isBlock: boolean | undefined,
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
    periods: QuotePeriods | undefined,
  ): void;
  /**
   * A row of ticker, derivatives or options.
   * @param isWhole what it does not name is not known; otherwise that stands as told last
   */
  fields<C extends FieldChannel>(
    channel: C,
    receivedAt: number,
    exchangeTime: number | undefined,
    row: FieldRows[C],
    isWhole: boolean,
  ): void;
  liquidation(receivedAt: number, exchangeTime: number | undefined, row: LiquidationRow): void;
  platformStatus(receivedAt: number, exchangeTime: number | undefined, row: PlatformStatusRow): void;
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
