import type {
  DerivativesEvent,
  LiquidationEvent,
  MarketEvent,
  OptionEvent,
} from '@exchange-stream/market-data';
import type { SubscriptionHandle } from '@exchange-stream/nestjs/engine';
import { LabWorld } from './lab-world.ts';

const OF_BTC = { exchange: 'lab', symbol: 'BTC/USDT' };
const DERIVATIVES = { ...OF_BTC, channel: 'derivatives' } as const;
const OPTIONS = { ...OF_BTC, channel: 'options' } as const;
const LIQUIDATIONS = { ...OF_BTC, channel: 'liquidations' } as const;
const STATUS = { exchange: 'lab', channel: 'status', symbol: '' } as const;

/** Everything that is told of a subscription. */
function follow(handle: SubscriptionHandle): MarketEvent[] {
  const events: MarketEvent[] = [];
  handle.on((event) => void events.push(event));
  return events;
}

/** What both channels of the topic show, in the exchange's own fields. */
function shown(derivatives: DerivativesEvent | undefined, option: OptionEvent | undefined): object {
  return {
    mark: derivatives?.markPrice,
    index: derivatives?.indexPrice,
    funding: derivatives?.fundingRate,
    nextFunding: derivatives?.nextFundingTime,
    open: derivatives?.openInterest,
    iv: option?.markImpliedVolatility,
    delta: option?.delta,
  };
}

describe('derivatives, options and liquidations of lab', () => {
  const TROUBLES: [what: string, trouble: (world: LabWorld) => unknown][] = [
    ['a lost connection', (world) => world.exchange.disconnectAll()],
    ['a rotation', (world) => void world.stream.manager('lab').rotate('lab/public/1')],
    [
      'a pause',
      async (world) => {
        world.exchange.pause();
        await world.clock.advance(3_000);
        world.exchange.resume();
      },
    ],
    [
      'a halt',
      async (world) => {
        world.exchange.halt('BTC-USDT');
        await world.clock.advance(3_000);
        world.exchange.reopen('BTC-USDT');
      },
    ],
    ['a clock that waits', async (world) => world.clock.advance(60_000)],
  ];
  test.each(
    TROUBLES.flatMap(([what, trouble]) => [
      [what, 'whole', trouble] as const,
      ...(what === 'a pause' || what === 'a clock that waits' ? [] : [[what, 'parts', trouble] as const]),
    ]),
  )('are what the exchange has after %s, had %s', async (_what, values, trouble) => {
    const world = new LabWorld({
      seed: 7,
      dialects: { acks: 'topic', values },
      subscriptions: [DERIVATIVES],
    });
    const derivatives = world.stream.subscribe(DERIVATIVES);
    await world.recover(30_000);
    // On a topic that flows already.
    const options = world.stream.subscribe(OPTIONS);
    await world.clock.advance(100);
    expect(options.latest()).toMatchObject({ delta: expect.any(String) as string });
    await trouble(world);
    await world.clock.advance(30_000);
    world.exchange.market.pause();
    // What is open may be polled.
    await world.clock.advance(15_000);
    expect(shown(derivatives.latest(), options.latest())).toEqual(world.exchange.valuesOf('BTC-USDT'));
    world.exchange.market.resume();
    await world.expectTruth();
    await world.close();
  });

  test('are built anew when a frame is missing', async () => {
    const world = new LabWorld({ seed: 8, dialects: { numbered: true } });
    const derivatives = world.stream.subscribe(DERIVATIVES);
    const events = follow(derivatives);
    await world.recover(30_000);
    world.loses = () => true;
    await world.clock.advance(1_000);
    world.loses = () => false;
    await world.clock.advance(20_000);
    const states = events.flatMap((event) => (event.type === 'status' ? [event.state] : []));
    expect(states).toContain('gap');
    expect(states.at(-1)).toBe('live');
    expect(derivatives.latest()).toMatchObject({ nextFundingTime: expect.any(Number) as number });
    await world.close();
  });

  test('liquidations name the side of the order, and are told once each through a rotation', async () => {
    const world = new LabWorld({ seed: 9 });
    const events = follow(world.stream.subscribe(LIQUIDATIONS));
    await world.recover(30_000);
    await world.clock.advance(60_000);
    world.stream.manager('lab').rotate('lab/public/1');
    await world.clock.advance(120_000);
    const liquidations = events.filter((event): event is LiquidationEvent => event.type === 'liquidation');
    expect(liquidations.length).toBeGreaterThan(5);
    const told = liquidations.map(({ exchangeTime, price, amount, side }) =>
      [exchangeTime, price, amount, side].join(),
    );
    expect(new Set(told).size).toBe(told.length);
    expect(new Set(liquidations.map(({ side }) => side))).toEqual(new Set(['buy', 'sell']));
    expect(new Set(liquidations.map(({ priceKind }) => priceKind))).toEqual(new Set(['bankruptcy']));
    expect(events.flatMap((event) => (event.type === 'status' ? [event.state] : []))).toEqual([
      'syncing',
      'live',
    ]);
    await world.expectTruth();
    await world.close();
  });
});

test('notices of lab come once each, whoever comes late, and through a reconnect', async () => {
  const world = new LabWorld({ seed: 10, subscriptions: [STATUS] });
  const handle = world.stream.subscribe(STATUS);
  const events = follow(handle);
  await world.recover(30_000);
  const now = world.clock.now();
  const notice = { id: '1', text: 'upgrade', begin: now + 60_000, end: now + 120_000 };
  world.exchange.say({ ...notice, state: 'planned' });
  await world.clock.advance(1_000);
  world.exchange.disconnectAll();
  await world.clock.advance(30_000);
  world.exchange.say({ ...notice, state: 'on' });
  await world.clock.advance(1_000);
  expect(handle.view()).toMatchObject({ data: 'live', notice: 'upgrade' });
  expect(follow(handle)).toMatchObject([{ id: '1', state: 'ongoing' }, { state: 'live' }]);
  world.exchange.say({ ...notice, state: 'done' });
  await world.clock.advance(1_000);
  expect(events.flatMap((event) => (event.type === 'platform-status' ? [event.state] : []))).toEqual([
    ...['scheduled', 'ongoing', 'completed'],
  ]);
  expect(handle.current()).toEqual([]);
  await world.close();
});
