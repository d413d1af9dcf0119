import request from 'supertest';
import { io } from 'socket.io-client';
import { FeedReader } from './feed-reader.ts';
import { startGateway, until, type GatewayUnderTest } from './gateway-under-test.ts';

const TRADES = { exchange: 'binance', channel: 'trades', symbol: 'BTC/USDT' };
const BOOK = { exchange: 'binance', channel: 'book', symbol: 'BTC/USDT' };
const BOOK_CH = 'binance book BTC/USDT';

describe('the feed', () => {
  let gateway: GatewayUnderTest | undefined;
  let readers: FeedReader[] = [];

  const connect = async (headers?: Record<string, string>): Promise<FeedReader> => {
    const reader = await FeedReader.connect(gateway!.url, headers);
    readers.push(reader);
    return reader;
  };

  beforeAll(async () => {
    gateway = await startGateway();
    await until(() => gateway!.stream.manager('binance').instruments.loaded);
  });

  afterEach(async () => {
    await Promise.all(readers.map((reader) => reader.close()));
    readers = [];
    await until(() => gateway!.stream.subscriptions().length === 0);
  });

  afterAll(() => gateway?.close());

  it('greets with version, session, epoch and limits', async () => {
    const { hello } = await connect();
    expect(hello).toMatchObject({
      v: 1,
      server: 'exchange-stream/0.1.0',
      heartbeatMs: 10_000,
      limits: { subscriptions: 200, messageBytes: 65_536, pendingBytes: 1_048_576, pendingMessages: 10_000 },
    });
    expect(hello?.epoch).toEqual(expect.stringMatching(/^[0-9a-f]{16}$/));
  });

  it('acknowledges, then sends the status, the whole book, the mark, and updates without a hole', async () => {
    const first = await connect();
    await first.subscribe(BOOK);
    await until(() => first.data(BOOK_CH).length > 3);
    const reader = await connect();
    const arrivals: string[] = [];
    reader.socket.on('data', () => arrivals.push('data'));
    const answer = await new Promise((resolve) => {
      reader.socket.emit('subscribe', { id: 7, channels: [BOOK] }, (body: unknown) => {
        arrivals.push('ack');
        resolve(body);
      });
    });
    expect(answer).toMatchObject({
      id: 7,
      ok: [{ ch: BOOK_CH, epoch: reader.hello!.epoch, state: 'live', request: BOOK }],
      failed: [],
      subs: 1,
    });
    await until(() => reader.data(BOOK_CH).length > 5);
    expect(arrivals[0]).toBe('ack');
    const kinds = reader.of(BOOK_CH).map(({ t }) => t);
    expect(kinds.slice(0, 4)).toEqual(['status', 'snap', 'synced', 'upd']);
    expect(new Set(kinds.slice(3))).toEqual(new Set(['upd']));
    expect(reader.breaks).toEqual([]);
    const numbers = reader.data(BOOK_CH).map(({ s }) => s);
    expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! + index));
  });

  it('shows every client the same numbers and the same data', async () => {
    const [one, two] = [await connect(), await connect()];
    await Promise.all([one.subscribe(TRADES), two.subscribe(TRADES)]);
    const ch = 'binance trades BTC/USDT';
    await until(() => one.data(ch).length > 10 && two.data(ch).length > 10);
    const known = new Map(one.data(ch).map((message) => [message.s, message.d]));
    const shared = two.data(ch).filter(({ s }) => known.has(s));
    expect(shared.length).toBeGreaterThan(5);
    for (const { s, d } of shared) expect(d).toEqual(known.get(s));
  });

  it('carries every channel of the exchange', async () => {
    const reader = await connect();
    const channels = ['trades', 'ticker', 'quotes', 'book'].map((channel) => ({ ...TRADES, channel }));
    const candles = { ...TRADES, channel: 'candles', params: { interval: '1s' } };
    const { ok } = await reader.subscribe(...channels, candles, { ...BOOK, params: { depth: 5 } });
    expect(ok).toHaveLength(6);
    await until(() => ok.every(({ ch }) => reader.data(ch).length > 1));
    expect(new Set(reader.messages.map(({ t }) => t))).toEqual(
      new Set(['status', 'synced', 'trade', 'ticker', 'quote', 'snap', 'upd', 'candle']),
    );
    expect(reader.breaks).toEqual([]);
    const [trade] = reader.data('binance trades BTC/USDT');
    expect(Object.keys(trade!.d).sort()).toEqual(expect.arrayContaining(['amount', 'id', 'price', 'side']));
  });

  it('carries a topic as it comes, beside the channel that it is of', async () => {
    const reader = await connect();
    const raw = { exchange: 'binance', channel: 'raw', symbol: 'btcusdt@trade' };
    const { ok, failed } = await reader.subscribe(TRADES, raw);
    expect([ok.map(({ ch }) => ch), failed]).toEqual([
      ['binance trades BTC/USDT', 'binance raw btcusdt@trade'],
      [],
    ]);
    await until(() => ok.every(({ ch }) => reader.data(ch).length > 3));
    const { t, d } = reader.data('binance raw btcusdt@trade')[0]!;
    expect([t, Object.keys(d).sort(), d.topic]).toEqual(['raw', ['json', 'topic'], raw.symbol]);
    expect(JSON.parse(String(d.json))).toMatchObject({ stream: raw.symbol, data: { s: 'BTCUSDT' } });
    expect(reader.breaks).toEqual([]);
    const streams = [...gateway!.simulator.exchange.connections].flatMap(({ subscriptions }) => [
      ...subscriptions,
    ]);
    expect(streams).toEqual([raw.symbol]);
  });

  it('serves ten clients with one subscription, and ends it when the last has left', async () => {
    const clients = await Promise.all(Array.from({ length: 10 }, () => connect()));
    await Promise.all(clients.map((client) => client.subscribe(BOOK)));
    await until(() => clients.every((client) => client.data(BOOK_CH).length > 1));
    expect(gateway!.stream.subscriptions()).toMatchObject([{ symbol: 'BTC/USDT', references: 1 }]);
    const streams = [...gateway!.simulator.exchange.connections].flatMap(({ subscriptions }) => [
      ...subscriptions,
    ]);
    expect(streams).toEqual(['btcusdt@depth@100ms']);
    await Promise.all(clients.slice(1).map((client) => client.close()));
    const seen = clients[0]!.data(BOOK_CH).length;
    await until(() => clients[0]!.data(BOOK_CH).length > seen);
    await clients[0]!.request('unsubscribe', { channels: [{ ch: BOOK_CH }] });
    await until(() => gateway!.stream.subscriptions().length === 0);
  });

  it('never uses a number twice in an epoch, though a channel ends and begins again', async () => {
    const reader = await connect();
    await reader.subscribe(TRADES);
    await until(() => reader.data('binance trades BTC/USDT').length > 3);
    const { ok: left } = await reader.request('unsubscribeAll');
    const highest = Math.max(...reader.data('binance trades BTC/USDT').map(({ s }) => s));
    expect(left).toHaveLength(1);
    const { ok } = await (await connect()).subscribe(TRADES);
    expect(ok[0]!.seq).toBeGreaterThan(highest);
  });

  it('judges each channel on its own, and a refused one changes nothing', async () => {
    const reader = await connect();
    const { ok, failed, subs } = await reader.subscribe(
      TRADES,
      { ...TRADES, exchange: 'binanze' },
      { ...TRADES, symbol: 'BTC/USDX' },
      { ...TRADES, channel: 'trade' },
      { exchange: 'binance', channel: 'orders' },
      { ...TRADES, channel: 'candles', params: { interval: '7y' } },
      { ...TRADES, params: JSON.parse('{"__proto__": "x"}') as object },
      { ...TRADES, params: { constructor: 'x' } },
      { ...TRADES, deep: 1 },
      'nonsense',
      null,
    );
    expect(ok).toHaveLength(1);
    expect(subs).toBe(1);
    expect(failed.map(({ code }) => code)).toEqual([
      4404, 4404, 4404, 4404, 4400, 4400, 4400, 4400, 4400, 4400,
    ]);
    expect(failed[0]).toMatchObject({
      message: expect.stringContaining('Did you mean "binance"?') as string,
      temporary: false,
      retry: 'never',
      channel: { exchange: 'binanze' },
    });
    expect(failed[1]!.message).toContain('BTC/USDT');
    expect(failed[3]!.message).toContain('and none of an account');
    expect((await reader.request('list')).ok.map(({ ch }) => ch)).toEqual(['binance trades BTC/USDT']);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('answers malformed requests with 4400 and lives on', async () => {
    const reader = await connect();
    const bodies: unknown[][] = [
      [],
      [null],
      ['x'],
      [[]],
      [{}],
      [{ channels: 'x' }],
      [{ channels: [] }],
      [1, 2],
    ];
    bodies.push([{ id: {}, channels: [TRADES] }], [Buffer.from('x')], [{ channels: Array(1_001).fill(0) }]);
    for (const body of bodies)
      expect(await reader.request('subscribe', ...body)).toMatchObject({ error: { code: 4400 } });
    expect(await reader.request('subscrib', { id: 'a' })).toMatchObject({
      id: 'a',
      error: { code: 4400, message: expect.stringContaining('subscribe') as string },
    });
    reader.socket.emit('subscribe', { channels: 5 });
    reader.socket.emit('subscribe', { channels: [{ ...TRADES, symbol: 'NO/PE' }] });
    await until(() => reader.errors.length === 2);
    expect(reader.errors).toMatchObject([{ code: 4400 }, { code: 4404 }]);
    expect(await reader.subscribe(TRADES)).toMatchObject({ subs: 1 });
  });

  it.each([
    '2/feed,["error","x"]',
    '2/feed,["__proto__",{}]',
    '2/feed,["subscribe",{"__proto__":{"channels":[]},"constructor":1}]',
    '2/feed,["subscribe"',
    '2/feed,{}',
    '2/feed,[]',
    '2/feed,[null]',
    '2/feed,7["subscribe",[[[[]]]]]',
    '51-/feed,["subscribe",{"_placeholder":true,"num":7}]',
    '5999999999-/feed,["x"]',
    '3/feed,99["ack of nothing"]',
    '4/feed,"error"',
    '0/feed,',
    '9',
    'x'.repeat(70_000),
  ])('survives the packet %#', async (packet) => {
    const hostile = await connect();
    hostile.socket.io.engine.write(packet);
    hostile.socket.io.engine.write('2/feed,0["list"]');
    const healthy = await connect();
    expect(await healthy.request('list')).toMatchObject({ ok: [], subs: 0 });
    expect(({} as Record<string, unknown>).channels).toBeUndefined();
  });

  it('answers a thousand requests sent at once', async () => {
    const reader = await connect();
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => reader.subscribe(TRADES)));
    expect(answers.every(({ subs }) => subs === 1)).toBe(true);
    expect(reader.disconnected).toBeUndefined();
  });

  it('subscribes once however often it is asked', async () => {
    const reader = await connect();
    const first = await reader.subscribe(TRADES);
    const again = await reader.subscribe(TRADES, { ...TRADES, params: { aggregated: 'false' } });
    expect(again).toMatchObject({ ok: [{ ch: first.ok[0]!.ch }, { ch: first.ok[0]!.ch }], subs: 1 });
  });

  it('turns away pages of unknown origins, and lets its own page and programs in', async () => {
    await expect(connect({ origin: 'http://evil.example' })).rejects.toThrow();
    await connect({ origin: gateway!.url });
    await connect();
  });

  it('turns away whoever calls it by a name that only points here', async () => {
    const rebound = { host: 'evil.example', origin: 'http://evil.example' };
    await expect(connect(rebound)).rejects.toThrow();
    await request(gateway!.url).get('/v1/exchanges').set('Host', 'evil.example').expect(421);
    await request(gateway!.url).get('/v1/exchanges').set('Host', 'localhost:1').expect(200);
  });

  it('has nothing in the root namespace', async () => {
    const socket = io(gateway!.url, { transports: ['websocket'], reconnection: false, forceNew: true });
    try {
      const error = await new Promise<Error>((resolve) => socket.once('connect_error', resolve));
      expect(error.message).toContain('/feed');
    } finally {
      socket.disconnect();
    }
  });
});

describe('the limits of the feed', () => {
  it('refuses subscriptions beyond the limit and keeps those within', async () => {
    const gateway = await startGateway({
      FEED_MAX_SUBSCRIPTIONS: '2',
      FEED_ORIGINS: 'https://dashboard.example',
    });
    const reader = await FeedReader.connect(gateway.url, { origin: 'https://dashboard.example' });
    try {
      const channels = ['trades', 'ticker', 'quotes'].map((channel) => ({ ...TRADES, channel }));
      const { ok, failed, subs } = await reader.subscribe(...channels);
      expect([ok.length, failed.map(({ code }) => code), subs]).toEqual([2, [4405], 2]);
      await reader.request('unsubscribe', { channels: [channels[0]] });
      expect(await reader.subscribe(channels[2])).toMatchObject({ subs: 2, failed: [] });
    } finally {
      await reader.close();
      await gateway.close();
    }
  });
});
