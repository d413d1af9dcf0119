import type { Clock } from '@exchange-stream/market-data';
import type { InstrumentMarket, MarketListener } from '../market/instrument-market.ts';
import type { BookChange } from '../market/order-book.ts';
import { Pace } from '../market/pace.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { Trade } from '../market/tape.ts';
import type { KrakenConnection } from './kraken.connection.ts';
import { bookRow, candleFrame, candleRow, frameText, tickerRow, tradeRow } from './kraken.frames.ts';
import { instrumentFrame } from './kraken.instrument-rows.ts';
import { BOOK_PERIOD_MS, SNAPSHOT_CANDLES, SNAPSHOT_TRADES } from './kraken.limits.ts';
import { publish, type KrakenTopicIndex, type LiveTopic } from './kraken.topic-index.ts';
import type { KrakenTopic } from './kraken.topics.ts';

export interface Publications {
  readonly topics: KrakenTopicIndex;
  readonly market: () => SeededMarket;
  /** The frame of the exchange's state. */
  readonly status: (connection: KrakenConnection) => string;
}

/** Turns what happens in the market into frames: trades and what follows from them at once, books at their pace. */
export class KrakenPublisher implements MarketListener {
  /** What one taker order has traded so far. */
  private order: Trade[] = [];
  private readonly books: Pace<LiveTopic>;
  private readonly quotes: Pace<LiveTopic>;

  constructor(
    private readonly clock: Clock,
    private readonly parts: Publications,
  ) {
    this.books = new Pace(clock, BOOK_PERIOD_MS, (live) => this.publishBook(live));
    this.quotes = new Pace(clock, BOOK_PERIOD_MS, (live) => this.publishTicker(live));
  }

  stop(): void {
    this.books.stop();
    this.quotes.stop();
  }

  /** Begins to tell a newcomer of a topic: how things stand, where that is wanted, then what changes. */
  welcome(topic: KrakenTopic, connection: KrakenConnection, wantsSnapshot: boolean): void {
    const live = this.parts.topics.join(topic, connection);
    const opening = wantsSnapshot ? this.opening(live, connection) : undefined;
    if (opening !== undefined) connection.sendData(topic.name, opening);
  }

  /** Sends whole books again. */
  sendWhole({ instrument: { symbol } }: InstrumentMarket): void {
    for (const live of this.parts.topics.of('book', symbol)) {
      const text = this.wholeBook(live);
      if (text !== undefined) publish(live, text);
    }
  }

  bookChanged({ instrument: { symbol } }: InstrumentMarket, change: BookChange): void {
    const { topics } = this.parts;
    for (const live of topics.of('book', symbol)) {
      live.view?.note(change);
      this.books.add(live);
    }
    if (!change.touch) return;
    for (const live of topics.of('ticker', symbol)) if (live.topic.trigger === 'bbo') this.quotes.add(live);
  }

  traded(_market: InstrumentMarket, trade: Trade): void {
    this.order.push(trade);
  }

  /** The first of them comes when the taker order is done: all its trades are told together. */
  aggregated(market: InstrumentMarket): void {
    const { order } = this;
    if (order.length === 0) return;
    this.order = [];
    const { topics } = this.parts;
    const { symbol } = market.instrument;
    for (const live of topics.of('trade', symbol)) {
      const rows = order.map((trade) => tradeRow(market, trade));
      publish(live, frameText('trade', 'update', rows));
    }
    for (const live of topics.of('ohlc', symbol)) this.publishCandle(live, market);
    for (const live of topics.of('ticker', symbol))
      if (live.topic.trigger === 'trades') this.publishTicker(live);
  }

  /** No candle is ever told to be over. */
  candleClosed(): void {
    return;
  }

  statusChanged(market: InstrumentMarket): void {
    for (const live of this.parts.topics.of('instrument', ''))
      publish(live, instrumentFrame('update', [market], this.parts.market()));
  }

  /** Everything that waits goes out now. */
  paused(): void {
    this.books.flush();
    this.quotes.flush();
  }

  private opening(live: LiveTopic, connection: KrakenConnection): string | undefined {
    const { kind, symbol, timeframe, minutes } = live.topic;
    if (kind === 'status') return this.parts.status(connection);
    const all = this.parts.market();
    if (kind === 'instrument') return instrumentFrame('snapshot', all.markets, all);
    const market = all.find(symbol);
    if (market === undefined) return undefined;
    switch (kind) {
      case 'book':
        return this.wholeBook(live);
      case 'ticker':
        return frameText('ticker', 'snapshot', [tickerRow(market, this.clock.now())]);
      case 'trade': {
        const rows = market.tape.latest(SNAPSHOT_TRADES).map((trade) => tradeRow(market, trade));
        return frameText('trade', 'snapshot', rows);
      }
      case 'ohlc': {
        if (timeframe === undefined || minutes === undefined) return undefined;
        market.closeCandles(this.clock.now());
        const { closed, running } = market.candles(timeframe);
        const rows = [...closed.slice(-SNAPSHOT_CANDLES), running]
          .filter(({ trades }) => trades > 0)
          .map((candle) => candleRow(market, candle, minutes));
        return candleFrame('snapshot', rows, this.clock.now());
      }
    }
  }

  /** As those who follow it hold it: what has changed since comes to all of them with the next update. */
  private wholeBook({ topic: { symbol }, view }: LiveTopic): string | undefined {
    return view && frameText('book', 'snapshot', [bookRow(symbol, view.whole(), this.clock.now())]);
  }

  private publishBook(live: LiveTopic): void {
    const rows = live.view?.take();
    if (rows === undefined) return;
    publish(live, frameText('book', 'update', [bookRow(live.topic.symbol, rows, this.clock.now())]));
  }

  private publishTicker(live: LiveTopic): void {
    const market = this.parts.market().find(live.topic.symbol);
    if (market === undefined) return;
    publish(live, frameText('ticker', 'update', [tickerRow(market, this.clock.now())]));
  }

  private publishCandle(live: LiveTopic, market: InstrumentMarket): void {
    const { timeframe, minutes } = live.topic;
    if (timeframe === undefined || minutes === undefined) return;
    const { running } = market.candles(timeframe);
    publish(live, candleFrame('update', [candleRow(market, running, minutes)], this.clock.now()));
  }
}
