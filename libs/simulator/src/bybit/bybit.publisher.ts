import type { Clock } from '@exchange-stream/market-data';
import { Cadence } from '../market/cadence.ts';
import type { Candle } from '../market/candle.ts';
import type { Liquidation } from '../market/derivatives/liquidation.ts';
import type { InstrumentMarket, MarketListener } from '../market/instrument-market.ts';
import { Pace } from '../market/pace.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { Trade } from '../market/tape.ts';
import type { Timeframe } from '../market/timeframe.ts';
import { BookFeed } from './bybit.book-feed.ts';
import type { PacedFeed } from './bybit.feed.ts';
import type { Listings } from './bybit.listings.ts';
import type { LiveTopic, TopicIndex } from './bybit.topic-index.ts';
import type { TickDirections } from './bybit.trades.ts';

/** Tells the feeds what happens in the market: those that somebody hears. */
export class BybitPublisher implements MarketListener {
  private readonly cadence: Cadence;
  private readonly paces = new Map<number, Pace<PacedFeed>>();
  /** Trades of the taker order that is being filled. */
  private readonly orders = new Map<InstrumentMarket, Trade[]>();
  private market: SeededMarket | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly topics: TopicIndex,
    private readonly listings: Listings,
    private readonly directions: TickDirections,
  ) {
    this.cadence = new Cadence(clock, (due) => this.beat(due));
  }

  start(market: SeededMarket): void {
    this.market = market;
    this.cadence.start();
  }

  stop(): void {
    this.cadence.stop();
    for (const pace of this.paces.values()) pace.stop();
  }

  pace(periodMs: number): Pace<PacedFeed> {
    const known = this.paces.get(periodMs);
    if (known !== undefined) return known;
    const pace = new Pace<PacedFeed>(this.clock, periodMs, (feed) => feed.publish());
    this.paces.set(periodMs, pace);
    return pace;
  }

  bookChanged(market: InstrumentMarket): void {
    for (const { feed } of this.of(market)) feed.bookChanged?.();
  }

  traded(market: InstrumentMarket, trade: Trade): void {
    this.directions.add(market, trade);
    const order = this.orders.get(market);
    if (order === undefined) this.orders.set(market, [trade]);
    else order.push(trade);
  }

  /** The order is filled: what was told of it trade by trade is published. */
  aggregated(market: InstrumentMarket): void {
    const order = this.orders.get(market);
    if (order === undefined) return;
    this.orders.delete(market);
    for (const { feed } of this.of(market)) feed.traded?.(market, order);
    for (const { feed } of this.topics.from(optionSource(market))) feed.traded?.(market, order);
  }

  liquidated(market: InstrumentMarket, liquidation: Liquidation): void {
    for (const { feed } of this.of(market)) feed.liquidated?.(liquidation);
  }

  candleClosed(market: InstrumentMarket, timeframe: Timeframe, candle: Candle): void {
    for (const { feed } of this.of(market)) feed.candleClosed?.(timeframe, candle);
  }

  /** Everything that waits for its turn goes out now. */
  paused(): void {
    for (const pace of this.paces.values()) pace.flush();
    for (const { feed } of this.audible()) feed.flush?.();
  }

  /** A contract that was launched greets those who wait for it; one that is gone says so in its full book. */
  statusChanged(market: InstrumentMarket): void {
    if (this.listings.isLaunching(market)) {
      this.listings.launched(market);
      for (const live of this.of(market)) greetAll(live);
    }
    if (market.status !== 'closed') return;
    for (const { feed, topic } of this.of(market)) {
      if (feed instanceof BookFeed && topic.kind === 'fullBook') feed.restart();
    }
  }

  /** The books of one market, or of all, that somebody hears. */
  *books(symbol: string | undefined): Generator<BookFeed> {
    for (const { feed } of this.audible()) {
      if (
        feed instanceof BookFeed &&
        (symbol ?? feed.market.instrument.symbol) === feed.market.instrument.symbol
      )
        yield feed;
    }
  }

  private beat(due: (periodMs: number) => boolean): void {
    this.market?.closeCandles();
    for (const { feed } of this.audible()) feed.beat?.(due);
  }

  private of(market: InstrumentMarket): Iterable<LiveTopic> {
    return this.topics.from(market.instrument.symbol);
  }

  private audible(): readonly LiveTopic[] {
    return this.topics.everyHeard.filter((live) => !this.isSilent(live));
  }

  /** What does not trade, or does not trade yet or any more, has no news. */
  private isSilent({ kind, topic }: LiveTopic): boolean {
    if (kind === 'status' || !('symbol' in topic)) return false;
    const listing = this.listings.find(kind, topic.symbol);
    if (listing === undefined) return false;
    return this.listings.isPreLaunch(listing.market) || listing.market.status === 'closed';
  }
}

/** The topic that tells of the trades of all options on a coin. */
export function optionSource({ instrument }: Pick<InstrumentMarket, 'instrument'>): string {
  return instrument.contract?.kind === 'option' ? `options on ${instrument.base}` : '';
}

function greetAll({ name, feed, subscribers }: LiveTopic): void {
  const greeting = feed.greeting(true);
  if (greeting === undefined) return;
  const text = JSON.stringify(greeting);
  for (const connection of [...subscribers]) connection.sendData(name, text);
}
