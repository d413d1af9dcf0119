import type { Clock } from '@exchange-stream/market-data';
import type { Candle } from '../market/candle.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { BookChange } from '../market/order-book.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { AggregateTrade, Trade } from '../market/tape.ts';
import type { Timeframe } from '../market/timeframe.ts';
import { subscribersOf, type LiveStream, type StreamIndex } from '../binance-platform/stream-index.ts';
import type { Publisher } from '../binance-platform/segment.ts';
import { klineFrame, miniTickerFrame, type Payload } from '../binance-platform/frames.ts';
import { DepthDiffWindow } from '../market/depth-diff.ts';
import {
  aggTradeFrame,
  bookTickerFrame,
  depthUpdateFrame,
  partialDepthFrame,
  tickerFrame,
  tradeFrame,
  windowTickerFrame,
} from './binance.frames.ts';
import type { SpotAddress } from './binance.segment.ts';
import type { DepthSpeed, Stream } from './binance.streams.ts';
import type { TimeUnit } from '../binance-platform/time-unit.ts';
import { Cadence } from '../market/cadence.ts';

const SPEEDS: readonly DepthSpeed[] = [100, 1000];

/** Turns what happens in the market into frames: at once for trades and best quotes, at each stream's pace for others. */
export class BinancePublisher implements Publisher {
  private readonly diffs = new Map<InstrumentMarket, Record<DepthSpeed, DepthDiffWindow>>();
  private readonly publishedCandles = new WeakMap<Live, Candle>();
  private readonly publishedTradeIds = new Map<InstrumentMarket, number>();
  private readonly cadence: Cadence;
  private market: SeededMarket | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly streams: StreamIndex<Stream, SpotAddress>,
  ) {
    this.cadence = new Cadence(clock, (due) => this.beat(due));
  }

  start(market: SeededMarket): void {
    if (this.market === undefined) {
      this.market = market;
      for (const listed of market.markets) this.diffs.set(listed, windowsOf(listed));
    }
    this.cadence.start();
  }

  stop(): void {
    this.cadence.stop();
  }

  /** A new symbol is published from its listing on. */
  statusChanged(market: InstrumentMarket): void {
    if (this.market !== undefined && !this.diffs.has(market)) this.diffs.set(market, windowsOf(market));
  }

  bookChanged(market: InstrumentMarket, change: BookChange): void {
    const windows = this.diffs.get(market);
    for (const speedMs of SPEEDS) windows?.[speedMs].add(change);
    if (!change.touch) return;
    for (const live of this.of(market, 'bookTicker')) this.publish(live, () => bookTickerFrame(market));
  }

  traded(market: InstrumentMarket, trade: Trade): void {
    for (const live of this.of(market, 'trade'))
      this.publish(live, (unit) => tradeFrame(market, trade, unit));
  }

  aggregated(market: InstrumentMarket, trade: AggregateTrade): void {
    for (const live of this.of(market, 'aggTrade')) {
      this.publish(live, (unit) => aggTradeFrame(market, trade, unit));
    }
  }

  candleClosed(market: InstrumentMarket, timeframe: Timeframe, candle: Candle): void {
    for (const live of this.of(market, 'kline')) {
      const asked = live.stream.timeframe;
      if (asked.interval !== timeframe.interval || asked.offsetMs !== timeframe.offsetMs) continue;
      this.publishKline(live, market, candle, true);
    }
  }

  /** Everything that waits for its beat goes out now. */
  paused(): void {
    for (const speedMs of SPEEDS) this.publishBooks(speedMs);
    this.publishCandles(() => true);
  }

  /** What is pending goes out by the old numbers, what follows by the new ones. */
  countAnew(market: InstrumentMarket): void {
    for (const speedMs of SPEEDS) this.publishBooks(speedMs);
    market.book.countAnew();
    this.diffs.set(market, windowsOf(market));
  }

  private beat(due: (periodMs: number) => boolean): void {
    this.market?.closeCandles();
    for (const speedMs of SPEEDS) if (due(speedMs)) this.publishBooks(speedMs);
    if (!due(1000)) return;
    this.publishCandles((interval) => interval === '1s' || due(2000));
    this.publishTickers();
  }

  private publishBooks(speedMs: DepthSpeed): void {
    for (const [market, windows] of this.diffs) {
      const diff = windows[speedMs].take();
      if (diff !== undefined) {
        for (const live of this.of(market, 'depth')) {
          if (live.stream.speedMs !== speedMs) continue;
          this.publish(live, (unit) => depthUpdateFrame(market, diff, this.clock.now(), unit));
        }
      }
      for (const live of this.of(market, 'partialDepth')) {
        if (live.stream.speedMs === speedMs) this.publishPartialBook(live, market, live.stream.levels);
      }
    }
  }

  /** A top of the book goes to whoever has not seen its latest state: a newcomer gets it though nothing changes. */
  private publishPartialBook(live: Live, market: InstrumentMarket, levels: number): void {
    const { lastUpdateId } = market.book;
    const unaware = [...live.subscribers].filter(([, seen]) => seen !== lastUpdateId);
    if (unaware.length === 0) return;
    const text = JSON.stringify(partialDepthFrame(market, levels));
    for (const [connection] of unaware) {
      live.subscribers.set(connection, lastUpdateId);
      connection.sendData(live.name, text);
    }
  }

  private publishCandles(isDue: (interval: string) => boolean): void {
    for (const market of this.diffs.keys()) {
      if (!market.trades) continue;
      for (const live of this.of(market, 'kline')) {
        if (!isDue(live.stream.timeframe.interval)) continue;
        const { running } = market.candles(live.stream.timeframe);
        if (running.trades === 0 || this.publishedCandles.get(live) === running) continue;
        this.publishKline(live, market, running, false);
      }
    }
  }

  private publishKline(live: KlineStream, market: InstrumentMarket, candle: Candle, closed: boolean): void {
    this.publishedCandles.set(live, candle);
    const kline = { interval: live.stream.timeframe.interval, closed, now: this.clock.now() };
    this.publish(live, (unit) => klineFrame(market, candle, kline, unit));
  }

  private publishTickers(): void {
    const now = this.clock.now();
    for (const market of this.diffs.keys()) {
      if (!market.trades) continue;
      for (const live of this.of(market, 'ticker'))
        this.publish(live, (unit) => tickerFrame(market, now, unit));
      for (const live of this.of(market, 'miniTicker')) {
        this.publish(live, (unit) => miniTickerFrame(market, now, unit));
      }
      for (const live of this.of(market, 'windowTicker')) {
        this.publish(live, (unit) => windowTickerFrame(market, live.stream.window, now, unit));
      }
    }
    this.publishAllMiniTickers(now);
  }

  /** The array holds only symbols that traded since the last one. */
  private publishAllMiniTickers(now: number): void {
    const changed = [...this.diffs.keys()].filter((market) => {
      const lastId = market.tape.last?.id ?? -1;
      const before = this.publishedTradeIds.get(market);
      this.publishedTradeIds.set(market, lastId);
      return market.trades && lastId !== before;
    });
    if (changed.length === 0) return;
    for (const live of this.streams.ofMany) {
      this.publish(live, (unit) => changed.map((market) => miniTickerFrame(market, now, unit)));
    }
  }

  private *of<K extends SymbolStream['kind']>(market: InstrumentMarket, kind: K): Generator<LiveOf<K>> {
    for (const live of this.streams.of(market.instrument.symbol)) {
      if (isKind(live, kind)) yield live;
    }
  }

  /** Builds a payload once for each time unit in use, and sends it to every subscriber. */
  private publish(live: Live, build: (unit: TimeUnit) => Payload | readonly Payload[]): void {
    const texts = new Map<TimeUnit, string>();
    for (const connection of subscribersOf(live)) {
      const text = texts.get(connection.asked.unit) ?? JSON.stringify(build(connection.asked.unit));
      texts.set(connection.asked.unit, text);
      connection.sendData(live.name, text);
    }
  }
}

function windowsOf({ book }: InstrumentMarket): Record<DepthSpeed, DepthDiffWindow> {
  const window = (): DepthDiffWindow => new DepthDiffWindow(book.lastUpdateId);
  return { 100: window(), 1000: window() };
}

type SymbolStream = Exclude<Stream, { kind: 'allMiniTickers' }>;
type Live = LiveStream<Stream, SpotAddress>;
type LiveOf<K extends Stream['kind']> = Live & { readonly stream: Extract<Stream, { kind: K }> };
type KlineStream = LiveOf<'kline'>;

function isKind<K extends Stream['kind']>(live: Live, kind: K): live is LiveOf<K> {
  return live.stream.kind === kind;
}
