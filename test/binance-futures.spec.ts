import { binanceCoinm, binanceUsdm } from '@exchange-stream/adapters';
import { VirtualClock, type MarketEvent, type SubscriptionRequest } from '@exchange-stream/market-data';
import type { ExchangeAdapter } from '@exchange-stream/nestjs/contract';
import type { LifecycleEvent } from '@exchange-stream/nestjs/engine';
import { createSimulatedExchange, type SimulatedExchange } from '@exchange-stream/simulator';
import { ExchangeWorld } from './world/exchange-world.ts';

const USDM = { exchange: 'binance-usdm', symbol: 'BTC/USDT:USDT', nativeSymbol: 'BTCUSDT' };
const COINM = { exchange: 'binance-coinm', symbol: 'BTC/USD:BTC', nativeSymbol: 'BTCUSD_PERP' };

type Listed = typeof USDM;

function everything({ exchange, symbol }: Listed): SubscriptionRequest[] {
  const of = { exchange, symbol };
  return [
    { ...of, channel: 'trades' },
    { ...of, channel: 'trades', params: { aggregated: false } },
    { ...of, channel: 'ticker' },
    { ...of, channel: 'quotes' },
    { ...of, channel: 'book' },
    { ...of, channel: 'book', params: { depth: 5 } },
    { ...of, channel: 'book', params: { depth: 20, speed: 500 } },
    { ...of, channel: 'candles', params: { interval: '1m' } },
    { ...of, channel: 'derivatives' },
    { ...of, channel: 'derivatives', params: { speed: 3000 } },
    { ...of, channel: 'liquidations' },
  ];
}

/** The twin of an exchange of futures and the engine, and what went wrong between them. */
class World extends ExchangeWorld<SimulatedExchange> {
  readonly problems: LifecycleEvent[] = [];

  constructor(
    private readonly listed: Listed,
    adapter: ExchangeAdapter,
    subscriptions: readonly SubscriptionRequest[] = everything(listed),
  ) {
    const clock = new VirtualClock();
    const market = { activity: 0.1, depthLevels: 40, startTime: clock.now() - 3_600_000 };
    const { exchange, symbol } = listed;
    super({
      ...{ clock, seed: 5, book: { exchange, symbol, channel: 'book' } },
      exchange: createSimulatedExchange(exchange, { clock, seed: 5, market }),
      options: { exchanges: [adapter], subscriptions },
    });
    this.stream.onLifecycle((event) => {
      if (event.type === 'frame-problem') this.problems.push(event);
    });
  }

  data(): string[] {
    return this.stream.subscriptions().map(({ topic, state, data }) => `${topic} ${state} ${data}`);
  }

  /** Lets the market stand still, and compares the book with the exchange's. */
  async expectTruth(): Promise<void> {
    this.exchange.market.pause();
    await this.clock.advance(3_000);
    const { lastUpdateId, bids, asks } = this.exchange.market.book(this.listed.nativeSymbol);
    expect(this.replica.levels()).toEqual({ bids, asks });
    expect(this.replica.sequence).toBe(lastUpdateId);
    this.exchange.market.resume();
  }
}

describe.each([
  ['USD-M', USDM, binanceUsdm(), ['/market/stream', '/public/stream']],
  ['COIN-M', COINM, binanceCoinm(), ['/stream']],
])('Binance %s futures', (_name, listed, adapter, paths) => {
  test('bring every channel, each on its own path, and the exchange’s own book', async () => {
    const world = new World(listed, adapter);
    const events: MarketEvent[] = [];
    for (const request of everything(listed)) {
      world.stream.subscribe(request).on((event) => void events.push(event));
    }
    await world.clock.advance(35_000);
    expect(world.data().filter((text) => !text.endsWith(' subscribed live'))).toEqual([]);
    expect([...world.exchange.connections].map(({ path }) => path).sort()).toEqual(paths);
    const counts = new Set(events.map(({ type }) => type));
    expect([...counts].sort()).toEqual(
      expect.arrayContaining([
        'book-snapshot',
        'book-update',
        'candle',
        'derivatives',
        'quote',
        'ticker',
        'trade',
      ]),
    );
    // Mark prices are streamed, and open interest is asked for.
    const valued = events.findLast(({ type }) => type === 'derivatives');
    expect(Object.keys(valued ?? {})).toEqual(
      expect.arrayContaining([
        ...['markPrice', 'fundingRate', 'nextFundingTime'],
        listed === USDM ? 'openInterest' : 'openInterestContracts',
      ]),
    );
    await world.expectTruth();
    expect(world.problems).toEqual([]);
    world.expectPromises();
    await world.close();
  });

  test('have a book that is right again after updates were lost, and after the connection was', async () => {
    const { exchange, symbol } = listed;
    const world = new World(listed, adapter, [{ exchange, symbol, channel: 'book' }]);
    await world.clock.advance(5_000);
    let lost = 0;
    world.loses = (frame) => frame.includes('depthUpdate') && lost++ < 2;
    await world.clock.advance(15_000);
    expect(lost).toBeGreaterThan(2);
    expect(world.replica.states.filter((state) => state === 'gap')).toHaveLength(1);
    await world.expectTruth();
    world.exchange.disconnectAll();
    await world.clock.advance(15_000);
    expect(world.data().every((text) => text.endsWith(' subscribed live'))).toBe(true);
    await world.expectTruth();
    expect(world.problems).toEqual([]);
    world.expectPromises();
    await world.close();
  });
});

test('Streams of USD-M on the wrong path are confirmed and silent, which the mark price gives away', async () => {
  const adapter = binanceUsdm();
  const { public: right, market } = adapter.endpoints;
  const wrong = { ...adapter, endpoints: { public: right!, market: { ...market!, path: right!.path } } };
  const { exchange, symbol } = USDM;
  const world = new World(USDM, wrong, [{ exchange, symbol, channel: 'derivatives' }]);
  const reasons: string[] = [];
  world.stream.listen({ channel: 'derivatives' }, (event) => {
    if (event.type === 'status' && event.state === 'stale') reasons.push(event.reason);
  });
  await world.clock.advance(12_000);
  const view = world.stream.subscriptions().find(({ channel }) => channel === 'derivatives');
  expect(view).toMatchObject({ topic: 'btcusdt@markPrice@1s', data: 'stale', counters: { resubscribes: 1 } });
  expect(reasons).toEqual([expect.stringContaining('no data within 10 s')]);
  await world.close();
});

test('A contract that stops is halted at once where its notices are wanted, and live when it goes on', async () => {
  const { exchange, symbol, nativeSymbol } = USDM;
  const world = new World(USDM, binanceUsdm(), [{ exchange, channel: 'raw', symbol: '!contractInfo' }]);
  const data = (): unknown => world.stream.subscriptions().find((view) => view.symbol === symbol)?.data;
  await world.clock.advance(2_000);
  expect(data()).toBe('live');
  world.exchange.market.halt(nativeSymbol);
  await world.clock.advance(2_000);
  expect(data()).toBe('halted');
  world.exchange.market.reopen(nativeSymbol);
  await world.clock.advance(5_000);
  expect(data()).toBe('live');
  await world.expectTruth();
  expect(world.problems).toEqual([]);
  await world.close();
});
