import { ValuedWorld, follow } from './valued-exchange.ts';

const TOPIC = 'values.BTCUSDT';

describe('rows that need not say everything', () => {
  let world: ValuedWorld;
  beforeEach(() => (world = new ValuedWorld()));
  afterEach(() => world.close());

  it('are told as whole events, each field the newest that came', async () => {
    const handle = world.hold('derivatives');
    const told = follow(handle);
    (await world.connect()).ackAll();
    world.push({ topic: TOPIC, at: 1, derivatives: { markPrice: '100', fundingRate: '0.0001' } });
    world.push({ topic: TOPIC, at: 2, derivatives: { markPrice: '101', openInterest: '5' } });
    expect(told.slice(-3)).toEqual([
      { type: 'derivatives', exchangeTime: 1, markPrice: '100', fundingRate: '0.0001' },
      'live',
      { type: 'derivatives', exchangeTime: 2, markPrice: '101', fundingRate: '0.0001', openInterest: '5' },
    ]);
    expect(handle.latest()).toMatchObject({ markPrice: '101', fundingRate: '0.0001' });
    expect(handle.view().counters).toMatchObject({ received: 2, delivered: 2 });
  });

  it('forget what came before a loss: nothing of the past is told as new', async () => {
    const told = follow(world.hold('options'));
    (await world.connect()).ackAll();
    world.push({ topic: TOPIC, option: { delta: '0.5', markImpliedVolatility: '0.6' } });
    await world.reconnect();
    world.push({ topic: TOPIC, option: { delta: '0.4' } });
    expect(told.slice(-2)).toEqual([{ type: 'option', exchangeTime: undefined, delta: '0.4' }, 'live']);
  });

  it('add to a whole ticker, and wait for one', async () => {
    const handle = world.hold('ticker');
    const told = follow(handle);
    (await world.connect()).ackAll();
    world.push({ topic: TOPIC, tickerUpdate: { high: '9' } });
    expect(told.at(-1)).toBe('syncing');
    world.push({ topic: TOPIC, ticker: { last: '5', low: '1' } });
    world.push({ topic: TOPIC, tickerUpdate: { last: '6' } });
    world.push({ topic: TOPIC, ticker: { last: '7' } });
    expect(told.filter((event) => typeof event === 'object')).toEqual([
      { type: 'ticker', exchangeTime: undefined, last: '5', low: '1' },
      { type: 'ticker', exchangeTime: undefined, last: '6', low: '1' },
      { type: 'ticker', exchangeTime: undefined, last: '7' },
    ]);
    expect(handle.view().counters).toMatchObject({ received: 4, delivered: 3, conflated: 1 });
  });

  it('reach only the channel that they are of, on a topic that is of several', async () => {
    const [ticker, derivatives] = [world.hold('ticker'), world.hold('derivatives')];
    const [first, second] = [follow(ticker), follow(derivatives)];
    const socket = await world.connect();
    expect(socket.sent.flatMap(({ topics }) => topics)).toEqual([TOPIC]);
    socket.ackAll();
    world.push({ topic: TOPIC, ticker: { last: '5' }, derivatives: { markPrice: '6' } });
    world.push({ topic: TOPIC, derivatives: { markPrice: '7' } });
    expect(first.filter((event) => typeof event === 'object')).toEqual([
      { type: 'ticker', exchangeTime: undefined, last: '5' },
    ]);
    expect(second.filter((event) => typeof event === 'object')).toHaveLength(2);
    expect(ticker.view().counters).toMatchObject({ received: 1, delivered: 1 });
  });

  it('are known to who takes up a topic that flows already, as only changes will come', async () => {
    world.hold('ticker');
    (await world.connect()).ackAll();
    world.push({
      topic: TOPIC,
      at: 1,
      ticker: { last: '5' },
      derivatives: { markPrice: '6', indexPrice: '8' },
    });
    world.push({ topic: TOPIC, at: 2, derivatives: { markPrice: '7' } });
    const told = follow(world.hold('derivatives'));
    await world.clock.advance(0);
    expect(told.at(-1)).toBe('live');
    world.push({ topic: TOPIC, at: 3, derivatives: { fundingRate: '0.1' } });
    expect(told.at(-1)).toEqual({
      type: 'derivatives',
      exchangeTime: 3,
      ...{ markPrice: '7', indexPrice: '8', fundingRate: '0.1' },
    });
  });

  it('are not known from a connection before', async () => {
    world.hold('ticker');
    (await world.connect()).ackAll();
    world.push({ topic: TOPIC, ticker: { last: '5' }, derivatives: { markPrice: '6' } });
    await world.reconnect();
    const told = follow(world.hold('derivatives'));
    await world.clock.advance(0);
    expect(told).toEqual(['syncing']);
  });

  it('lose no field when another connection takes over, however many come there first', async () => {
    const handle = world.hold('derivatives');
    const told = follow(handle);
    (await world.connect()).ackAll();
    world.push({
      topic: TOPIC,
      at: 1,
      derivatives: { markPrice: '100', fundingRate: '0.1', openInterest: '5' },
    });
    world.stream.manager('fake').rotate(world.stream.connections()[0]!.id);
    await world.clock.advance(0);
    world.socket.accept();
    await world.clock.advance(0);
    world.socket.ackAll();
    world.push({ topic: TOPIC, at: 2, derivatives: { markPrice: '0', fundingRate: '0.2' } });
    for (let at = 3; at < 300; at++) world.push({ topic: TOPIC, at, derivatives: { markPrice: String(at) } });
    await world.clock.advance(5_000);
    expect(told.at(-1)).toEqual({
      ...{ type: 'derivatives', exchangeTime: 299 },
      ...{ markPrice: '299', fundingRate: '0.2', openInterest: '5' },
    });
    expect(told.filter((event) => typeof event === 'string')).toEqual(['syncing', 'live']);
    const { received, delivered, conflated, dropped } = handle.view().counters;
    expect(received).toBe(delivered + conflated + dropped);
    expect(world.sockets).toHaveLength(2);
  });
});
