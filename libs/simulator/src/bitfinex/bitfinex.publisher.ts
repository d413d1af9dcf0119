import type { Clock } from '@exchange-stream/market-data';
import { Cadence } from '../market/cadence.ts';
import type { Candle } from '../market/candle.ts';
import type { Liquidation } from '../market/derivatives/liquidation.ts';
import type { InstrumentMarket, MarketListener } from '../market/instrument-market.ts';
import type { BookChange } from '../market/order-book.ts';
import { Pace } from '../market/pace.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { Trade } from '../market/tape.ts';
import type { Timeframe } from '../market/timeframe.ts';
import type { BitfinexBooks } from './bitfinex.books.ts';
import type { BitfinexChannel } from './bitfinex.channel.ts';
import type { BitfinexDerivatives } from './bitfinex.derivatives.ts';
import { candleRow, liquidationRow, list, tickerRow, tradeRow } from './bitfinex.frames.ts';
import { isFunding } from './bitfinex.funding.ts';
import { CHECKSUM_MS } from './bitfinex.limits.ts';
import { publish, type BitfinexTopicIndex, type LiveTopic } from './bitfinex.topic-index.ts';

export interface Publications {
  readonly topics: BitfinexTopicIndex;
  readonly market: () => SeededMarket;
  readonly books: BitfinexBooks;
  readonly derivatives: BitfinexDerivatives;
}

const TICKER_MS = 1_000;
/** How long after `te` comes `tu`. */
const UPDATED_MS = 100;
const SNAPSHOT_TRADES = 30;
const SNAPSHOT_CANDLES = 120;
/** One candle in so many is corrected after it has closed. */
const LATE_CANDLES = 3;
const FIRST_POSITION_ID = 145_511_476;

/** Turns what happens in the market into frames: trades at once, the others at their pace. */
export class BitfinexPublisher implements MarketListener {
  private readonly publishedCandles = new WeakMap<LiveTopic, Candle>();
  /** Closed ones that are told behind the first row of the next. */
  private readonly lateCandles = new WeakMap<LiveTopic, Candle>();
  /** Told by `te`, and not yet by `tu`. */
  private readonly executed: Pace<() => void>;
  /** Whose ticker is another one since it was told. */
  private readonly ticked: Pace<InstrumentMarket>;
  private readonly cadence: Cadence;
  private nextPositionId = FIRST_POSITION_ID;

  constructor(
    private readonly clock: Clock,
    private readonly parts: Publications,
  ) {
    this.executed = new Pace(clock, UPDATED_MS, (tell) => tell());
    this.ticked = new Pace(clock, TICKER_MS, (market) => this.publishTicker(market));
    this.cadence = new Cadence(clock, (isDue) => this.beat(isDue), [1_000, CHECKSUM_MS]);
  }

  start(): void {
    this.cadence.start();
  }

  stop(): void {
    this.cadence.stop();
    this.executed.stop();
    this.ticked.stop();
    this.parts.books.stop();
  }

  /** The first frame of a channel; undefined where it begins with the first news. */
  opening(live: LiveTopic): string | undefined {
    const { kind, symbol, timeframe } = live.topic;
    const market = this.parts.market().find(symbol);
    if (market === undefined) return undefined;
    switch (kind) {
      case 'book':
        return this.parts.books.snapshot(live);
      case 'trades':
        return list(
          [...market.tape.latest(SNAPSHOT_TRADES)].reverse().map((trade) => tradeRow(market, trade)),
        );
      case 'ticker':
        return tickerRow(market, this.clock.now());
      case 'candles':
        return timeframe && list(candleRows(market, timeframe, SNAPSHOT_CANDLES));
      case 'deriv':
        return this.parts.derivatives.row(market);
      case 'liq':
        return undefined;
    }
  }

  /** What is still on its way when a channel is given back. */
  belated({ topic }: BitfinexChannel, live: LiveTopic | undefined): readonly string[] {
    const market = this.parts.market().find(topic.symbol);
    const pending = live === undefined ? [] : this.parts.books.pending(live);
    if (pending.length > 0) return pending;
    const last = topic.kind === 'trades' ? market?.tape.last : undefined;
    if (market !== undefined && last !== undefined)
      return [`"${tradeType(market, 'u')}",${tradeRow(market, last)}`];
    return ['"hb"'];
  }

  bookChanged(market: InstrumentMarket, change: BookChange): void {
    this.parts.books.bookChanged(market, change);
    if (change.touch) this.tick(market);
  }

  traded(market: InstrumentMarket, trade: Trade): void {
    this.tick(market);
    const { symbol } = market.instrument;
    const topics = this.parts.topics.of('trades', symbol);
    if (topics.size === 0) return;
    const row = tradeRow(market, trade);
    const tell = (live: LiveTopic, type: 'e' | 'u'): void =>
      publish(live, `"${tradeType(market, type)}",${row}`);
    for (const live of topics) tell(live, 'e');
    this.executed.add(() => {
      for (const live of this.parts.topics.of('trades', symbol)) tell(live, 'u');
    });
  }

  aggregated(): void {
    // Each trade is told by itself.
  }

  liquidated(market: InstrumentMarket, liquidation: Liquidation): void {
    const id = this.nextPositionId++;
    for (const live of this.parts.topics.of('liq', ''))
      for (const isMatch of [false, true])
        publish(live, list([liquidationRow(market, liquidation, id, isMatch)]));
  }

  candleClosed(market: InstrumentMarket, { interval }: Timeframe, candle: Candle): void {
    if (candle.trades === 0) return;
    for (const live of this.parts.topics.of('candles', market.instrument.symbol))
      if (live.topic.timeframe?.interval === interval) this.endCandle(live, market, candle);
  }

  /** Everything that waits for its beat goes out now. */
  paused(): void {
    this.parts.books.settle();
    this.executed.flush();
    this.ticked.flush();
    this.publishCandles();
  }

  private beat(isDue: (periodMs: number) => boolean): void {
    if (isDue(1_000)) {
      this.parts.market().closeCandles();
      this.publishCandles();
      this.publishDerivatives();
    }
    if (isDue(CHECKSUM_MS)) this.parts.books.check();
  }

  private tick(market: InstrumentMarket): void {
    if (this.parts.topics.of('ticker', market.instrument.symbol).size > 0) this.ticked.add(market);
  }

  private publishTicker(market: InstrumentMarket): void {
    for (const live of this.parts.topics.of('ticker', market.instrument.symbol))
      publish(live, tickerRow(market, this.clock.now()));
  }

  private publishDerivatives(): void {
    for (const live of this.parts.topics.all) {
      const market = live.topic.kind === 'deriv' ? this.parts.market().find(live.topic.symbol) : undefined;
      const row = market?.trades === true ? this.parts.derivatives.row(market) : undefined;
      if (row !== undefined) publish(live, row);
    }
  }

  private publishCandles(): void {
    for (const live of this.parts.topics.all) {
      const { kind, symbol, timeframe } = live.topic;
      const market = kind === 'candles' ? this.parts.market().find(symbol) : undefined;
      if (market === undefined || timeframe === undefined || !market.trades) continue;
      const { running } = market.candles(timeframe);
      if (running.trades > 0) this.publishCandle(live, market, running);
    }
  }

  private publishCandle(live: LiveTopic, market: InstrumentMarket, candle: Candle): void {
    if (this.publishedCandles.get(live) === candle) return;
    this.publishedCandles.set(live, candle);
    publish(live, candleRow(market, candle));
    const late = this.lateCandles.get(live);
    if (late === undefined) return;
    this.lateCandles.delete(live);
    publish(live, candleRow(market, late));
  }

  /** What was traded last may be told late: after the candle behind it has begun. */
  private endCandle(live: LiveTopic, market: InstrumentMarket, candle: Candle): void {
    if (this.publishedCandles.get(live) === candle) return;
    const { openTime, endTime } = candle;
    if ((openTime / (endTime - openTime)) % LATE_CANDLES === 0) this.lateCandles.set(live, candle);
    else this.publishCandle(live, market, candle);
  }
}

/** The newest first; there is none where nothing was traded. */
export function candleRows(market: InstrumentMarket, timeframe: Timeframe, count: number): readonly string[] {
  const { closed, running } = market.candles(timeframe);
  return [...closed, running]
    .filter(({ trades }) => trades > 0)
    .slice(-count)
    .reverse()
    .map((candle) => candleRow(market, candle));
}

function tradeType({ instrument: { symbol } }: InstrumentMarket, suffix: 'e' | 'u'): string {
  return `${isFunding(symbol) ? 'ft' : 't'}${suffix}`;
}
