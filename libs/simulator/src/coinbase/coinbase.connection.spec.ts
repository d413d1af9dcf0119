import { VirtualClock } from '@exchange-stream/market-data';
import { CoinbaseClient } from '../../test/coinbase-client.ts';
import { createSimulatedExchange, type SimulatedExchange } from '../index.ts';

const START = Date.UTC(2026, 10, 21, 10, 0, 31);

describe('a connection to simulated Coinbase', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;

  beforeEach(() => {
    clock = new VirtualClock(START);
    const symbols = ['BTC-USD', 'ETH-USD', 'OLD-USD'];
    const market = { symbols, startTime: START - 86_400_000, depthLevels: 10, activity: 0.2 };
    exchange = createSimulatedExchange('coinbase', { clock, market });
    exchange.start();
  });
  afterEach(() => {
    exchange.stop();
    expect(clock.pending).toBe(0);
  });

  const connect = (address?: string): CoinbaseClient => new CoinbaseClient(exchange, '/', true, address);
  const subscriptions = (): string[] => [...exchange.connections].flatMap((each) => [...each.subscriptions]);

  it('counts every frame of a connection in one count from 0, answers and heartbeats included', async () => {
    const client = connect().subscribe('market_trades', 'BTC-USD').subscribe('level2', 'BTC-USD', 'ETH-USD');
    client.subscribe('heartbeats').subscribe('ticker', 'ETH-USD').subscribe('candles', 'BTC-USD');
    const other = connect().subscribe('heartbeats');
    await clock.advance(5000);
    client.unsubscribe('ticker');
    await clock.advance(5000);
    const numbers = client.frames.map((frame) => frame['sequence_num']);
    expect(numbers.length).toBeGreaterThan(50);
    expect(numbers).toEqual(numbers.map((_, index) => index));
    expect(new Set(client.frames.map(({ channel }) => channel))).toEqual(
      new Set(['market_trades', 'subscriptions', 'l2_data', 'ticker', 'candles', 'heartbeats']),
    );
    expect(other.frames.map((frame) => frame['sequence_num'])).toEqual(
      Array.from({ length: 11 }, (_, index) => index),
    );
  });

  it('answers by the whole set of what is subscribed, after how things stand', () => {
    const client = connect().subscribe('market_trades', 'BTC-USD', 'ETH-USD');
    expect(client.frames.map(({ channel }) => channel)).toEqual([
      'market_trades',
      'market_trades',
      'subscriptions',
    ]);
    client.subscribe('heartbeats').subscribe('level2', 'BTC-USD').subscribe('level2', 'ETH-USD');
    expect(client.subscribed).toEqual({
      heartbeats: ['heartbeats'],
      level2: ['BTC-USD', 'ETH-USD'],
      market_trades: ['BTC-USD', 'ETH-USD'],
    });
    client.unsubscribe('level2', 'BTC-USD').unsubscribe('market_trades');
    expect(client.subscribed).toEqual({ heartbeats: ['heartbeats'], level2: ['ETH-USD'] });
    expect(subscriptions()).toEqual(['heartbeats', 'level2:ETH-USD']);
    client.unsubscribe('level2').unsubscribe('heartbeats');
    expect(client.subscribed).toEqual({});
    expect(exchange.violations).toEqual([]);
  });

  it('lists names in no order', () => {
    const client = connect().subscribe('ticker', 'BTC-USD', 'ETH-USD').subscribe('heartbeats');
    const lists = client
      .events<{ subscriptions: Record<string, string[]> }>('subscriptions')
      .map((event) => event.subscriptions['ticker']);
    expect(lists).toEqual([
      ['BTC-USD', 'ETH-USD'],
      ['ETH-USD', 'BTC-USD'],
    ]);
  });

  it('sends the whole book again to who asks twice, and streams once', async () => {
    const client = connect().subscribe('level2', 'BTC-USD').subscribe('level2', 'BTC-USD');
    const other = connect().subscribe('level2', 'BTC-USD');
    await clock.advance(3000);
    expect(client.events('l2_data', 'snapshot')).toHaveLength(2);
    expect(client.events('l2_data', 'update')).toEqual(other.events('l2_data', 'update'));
  });

  it.each([
    ['a product that is none', { type: 'subscribe', channel: 'ticker', product_ids: ['BTC-USD', 'NO-PE'] }],
    ['a product that was delisted', { type: 'subscribe', channel: 'ticker', product_ids: ['OLD-USD'] }],
    ['no product', { type: 'subscribe', channel: 'level2' }],
    ['a channel that is none', { type: 'subscribe', channel: 'l2_data', product_ids: ['BTC-USD'] }],
    ['an unknown type', { type: 'ping' }],
    ['products that are no list', { type: 'subscribe', channel: 'ticker', product_ids: 'BTC-USD' }],
    ['no channel', { type: 'subscribe', product_ids: ['BTC-USD'] }],
    ['a list', []],
    ['no JSON', '{'],
  ])('fails all of a message for %s, with an error that bears no id and no number', (_, message) => {
    const client = connect();
    client.say(message);
    expect(client.frames).toEqual([{ type: 'error', message: 'failure to subscribe' }]);
    expect(subscriptions()).toEqual([]);
    expect(exchange.violations).toMatchObject([{ rule: 'invalid-request' }]);
    client.subscribe('heartbeats');
    expect(client.channel('subscriptions')).toMatchObject([{ sequence_num: 0 }]);
  });

  it.each([{ channel: ['ticker', 'level2'] }, { channels: ['ticker'] }, { channel: 'ticker', channels: [] }])(
    'takes one channel to a message, not %j',
    (channels) => {
      const client = connect();
      client.say({ type: 'subscribe', product_ids: ['BTC-USD'], ...channels });
      expect(client.answer).toEqual({ type: 'error', message: 'failure to subscribe' });
      expect(exchange.violations).toMatchObject([{ rule: 'topics-per-message' }]);
    },
  );

  it.each(['user', 'futures_balance_summary'])('has nobody who could log in for %s', (channel) => {
    const client = connect().subscribe(channel);
    expect(client.answer).toEqual({ type: 'error', message: 'authentication failure' });
    expect(exchange.violations).toMatchObject([{ rule: 'not-logged-in' }]);
  });

  it('passes over a token that public channels do not need', () => {
    const client = connect();
    client.say({ type: 'subscribe', channel: 'ticker', product_ids: ['BTC-USD'], jwt: 'any' });
    expect(client.subscribed).toEqual({ ticker: ['BTC-USD'] });
  });

  it('disconnects who subscribes to nothing within five seconds', async () => {
    const [silent, late] = [connect(), connect()];
    await clock.advance(4900);
    late.subscribe('ticker', 'BTC-USD');
    await clock.advance(200);
    expect(silent.closed).toBeDefined();
    expect(late.closed).toBeUndefined();
    expect(exchange.violations).toMatchObject([{ rule: 'subscribe-overdue', connectionId: 1 }]);
    late.unsubscribe('ticker');
    await clock.advance(10_000);
    expect(late.closed).toBeUndefined();
  });

  it('closes a channel without news after 60 to 90 s, where there are no heartbeats', async () => {
    const [idle, kept] = [connect(), connect()];
    for (const client of [idle, kept]) client.subscribe('level2', 'BTC-USD').subscribe('status');
    kept.subscribe('heartbeats');
    exchange.market.pause();
    await clock.advance(58_000);
    expect(subscriptions()).toHaveLength(5);
    await clock.advance(34_000);
    // What is told at an interval is never without news.
    expect(subscriptions()).toEqual(['status', 'level2:BTC-USD', 'status', 'heartbeats']);
    exchange.market.resume();
    const before = idle.books('BTC-USD').length;
    await clock.advance(5000);
    expect(idle.books('BTC-USD')).toHaveLength(before);
    expect(kept.books('BTC-USD').length).toBeGreaterThan(before);
    expect(idle.closed).toBeUndefined();
  });

  it('takes eight messages a second of one address, on all its connections', async () => {
    const [one, two] = [connect('a'), connect('a')];
    for (let message = 0; message < 4; message++) {
      one.subscribe('heartbeats');
      two.subscribe('heartbeats');
    }
    expect(exchange.violations).toEqual([]);
    two.subscribe('ticker', 'BTC-USD');
    expect(two.answer).toEqual({ type: 'error', message: 'rate limit exceeded' });
    expect(exchange.violations).toMatchObject([{ rule: 'messages-per-address', connectionId: 2 }]);
    connect('b').subscribe('heartbeats');
    await clock.advance(1000);
    one.subscribe('ticker', 'BTC-USD');
    expect(exchange.violations).toHaveLength(1);
  });

  it('takes eight connects a second of one address', async () => {
    for (let index = 0; index < 8; index++) connect('a');
    expect(connect('a').closed?.code).toBe(1008);
    expect(connect('b').closed).toBeUndefined();
    expect(exchange.violations).toMatchObject([{ rule: 'connections-per-address', address: 'a' }]);
    await clock.advance(1000);
    expect(connect('a').closed).toBeUndefined();
  });

  it('has one path', () => {
    const query = new URLSearchParams();
    expect(exchange.refuseHandshake({ path: '/ws', query, address: 'a' })).toEqual({ status: 404 });
    expect(exchange.refuseHandshake({ path: '/', query, address: 'a' })).toBeUndefined();
  });

  it('tells late what is subscribed then, and not what was', async () => {
    const client = connect();
    exchange.faults.inject({ type: 'delay-ack', delayMs: 3000, count: 1 });
    client.subscribe('ticker', 'BTC-USD').subscribe('heartbeats');
    await clock.advance(4000);
    expect(client.subscribed).toEqual({ heartbeats: ['heartbeats'], ticker: ['BTC-USD'] });
    const numbers = client.frames.map((frame) => frame['sequence_num']);
    expect(numbers).toEqual(numbers.map((_, index) => index));
  });

  it('loses, refuses and misdirects acknowledgements', () => {
    const client = connect();
    exchange.faults.inject({ type: 'refuse-subscriptions', topic: 'ticker:BTC-USD', count: 1 });
    client.subscribe('ticker', 'BTC-USD');
    expect(client.answer).toEqual({ type: 'error', message: 'failure to subscribe' });
    exchange.faults.inject({ type: 'ignore-requests', count: 1 });
    client.subscribe('ticker', 'BTC-USD');
    expect(client.subscribed).toEqual({ ticker: ['BTC-USD'] });
    expect(subscriptions()).toEqual([]);
    exchange.faults.inject({ type: 'misdirect-ack', count: 1 });
    client.subscribe('heartbeats');
    expect(client.subscribed).toEqual({ heartbeats: ['heartbeats'], market_trades: ['NOBODY-ASKED'] });
    exchange.faults.inject({ type: 'lose-ack', count: 1 });
    const before = client.frames.length;
    client.unsubscribe('heartbeats');
    expect(client.frames).toHaveLength(before);
    expect(subscriptions()).toEqual([]);
  });
});
