import type { BookLevel, BookOrder, ExchangeSequence, QuoteEvent, Side } from '@exchange-stream/market-data';
import type { AccountRow } from './account-rows.ts';
import type { BookLink } from './book.ts';
import type { CandleRow } from './candle.ts';
import type {
  DerivativesRow,
  LiquidationRow,
  OptionRow,
  PlatformStatusRow,
  TickerRow,
} from './market-rows.ts';
import type { SigningRefusal } from './rest.ts';
import type { TradeRow } from './trades.ts';

/** What flows on one topic of one connection. Sessions pass it on; only the engine looks inside. */
export interface Stream {
  readonly topic: string;
}

/** For how many days the best bid and the best ask of funding are. */
export type QuotePeriods = Required<Pick<QuoteEvent, 'bidPeriodDays' | 'askPeriodDays'>>;

/** Why the exchange refused a request. */
export interface Refusal {
  /** The exchange's own code, as text. */
  readonly code: string;
  readonly message: string;
  /** Whether the same request may succeed later. */
  readonly temporary: boolean;
  /**
   * It is of several topics that were asked for together, and need not hold for each: each is asked for again, by itself. What
   * is asked for by itself has no such refusal.
   */
  readonly isOfSeveral?: boolean;
  /** The connection carries as many topics as the exchange allows: others may take this one. */
  readonly connectionIsFull?: boolean;
  /** Of a login, what the exchange has against its signature. With `time` its clock is read again before the next one. */
  readonly signing?: SigningRefusal;
}

/**
 * Where a session puts what it read, once per row. Levels and rows are handed over: the session does not touch them
 * afterwards. Times are milliseconds since the epoch, `undefined` where the exchange says none. Prices and amounts are
 * the exchange's own digits in plain notation.
 */
export interface Sink<S extends Stream = Stream> {
  /**
   * The stream of a topic, if it is wanted on this connection. Asked once for each topic that a frame is of, whether the
   * session can read its rows or not: a topic may be wanted as it comes (`raw`).
   */
  stream(topic: string): S | undefined;
  /**
   * What of a topic that carries many instruments is of one of them, undefined where nobody wants that one: asked for every
   * row of such a topic, whose rows go to it and not to the topic's own stream.
   */
  of(stream: S, nativeSymbol: string): S | undefined;

  /**
   * @param periodDays of funding: for how many days
   * @param isBlock whether it was agreed away from the book
   */
  trade(
    stream: S,
    exchangeTime: number | undefined,
    id: string,
    price: string,
    amount: string,
    side: Side,
    aggregates?: { readonly firstId: string; readonly lastId: string },
    periodDays?: number,
    isBlock?: boolean,
  ): void;
  /**
   * The latest trades, oldest first, with which the exchange greets a subscription: those that were missed are told late,
   * and the others say where the series stands.
   */
  recentTrades(stream: S, rows: readonly TradeRow[]): void;
  /** @param periods of funding: for how many days each side is */
  quote(
    stream: S,
    exchangeTime: number | undefined,
    sequence: ExchangeSequence | undefined,
    bid: string,
    bidAmount: string,
    ask: string,
    askAmount: string,
    periods?: QuotePeriods,
  ): void;
  /** A whole statement about the window: what it does not name is not known. */
  ticker(stream: S, exchangeTime: number | undefined, row: TickerRow): void;
  /** What has changed of the statement before: what it does not name stands. */
  tickerUpdate(stream: S, exchangeTime: number | undefined, row: Partial<TickerRow>): void;
  /** What it does not name stands as told last, by this topic or another one that feeds the same subscription. */
  derivatives(stream: S, exchangeTime: number | undefined, row: DerivativesRow): void;
  /** As `derivatives`. */
  option(stream: S, exchangeTime: number | undefined, row: OptionRow): void;
  liquidation(stream: S, exchangeTime: number | undefined, row: LiquidationRow): void;
  platformStatus(stream: S, exchangeTime: number | undefined, row: PlatformStatusRow): void;
  candle(stream: S, exchangeTime: number | undefined, row: CandleRow): void;
  /** A whole book, or its whole top; best level first. Levels with the count of their orders where it is told. */
  bookSnapshot(
    stream: S,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): void;
  /**
   * Changed levels: an amount replaces the old one, zero removes the level, which of funding is known by rate and period.
   * Without a level and a number, it is a checksum that the exchange sends by itself: the book is proved by it, and nothing
   * of it is told.
   */
  bookUpdate(
    stream: S,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): void;

  /** A whole book by order; of one price the first in the queue first. */
  bookOrdersSnapshot(
    stream: S,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookOrder[],
    asks: readonly BookOrder[],
  ): void;
  /** Changed orders: each replaces the one of its id, an amount of zero removes it, whatever its price. */
  bookOrdersUpdate(
    stream: S,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookOrder[],
    asks: readonly BookOrder[],
  ): void;

  /**
   * Rows of a private topic. A snapshot has all that there is, be it nothing; otherwise they are what has changed. Of
   * `fills` a snapshot says nothing and is left out.
   */
  account(stream: S, rows: readonly AccountRow[], isSnapshot: boolean): void;

  /**
   * The exchange numbers the frames of this connection, all in one count, and the next one that bears a number bears this
   * one. Where it does not say so, the first number counts as it comes.
   */
  framesCountFrom(number: number): void;
  /**
   * The number of the frame being read in that count; said before its rows. Returns whether the frame is to be read: one
   * that is repeated or late is passed over. What is missing before it is seen to.
   */
  frameNumber(number: number): boolean;

  /** The answer to a request, by the key under which the session announced it; without refusal it succeeded. */
  reply(key: string, refusal?: Refusal): void;
  /** The answer to our ping, where it is a frame. */
  pong(): void;
  /** Sends at once, ahead of every request, what the exchange expects in return for the frame being read. */
  answer(frame: string): void;
  /** The exchange says that the token of this connection holds no more: it is of no use, and is dialled anew with a fresh one. */
  tokenLost(reason: string): void;
  /** The exchange says that it is about to close this connection. */
  closing(reason: string): void;
  /**
   * The exchange pauses on this connection: nothing comes, and nothing should be sent but signs of life, until it resumes.
   */
  paused(reason: string): void;
  /** The pause is over; what was subscribed has to be asked for again. */
  resumed(reason: string): void;
  /**
   * The exchange has stopped the market of an instrument, or opened it again.
   * @param category of the instrument, where the exchange has categories
   */
  marketStatus(nativeSymbol: string, status: 'halted' | 'trading', reason: string, category?: string): void;

  /** A frame, or part of one, that is known and of no use, by a name for the statistics. */
  ignored(name: string): void;
  /** A frame that this session does not know. */
  unhandled(frame: Buffer): void;
  /** A row that breaks the exchange's own format; the rest of its frame counts. */
  rejected(stream: S | undefined, reason: string): void;
}
