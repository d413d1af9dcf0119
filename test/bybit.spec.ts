import { bybit } from '@exchange-stream/adapters';
import {
  VirtualClock,
  type BookLevel,
  type MarketEvent,
  type SubscriptionRequest,
} from '@exchange-stream/market-data';
import type { LifecycleEvent, SubscriptionHandle } from '@exchange-stream/nestjs/engine';
import { createSimulatedExchange, type SimulatedExchange } from '@exchange-stream/simulator';
import { ExchangeWorld } from './world/exchange-world.ts';

const exchange = 'bybit';
const SPOT = { exchange, symbol: 'BTC/USDT' };
const LINEAR = { exchange, symbol: 'BTC/USDT:USDT' };
const INVERSE = { exchange, symbol: 'BTC/USD:BTC' };
const OPTION = { exchange, symbol: 'BTC/USDC:USDC-260327-100000-C' };
const OTHER_OPTION = { exchange, symbol: 'BTC/USDT:USDT-260327-90000-P' };
const BOOK = { ...LINEAR, channel: 'book' } as const;

/** By the names of the twin, whose categories share some. */
const LISTED = [
  ...['spot:BTCUSDT', 'linear:BTCUSDT', 'inverse:BTCUSD'],
  ...['option:BTC-27MAR26-100000-C', 'option:BTC-27MAR26-90000-P-USDT'],
  'spread:BTCUSDT_BTC/USDT',
];

const BOOKS: SubscriptionRequest<'book'>[] = [
  ...[1, 50, 200].map((depth) => ({ ...BOOK, params: { depth } })),
  BOOK,
];

const EVERYTHING: SubscriptionRequest[] = [
  ...[SPOT, LINEAR, INVERSE, OPTION].flatMap((instrument) =>
    (['trades', 'ticker', 'quotes', 'book'] as const).map((channel) => ({ ...instrument, channel })),
  ),
  ...[SPOT, LINEAR, INVERSE].map((instrument) => ({
    ...{ ...instrument, channel: 'candles' as const, params: { interval: '1m' } },
  })),
  ...[LINEAR, INVERSE].flatMap((instrument) =>
    (['derivatives', 'liquidations'] as const).map((channel) => ({ ...instrument, channel })),
  ),
  { ...OTHER_OPTION, channel: 'trades' },
  { ...OPTION, channel: 'options' },
  { ...OPTION, channel: 'book', params: { depth: 25 } },
  { exchange, channel: 'status', symbol: '' },
  ...BOOKS,
];

/** Bybit's twin and the engine, and what went wrong between them. */
class World extends ExchangeWorld<SimulatedExchange> {
  readonly problems: LifecycleEvent[] = [];

  constructor(subscriptions: readonly SubscriptionRequest[] = []) {
    const clock = new VirtualClock();
    const market = { symbols: LISTED, activity: 0.1, depthLevels: 60, startTime: clock.now() - 3_600_000 };
    super({
      ...{ clock, seed: 3, book: BOOK },
      exchange: createSimulatedExchange(exchange, { clock, seed: 3, market }),
      options: { exchanges: [bybit()], subscriptions },
    });
    this.stream.onLifecycle((event) => {
      if (event.type === 'frame-problem') this.problems.push(event);
    });
  }

  data(): string[] {
    return this.stream.subscriptions().map(({ topic, state, data }) => `${topic} ${state} ${data}`);
  }

  /** Lets the books stand still, and compares each as deep as it goes. */
  async expectTrueBooks(handles: readonly SubscriptionHandle<'book'>[]): Promise<void> {
    this.exchange.market.pause();
    await this.clock.advance(2_000);
    const truth = this.exchange.market.book('linear:BTCUSDT');
    for (const handle of [this.book, ...handles]) {
      const [bids, asks] = levelsOf(handle);
      const depth = Number(handle.request.params?.depth ?? Infinity);
      expect([bids, asks]).toEqual([truth.bids.slice(0, depth), truth.asks.slice(0, depth)]);
    }
    this.exchange.market.resume();
  }
}

type Sides = readonly [bids: readonly BookLevel[], asks: readonly BookLevel[]];

function levelsOf(handle: SubscriptionHandle<'book'>): Sides {
  const latest = handle.latest();
  if (latest?.type !== 'book-snapshot') throw new Error('There is no book.');
  return [latest.bids, latest.asks];
}

describe('Bybit', () => {
  test('brings every channel of every category, each on its own socket', async () => {
    const world = new World(EVERYTHING);
    const events: MarketEvent[] = [];
    for (const request of EVERYTHING) world.stream.subscribe(request).on((event) => void events.push(event));
    await world.clock.advance(15_000);
    expect(world.data().filter((text) => !text.endsWith(' subscribed live'))).toEqual([]);
    expect([...world.exchange.connections].map(({ path }) => path).sort()).toEqual([
      '/v5/public/inverse',
      '/v5/public/linear',
      '/v5/public/misc/status',
      '/v5/public/option',
      '/v5/public/spot',
    ]);
    // One native symbol, two instruments.
    const tradesOf = (symbol: string): string[] =>
      events.flatMap((event) => (event.type === 'trade' && event.symbol === symbol ? [event.id] : []));
    const [spot, linear] = [tradesOf(SPOT.symbol), tradesOf(LINEAR.symbol)];
    expect(spot.length).toBeGreaterThan(0);
    expect(linear.length).toBeGreaterThan(0);
    expect(spot.every((id) => /^\d+$/.test(id)) && linear.every((id) => id.includes('-'))).toBe(true);
    // The twin tells one in 29 as a block trade; its own id ends a UUID.
    for (const event of events)
      if (event.type === 'trade' && event.symbol === LINEAR.symbol)
        expect(event.block).toBe(parseInt(event.id.slice(-12), 16) % 29 === 0 ? true : undefined);
    expect(events.some((event) => event.type === 'trade' && event.block)).toBe(true);
    // Statistics go on being whole, though they come as changes.
    const tickers = events.filter((event) => event.type === 'ticker');
    for (const { symbol, last, baseVolume, bid } of tickers) {
      expect([last, baseVolume]).not.toContain(undefined);
      if (symbol === LINEAR.symbol) expect(bid).toBeDefined();
      if (symbol === SPOT.symbol) expect(bid).toBeUndefined();
    }
    for (const event of events) {
      if (event.type === 'derivatives') expect(event).toMatchObject({ markPrice: /\d/, openInterest: /\d/ });
    }
    expect(world.problems).toEqual([]);
    world.expectPromises();
    await world.close();
  });

  test('starts its books anew in mid-stream: they stay live, and right', async () => {
    const world = new World(BOOKS);
    await world.clock.advance(5_000);
    const handles = BOOKS.map((request) => world.stream.subscribe(request));
    for (const type of ['recount-books', 'resend-books'] as const) {
      world.exchange.faults.inject({ type });
      await world.clock.advance(3_000);
      expect(handles.map((handle) => handle.view().data)).toEqual(BOOKS.map(() => 'live'));
      await world.expectTrueBooks(handles);
    }
    expect(handles.map((handle) => handle.view().counters.gaps)).toEqual(BOOKS.map(() => 0));
    world.expectPromises();
    await world.close();
  });

  test('loses an update: its book alone is told a gap, and is had again with a snapshot', async () => {
    const world = new World(BOOKS);
    await world.clock.advance(5_000);
    const handles = BOOKS.map((request) => world.stream.subscribe(request));
    world.exchange.faults.inject({ type: 'drop-frames', topic: 'orderbook.200.BTCUSDT', count: 1 });
    await world.clock.advance(10_000);
    expect(handles.map((handle) => handle.view().counters.gaps)).toEqual([0, 0, 1, 0]);
    await world.expectTrueBooks(handles);
    world.expectPromises();
    await world.close();
  });

  test.each([
    ['linear', LINEAR],
    ['option', OPTION],
  ])(
    'refuses one topic of a request to %s: the others are had all the same',
    async (endpoint, instrument) => {
      const good = (['ticker', 'quotes', 'book'] as const).map((channel) => ({ ...instrument, channel }));
      const bad = { exchange, channel: 'raw', symbol: 'noSuchTopic.BTCUSDT', params: { endpoint } } as const;
      const world = new World([...good, bad]);
      await world.clock.advance(8_000);
      const states = world.stream.subscriptions().map(({ topic, state }) => `${topic} ${state}`);
      expect(states.filter((text) => !text.endsWith(' subscribed'))).toEqual(['noSuchTopic.BTCUSDT failed']);
      await world.close();
    },
  );

  test('has its spreads as they come, and says what it does to itself', async () => {
    const world = new World();
    const events: MarketEvent[] = [];
    const topic = 'orderbook.25.BTCUSDT_BTC/USDT';
    world.stream
      .subscribe({ exchange, channel: 'raw', symbol: topic })
      .on((event) => void events.push(event));
    world.stream.subscribe({ exchange, channel: 'status' }).on((event) => void events.push(event));
    await world.clock.advance(2_000);
    world.exchange.announceMaintenance?.({ title: 'Upgrade', beginsInMs: 2_000, lastsMs: 2_000 });
    await world.clock.advance(6_000);
    const notices = events.filter((event) => event.type === 'platform-status');
    expect(notices.map(({ state, text }) => `${text} ${state}`)).toEqual([
      'Upgrade scheduled',
      'Upgrade ongoing',
      'Upgrade completed',
    ]);
    expect(new Set(notices.map(({ id }) => id)).size).toBe(1);
    const frames = events.filter((event) => event.type === 'raw');
    expect(frames.length).toBeGreaterThan(0);
    for (const { json } of frames) expect(JSON.parse(json)).toMatchObject({ topic });
    expect(world.problems).toEqual([]);
    world.expectPromises();
    await world.close();
  });

  test('loses what it says to a request: the request is made again', async () => {
    const world = new World();
    await world.clock.advance(1_000);
    world.exchange.faults.inject({ type: 'lose-ack', count: 1 });
    const handles = [LINEAR, OPTION].map((instrument) =>
      world.stream.subscribe({ ...instrument, channel: 'ticker' }),
    );
    await world.clock.advance(13_000);
    expect(handles.map((handle) => handle.view().state)).toEqual(['subscribed', 'subscribed']);
    expect(world.problems).toEqual([]);
    world.expectPromises();
    await world.close();
  });
});
