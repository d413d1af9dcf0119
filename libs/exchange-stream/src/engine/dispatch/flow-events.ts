import type {
  BookLevel,
  BookOrder,
  BookOrdersSnapshotEvent,
  BookOrdersUpdateEvent,
  BookSnapshotEvent,
  BookUpdateEvent,
  Candle,
  CandleEvent,
  EventOrigin,
  ExchangeSequence,
  Instrument,
  LiquidationEvent,
  LostRange,
  PlatformStatusEvent,
  QueueRule,
  QuoteEvent,
  RawEvent,
  Side,
  StatusEvent,
  SubscriptionRequest,
  TradeEvent,
} from '@exchange-stream/market-data';
import type { LiquidationRow, PlatformStatusRow, QuotePeriods, TradeRow } from '../../contract/index.ts';
import type { DataStatus } from './data-status.ts';
import type { FieldChannel, FieldEvent, FieldRows } from './latest-fields.ts';

/** What events say of their instrument. */
export type InstrumentName = Pick<Instrument, 'symbol' | 'nativeSymbol'>;

/** The events of rows that need not say everything. */
const EVENT_OF: {
  readonly [C in FieldChannel]: (origin: EventOrigin, known: FieldRows[C]) => FieldEvent | undefined;
} = {
  ticker: (origin, { last, ...others }) =>
    last === undefined ? undefined : { type: 'ticker', ...origin, last, ...others },
  derivatives: (origin, known) => ({ type: 'derivatives', ...origin, ...known }),
  options: (origin, known) => ({ type: 'option', ...origin, ...known }),
};

/**
 * Makes the events of one subscription: what its rows say, with what is true of all of them. Those that come most are
 * written out in one piece, which costs a third of putting them together.
 */
export class FlowEvents {
  private readonly exchange: string;
  private symbol: string;
  private nativeSymbol: string;

  constructor(
    private readonly request: SubscriptionRequest,
    private readonly key: string,
  ) {
    this.exchange = request.exchange;
    this.symbol = this.nativeSymbol = request.symbol;
  }

  /** What the instrument is called is known. */
  place({ symbol, nativeSymbol }: InstrumentName): void {
    this.symbol = symbol;
    this.nativeSymbol = nativeSymbol;
  }

  /**
   * @param lost with a fresh gap: what is missing, where that is known
   * @param filled with `live`: what was missing and has been delivered since
   */
  status(
    status: Pick<DataStatus, 'state' | 'since' | 'reason'>,
    lost: LostRange | undefined,
    filled?: LostRange,
  ): StatusEvent {
    return {
      type: 'status',
      ...this.origin(status.since, undefined, undefined),
      channel: this.request.channel,
      subscription: this.key,
      state: status.state,
      reason: status.reason,
      ...(lost ? { lost } : {}),
      ...(filled ? { filled } : {}),
    };
  }

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
  ): TradeEvent {
    const trade = {
      type: 'trade' as const,
      exchange: this.exchange,
      symbol: this.symbol,
      nativeSymbol: this.nativeSymbol,
      exchangeTime,
      receivedAt,
      sequence: undefined,
      id,
      price,
      amount,
      side,
    };
    if (periodDays === undefined && isBlock !== true) return aggregates ? { ...trade, aggregates } : trade;
    return {
      ...trade,
      ...(aggregates && { aggregates }),
      ...(periodDays !== undefined && { periodDays }),
      ...(isBlock === true && { block: true }),
    };
  }

  /** A trade that was missed on the stream. */
  backfilledTrade(receivedAt: number, row: TradeRow): TradeEvent {
    const { exchangeTime, id, price, amount, side, aggregates, periodDays, block } = row;
    return {
      ...this.trade(receivedAt, exchangeTime, id, price, amount, side, aggregates, periodDays, block),
      backfilled: true,
    };
  }

  quote(
    receivedAt: number,
    exchangeTime: number | undefined,
    sequence: ExchangeSequence | undefined,
    bid: string,
    bidAmount: string,
    ask: string,
    askAmount: string,
    periods: QuotePeriods | undefined,
  ): QuoteEvent {
    const quote = {
      type: 'quote' as const,
      exchange: this.exchange,
      symbol: this.symbol,
      nativeSymbol: this.nativeSymbol,
      exchangeTime,
      receivedAt,
      sequence,
      bid,
      bidAmount,
      ask,
      askAmount,
    };
    return periods ? { ...quote, ...periods } : quote;
  }

  /** What is known of a ticker, a derivative or an option; undefined while that is not enough for an event. */
  fields<C extends FieldChannel>(
    channel: C,
    receivedAt: number,
    exchangeTime: number | undefined,
    known: FieldRows[C],
  ): FieldEvent | undefined {
    return EVENT_OF[channel](this.origin(receivedAt, exchangeTime, undefined), known);
  }

  liquidation(receivedAt: number, exchangeTime: number | undefined, row: LiquidationRow): LiquidationEvent {
    return { type: 'liquidation', ...this.origin(receivedAt, exchangeTime, undefined), ...row };
  }

  platformStatus(
    receivedAt: number,
    exchangeTime: number | undefined,
    row: PlatformStatusRow,
  ): PlatformStatusEvent {
    return { type: 'platform-status', ...this.origin(receivedAt, exchangeTime, undefined), ...row };
  }

  candle(candle: Candle): CandleEvent {
    return {
      type: 'candle',
      ...this.origin(candle.receivedAt, candle.exchangeTime, undefined),
      ...candle,
    };
  }

  bookSnapshot(
    receivedAt: number,
    exchangeTime: number | undefined,
    sequence: ExchangeSequence | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): BookSnapshotEvent {
    return { type: 'book-snapshot', ...this.origin(receivedAt, exchangeTime, sequence), bids, asks };
  }

  bookUpdate(
    receivedAt: number,
    exchangeTime: number | undefined,
    sequence: ExchangeSequence | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): BookUpdateEvent {
    return {
      type: 'book-update',
      exchange: this.exchange,
      symbol: this.symbol,
      nativeSymbol: this.nativeSymbol,
      exchangeTime,
      receivedAt,
      sequence,
      bids,
      asks,
    };
  }

  bookOrdersSnapshot(
    receivedAt: number,
    exchangeTime: number | undefined,
    sequence: ExchangeSequence | undefined,
    queue: QueueRule,
    bids: readonly BookOrder[],
    asks: readonly BookOrder[],
  ): BookOrdersSnapshotEvent {
    const origin = this.origin(receivedAt, exchangeTime, sequence);
    return { type: 'book-orders-snapshot', ...origin, queue, bids, asks };
  }

  bookOrdersUpdate(
    receivedAt: number,
    exchangeTime: number | undefined,
    sequence: ExchangeSequence | undefined,
    bids: readonly BookOrder[],
    asks: readonly BookOrder[],
  ): BookOrdersUpdateEvent {
    const origin = this.origin(receivedAt, exchangeTime, sequence);
    return { type: 'book-orders-update', ...origin, bids, asks };
  }

  /** A frame as it came. */
  raw(receivedAt: number, topic: string, json: string): RawEvent {
    return { type: 'raw', ...this.origin(receivedAt, undefined, undefined), topic, json };
  }

  private origin(
    receivedAt: number,
    exchangeTime: number | undefined,
    sequence: ExchangeSequence | undefined,
  ): EventOrigin {
    return {
      exchange: this.exchange,
      symbol: this.symbol,
      nativeSymbol: this.nativeSymbol,
      exchangeTime,
      receivedAt,
      sequence,
    };
  }
}
