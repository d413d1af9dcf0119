import type { Clock } from '@exchange-stream/market-data';
import { Cadence } from '../market/cadence.ts';
import type { Candle } from '../market/candle.ts';
import type { Liquidation } from '../market/derivatives/liquidation.ts';
import type { InstrumentMarket, MarketListener } from '../market/instrument-market.ts';
import type { BookChange } from '../market/order-book.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { AggregateTrade, Trade } from '../market/tape.ts';
import type { Timeframe } from '../market/timeframe.ts';
import type { OkxBooks } from './okx.books.ts';
import type { OkxConnection } from './okx.connection.ts';
import type { OkxDerivatives } from './okx.derivatives.ts';
import { candleRow, frameText, singleTradeRow, tickerRow, tradeRow, type Payload } from './okx.frames.ts';
import type { OkxInstrumentRows } from './okx.instrument-rows.ts';
import type { OkxMaintenance } from './okx.maintenance.ts';
import { publish, type LiveTopic, type OkxTopicIndex } from './okx.topic-index.ts';
import { instTypeOf, type OkxTopic } from './okx.topics.ts';

export interface Publications {
  readonly topics: OkxTopicIndex;
  readonly market: () => SeededMarket;
  readonly books: OkxBooks;
  readonly derivatives: OkxDerivatives;
  readonly instruments: OkxInstrumentRows;
  readonly maintenance: OkxMaintenance;
}

/** Turns what happens in the market into frames: trades at once, the others at their pace. */
export class OkxPublisher implements MarketListener {
  private readonly publishedCandles = new WeakMap<LiveTopic, Candle>();
  /** Whose ticker is another one since it was told. */
  private readonly ticked = new Set<InstrumentMarket>();
  private readonly cadence: Cadence;
  private started = false;

  constructor(
    private readonly clock: Clock,
    private readonly parts: Publications,
  ) {
    this.cadence = new Cadence(clock, (due) => this.beat(due));
  }

  start(): void {
    this.started = true;
    this.cadence.start();
  }

  stop(): void {
    this.cadence.stop();
    this.parts.books.stop();
    this.parts.maintenance.stop();
  }

  /** Sends a newcomer how things stand, where a subscription begins with that. Books come with the next beat. */
  welcome(topic: OkxTopic, connection: OkxConnection): void {
    if (topic.kind === 'bbo-tbt') return this.parts.books.quote(topic.subject);
    const rows = this.openingRows(topic);
    if (rows.length > 0) connection.sendData(topic.name, frameText(topic.arg, rows));
  }

  bookChanged(market: InstrumentMarket, change: BookChange): void {
    if (!this.started || !change.touch) return;
    this.ticked.add(market);
    this.parts.books.quote(market.instrument.symbol);
  }

  traded(market: InstrumentMarket, trade: Trade): void {
    this.ticked.add(market);
    this.toFollowers('trades-all', market, () => singleTradeRow(market, trade));
    this.parts.derivatives.traded(market, trade);
  }

  aggregated(market: InstrumentMarket, trade: AggregateTrade): void {
    this.toFollowers('trades', market, () => tradeRow(market, trade));
  }

  liquidated(market: InstrumentMarket, liquidation: Liquidation): void {
    this.parts.derivatives.liquidated(market, liquidation);
  }

  candleClosed(market: InstrumentMarket, timeframe: Timeframe, candle: Candle): void {
    for (const live of this.parts.topics.of('candle', market.instrument.symbol)) {
      const asked = live.topic.timeframe;
      if (asked?.interval !== timeframe.interval || asked.offsetMs !== timeframe.offsetMs) continue;
      this.publishCandle(live, market, candle, true);
    }
  }

  /** Only what changed is told: nobody gets the whole list from here. */
  statusChanged(market: InstrumentMarket): void {
    this.parts.instruments.changed(market);
    for (const live of this.parts.topics.of('instruments', instTypeOf(market)))
      publish(live, frameText(live.topic.arg, [this.parts.instruments.of(market)]));
  }

  maintained(row: Payload): void {
    for (const live of this.parts.topics.of('status', '')) publish(live, frameText(live.topic.arg, [row]));
  }

  /** Everything that waits for its beat goes out now. */
  paused(): void {
    this.parts.books.settle();
    this.publishTickers();
    this.publishCandles();
  }

  private openingRows(topic: OkxTopic): readonly unknown[] {
    switch (topic.kind) {
      case 'tickers':
      case 'candle': {
        const market = this.parts.market().find(topic.subject);
        if (market === undefined) return [];
        if (topic.timeframe === undefined) return [tickerRow(market, this.clock.now())];
        return [candleRow(market, market.candles(topic.timeframe).running, false)];
      }
      case 'status':
        return this.parts.maintenance.rows;
      default:
        return this.parts.derivatives.rowsOf(topic);
    }
  }

  private beat(isDue: (periodMs: number) => boolean): void {
    this.parts.market().closeCandles();
    this.parts.books.beat();
    this.publishTickers();
    this.parts.derivatives.beat(isDue);
    if (isDue(1000)) this.publishCandles();
  }

  private publishTickers(): void {
    const now = this.clock.now();
    for (const market of this.ticked) this.toFollowers('tickers', market, () => tickerRow(market, now));
    this.ticked.clear();
  }

  private publishCandles(): void {
    for (const live of this.parts.topics.all) {
      const { kind, subject, timeframe } = live.topic;
      const market = kind === 'candle' ? this.parts.market().find(subject) : undefined;
      if (market === undefined || timeframe === undefined || !market.trades) continue;
      const { running } = market.candles(timeframe);
      if (running.trades > 0 && this.publishedCandles.get(live) !== running)
        this.publishCandle(live, market, running, false);
    }
  }

  private publishCandle(live: LiveTopic, market: InstrumentMarket, candle: Candle, isClosed: boolean): void {
    this.publishedCandles.set(live, candle);
    publish(live, frameText(live.topic.arg, [candleRow(market, candle, isClosed)]));
  }

  private toFollowers(
    kind: 'trades' | 'trades-all' | 'tickers',
    { instrument: { symbol } }: InstrumentMarket,
    row: () => Payload,
  ): void {
    for (const live of this.parts.topics.of(kind, symbol)) publish(live, frameText(live.topic.arg, [row()]));
  }
}
