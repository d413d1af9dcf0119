import type { Clock } from '@exchange-stream/market-data';
import {
  Cadence,
  type BookChange,
  type Candle,
  type InstrumentMarket,
  type MarketListener,
  type SeededMarket,
  type Timeframe,
  type Trade,
} from '@exchange-stream/simulator/kit';
import type { LabBooks } from './lab.books.ts';
import type { LabConnection } from './lab.connection.ts';
import { candleData, quotesData, tickerData, type Payload } from './lab.frames.ts';
import type { CandleDialect } from './lab.options.ts';
import type { LabSequences } from './lab.sequences.ts';
import type { LabTopicIndex, LiveTopic } from './lab.topic-index.ts';
import type { LabTopic } from './lab.topics.ts';
import type { LabTrades } from './lab.trades.ts';
import type { LabValues } from './lab.values.ts';

type SymbolTopic = Extract<LabTopic, { symbol: string }>;
type CandlesTopic = Extract<LabTopic, { kind: 'candles' }>;

/** Turns what happens in the market into frames: trades and quotes at once, the others at their pace. */
export class LabPublisher implements MarketListener {
  private readonly publishedCandles = new WeakMap<LiveTopic, Candle>();
  private order: Trade[] = [];
  private readonly cadence: Cadence;
  private market: SeededMarket | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly topics: LabTopicIndex,
    private readonly books: LabBooks,
    private readonly sequences: LabSequences,
    private readonly trades: LabTrades,
    private readonly candles: CandleDialect,
    private readonly values: LabValues,
    /** Every five seconds. */
    private readonly onFifthSecond: () => void,
  ) {
    this.cadence = new Cadence(clock, (due) => this.beat(due));
  }

  start(market: SeededMarket): void {
    if (this.market === undefined) {
      this.market = market;
      for (const listed of market.markets) this.books.list(listed);
    }
    this.cadence.start();
  }

  stop(): void {
    this.cadence.stop();
  }

  /** Sends a newcomer what comes at once, and remembers what it waits for. */
  welcome(name: string, topic: SymbolTopic, connection: LabConnection): void {
    const market = this.market?.find(topic.symbol);
    if (market === undefined) return;
    if (topic.kind === 'trades' && this.trades.greets)
      connection.sendSnapshot(name, JSON.stringify(this.trades.greeting(market)));
    if (this.isStill(market)) return;
    if (topic.kind === 'values' || topic.kind === 'prices') this.values.welcome(name, market, connection);
    if (topic.kind === 'book' || topic.kind === 'book10') this.books.want(market);
    if (topic.kind !== 'candles') return;
    const { interval } = topic.timeframe;
    const { running } = market.candles(topic.timeframe);
    if (this.isLeftOut(running)) return;
    connection.sendData(name, JSON.stringify(candleData(market, interval, running, false, this.candles)));
  }

  /** The same of a topic of all symbols. */
  welcomeToAll(name: string, connection: LabConnection): void {
    this.values.welcomeToAll(name, [...this.marketsInMotion()], connection);
  }

  bookChanged(market: InstrumentMarket, change: BookChange): void {
    if (this.market === undefined) return;
    this.books.changed(market, change);
    if (!change.touch) return;
    const sequence = this.sequences.of(market);
    for (const live of this.of(market, 'quotes')) this.publish(live, () => quotesData(market, sequence));
  }

  traded(market: InstrumentMarket, trade: Trade): void {
    this.order.push(trade);
    this.values.traded(market, trade);
  }

  /** All trades of one order go out as one list. */
  aggregated(market: InstrumentMarket): void {
    if (this.order.length === 0) return;
    const order = this.order;
    this.order = [];
    for (const live of this.of(market, 'trades'))
      for (let time = this.trades.tellsTwice ? 2 : 1; time > 0; time--)
        this.publish(live, () => this.trades.rows(market, order));
  }

  candleClosed(market: InstrumentMarket, timeframe: Timeframe, candle: Candle): void {
    if (this.isStill(market)) return;
    for (const live of this.of(market, 'candles')) {
      if (live.topic.timeframe.interval === timeframe.interval)
        this.publishCandle(live, market, candle, true);
    }
  }

  paused(): void {
    this.books.publishDue();
    this.publishCandles();
  }

  private beat(isDue: (periodMs: number) => boolean): void {
    this.books.beat();
    if (isDue(5000)) this.onFifthSecond();
    if (!isDue(1000)) return;
    this.market?.closeCandles();
    this.publishCandles();
    this.publishTickers();
    this.values.publish([...this.marketsInMotion()]);
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
    if (this.isLeftOut(candle)) return;
    this.publishedCandles.set(live, candle);
    const { interval } = live.topic.timeframe;
    this.publish(live, () => candleData(market, interval, candle, closed, this.candles));
  }

  private isLeftOut({ trades }: Candle): boolean {
    return this.candles === 'sparse' && trades === 0;
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
    const text = JSON.stringify(build());
    // A copy: a transport may close a connection while it is being sent to.
    for (const connection of [...live.followers.keys()]) connection.sendData(live.name, text);
  }
}

function isKind<K extends LabTopic['kind']>(
  live: LiveTopic,
  kind: K,
): live is LiveTopic & { readonly topic: Extract<LabTopic, { kind: K }> } {
  return live.topic.kind === kind;
}
