import type { Clock } from '@exchange-stream/market-data';
import {
  Cadence,
  DepthDiffWindow,
  type BookChange,
  type Candle,
  type InstrumentMarket,
  type MarketListener,
  type SeededMarket,
  type Timeframe,
  type Trade,
} from '@exchange-stream/simulator/kit';
import type { LabConnection } from './lab.connection.ts';
import {
  candleData,
  changeData,
  quotesData,
  snapshotData,
  tickerData,
  topData,
  tradeRow,
  type Payload,
} from './lab.frames.ts';
import type { BookDialect } from './lab.options.ts';
import type { LabTopicIndex, LiveTopic } from './lab.topic-index.ts';
import type { LabTopic } from './lab.topics.ts';

type SymbolTopic = Extract<LabTopic, { symbol: string }>;
type CandlesTopic = Extract<LabTopic, { kind: 'candles' }>;

/** Turns what happens in the market into frames: trades and quotes at once, the others at their pace. */
export class LabPublisher implements MarketListener {
  private readonly windows = new Map<InstrumentMarket, DepthDiffWindow>();
  /** Changes of each book published so far. */
  private readonly changes = new Map<InstrumentMarket, number>();
  /** Books that changed, or that somebody waits for. */
  private readonly due = new Set<InstrumentMarket>();
  private readonly publishedCandles = new WeakMap<LiveTopic, Candle>();
  private order: Trade[] = [];
  private readonly cadence: Cadence;
  private market: SeededMarket | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly topics: LabTopicIndex,
    private readonly books: BookDialect,
    /** Every five seconds. */
    private readonly onFifthSecond: () => void,
  ) {
    this.cadence = new Cadence(clock, (due) => this.beat(due));
  }

  start(market: SeededMarket): void {
    if (this.market === undefined) {
      this.market = market;
      for (const listed of market.markets)
        this.windows.set(listed, new DepthDiffWindow(listed.book.lastUpdateId));
    }
    this.cadence.start();
  }

  stop(): void {
    this.cadence.stop();
  }

  /** Sends a newcomer what comes at once, and remembers what it waits for. */
  welcome(name: string, topic: SymbolTopic, connection: LabConnection): void {
    const market = this.market?.find(topic.symbol);
    if (market === undefined || this.isStill(market)) return;
    if (topic.kind === 'book' || topic.kind === 'book10') this.due.add(market);
    if (topic.kind !== 'candles') return;
    const { interval } = topic.timeframe;
    const { running } = market.candles(topic.timeframe);
    connection.sendData(name, JSON.stringify(candleData(market, interval, running, false)));
  }

  /** Publishes what is pending: the symbol stands still from now on. */
  settle(market: InstrumentMarket): void {
    this.publishBook(market);
    this.due.delete(market);
  }

  /** Whoever came while the symbol stood still gets its book now. */
  reopened(market: InstrumentMarket): void {
    this.due.add(market);
  }

  bookChanged(market: InstrumentMarket, change: BookChange): void {
    const window = this.windows.get(market);
    if (window === undefined) return;
    window.add(change);
    this.due.add(market);
    if (!change.touch) return;
    for (const live of this.of(market, 'quotes')) this.publish(live, () => quotesData(market));
  }

  traded(_market: InstrumentMarket, trade: Trade): void {
    this.order.push(trade);
  }

  /** All trades of one order go out as one list. */
  aggregated(market: InstrumentMarket): void {
    if (this.order.length === 0) return;
    const order = this.order;
    this.order = [];
    for (const live of this.of(market, 'trades'))
      this.publish(live, () => order.map((trade) => tradeRow(market, trade)));
  }

  candleClosed(market: InstrumentMarket, timeframe: Timeframe, candle: Candle): void {
    if (this.isStill(market)) return;
    for (const live of this.of(market, 'candles')) {
      if (live.topic.timeframe.interval === timeframe.interval)
        this.publishCandle(live, market, candle, true);
    }
  }

  paused(): void {
    this.publishBooks();
    this.publishCandles();
  }

  private beat(isDue: (periodMs: number) => boolean): void {
    this.publishBooks();
    if (isDue(5000)) this.onFifthSecond();
    if (!isDue(1000)) return;
    this.market?.closeCandles();
    this.publishCandles();
    this.publishTickers();
  }

  private publishBooks(): void {
    for (const market of this.due) {
      if (this.isStill(market)) continue;
      this.due.delete(market);
      this.publishBook(market);
    }
  }

  private publishBook(market: InstrumentMarket): void {
    const diff = this.windows.get(market)?.take();
    const number = (this.changes.get(market) ?? 0) + (diff === undefined ? 0 : 1);
    this.changes.set(market, number);
    for (const live of this.of(market, 'book')) {
      if (diff !== undefined) {
        const text = JSON.stringify(changeData(market, diff, this.books, number));
        this.send(live, text, ({ hasWhole }) => this.books !== 'stream' || hasWhole);
      }
      if (this.books === 'stream') this.publishWhole(live, market, number);
    }
    for (const live of this.of(market, 'book10')) this.publishTop(live, market);
  }

  /** Between the changes, so that it holds exactly what has been published. */
  private publishWhole(live: LiveTopic, market: InstrumentMarket, number: number): void {
    const newcomers = [...live.followers.values()].filter(({ hasWhole }) => !hasWhole);
    if (newcomers.length === 0) return;
    this.send(live, JSON.stringify(snapshotData(market, number)), ({ hasWhole }) => !hasWhole);
    for (const newcomer of newcomers) newcomer.hasWhole = true;
  }

  private publishTop(live: LiveTopic, market: InstrumentMarket): void {
    const { lastUpdateId } = market.book;
    this.send(live, JSON.stringify(topData(market)), ({ seenUpdateId }) => seenUpdateId !== lastUpdateId);
    for (const follower of live.followers.values()) follower.seenUpdateId = lastUpdateId;
  }

  private publishCandles(): void {
    for (const market of this.marketsInMotion()) {
      for (const live of this.of(market, 'candles')) {
        const { running } = market.candles(live.topic.timeframe);
        if (running.trades === 0 || this.publishedCandles.get(live) === running) continue;
        this.publishCandle(live, market, running, false);
      }
    }
  }

  private publishCandle(
    live: LiveTopic & { readonly topic: CandlesTopic },
    market: InstrumentMarket,
    candle: Candle,
    closed: boolean,
  ): void {
    this.publishedCandles.set(live, candle);
    this.publish(live, () => candleData(market, live.topic.timeframe.interval, candle, closed));
  }

  private publishTickers(): void {
    const now = this.clock.now();
    for (const market of this.marketsInMotion())
      for (const live of this.of(market, 'ticker')) this.publish(live, () => tickerData(market, now));
  }

  private *marketsInMotion(): Generator<InstrumentMarket> {
    for (const market of this.market?.markets ?? []) if (!this.isStill(market)) yield market;
  }

  private isStill(market: InstrumentMarket): boolean {
    return this.market?.isHalted(market) === true;
  }

  private *of<K extends LabTopic['kind']>(
    market: InstrumentMarket,
    kind: K,
  ): Generator<LiveTopic & { readonly topic: Extract<LabTopic, { kind: K }> }> {
    for (const live of this.topics.of(market.instrument.symbol)) if (isKind(live, kind)) yield live;
  }

  private publish(live: LiveTopic, build: () => Payload | readonly Payload[]): void {
    this.send(live, JSON.stringify(build()));
  }

  private send(live: LiveTopic, text: string, isMeant: (follower: Follower) => boolean = () => true): void {
    // A copy: a transport may close a connection while it is being sent to.
    for (const [connection, follower] of [...live.followers])
      if (isMeant(follower)) connection.sendData(live.name, text);
  }
}

type Follower = LiveTopic['followers'] extends Map<unknown, infer F> ? F : never;

function isKind<K extends LabTopic['kind']>(
  live: LiveTopic,
  kind: K,
): live is LiveTopic & { readonly topic: Extract<LabTopic, { kind: K }> } {
  return live.topic.kind === kind;
}
