import type { Clock } from '@exchange-stream/market-data';
import { Cadence } from '../market/cadence.ts';
import type { InstrumentMarket, MarketListener } from '../market/instrument-market.ts';
import type { BookChange } from '../market/order-book.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { AggregateTrade, Trade } from '../market/tape.ts';
import type { KrakenFuturesConnection } from './kraken-futures.connection.ts';
import type { FeedIndex } from './kraken-futures.feed-index.ts';
import type { Feed } from './kraken-futures.feeds.ts';
import {
  bookFrame,
  bookSnapshotFrame,
  lightTickerFrame,
  tickerFrame,
  tradeFrame,
  type Payload,
  type TradeType,
} from './kraken-futures.frames.ts';
import { HEARTBEAT_MS, SNAPSHOT_TRADES, TICKER_MS } from './kraken-futures.limits.ts';

/** One trade in so many was agreed on outside of the book. */
const BLOCK_EVERY = 97;

/** The trades of one taker order. */
interface FilledOrder {
  readonly trades: Trade[];
  isOver: boolean;
}

/** Turns what happens in the market into frames: books change by change, trades order by order, tickers each second. */
export class KrakenFuturesPublisher implements MarketListener {
  private readonly cadence: Cadence;
  /** The latest taker order of each market: whether it was a liquidation is known only when it is over. */
  private readonly filled = new Map<InstrumentMarket, FilledOrder>();
  private readonly types = new WeakMap<Trade, TradeType>();
  /** Whose ticker is another one since it was told. */
  private readonly ticked = new Set<InstrumentMarket>();

  constructor(
    private readonly clock: Clock,
    private readonly feeds: FeedIndex,
    private readonly market: () => SeededMarket,
  ) {
    this.cadence = new Cadence(clock, (isDue) => this.beat(isDue));
  }

  start(): void {
    this.cadence.start();
  }

  stop(): void {
    this.cadence.stop();
  }

  /** Sends a newcomer how things stand, with which every feed but the heartbeat begins. */
  welcome(feed: Feed, connection: KrakenFuturesConnection): void {
    const market = this.market().find(feed.product);
    const frame = market && this.opening(feed, market);
    if (frame !== undefined) connection.sendData(feed.name, JSON.stringify(frame));
  }

  bookChanged(market: InstrumentMarket, change: BookChange): void {
    if (change.touch) this.ticked.add(market);
    const now = this.clock.now();
    this.feeds.publish('book', market.instrument.symbol, () => bookFrame(market, change, now));
  }

  traded(market: InstrumentMarket, trade: Trade): void {
    this.ticked.add(market);
    if (this.filled.get(market)?.isOver === true) this.tell(market);
    const order = this.filled.get(market) ?? { trades: [], isOver: false };
    this.filled.set(market, order);
    order.trades.push(trade);
  }

  aggregated(market: InstrumentMarket, { lastTradeId }: AggregateTrade): void {
    const order = this.filled.get(market);
    if (order?.trades.at(-1)?.id === lastTradeId) order.isOver = true;
  }

  liquidated(market: InstrumentMarket): void {
    this.tell(market, 'liquidation');
  }

  candleClosed(): void {
    // There are no candles on the socket.
  }

  statusChanged(market: InstrumentMarket): void {
    this.ticked.add(market);
  }

  /** Books and trades have gone out as they happened. */
  paused(): void {
    this.tellFilled();
    this.tellTickers();
  }

  private opening({ kind }: Feed, market: InstrumentMarket): Payload | undefined {
    const now = this.clock.now();
    switch (kind) {
      case 'book':
        return bookSnapshotFrame(market, now);
      case 'trade':
        return this.tradeSnapshot(market);
      case 'ticker':
        return tickerFrame(market, now, this.isSuspended(market));
      case 'ticker_lite':
        return lightTickerFrame(market, now);
      case 'heartbeat':
        return undefined;
    }
  }

  /** The newest first, without what has yet to be told. */
  private tradeSnapshot(market: InstrumentMarket): Payload {
    const untold = new Set(this.filled.get(market)?.trades);
    const trades = market.tape.latest(SNAPSHOT_TRADES + untold.size).filter((trade) => !untold.has(trade));
    return {
      feed: 'trade_snapshot',
      product_id: market.instrument.symbol,
      trades: trades
        .slice(-SNAPSHOT_TRADES)
        .map((trade) => tradeFrame(market, trade, this.types.get(trade) ?? 'fill'))
        .reverse(),
    };
  }

  private beat(isDue: (periodMs: number) => boolean): void {
    this.tellFilled();
    if (isDue(TICKER_MS)) this.tellTickers();
    if (isDue(HEARTBEAT_MS))
      this.feeds.publish('heartbeat', '', () => ({ feed: 'heartbeat', time: this.clock.now() }));
  }

  private tellFilled(): void {
    for (const market of [...this.filled.keys()]) this.tell(market);
  }

  private tell(market: InstrumentMarket, asked?: TradeType): void {
    const { trades = [] } = this.filled.get(market) ?? {};
    this.filled.delete(market);
    for (const trade of trades) {
      const type = asked ?? (trade.id % BLOCK_EVERY === 0 ? 'block' : 'fill');
      this.types.set(trade, type);
      this.feeds.publish('trade', market.instrument.symbol, () => tradeFrame(market, trade, type));
    }
  }

  private tellTickers(): void {
    const now = this.clock.now();
    for (const market of this.ticked) {
      const { symbol } = market.instrument;
      this.feeds.publish('ticker', symbol, () => tickerFrame(market, now, this.isSuspended(market)));
      this.feeds.publish('ticker_lite', symbol, () => lightTickerFrame(market, now));
    }
    this.ticked.clear();
  }

  private isSuspended(market: InstrumentMarket): boolean {
    return !market.trades || this.market().isHalted(market);
  }
}
