import type { Clock } from '@exchange-stream/market-data';
import type { Payload } from '../binance-platform/frames.ts';
import type { Publisher } from '../binance-platform/segment.ts';
import { subscribersOf, type LiveStream, type StreamIndex } from '../binance-platform/stream-index.ts';
import { Cadence } from '../market/cadence.ts';
import type { Candle } from '../market/candle.ts';
import type { Liquidation } from '../market/derivatives/liquidation.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { BookChange } from '../market/order-book.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { Trade } from '../market/tape.ts';
import type { Timeframe } from '../market/timeframe.ts';
import { TradeAggregator } from './futures.aggregates.ts';
import { DepthPublication, DEPTH_SPEEDS } from './futures.depth.ts';
import {
  aggTradeFrame,
  bookTickerFrame,
  continuousKlineFrame,
  contractInfoFrame,
  depthUpdateFrame,
  forceOrderFrame,
  indexPriceFrame,
  klineFrame,
  markPriceFrame,
  miniTickerFrame,
  partialDepthFrame,
  tickerFrame,
  tradeFrame,
  type PrintKind,
} from './futures.frames.ts';
import { contractTypeOf, isTradFi, pairOf } from './futures.product.ts';
import type { FuturesAddress } from './futures.routes.ts';
import type { DepthSpeed, FuturesStream, MarkPriceSpeed, StreamOfMany } from './futures.streams.ts';

/** Everything is published at multiples of these. */
const BEATS_MS = [100, 250];
/** What the raw tape shows beside trades, in turn: one for every third liquidation. */
const PRINTS: readonly PrintKind[] = ['INSURANCE_FUND', 'ADL', 'NA'];
const LIQUIDATIONS_PER_PRINT = 3;

/** What waits for its beat in one market. */
interface Pending {
  readonly depth: Record<DepthSpeed, DepthPublication>;
  readonly aggregator: TradeAggregator;
  /** Only the last one within a second is told. */
  liquidation: Liquidation | undefined;
  liquidations: number;
  /** The last trade that tickers of all symbols have told of. */
  toldTradeId: number;
}

/** Turns what happens in the markets into frames: at once for trades and best quotes, at each stream's pace for others. */
export class FuturesPublisher implements Publisher {
  private readonly pending = new Map<InstrumentMarket, Pending>();
  private readonly publishedCandles = new WeakMap<Live, Candle>();
  private readonly cadence: Cadence;
  private market: SeededMarket | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly streams: StreamIndex<FuturesStream, FuturesAddress>,
  ) {
    this.cadence = new Cadence(clock, (due) => this.beat(due), BEATS_MS);
  }

  start(market: SeededMarket): void {
    if (this.market === undefined) {
      this.market = market;
      for (const listed of market.markets) this.pending.set(listed, nothingPending(listed));
    }
    this.cadence.start();
  }

  stop(): void {
    this.cadence.stop();
  }

  bookChanged(market: InstrumentMarket, change: BookChange): void {
    const depth = this.pending.get(market)?.depth;
    if (depth !== undefined) for (const speedMs of DEPTH_SPEEDS) depth[speedMs].add(change);
    if (!change.touch) return;
    for (const live of this.of(market, 'bookTicker')) {
      this.publish(live, () => bookTickerFrame(market, this.clock.now()));
    }
  }

  traded(market: InstrumentMarket, trade: Trade): void {
    this.pending.get(market)?.aggregator.add(trade);
    this.print(market, trade, 'MARKET');
  }

  /** Aggregates are those of a tenth of a second, not those of one order. */
  aggregated(): void {}

  liquidated(market: InstrumentMarket, liquidation: Liquidation): void {
    const pending = this.pending.get(market);
    if (pending === undefined) return;
    pending.liquidation = liquidation;
    const count = pending.liquidations++;
    const kind = PRINTS[(count / LIQUIDATIONS_PER_PRINT) % PRINTS.length];
    if (count % LIQUIDATIONS_PER_PRINT !== 0 || kind === undefined) return;
    const { ticks, lots, side, time } = liquidation;
    this.print(market, { id: market.tape.takeId(), ticks, lots, takerSide: side, time }, kind);
  }

  candleClosed(market: InstrumentMarket, timeframe: Timeframe, candle: Candle): void {
    for (const live of this.klinesOf(market)) {
      if (live.stream.timeframe.interval === timeframe.interval)
        this.publishKline(live, market, candle, true);
    }
  }

  /** Told at once. A new symbol is published from its listing on. */
  statusChanged(market: InstrumentMarket): void {
    if (this.market === undefined) return;
    if (!this.pending.has(market)) this.pending.set(market, nothingPending(market));
    const isHalted = this.market.isHalted(market);
    for (const live of this.ofMany('contractInfo')) {
      this.publish(live, () => contractInfoFrame(market, isHalted, this.clock.now()));
    }
  }

  /** Everything that waits for its beat goes out now. */
  paused(): void {
    this.publishAggregates();
    for (const speedMs of DEPTH_SPEEDS) this.publishBooks(speedMs);
    this.publishCandles();
  }

  countAnew(market: InstrumentMarket): void {
    for (const speedMs of DEPTH_SPEEDS) this.publishBooks(speedMs);
    market.book.countAnew();
    for (const speedMs of DEPTH_SPEEDS) this.pending.get(market)?.depth[speedMs].countAnew();
  }

  private beat(due: (periodMs: number) => boolean): void {
    this.market?.closeCandles();
    if (due(100)) this.publishAggregates();
    for (const speedMs of DEPTH_SPEEDS) if (due(speedMs)) this.publishBooks(speedMs);
    if (due(250)) this.publishCandles();
    if (due(2000)) this.publishTickers();
    if (due(5000)) this.publishAllBookTickers();
    if (!due(1000)) return;
    this.publishForceOrders();
    this.publishTickerArrays();
    this.publishMarkPrices(1000);
    if (due(3000)) this.publishMarkPrices(3000);
  }

  private print(market: InstrumentMarket, trade: Trade, kind: PrintKind): void {
    for (const live of this.of(market, 'trade')) this.publish(live, () => tradeFrame(market, trade, kind));
  }

  private publishAggregates(): void {
    const now = this.clock.now();
    for (const [market, { aggregator }] of this.pending) {
      for (const trade of aggregator.take()) {
        for (const live of this.of(market, 'aggTrade')) {
          this.publish(live, () => aggTradeFrame(market, trade, now));
        }
      }
    }
  }

  private publishBooks(speedMs: DepthSpeed): void {
    const now = this.clock.now();
    for (const [market, { depth }] of this.pending) {
      const publication = depth[speedMs];
      const diff = publication.take();
      if (diff !== undefined) {
        for (const live of this.of(market, 'depth')) {
          if (live.stream.speedMs === speedMs) this.publish(live, () => depthUpdateFrame(market, diff, now));
        }
      }
      for (const live of this.of(market, 'partialDepth')) {
        if (live.stream.speedMs === speedMs) this.publishTop(live, market, live.stream.levels, publication);
      }
    }
  }

  /** A top of the book goes to whoever has not seen its latest state: a newcomer gets it though nothing changes. */
  private publishTop(
    live: Live,
    market: InstrumentMarket,
    levels: number,
    { latest }: DepthPublication,
  ): void {
    const { lastUpdateId } = market.book;
    const unaware = [...live.subscribers].filter(([, seen]) => seen !== lastUpdateId);
    if (unaware.length === 0) return;
    const text = JSON.stringify(partialDepthFrame(market, levels, latest, this.clock.now()));
    for (const [connection] of unaware) {
      live.subscribers.set(connection, lastUpdateId);
      connection.sendData(live.name, text);
    }
  }

  private publishCandles(): void {
    for (const market of this.trading()) {
      for (const live of this.klinesOf(market)) {
        const { running } = market.candles(live.stream.timeframe);
        if (running.trades === 0 || this.publishedCandles.get(live) === running) continue;
        this.publishKline(live, market, running, false);
      }
    }
  }

  private publishKline(live: KlineStream, market: InstrumentMarket, candle: Candle, closed: boolean): void {
    this.publishedCandles.set(live, candle);
    const { stream } = live;
    const kline = { interval: stream.timeframe.interval, closed, now: this.clock.now() };
    this.publish(live, () =>
      stream.kind === 'kline'
        ? klineFrame(market, candle, kline)
        : continuousKlineFrame(market, candle, kline, stream.contractType),
    );
  }

  private publishTickers(): void {
    const now = this.clock.now();
    for (const market of this.trading()) {
      for (const live of this.of(market, 'ticker')) this.publish(live, () => tickerFrame(market, now));
      for (const live of this.of(market, 'miniTicker'))
        this.publish(live, () => miniTickerFrame(market, now));
    }
  }

  /** What has traded since the array before. */
  private publishTickerArrays(): void {
    const now = this.clock.now();
    const changed = [...this.trading()].filter((market) => {
      const pending = this.pending.get(market);
      const lastId = market.tape.last?.id ?? -1;
      if (pending === undefined || pending.toldTradeId === lastId) return false;
      pending.toldTradeId = lastId;
      return true;
    });
    if (changed.length === 0) return;
    for (const live of this.ofMany('allTickers')) {
      this.publish(live, () => changed.map((market) => tickerFrame(market, now)));
    }
    for (const live of this.ofMany('allMiniTickers')) {
      this.publish(live, () => changed.map((market) => miniTickerFrame(market, now)));
    }
  }

  private publishAllBookTickers(): void {
    const now = this.clock.now();
    for (const live of this.ofMany('allBookTickers')) {
      for (const market of this.trading()) this.publish(live, () => bookTickerFrame(market, now));
    }
  }

  private publishForceOrders(): void {
    const now = this.clock.now();
    for (const [market, pending] of this.pending) {
      const { liquidation } = pending;
      if (liquidation === undefined) continue;
      pending.liquidation = undefined;
      const lives = [...this.of(market, 'forceOrder'), ...this.ofMany('allForceOrders')];
      for (const live of lives) this.publish(live, () => forceOrderFrame(market, liquidation, now));
    }
  }

  private publishMarkPrices(everyMs: MarkPriceSpeed): void {
    const now = this.clock.now();
    const markets = [...this.trading()];
    for (const market of markets) {
      for (const live of this.of(market, 'markPrice')) {
        if (live.stream.everyMs === everyMs) this.publish(live, () => markPriceFrame(market, now) ?? {});
      }
    }
    for (const live of this.ofMany('allMarkPrices')) {
      if (live.stream.everyMs !== everyMs) continue;
      // Contracts on shares and the like come in an array of their own.
      for (const ofTradFi of [false, true]) {
        const rows = markets.filter(({ instrument }) => isTradFi(instrument) === ofTradFi);
        const frames = markPrices(rows, now);
        if (frames.length > 0) this.publish(live, () => frames);
      }
    }
    this.publishPairs(everyMs, markets, now);
  }

  /** What is told of a pair: its index once, the mark price of each of its contracts. */
  private publishPairs(everyMs: MarkPriceSpeed, markets: readonly InstrumentMarket[], now: number): void {
    for (const live of this.ofMany('indexPrice')) {
      const market = markets.find(({ instrument }) => pairOf(instrument) === live.stream.pair);
      if (live.stream.everyMs === everyMs && market) this.publish(live, () => indexPriceFrame(market, now));
    }
    for (const live of this.ofMany('pairMarkPrice')) {
      const contracts = markets.filter(({ instrument }) => pairOf(instrument) === live.stream.pair);
      const frames = markPrices(contracts, now);
      if (live.stream.everyMs === everyMs && frames.length > 0) this.publish(live, () => frames);
    }
  }

  private *trading(): Generator<InstrumentMarket> {
    for (const market of this.pending.keys()) if (market.trades) yield market;
  }

  private *of<K extends FuturesStream['kind']>(market: InstrumentMarket, kind: K): Generator<LiveOf<K>> {
    for (const live of this.streams.of(market.instrument.symbol)) if (isKind(live, kind)) yield live;
  }

  private *ofMany<K extends StreamOfMany['kind']>(kind: K): Generator<LiveOf<K>> {
    for (const live of this.streams.ofMany) if (isKind(live, kind)) yield live;
  }

  /** Candles of a symbol, and of the pair and type of contract that it is at present. */
  private *klinesOf(market: InstrumentMarket): Generator<KlineStream> {
    yield* this.of(market, 'kline');
    for (const live of this.ofMany('continuousKline')) {
      if (isContractOf(market, live.stream, this.clock.now())) yield live;
    }
  }

  private publish(live: Live, build: () => Payload | readonly Payload[]): void {
    const connections = subscribersOf(live);
    if (connections.length === 0) return;
    const text = JSON.stringify(build());
    for (const connection of connections) connection.sendData(live.name, text);
  }
}

function markPrices(markets: readonly InstrumentMarket[], now: number): readonly Payload[] {
  return markets.map((market) => markPriceFrame(market, now)).filter((frame) => frame !== undefined);
}

/** Whether a contract is the one that a continuous candle means now. */
export function isContractOf(
  { instrument }: InstrumentMarket,
  { pair, contractType }: { readonly pair: string; readonly contractType: string },
  now: number,
): boolean {
  return pairOf(instrument) === pair && contractTypeOf(instrument, now) === contractType;
}

function nothingPending({ book }: InstrumentMarket): Pending {
  const depth = (): DepthPublication => new DepthPublication(book);
  return {
    depth: { 100: depth(), 250: depth(), 500: depth() },
    aggregator: new TradeAggregator(),
    liquidation: undefined,
    liquidations: 0,
    toldTradeId: -1,
  };
}

type Live = LiveStream<FuturesStream, FuturesAddress>;
type LiveOf<K extends FuturesStream['kind']> = Live & {
  readonly stream: Extract<FuturesStream, { kind: K }>;
};
type KlineStream = LiveOf<'kline'> | LiveOf<'continuousKline'>;

function isKind<K extends FuturesStream['kind']>(live: Live, kind: K): live is LiveOf<K> {
  return live.stream.kind === kind;
}
