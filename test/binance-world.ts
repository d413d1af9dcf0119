import { binance } from '@exchange-stream/adapters';
import { VirtualClock, type SubscriptionRequest } from '@exchange-stream/market-data';
import { createSimulatedExchange, type SimulatedExchange } from '@exchange-stream/simulator';
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

/** Binance's twin and the engine. */
export class World extends ExchangeWorld<SimulatedExchange> {
  constructor(
    seed: number,
    private readonly subscriptions: readonly SubscriptionRequest[] = EVERYTHING,
  ) {
    const clock = new VirtualClock();
    super({
      clock,
      seed,
      exchange: createSimulatedExchange('binance', {
        clock,
        seed,
        market: { symbols: ['BTCUSDT'], activity: 0.3 },
      }),
      options: { exchanges: [binance()], subscriptions },
      book: BOOK,
    });
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
