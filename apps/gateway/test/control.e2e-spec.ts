import type { ConnectionView } from '@exchange-stream/nestjs';
import request from 'supertest';
import { bodyOf } from './body-of.ts';
import { FeedReader } from './feed-reader.ts';
import { createApp, startGateway, until, type GatewayUnderTest } from './gateway-under-test.ts';

const TRADES = { exchange: 'binance', channel: 'trades', symbol: 'BTC/USDT' };
const BOOK = { ...TRADES, channel: 'book' };

/** The compiler sees to it that all are here. */
const OF_A_CONNECTION: Readonly<Record<keyof ConnectionView, true>> = {
  id: true,
  exchange: true,
  endpoint: true,
  account: true,
  login: true,
  url: true,
  proxy: true,
  state: true,
  since: true,
  reason: true,
  failure: true,
  attempts: true,
  reconnects: true,
  topics: true,
  openedAt: true,
  lastFrameAt: true,
  roundTripMs: true,
  roundTripMaxMs: true,
  frames: true,
  bytes: true,
  undecodableFrames: true,
};

interface View {
  readonly key: string;
  readonly references: number;
  readonly heldByRest: boolean;
  readonly state: string;
}

describe('REST control', () => {
  let gateway: GatewayUnderTest | undefined;
  const api = (): ReturnType<typeof request> => request(gateway!.http);
  const subscriptions = async (): Promise<View[]> =>
    (await bodyOf(api().get('/v1/subscriptions').expect(200))) as View[];

  beforeAll(async () => {
    gateway = await startGateway();
    await until(() => gateway!.stream.manager('binance').instruments.loaded);
  });

  afterAll(() => gateway?.close());

  it('lists exchanges with what they offer and how they do', async () => {
    const body = await bodyOf(api().get('/v1/exchanges').expect(200));
    expect(body).toMatchObject([
      {
        id: 'binance',
        name: expect.any(String) as string,
        enabled: true,
        connectionCount: 0,
        availableCapacity: 0,
        budgets: [
          { budget: 'connects', waiting: 0 },
          { budget: 'requests', waiting: 0 },
          { budget: 'messages', used: 0, waiting: 0 },
        ],
        health: { status: 'up' },
      },
    ]);
    const [{ channels }] = body as [
      { channels: { channel: string; params: { name: string; values: unknown[] }[] }[] },
    ];
    expect(channels.map(({ channel }) => channel)).toEqual([
      'trades',
      'ticker',
      'quotes',
      'book',
      'candles',
      'raw',
    ]);
    const candles = channels.find(({ channel }) => channel === 'candles')!;
    expect(candles.params[0]).toMatchObject({ name: 'interval', required: true });
    expect(candles.params[0]!.values).toContain('1m');
    // Those of the engine, too: what REST alone has, and candles made of trades.
    expect(candles.params).toEqual(
      gateway!.stream.capabilities('binance').channels.find(({ channel }) => channel === 'candles')!.params,
    );
  });

  it('tells what can be had of an exchange', async () => {
    const body = await bodyOf(api().get('/v1/exchanges/binance/capabilities').expect(200));
    const declared: unknown = JSON.parse(JSON.stringify(gateway!.stream.capabilities('binance')));
    expect(body).toEqual(declared);
    expect(body).toMatchObject({ exchange: 'binance', endpoints: [{ endpoint: 'public', login: false }] });
  });

  it('lists instruments, filtered', async () => {
    const all = await bodyOf(api().get('/v1/instruments?exchange=binance').expect(200));
    expect((all as unknown[]).length).toBeGreaterThan(3);
    const one = await bodyOf(
      api().get('/v1/instruments').query({ exchange: 'binance', symbol: 'BTC/USDT' }).expect(200),
    );
    expect(one).toMatchObject([{ symbol: 'BTC/USDT', nativeSymbol: 'BTCUSDT', kind: 'spot' }]);
    const none = await bodyOf(
      api().get('/v1/instruments').query({ exchange: 'binance', quote: 'XYZ' }).expect(200),
    );
    expect(none).toEqual([]);
  });

  it('holds a subscription once, shows it, and releases it', async () => {
    const body = await bodyOf(api().post('/v1/subscriptions').send(TRADES).expect(201));
    expect(body).toMatchObject({
      ...TRADES,
      params: {},
      heldByRest: true,
      references: 1,
      ch: 'binance trades BTC/USDT',
    });
    await api()
      .post('/v1/subscriptions')
      .send({ ...TRADES, params: { aggregated: 'false' } })
      .expect(200);
    expect(await subscriptions()).toMatchObject([{ references: 1 }]);
    await api().delete('/v1/subscriptions').send(TRADES).expect(204);
    expect(await subscriptions()).toEqual([]);
    await api().delete('/v1/subscriptions').send(TRADES).expect(404);
  });

  it('holds a topic by its own name, however long', async () => {
    const raw = { ...TRADES, channel: 'raw', symbol: '!miniTicker@arr' };
    const body = await bodyOf(api().post('/v1/subscriptions').send(raw).expect(201));
    expect(body).toMatchObject({ ...raw, topic: raw.symbol, ch: 'binance raw !miniTicker@arr' });
    const views = async (): Promise<unknown> => bodyOf(api().get('/v1/subscriptions').expect(200));
    await until(async () => ((await views()) as { data: string }[])[0]?.data === 'live');
    await api()
      .delete('/v1/subscriptions')
      .query({ ...raw })
      .expect(204);
    const long = { ...raw, symbol: `${'a'.repeat(90)}@trade` };
    await api().post('/v1/subscriptions').send(long).expect(201);
    await api().delete('/v1/subscriptions').send(long).expect(204);
    expect(await subscriptions()).toEqual([]);
  });

  it('releases by query and by key', async () => {
    const candles = { ...TRADES, channel: 'candles', params: { interval: '1m' } };
    await api().post('/v1/subscriptions').send(candles).expect(201);
    await api()
      .delete('/v1/subscriptions')
      .query({ ...candles, params: 'interval=1m' })
      .expect(204);
    const body = await bodyOf(api().post('/v1/subscriptions').send(candles).expect(201));
    await api()
      .delete('/v1/subscriptions')
      .query({ key: (body as View).key })
      .expect(204);
    expect(await subscriptions()).toEqual([]);
  });

  it('and the feed hold independent of each other', async () => {
    const reader = await FeedReader.connect(gateway!.url);
    try {
      await reader.subscribe(TRADES);
      await api().delete('/v1/subscriptions').send(TRADES).expect(404);
      await api().post('/v1/subscriptions').send(TRADES).expect(201);
      expect(await subscriptions()).toMatchObject([{ references: 2, heldByRest: true }]);
      await api().delete('/v1/subscriptions').send(TRADES).expect(204);
      expect(await subscriptions()).toMatchObject([{ references: 1, heldByRest: false }]);
      await reader.request('unsubscribeAll');
      await until(async () => (await subscriptions()).length === 0);
    } finally {
      await reader.close();
    }
  });

  it('shows a book that is live, and says why when it shows none', async () => {
    const where = { exchange: 'binance', symbol: 'BTC/USDT' };
    const missing = await bodyOf(api().get('/v1/book').query(where).expect(404));
    expect(missing).toMatchObject({
      code: 'NOT_SUBSCRIBED',
      message: expect.stringContaining('/v1/subscriptions') as string,
    });
    await api().post('/v1/subscriptions').send(BOOK).expect(201);
    const early = await bodyOf(api().get('/v1/book').query(where).expect(409));
    expect(early).toMatchObject({ statusCode: 409, code: 'BOOK_NOT_LIVE', data: 'syncing' });
    await until(async () => (await api().get('/v1/book').query(where)).status === 200);
    const body = await bodyOf(
      api()
        .get('/v1/book')
        .query({ ...where, depth: 3 })
        .expect(200),
    );
    const { bids, asks, sequence } = body as { bids: unknown[]; asks: unknown[]; sequence: number };
    expect([bids.length, asks.length]).toEqual([3, 3]);
    expect(sequence).toBeGreaterThan(0);
    expect(await subscriptions()).toMatchObject([{ references: 1 }]);
    await api().delete('/v1/subscriptions').send(BOOK).expect(204);
  });

  it('shows the latest value of a channel that is live', async () => {
    const ticker = { exchange: 'binance', channel: 'ticker', symbol: 'BTC/USDT' };
    const latest = () => api().get('/v1/latest').query(ticker);
    expect(await bodyOf(latest().expect(404))).toMatchObject({ code: 'NOT_SUBSCRIBED' });
    await api().post('/v1/subscriptions').send(ticker).expect(201);
    expect(await bodyOf(latest().expect(409))).toMatchObject({ code: 'NOT_LIVE', data: 'syncing' });
    await until(async () => (await latest()).status === 200);
    expect(await bodyOf(latest().expect(200))).toMatchObject({
      ...ticker,
      params: {},
      events: [
        { type: 'ticker', last: expect.any(String) as string, receivedAt: expect.any(Number) as number },
      ],
    });
    await api().delete('/v1/subscriptions').send(ticker).expect(204);
  });

  it.each([
    ['an unknown exchange', { ...TRADES, exchange: 'binanze' }, 404, 'UNKNOWN_EXCHANGE', 'binance'],
    ['an unknown symbol', { ...TRADES, symbol: 'BTC/USDX' }, 404, 'UNKNOWN_SYMBOL', 'BTC/USDT'],
    ["the exchange's own symbol", { ...TRADES, symbol: 'BTCUSDT' }, 404, 'UNKNOWN_SYMBOL', 'BTC/USDT'],
    ['an unknown channel', { ...TRADES, channel: 'trade' }, 400, 'BAD_REQUEST', 'trades, ticker'],
    ['what is of an account', { ...TRADES, channel: 'orders' }, 400, 'BAD_REQUEST', 'none of an account'],
    ['an unknown parameter', { ...TRADES, params: { x: 1 } }, 400, 'INVALID_PARAMETER', 'aggregated'],
    [
      'a wrong parameter',
      { ...TRADES, channel: 'candles', params: { interval: '7y' } },
      400,
      'INVALID_PARAMETER',
      '1m',
    ],
    ['a missing parameter', { ...TRADES, channel: 'candles' }, 400, 'INVALID_PARAMETER', 'interval'],
    ['a symbol that is too long', { ...TRADES, symbol: 'A'.repeat(65) }, 400, 'BAD_REQUEST', '64'],
    [
      'a topic that is too long',
      { ...TRADES, channel: 'raw', symbol: 'a'.repeat(201) },
      400,
      'BAD_REQUEST',
      '200',
    ],
    ['a topic that cannot be', { ...TRADES, channel: 'raw', symbol: 'a b' }, 404, 'UNKNOWN_SYMBOL', 'stream'],
    [
      'a parameter of a topic',
      { ...TRADES, channel: 'raw', symbol: 'btcusdt@trade', params: { x: 1 } },
      400,
      'INVALID_PARAMETER',
      'none',
    ],
    ['a nested parameter', { ...TRADES, params: { x: {} } }, 400, 'BAD_REQUEST', 'params'],
    ['a field too many', { ...TRADES, depth: 5 }, 400, 'BAD_REQUEST', 'depth'],
    ['a missing field', { exchange: 'binance', channel: 'trades' }, 400, 'BAD_REQUEST', 'symbol'],
    [
      'a channel that the exchange has not',
      { exchange: 'binance', channel: 'status' },
      400,
      'UNSUPPORTED_CHANNEL',
      'trades, ticker',
    ],
    ['no object', [], 400, 'BAD_REQUEST', ''],
  ])('refuses %s and says what would work', async (_what, body, statusCode, code, hint) => {
    const error = await bodyOf(api().post('/v1/subscriptions').send(body).expect(statusCode));
    expect(error).toMatchObject({ statusCode, code, message: expect.stringContaining(hint) as string });
    expect(await subscriptions()).toEqual([]);
  });

  it.each([
    ['/v1/instruments', 400],
    ['/v1/instruments?exchange=nope', 404],
    ['/v1/instruments?exchange=binance&color=red', 400],
    ['/v1/book?exchange=binance&symbol=BTC/USDT&depth=0', 400],
    ['/v1/book?exchange=binance&symbol=BTC/USDT&depth=x', 400],
    ['/v1/book?exchange=binance&symbol=BTC/USDT&params=depth=7', 400],
    ['/v1/book?exchange=binance&symbol=NO/PE', 404],
    ['/v1/latest?exchange=binance&symbol=BTC/USDT&channel=trades', 400],
    ['/v1/latest?exchange=binance&channel=ticker', 400],
    ['/v1/exchanges/nope/capabilities', 404],
    ['/v1/nothing', 404],
  ])('refuses GET %s with the one error shape', async (path, statusCode) => {
    const body = await bodyOf(api().get(path).expect(statusCode));
    expect(body).toEqual({
      statusCode,
      code: expect.stringMatching(/^[A-Z_]+$/) as string,
      message: expect.stringMatching(/./) as string,
    });
  });

  it('refuses bodies that are too large or no JSON', async () => {
    const post = () => api().post('/v1/subscriptions').set('content-type', 'application/json');
    expect((await post().send('{"a":').expect(400)).body).toMatchObject({
      statusCode: 400,
      code: 'BAD_REQUEST',
    });
    const large = JSON.stringify({ ...TRADES, symbol: 'x'.repeat(70_000) });
    expect((await post().send(large).expect(413)).body).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  });

  it('describes itself as OpenAPI, with every refusal', async () => {
    const body = await bodyOf(api().get('/docs-json').expect(200));
    const { openapi, paths, components } = body as {
      openapi: string;
      paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
      components: { schemas: Record<string, unknown> };
    };
    expect(openapi).toMatch(/^3\./);
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((m) => `${m} ${path}`),
    );
    expect(operations.sort()).toEqual([
      'delete /v1/subscriptions',
      'get /health/detail',
      'get /health/exchanges',
      'get /health/live',
      'get /health/ready',
      'get /v1/book',
      'get /v1/connections',
      'get /v1/exchanges',
      'get /v1/exchanges/{exchange}/capabilities',
      'get /v1/instruments',
      'get /v1/latest',
      'get /v1/subscriptions',
      'post /v1/connections/recycle',
      'post /v1/connections/rotate',
      'post /v1/exchanges/disable',
      'post /v1/exchanges/enable',
      'post /v1/subscriptions',
    ]);
    const referenced = [...JSON.stringify(body).matchAll(/#\/components\/schemas\/(\w+)/g)].map(
      ([, name]) => name,
    );
    expect(Object.keys(components.schemas)).toEqual(expect.arrayContaining(referenced));
    // Schemas of one name would be one schema.
    expect(components.schemas.BookDto).toHaveProperty('properties.bids');
    expect(components.schemas.BookCapabilityDto).toHaveProperty('properties.seed');
    const { properties } = components.schemas['ConnectionDto'] as { properties: object };
    expect(Object.keys(properties).sort()).toEqual(Object.keys(OF_A_CONNECTION).sort());
    expect(Object.keys(paths['/v1/subscriptions']!.post!.responses).sort()).toEqual([
      '200',
      '201',
      '400',
      '404',
    ]);
    await api().get('/docs').expect(200);
  });

  it('disables an exchange and enables it again, with what is wanted of it', async () => {
    const exchange = { exchange: 'binance' };
    await api().post('/v1/subscriptions').send(TRADES).expect(201);
    await until(() => gateway!.stream.connections()[0]?.state === 'open');
    const disabled = await bodyOf(api().post('/v1/exchanges/disable').send(exchange).expect(200));
    const health = {
      status: 'disabled',
      reason: 'disabled by the user; 1 subscriptions wait until it is enabled',
    };
    expect(disabled).toMatchObject({ id: 'binance', enabled: false, connectionCount: 0, health });
    const ready = await bodyOf(api().get('/health/ready').expect(200));
    expect(ready).toMatchObject({ status: 'ok', exchanges: { binance: health } });
    const shownHealth = await bodyOf(api().get('/health/exchanges').expect(200));
    expect(shownHealth).toMatchObject({ details: { binance: { exchanges: { binance: health } } } });
    const detail = await bodyOf(api().get('/health/detail').expect(200));
    expect(detail).toMatchObject({ status: 'disabled', subscriptions: [{ status: 'disabled' }] });
    expect(await subscriptions()).toMatchObject([
      { state: 'inactive', reason: 'the exchange is disabled by the user' },
    ]);
    const enabled = await bodyOf(api().post('/v1/exchanges/enable').send(exchange).expect(200));
    expect(enabled).toMatchObject({ enabled: true, connectionCount: 1 });
    await until(async () => (await subscriptions())[0]?.state === 'subscribed');
    const [shown] = (await bodyOf(api().get('/v1/exchanges').expect(200))) as [Record<string, number>];
    expect(shown).toMatchObject({
      endpoints: [{ endpoint: 'public', kind: 'public', connections: 1, topics: 1 }],
      availableCapacity:
        (shown['endpoints'] as unknown as [{ topicsPerConnection: number }])[0].topicsPerConnection - 1,
    });
    await api().delete('/v1/subscriptions').send(TRADES).expect(204);
  });

  it('recycles and rotates a connection', async () => {
    await api().post('/v1/subscriptions').send(TRADES).expect(201);
    await until(async () => (await subscriptions())[0]?.state === 'subscribed');
    const id = gateway!.stream.connections()[0]!.id;
    const recycled = await bodyOf(api().post('/v1/connections/recycle').send({ connection: id }).expect(200));
    expect(recycled).toMatchObject({ id, state: 'waiting', reason: 'asked for over REST' });
    const typo = { connection: id.replace('public', 'publik') };
    const unknown = await bodyOf(api().post('/v1/connections/recycle').send(typo).expect(404));
    expect(unknown).toMatchObject({
      code: 'UNKNOWN_CONNECTION',
      message: expect.stringContaining(`Did you mean "${id}"?`) as string,
    });
    await until(async () => (await subscriptions())[0]?.state === 'subscribed');
    await api().post('/v1/connections/rotate').send({ connection: id }).expect(202);
    await until(() => gateway!.stream.connections().every((connection) => connection.id !== id));
    expect(await subscriptions()).toMatchObject([{ state: 'subscribed' }]);
    await api().delete('/v1/subscriptions').send(TRADES).expect(204);
  });

  it.each([
    ['/v1/exchanges/disable', { exchange: 'binanze' }, 404, 'UNKNOWN_EXCHANGE', 'Did you mean "binance"?'],
    ['/v1/exchanges/enable', { exchange: 'binanze' }, 404, 'UNKNOWN_EXCHANGE', 'Did you mean "binance"?'],
    ['/v1/exchanges/enable', {}, 400, 'BAD_REQUEST', 'exchange'],
    ['/v1/exchanges/enable', { exchange: 'binance', url: 'ws://x' }, 400, 'BAD_REQUEST', 'url'],
    [
      '/v1/connections/recycle',
      { connection: 'nothing/of/the/kind' },
      404,
      'UNKNOWN_CONNECTION',
      'GET /v1/connections',
    ],
    ['/v1/connections/rotate', {}, 400, 'BAD_REQUEST', 'connection'],
  ])('refuses POST %s %j and says what would work', async (path, body, statusCode, code, hint) => {
    const error = await bodyOf(api().post(path).send(body).expect(statusCode));
    expect(error).toMatchObject({ statusCode, code, message: expect.stringContaining(hint) as string });
  });

  it('takes no order from a form, which any page could send', async () => {
    await api().post('/v1/exchanges/disable').type('form').send({ exchange: 'binance' }).expect(400);
    expect(gateway!.stream.isEnabled('binance')).toBe(true);
  });

  it('lists connections', async () => {
    await api().post('/v1/subscriptions').send(TRADES).expect(201);
    await until(
      async () => ((await bodyOf(api().get('/v1/connections'))) as { state: string }[])[0]?.state === 'open',
    );
    await api().delete('/v1/subscriptions').send(TRADES).expect(204);
  });
});

describe('REST control of an exchange that cannot be reached', () => {
  it('says why there are no instruments, and takes subscriptions for later', async () => {
    const app = await createApp({
      BINANCE_WS_URL: 'ws://127.0.0.1:9',
      BINANCE_REST_URL: 'http://127.0.0.1:9',
    });
    try {
      const api = request(app.getHttpServer());
      const body = await bodyOf(api.get('/v1/instruments?exchange=binance').expect(503));
      expect(body).toMatchObject({ statusCode: 503, code: 'INSTRUMENTS_NOT_LOADED', exchange: 'binance' });
      await api.post('/v1/subscriptions').send(TRADES).expect(201);
      await api
        .post('/v1/subscriptions')
        .send({ ...TRADES, channel: 'raw', symbol: '!miniTicker@arr' })
        .expect(201);
      const [view] = (await bodyOf(api.get('/v1/connections').expect(200))) as [{ id: string }];
      for (const path of ['recycle', 'rotate']) {
        const refusal = await bodyOf(
          api.post(`/v1/connections/${path}`).send({ connection: view.id }).expect(409),
        );
        expect(refusal).toMatchObject({ code: 'CONNECTION_NOT_OPEN' });
      }
      const ready = await bodyOf(api.get('/health/ready').expect(200));
      expect(ready).toMatchObject({ status: 'degraded', exchanges: { binance: { status: 'down' } } });
      const exchanges = await bodyOf(api.get('/health/exchanges').expect(503));
      expect(JSON.stringify(exchanges)).toContain('trades BTC/USDT is inactive');
      await api.get('/health/live').expect(200);
    } finally {
      await app.close();
    }
  });
});
