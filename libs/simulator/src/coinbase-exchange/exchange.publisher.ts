import type { Clock } from '@exchange-stream/market-data';
import type { CoinbaseConnection } from '../coinbase-platform/connection.ts';
import { topicName, type Followers } from '../coinbase-platform/followers.ts';
import type { Publisher } from '../coinbase-platform/platform.ts';
import { Cadence } from '../market/cadence.ts';
import { DepthDiffWindow, type DepthDiff } from '../market/depth-diff.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { BookChange } from '../market/order-book.ts';
import { Pace } from '../market/pace.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { Trade } from '../market/tape.ts';
import type { ProductChannel } from './exchange.channels.ts';
import {
  bookFrame,
  changesFrame,
  heartbeatFrame,
  matchFrame,
  statusFrame,
  tickerFrame,
  type ChangedLevel,
  type Payload,
} from './exchange.frames.ts';
import { BOOK_BATCH_MS, HEARTBEAT_MS, STATUS_MS, TICKER_BATCH_MS } from './exchange.limits.ts';

export interface PublisherParts {
  readonly clock: Clock;
  readonly followers: Followers;
  readonly market: () => SeededMarket;
}

/** Turns what happens in the market into frames: most at once, books in batches where that is asked for. */
export class ExchangePublisher implements Publisher {
  private readonly books = new Map<InstrumentMarket, DepthDiffWindow>();
  /** Trades of the taker order that is being filled. */
  private readonly orders = new Map<InstrumentMarket, Trade[]>();
  /** Traded since the last batch of tickers. */
  private readonly batched = new Set<InstrumentMarket>();
  private readonly pace: Pace<InstrumentMarket>;
  private readonly cadence: Cadence;

  constructor(private readonly parts: PublisherParts) {
    this.pace = new Pace(parts.clock, BOOK_BATCH_MS, (market) => this.publishBook(market));
    this.cadence = new Cadence(parts.clock, (isDue) => this.beat(isDue), [HEARTBEAT_MS]);
  }

  start(): void {
    this.cadence.start();
  }

  stop(): void {
    this.cadence.stop();
    this.pace.stop();
  }

  /** Sends a newcomer how things stand, a frame for each product. */
  welcome(
    connection: CoinbaseConnection,
    channel: ProductChannel | 'status',
    productIds: readonly string[],
  ): void {
    if (channel === 'status')
      return connection.sendData(channel, JSON.stringify(statusFrame(this.parts.market())));
    for (const id of productIds) {
      const market = this.parts.market().find(id);
      const frame = market && this.opening(channel, market);
      if (frame !== undefined) connection.sendData(topicName(channel, id), JSON.stringify(frame));
    }
  }

  bookChanged(market: InstrumentMarket, change: BookChange): void {
    this.send('level2', market, () => changesFrame(market, [change], this.now));
    if (!this.isFollowed('level2_batch', market)) return;
    const window = this.books.get(market) ?? new DepthDiffWindow(change.updateId - 1);
    window.add(change);
    this.books.set(market, window);
    this.pace.add(market);
  }

  traded(market: InstrumentMarket, trade: Trade): void {
    this.batched.add(market);
    this.send('matches', market, () => matchFrame('match', market, trade));
    if (!this.isFollowed('ticker', market)) return;
    const order = this.orders.get(market);
    if (order === undefined) this.orders.set(market, [trade]);
    else order.push(trade);
  }

  /** The order is filled: tickers show the book after it, one for each trade. */
  aggregated(market: InstrumentMarket): void {
    const order = this.orders.get(market) ?? [];
    this.orders.delete(market);
    for (const trade of order) this.send('ticker', market, () => tickerFrame(market, trade, this.now));
  }

  candleClosed(): void {
    // There are no candles on the feed.
  }

  /** What waits for its turn goes out now. */
  paused(): void {
    this.pace.flush();
  }

  statusChanged(): void {
    this.parts.followers.send('status', () => JSON.stringify(statusFrame(this.parts.market())));
  }

  sendWhole(symbol?: string): void {
    for (const market of this.parts.market().markets) {
      if ((symbol ?? market.instrument.symbol) !== market.instrument.symbol) continue;
      this.books.get(market)?.take();
      for (const channel of ['level2', 'level2_batch'] as const)
        this.send(channel, market, () => bookFrame(market, this.now));
    }
  }

  private get now(): number {
    return this.parts.clock.now();
  }

  private isFollowed(channel: ProductChannel, { instrument: { symbol } }: InstrumentMarket): boolean {
    return this.parts.followers.has(topicName(channel, symbol));
  }

  /** What a subscription begins with; undefined where that is nothing. */
  private opening(channel: ProductChannel, market: InstrumentMarket): Payload | undefined {
    const { last } = market.tape;
    switch (channel) {
      case 'level2':
      case 'level2_batch':
        return bookFrame(market, this.now);
      case 'matches':
        return last && matchFrame('last_match', market, last);
      case 'ticker':
      case 'ticker_batch':
        return last && tickerFrame(market, last, this.now);
      case 'heartbeat':
        return undefined;
    }
  }

  private publishBook(market: InstrumentMarket): void {
    const diff = this.books.get(market)?.take();
    if (diff !== undefined)
      this.send('level2_batch', market, () => changesFrame(market, levelsOf(diff), this.now));
  }

  private beat(isDue: (periodMs: number) => boolean): void {
    const { market: all, followers } = this.parts;
    all().closeCandles();
    for (const market of all().markets)
      this.send('heartbeat', market, () => heartbeatFrame(market, this.now));
    if (isDue(TICKER_BATCH_MS)) this.publishBatch();
    if (isDue(STATUS_MS)) followers.send('status', () => JSON.stringify(statusFrame(all())));
  }

  private publishBatch(): void {
    for (const market of this.batched) {
      const { last } = market.tape;
      if (last !== undefined) this.send('ticker_batch', market, () => tickerFrame(market, last, this.now));
    }
    this.batched.clear();
  }

  private send(channel: ProductChannel, market: InstrumentMarket, frame: () => Payload): void {
    this.parts.followers.send(topicName(channel, market.instrument.symbol), () => JSON.stringify(frame()));
  }
}

function levelsOf({ bids, asks }: DepthDiff): readonly ChangedLevel[] {
  return [
    ...bids.map(([ticks, lots]) => ({ side: 'bid' as const, ticks, lots })),
    ...asks.map(([ticks, lots]) => ({ side: 'ask' as const, ticks, lots })),
  ];
}
