import { binance } from '@exchange-stream/adapters';
import type { MarketEvent, SubscriptionRequest } from '@exchange-stream/market-data';
import { OrderBook, VirtualClock } from '@exchange-stream/market-data';
import {
  ExchangeStream,
  type LifecycleEvent,
  type SocketFactory,
  type SubscriptionView,
} from '@exchange-stream/nestjs/engine';
import {
  createMemoryTransport,
  createSimulatedExchange,
  type MemoryTransport,
} from '@exchange-stream/simulator';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** What a careful consumer makes of a book's events: it trusts what it was told, and notes every broken promise. */
export class Replica {
  readonly broken: string[] = [];
  readonly states: string[] = [];
  private readonly book = new OrderBook();
  private trusted = false;
  sequence: unknown;

  receive(event: MarketEvent): void {
    if (event.type === 'status') {
      this.states.push(event.state);
      if (event.state === 'stale' || event.state === 'gap') this.trusted = false;
    } else if (event.type === 'book-snapshot') {
      this.states.push('snapshot');
      this.book.applySnapshot(event.bids, event.asks);
      this.trusted = true;
      this.sequence = event.sequence;
    } else if (event.type === 'book-update') {
      if (!this.trusted) this.broken.push(`update ${String(event.sequence)} without a snapshot after a loss`);
      this.book.applyUpdate(event.bids, event.asks);
      this.sequence = event.sequence;
      if (this.book.crossed) this.broken.push(`crossed at ${String(event.sequence)}`);
    }
  }

  content(): unknown {
    return { lastUpdateId: this.sequence, bids: this.book.bids(), asks: this.book.asks() };
  }
}

export const BOOK = { exchange: 'binance', channel: 'book', symbol: 'BTC/USDT' } as const;
export const EVERYTHING: SubscriptionRequest[] = [
  BOOK,
  { ...BOOK, params: { depth: 20 } },
  { ...BOOK, channel: 'trades' },
  { ...BOOK, channel: 'trades', params: { aggregated: true } },
  { ...BOOK, channel: 'ticker' },
  { ...BOOK, channel: 'quotes' },
  { ...BOOK, channel: 'candles', params: { interval: '1m' } },
];

/** Sockets on which some frames never arrive. */
function lossy(sockets: SocketFactory, loses: (frame: Buffer) => boolean): SocketFactory {
  return {
    open: (url, options, handlers) =>
      sockets.open(url, options, {
        onOpen: () => handlers.onOpen(),
        onPing: (payload) => handlers.onPing(payload),
        onPong: () => handlers.onPong(),
        onError: (error) => handlers.onError(error),
        onClose: (code, reason) => handlers.onClose(code, reason),
        onFrame: (data, binary) => {
          if (!loses(data)) handlers.onFrame(data, binary);
        },
      }),
  };
}

/** Binance's twin and the engine, in one virtual time, with a network between them that tests may spoil. */
export class World {
  readonly clock = new VirtualClock();
  readonly exchange;
  readonly network: MemoryTransport;
  readonly stream: ExchangeStream;
  readonly replica = new Replica();
  readonly illegal: LifecycleEvent[] = [];
  loses: (frame: Buffer) => boolean = () => false;

  constructor(
    seed: number,
    private readonly subscriptions: readonly SubscriptionRequest[] = EVERYTHING,
  ) {
    this.exchange = createSimulatedExchange('binance', {
      clock: this.clock,
      seed,
      market: { symbols: ['BTCUSDT'], activity: 0.3 },
    });
    this.exchange.start();
    this.network = createMemoryTransport(this.exchange, this.clock, { latencyMs: 5 });
    const draws = xoroshiro128plus(seed);
    this.stream = new ExchangeStream(
      { exchanges: [binance()], subscriptions },
      {
        clock: this.clock,
        random: { next: () => (draws.next() >>> 0) / 2 ** 32 },
        http: this.network.http,
        sockets: lossy(this.network.sockets, (frame) => this.loses(frame)),
      },
    );
    this.stream.subscribe(BOOK).on((event) => this.replica.receive(event));
    this.stream.onLifecycle((event) => {
      if (event.type === 'illegal-transition') this.illegal.push(event);
    });
    this.stream.start();
  }

  view(topic: string): SubscriptionView {
    const found = this.stream.subscriptions().find((subscription) => subscription.topic === topic);
    if (!found) throw new Error(`Nobody subscribed ${topic}.`);
    return found;
  }

  states(): string[] {
    return this.stream.subscriptions().map(({ data }) => data);
  }

  /** Lets time pass until everything is live again, at most so long. */
  async recover(withinMs: number): Promise<void> {
    const isLive = (): boolean => this.states().every((state) => state === 'live');
    for (let passedMs = 0; passedMs < withinMs && !isLive(); passedMs += 5_000)
      await this.clock.advance(5_000);
    // Once more for what is live and about to be found out.
    await this.clock.advance(15_000);
  }

  /**
   * Lets the market stand still, so that everybody holds the same, and compares.
   * @param tolerated rules of the exchange that a fault makes us break
   */
  async expectTruth(tolerated: readonly string[] = []): Promise<void> {
    this.exchange.market.pause();
    await this.clock.advance(2_000);
    expect(this.states()).toEqual(this.subscriptions.map(() => 'live'));
    expect(this.replica.content()).toEqual(this.exchange.market.book('BTCUSDT'));
    expect(this.replica.broken).toEqual([]);
    expect(this.illegal).toEqual([]);
    expect(this.exchange.violations.filter(({ rule }) => !tolerated.includes(rule))).toEqual([]);
    this.exchange.market.resume();
  }

  async close(): Promise<void> {
    await this.settle(this.stream.close());
    this.exchange.stop();
    expect(this.clock.pending).toBe(0);
  }

  private async settle(closing: Promise<void>): Promise<void> {
    await this.clock.advance(10_000);
    await closing;
  }
}
