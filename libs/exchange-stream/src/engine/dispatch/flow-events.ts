import type {
  BookLevel,
  BookSnapshotEvent,
  BookUpdateEvent,
  CandleEvent,
  EventOrigin,
  ExchangeSequence,
  Instrument,
  LostRange,
  QuoteEvent,
  RawEvent,
  Side,
  StatusEvent,
  SubscriptionRequest,
  TickerEvent,
  TradeEvent,
} from '@exchange-stream/market-data';
import type { CandleRow, TickerRow } from '../../contract/index.ts';
import type { DataStatus } from './data-status.ts';

/** What events say of their instrument. */
export type InstrumentName = Pick<Instrument, 'symbol' | 'nativeSymbol'>;

/** Makes the events of one subscription: what its rows say, with what is true of all of them. */
export class FlowEvents {
  private instrument: InstrumentName | undefined;

  constructor(
    private readonly request: SubscriptionRequest,
    private readonly key: string,
  ) {}

  /** What the instrument is called is known. */
  place(instrument: InstrumentName): void {
    this.instrument = instrument;
  }

  /** @param lost with a fresh gap: what is missing, where that is known */
  status(status: Pick<DataStatus, 'state' | 'since' | 'reason'>, lost: LostRange | undefined): StatusEvent {
    return {
      type: 'status',
      ...this.origin(status.since, undefined, undefined),
      channel: this.request.channel,
      subscription: this.key,
      state: status.state,
      reason: status.reason,
      ...(lost ? { lost } : {}),
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
  ): TradeEvent {
    return {
      type: 'trade',
      ...this.origin(receivedAt, exchangeTime, undefined),
      id,
      price,
      amount,
      side,
      ...(aggregates ? { aggregates } : {}),
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
  ): QuoteEvent {
    return {
      type: 'quote',
      ...this.origin(receivedAt, exchangeTime, sequence),
      bid,
      bidAmount,
      ask,
      askAmount,
    };
  }

  ticker(receivedAt: number, exchangeTime: number | undefined, row: TickerRow): TickerEvent {
    return { type: 'ticker', ...this.origin(receivedAt, exchangeTime, undefined), ...row };
  }

  candle(receivedAt: number, exchangeTime: number | undefined, row: CandleRow): CandleEvent {
    return {
      type: 'candle',
      ...this.origin(receivedAt, exchangeTime, undefined),
      ...row,
      source: 'stream',
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
    return { type: 'book-update', ...this.origin(receivedAt, exchangeTime, sequence), bids, asks };
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
      exchange: this.request.exchange,
      symbol: this.instrument?.symbol ?? this.request.symbol,
      nativeSymbol: this.instrument?.nativeSymbol ?? this.request.symbol,
      exchangeTime,
      receivedAt,
      sequence,
    };
  }
}
