import { handshake, LabClient, rest, startLab } from './lab-client.ts';
import type { LabExchange } from './lab.exchange.ts';

const rules = (lab: LabExchange): string[] => lab.violations.map(({ rule }) => rule);
const topics = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `ticker:S${String(index + 1).padStart(4, '0')}-USDT`);
const dial = (lab: LabExchange, address = 'client'): number | undefined =>
  handshake(lab, '/public', address)?.status;

describe('limits of lab', () => {
  test('topics of one connection: error 2, and what is there stays', () => {
    const { lab } = startLab({ symbols: 10, acks: 'topic', limits: { topicsPerConnection: 3 } });
    const client = new LabClient(lab);
    expect(client.subscribe(...topics(4)).map(({ error }) => error)).toEqual([
      undefined,
      undefined,
      undefined,
      { code: 2, message: 'too many topics on this connection' },
    ]);
    client.ask({ op: 'unsubscribe', topics: topics(1) });
    expect(client.subscribe(topics(4)[3]!)).toMatchObject([{ ack: 3 }]);
    expect(rules(lab)).toEqual(['topics-per-connection']);
  });

  test('a cap that nobody documents is no violation', () => {
    const { lab } = startLab({ symbols: 10, hiddenTopicsPerConnection: 3 });
    const client = new LabClient(lab);
    expect(client.subscribe(...topics(4))).toMatchObject([{ error: { code: 2 } }]);
    expect(client.subscribe(...topics(3))).toMatchObject([{ ack: 2 }]);
    expect(rules(lab)).toEqual([]);
  });

  test('topics and bytes of one message: error 6', () => {
    const { lab } = startLab({ symbols: 30, limits: { topicsPerMessage: 20, bytesPerMessage: 500 } });
    const client = new LabClient(lab);
    expect(client.subscribe(...topics(21))).toMatchObject([{ error: { code: 6 }, id: 1 }]);
    expect(client.subscribe(...topics(20))).toMatchObject([{ ack: 2 }]);
    expect(client.ask({ op: 'subscribe', topics: ['x'.repeat(500)] })).toMatchObject([
      { error: { code: 6 }, id: 3 },
    ]);
    expect([...[...lab.connections][0]!.subscriptions]).toHaveLength(20);
    expect(rules(lab)).toEqual(['topics-per-message', 'bytes-per-message']);
  });

  test('messages in any second, pings and pongs included: closed with 1008', async () => {
    const { clock, lab } = startLab();
    const client = new LabClient(lab);
    client.ping();
    client.pong('unasked');
    await clock.advance(500);
    for (let message = 0; message < 3; message++) client.subscribe('trades:BTC-USDT');
    await clock.advance(499);
    expect(client.closed).toBeUndefined();
    client.ping();
    expect(client.closed).toMatchObject({ code: 1008 });
    expect(rules(lab)).toEqual(['messages-per-second']);
    expect(lab.connections.size).toBe(0);
  });

  test('messages of one address in any 10 s: closed with 1008', async () => {
    const { clock, lab } = startLab({ limits: { messagesPerAddress: 6 } });
    const clients = [
      new LabClient(lab),
      new LabClient(lab),
      new LabClient(lab, '/public', true, 'elsewhere'),
    ];
    for (const client of clients) for (let ping = 0; ping < 3; ping++) client.ping();
    await clock.advance(9_000);
    clients[0]!.ping();
    expect(clients.map(({ closed }) => closed?.code)).toEqual([1008, undefined, undefined]);
    expect(rules(lab)).toEqual(['messages-per-address']);
  });

  test('handshakes of one address: 5 in any 15 s and 20 in any 60 s', async () => {
    const { clock, lab } = startLab();
    for (let dials = 0; dials < 5; dials++) expect(dial(lab)).toBeUndefined();
    expect(handshake(lab, '/public')).toMatchObject({
      status: 429,
      headers: { 'retry-after': '15' },
    });
    expect(dial(lab, 'elsewhere')).toBeUndefined();
    await clock.advance(15_000);
    for (let burst = 0; burst < 3; burst++) {
      for (let dials = 0; dials < 4; dials++) expect(dial(lab)).toBeUndefined();
      await clock.advance(15_000);
    }
    expect(rules(lab)).toEqual(['connections-per-address']);
    for (let burst = 0; burst < 2; burst++) {
      for (let dials = 0; dials < 5; dials++) dial(lab);
      await clock.advance(14_999);
    }
    for (let dials = 0; dials < 5; dials++) dial(lab);
    expect(lab.violations.at(-1)!.detail).toMatch(/within (15000|60000) ms/);
  });

  test('the age of a connection: closed with 1000', async () => {
    const { clock, lab } = startLab({ limits: { lifetimeMs: 100_000 } });
    const client = new LabClient(lab);
    await clock.advance(99_999);
    expect(client.closed).toBeUndefined();
    await clock.advance(1);
    expect(client.closed).toMatchObject({ code: 1000 });
    expect(rules(lab)).toEqual([]);
  });

  test('REST requests of one address in any 60 s, a book weighs 10', async () => {
    const { clock, lab } = startLab({ limits: { requests: 21 } });
    expect(rest(lab, '/api/book?symbol=BTC-USDT').status).toBe(200);
    expect(rest(lab, '/api/book?symbol=BTC-USDT').status).toBe(200);
    expect(rest(lab, '/api/time').status).toBe(200);
    expect(rest(lab, '/api/time')).toMatchObject({ status: 429, headers: { 'retry-after': '60' } });
    expect(rest(lab, '/api/time', { address: 'elsewhere' }).status).toBe(200);
    await clock.advance(60_000);
    expect(rest(lab, '/api/time').status).toBe(200);
    expect(rules(lab)).toEqual(['request-weight']);
  });

  test('another path is no place', () => {
    const { lab } = startLab();
    expect(handshake(lab, '/nowhere')?.status).toBe(404);
  });
});

describe('REST of lab', () => {
  test('time, instruments, books and candles', async () => {
    const { clock, lab } = startLab({ symbols: ['BTC-USDT'] });
    await clock.advance(125_000);
    expect(rest(lab, '/api/time').json).toEqual({ time: clock.now() });
    expect(rest(lab, '/api/instruments').json).toEqual({
      instruments: [
        {
          symbol: 'BTC-USDT',
          base: 'BTC',
          quote: 'USDT',
          priceStep: '0.01',
          amountStep: '0.0001',
          status: 'trading',
        },
      ],
    });
    const truth = lab.market.book('BTC-USDT');
    expect(rest(lab, '/api/book?symbol=BTC-USDT&depth=5').json).toEqual({
      sequence: truth.lastUpdateId,
      time: clock.now(),
      bids: truth.bids.slice(0, 5),
      asks: truth.asks.slice(0, 5),
    });
    const { candles } = rest(lab, '/api/candles?symbol=BTC-USDT&interval=1m&limit=3').json as {
      candles: { openTime: number; closed: boolean }[];
    };
    const start = Date.UTC(2026, 0, 1);
    expect(candles.map(({ openTime, closed }) => [openTime - start, closed])).toEqual([
      [0, true],
      [60_000, true],
      [120_000, false],
    ]);
    const page = rest(lab, `/api/candles?symbol=BTC-USDT&interval=1m&from=${start - 60_000}&to=${start}`)
      .json as {
      candles: { openTime: number }[];
    };
    expect(page.candles.map(({ openTime }) => openTime - start)).toEqual([-60_000, 0]);
  });

  test.each([
    ['/api/nothing', 404],
    ['/api/book?symbol=XXX-USDT', 400],
    ['/api/book?symbol=BTC-USDT&depth=many', 400],
    ['/api/candles?symbol=BTC-USDT&interval=3m', 400],
  ])('%s is answered by an error', (target, status) => {
    const { lab } = startLab();
    expect(rest(lab, target)).toMatchObject({ status, json: { error: { code: status } } });
  });
});
