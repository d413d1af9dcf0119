import type { Clock } from '@exchange-stream/market-data';
import type { CoinbaseConnection } from '../coinbase-platform/connection.ts';
import { topicName, type Followers } from '../coinbase-platform/followers.ts';
import type { Publisher } from '../coinbase-platform/platform.ts';
import { goTime, isoTime } from '../coinbase-platform/times.ts';
import { Cadence } from '../market/cadence.ts';
import type { Candle } from '../market/candle.ts';
import { DepthDiffWindow } from '../market/depth-diff.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { BookChange } from '../market/order-book.ts';
import { Pace } from '../market/pace.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { Trade } from '../market/tape.ts';
import type { Timeframe } from '../market/timeframe.ts';
import { PRODUCT_CHANNELS, type Channel, type ProductChannel } from './coinbase.channels.ts';
import { CandleFeed, STREAMED } from './coinbase.candle-feed.ts';
import { bookUpdate, frameText, tickerRow, tradeRows, wholeBook, type Payload } from './coinbase.frames.ts';
import {
  BOOK_MS,
  HEARTBEAT_MS,
  STATUS_MS,
  TICKER_BATCH_MS,
  TICKER_MS,
  TRADES_BATCH_MS,
  TRADES_IN_SNAPSHOT,
} from './coinbase.limits.ts';
import { currencyRows, statusRow } from './coinbase.products.ts';

export interface PublisherParts {
  readonly clock: Clock;
  readonly followers: Followers;
  readonly market: () => SeededMarket;
  /** In [0, 1). */
  readonly chance: () => number;
  /** Whether the times in whole books are those of the year 1970, as in some recordings. */
  readonly timelessBooks: boolean;
  /** Once a second. */
  onSecond(): void;
}

const EPOCH = '1970-01-01T00:00:00Z';
/** For how long the machine has run when the exchange starts, in seconds. */
const UPTIME = { least: 1000, most: 90_000 };

/** Turns what happens in the market into frames, each at its pace. */
export class CoinbasePublisher implements Publisher {
  private readonly books = new Map<InstrumentMarket, DepthDiffWindow>();
  private readonly trades = new Map<InstrumentMarket, Trade[]>();
  /** Whose 24 hours are other ones since the last batch. */
  private readonly batched = new Set<InstrumentMarket>();
  private readonly bookPace: Pace<InstrumentMarket>;
  private readonly tradePace: Pace<InstrumentMarket>;
  private readonly tickerPace: Pace<InstrumentMarket>;
  private readonly candles: CandleFeed;
  private readonly cadence: Cadence;
  private heartbeats: number;

  constructor(private readonly parts: PublisherParts) {
    const { clock, chance } = parts;
    this.heartbeats = Math.floor(UPTIME.least + chance() * (UPTIME.most - UPTIME.least));
    this.bookPace = new Pace(clock, BOOK_MS, (market) => this.publishBook(market));
    this.tradePace = new Pace(clock, TRADES_BATCH_MS, (market) => this.publishTrades(market));
    this.tickerPace = new Pace(clock, TICKER_MS, (market) => this.publishTicker(market, 'ticker'));
    this.candles = new CandleFeed(chance);
    this.cadence = new Cadence(clock, (isDue) => this.beat(isDue), [HEARTBEAT_MS]);
  }

  start(): void {
    this.cadence.start();
  }

  stop(): void {
    this.cadence.stop();
    for (const pace of [this.bookPace, this.tradePace, this.tickerPace]) pace.stop();
  }

  /** Sends a newcomer how things stand, a frame for each product. */
  welcome(connection: CoinbaseConnection, channel: Channel, productIds: readonly string[]): void {
    if (channel === 'heartbeats') return;
    if (channel === 'status') return connection.sendData(channel, this.statusText('snapshot'));
    for (const id of productIds) {
      const market = this.parts.market().find(id);
      if (market === undefined) continue;
      const event = this.snapshot(channel, market);
      connection.sendData(topicName(channel, id), this.text(channel, event));
    }
  }

  bookChanged(market: InstrumentMarket, change: BookChange): void {
    if (this.isFollowed('level2', market)) {
      const window = this.books.get(market) ?? new DepthDiffWindow(change.updateId - 1);
      window.add(change);
      this.books.set(market, window);
      this.bookPace.add(market);
    }
    if (change.touch) this.tick(market);
  }

  traded(market: InstrumentMarket, trade: Trade): void {
    this.tick(market);
    if (!this.isFollowed('market_trades', market)) return;
    const waiting = this.trades.get(market);
    if (waiting === undefined) this.trades.set(market, [trade]);
    else waiting.push(trade);
    this.tradePace.add(market);
  }

  aggregated(): void {
    // Coinbase tells each trade by itself.
  }

  candleClosed(market: InstrumentMarket, timeframe: Timeframe, candle: Candle): void {
    if (timeframe.interval !== STREAMED.interval || !this.isFollowed('candles', market)) return;
    this.send('candles', market, this.candles.changed(market, candle, this.now));
  }

  /** Everything that waits for its turn goes out now. */
  paused(): void {
    for (const pace of [this.bookPace, this.tradePace, this.tickerPace]) pace.flush();
  }

  statusChanged(): void {
    this.parts.followers.send('status', () => this.statusText('update'));
  }

  /** The whole book of a product, or of all, to those who have it. */
  sendWhole(symbol?: string): void {
    for (const market of this.parts.market().markets) {
      if ((symbol ?? market.instrument.symbol) !== market.instrument.symbol) continue;
      this.books.get(market)?.take();
      if (this.isFollowed('level2', market)) this.send('level2', market, this.snapshot('level2', market));
    }
  }

  private get now(): number {
    return this.parts.clock.now();
  }

  private isFollowed(channel: ProductChannel, { instrument: { symbol } }: InstrumentMarket): boolean {
    return this.parts.followers.has(topicName(channel, symbol));
  }

  private tick(market: InstrumentMarket): void {
    this.batched.add(market);
    if (this.isFollowed('ticker', market)) this.tickerPace.add(market);
  }

  private snapshot(channel: ProductChannel, market: InstrumentMarket): Payload {
    switch (channel) {
      case 'market_trades': {
        // Those that wait for their batch come with it.
        const waiting = this.trades.get(market)?.length ?? 0;
        const latest = market.tape.latest(TRADES_IN_SNAPSHOT + waiting);
        const trades = tradeRows(market, latest.slice(0, latest.length - waiting));
        return { type: 'snapshot', trades };
      }
      case 'level2':
        return wholeBook(market, this.parts.timelessBooks ? EPOCH : isoTime(this.now));
      case 'candles':
        market.closeCandles(this.now);
        return this.candles.snapshot(market);
      case 'ticker':
      case 'ticker_batch':
        return { type: 'snapshot', tickers: [tickerRow(market, this.now, channel === 'ticker')] };
    }
  }

  private publishBook(market: InstrumentMarket): void {
    const diff = this.books.get(market)?.take();
    if (diff !== undefined) this.send('level2', market, bookUpdate(market, diff, this.now));
  }

  private publishTrades(market: InstrumentMarket): void {
    const trades = this.trades.get(market) ?? [];
    this.trades.delete(market);
    if (trades.length > 0)
      this.send('market_trades', market, { type: 'update', trades: tradeRows(market, trades) });
  }

  private publishTicker(market: InstrumentMarket, channel: 'ticker' | 'ticker_batch'): void {
    const tickers = [tickerRow(market, this.now, channel === 'ticker')];
    this.send(channel, market, { type: 'update', tickers });
  }

  private beat(isDue: (periodMs: number) => boolean): void {
    const market = this.parts.market();
    market.closeCandles();
    this.heartbeats++;
    this.parts.followers.send('heartbeats', () => this.heartbeatText());
    for (const each of market.markets)
      if (this.isFollowed('candles', each)) this.send('candles', each, this.candles.due(each, this.now));
    if (isDue(TICKER_BATCH_MS)) {
      for (const each of this.batched)
        if (this.isFollowed('ticker_batch', each)) this.publishTicker(each, 'ticker_batch');
      this.batched.clear();
    }
    if (isDue(STATUS_MS)) this.parts.followers.send('status', () => this.statusText('update'));
    this.parts.onSecond();
  }

  private heartbeatText(): string {
    const { heartbeats, now } = this;
    const event = { current_time: goTime(now, heartbeats + 0.26), heartbeat_counter: heartbeats };
    return frameText('heartbeats', now, JSON.stringify(event));
  }

  private statusText(type: 'snapshot' | 'update'): string {
    const market = this.parts.market();
    const products = market.markets.map((each) => statusRow(each, market));
    const event = { type, products, currencies: currencyRows(market.markets) };
    return frameText('status', this.now, JSON.stringify(event));
  }

  private send(channel: ProductChannel, market: InstrumentMarket, event: Payload | undefined): void {
    if (event === undefined) return;
    const topic = topicName(channel, market.instrument.symbol);
    this.parts.followers.send(topic, () => this.text(channel, event));
  }

  private text(channel: ProductChannel, event: Payload): string {
    return frameText(PRODUCT_CHANNELS[channel], this.now, JSON.stringify(event));
  }
}
