import { binance } from '@exchange-stream/adapters';
import type { BookRules, ExchangeAdapter } from '@exchange-stream/nestjs/contract';
import type { EngineTuning } from '@exchange-stream/nestjs/engine';
import {
  VirtualClock,
  type SubscriptionParams,
  type SubscriptionRequest,
} from '@exchange-stream/market-data';
import { createSimulatedExchange, type SimulatedExchange } from '@exchange-stream/simulator';
import { BookReferee } from './binance-referee.ts';
import { late } from './world/late-sockets.ts';
import { ExchangeWorld } from './world/exchange-world.ts';

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

/** Few enough to compare all of them at every event. */
const DEPTH_LEVELS = 40;

/** Of candles before the start: enough for a 24-hour ticker. */
const HISTORY_MS = 2 * 86_400_000;

export interface WorldOptions {
  /** Of the market, 1 being a busy one. Default 0.3. */
  readonly activity?: number;
  readonly tuning?: EngineTuning;
  /** Age at which connections are replaced, in place of the one that the adapter declares. */
  readonly lifetimeMs?: number;
  /** Levels that are asked of a book by REST, in place of those that the adapter declares. */
  readonly seedDepth?: number;
  /** Levels of each side that are compared at every event. Default: all. */
  readonly comparedDepth?: number;
}

function adapter(lifetimeMs: number | undefined, seedDepth: number | undefined): ExchangeAdapter {
  const declared = seedDepth === undefined ? binance() : withSeedDepth(binance(), seedDepth);
  const endpoint = declared.endpoints.public;
  if (lifetimeMs === undefined || !endpoint) return declared;
  const limits = { ...endpoint.limits, lifetimeMs: { documented: lifetimeMs, safe: lifetimeMs } };
  return { ...declared, endpoints: { public: { ...endpoint, limits } } };
}

function withSeedDepth(declared: ExchangeAdapter, seedDepth: number): ExchangeAdapter {
  const { book: channel } = declared.channels;
  if (!channel?.book) return declared;
  const rulesOf = channel.book;
  const book = (params: SubscriptionParams): BookRules => {
    const rules = rulesOf(params);
    return rules.kind === 'linked' ? { ...rules, seedDepth } : rules;
  };
  return { ...declared, channels: { ...declared.channels, book: { ...channel, book } } };
}

/** Binance's twin and the engine. */
export class World extends ExchangeWorld<SimulatedExchange> {
  /** Milliseconds by which frames are late on the socket of this number, counted from 1. */
  delays: (socket: number) => number = () => 0;
  readonly referee: BookReferee;

  constructor(
    seed: number,
    private readonly subscriptions: readonly SubscriptionRequest[] = EVERYTHING,
    { activity = 0.3, tuning, lifetimeMs, seedDepth, comparedDepth = Infinity }: WorldOptions = {},
  ) {
    const clock = new VirtualClock();
    super({
      clock,
      seed,
      exchange: createSimulatedExchange('binance', {
        clock,
        seed,
        market: {
          symbols: ['BTCUSDT'],
          activity,
          depthLevels: DEPTH_LEVELS,
          startTime: clock.now() - HISTORY_MS,
        },
      }),
      options: { exchanges: [adapter(lifetimeMs, seedDepth)], subscriptions, ...(tuning && { tuning }) },
      book: BOOK,
      around: ({ sockets, http }) => ({
        sockets: late(sockets, clock, (socket) => this.delays(socket)),
        http,
      }),
    });
    const { market } = this.exchange;
    const handle = this.stream.subscribe(BOOK);
    this.referee = new BookReferee(market, 'BTCUSDT', handle, this.replica, comparedDepth);
  }

  /** What holds at every moment, and that books were right whenever they were shown. */
  override expectPromises(tolerated: readonly string[] = []): void {
    super.expectPromises(tolerated);
    expect(this.referee.wrong).toEqual([]);
    expect(this.referee.compared).toBeGreaterThan(0);
  }

  /**
   * Lets the market stand still, so that everybody holds the same, and compares.
   * @param tolerated rules of the exchange that a fault makes us break
   */
  async expectTruth(tolerated: readonly string[] = []): Promise<void> {
    this.exchange.market.pause();
    await this.clock.advance(2_000);
    expect(this.states()).toEqual(this.subscriptions.map(() => 'live'));
    const { lastUpdateId, bids, asks } = this.exchange.market.book('BTCUSDT');
    expect(this.replica.levels()).toEqual({ bids, asks });
    expect(this.replica.sequence).toBe(lastUpdateId);
    this.expectPromises(tolerated);
    this.exchange.market.resume();
  }
}
