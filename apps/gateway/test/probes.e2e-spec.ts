import { parse } from 'yaml';
import request from 'supertest';
import { GatewayLifecycle } from '../src/gateway-lifecycle.ts';
import { bodyOf } from './body-of.ts';
import { FeedReader } from './feed-reader.ts';
import { startGateway, until, type GatewayUnderTest } from './gateway-under-test.ts';

const TRADES = { exchange: 'binance', channel: 'trades', symbol: 'BTC/USDT' };

describe('probes and metrics', () => {
  let gateway: GatewayUnderTest;
  const api = (): ReturnType<typeof request> => request(gateway.http);

  beforeEach(async () => {
    gateway = await startGateway({
      SUBSCRIPTIONS: 'binance:book:BTC/USDT;binance:candles:ETH/USDT?interval=1m',
    });
  });

  afterEach(() => gateway.close());

  it('is ready with the exchange up, and says how it does', async () => {
    await until(
      async () => ((await bodyOf(api().get('/health/ready'))) as { status: string }).status === 'ok',
    );
    const body = await bodyOf(api().get('/health/exchanges').expect(200));
    expect(JSON.stringify(body)).toMatch(/"status":"up","reason":"[^"]*served/);
  });

  it('tells of each exchange, connection and subscription how it does and why', async () => {
    await until(
      async () => ((await bodyOf(api().get('/health/ready'))) as { status: string }).status === 'ok',
    );
    expect(await bodyOf(api().get('/health/detail').expect(200))).toMatchObject({
      status: 'up',
      exchanges: [{ exchange: 'binance', status: 'up' }],
      connections: [{ id: 'binance/public/1', status: 'up', reason: 'open: connected' }],
      subscriptions: [
        { status: 'up', reason: 'book BTC/USDT is live, the book is whole and linked' },
        { status: 'up' },
      ],
    });
  });

  it('is ready by the subscriptions that are critical, where it is told so', async () => {
    const asking = await startGateway({
      READINESS: 'critical',
      READINESS_CRITICAL: 'binance:trades:BTC/USDT',
    });
    try {
      const ready = (): request.Test => request(asking.http).get('/health/ready');
      expect(await bodyOf(ready().expect(503))).toMatchObject({
        details: { exchanges: { critical: [{ status: 'down', reason: 'nobody has subscribed it' }] } },
      });
      asking.stream.subscribe({ ...TRADES, channel: 'trades' });
      await until(async () => ((await ready()) as { status: number }).status === 200);
    } finally {
      await asking.close();
    }
  });

  it('is ready without an exchange that was disabled, where all are asked for', async () => {
    const asking = await startGateway({ READINESS: 'all', SUBSCRIPTIONS: 'binance:trades:BTC/USDT' });
    try {
      const ready = (): request.Test => request(asking.http).get('/health/ready');
      await request(asking.http).post('/v1/exchanges/disable').send({ exchange: 'binance' }).expect(200);
      expect(await bodyOf(ready().expect(200))).toMatchObject({
        status: 'ok',
        exchanges: { binance: { status: 'disabled' } },
      });
    } finally {
      await asking.close();
    }
  });

  it('is not ready while it drains, and takes no new clients', async () => {
    const reader = await FeedReader.connect(gateway.url);
    gateway.app.get(GatewayLifecycle).drain();
    const body = await bodyOf(api().get('/health/ready').expect(503));
    expect(body).toMatchObject({
      statusCode: 503,
      status: 'error',
      details: { gateway: { phase: 'draining' } },
    });
    await api().get('/health/live').expect(200);
    expect(await reader.subscribe(TRADES)).toMatchObject({
      error: { code: 4503, temporary: true, retry: 'backoff' },
    });
    await expect(FeedReader.connect(gateway.url)).rejects.toThrow();
    await reader.close();
  });

  it('counts what the exchange sends and what the feed does, and never by symbol', async () => {
    const reader = await FeedReader.connect(gateway.url);
    await reader.subscribe(TRADES);
    await until(() => reader.data('binance trades BTC/USDT').length > 3);
    const { text } = await api()
      .get('/metrics')
      .expect(200)
      .expect('content-type', /text\/plain/);
    for (const sample of [
      /^exchange_stream_frames_total\{exchange="binance"\} [1-9]/m,
      /^exchange_stream_bytes_total\{exchange="binance"\} [1-9]/m,
      /^exchange_stream_events_total\{exchange="binance",channel="trades"\} [1-9]/m,
      /^exchange_stream_connections\{exchange="binance",state="open"\} 1$/m,
      /^exchange_stream_subscriptions\{exchange="binance",channel="trades",state="live"\} 1$/m,
      /^exchange_stream_(reconnects|gaps|rejected|unhandled|ignored)_total\{exchange="binance"\} \d/m,
      /^exchange_stream_lag_seconds\{exchange="binance",channel="trades"\} /m,
      /^feed_clients 1$/m,
      /^feed_messages_sent_total [1-9]/m,
      /^process_cpu_seconds_total /m,
    ]) {
      expect(text).toMatch(sample);
    }
    expect(text).not.toMatch(/BTC|ETH/);
    await reader.close();
  });

  it('serves a description of the feed that names the messages it sends', async () => {
    const { text } = await api().get('/docs/feed.yaml').expect(200);
    const document = parse(text) as {
      asyncapi: string;
      channels: { feed: { address: string; messages: Record<string, unknown> } };
      components: {
        messages: Record<string, unknown>;
        schemas: Record<string, { properties: { t?: { enum?: string[]; const?: string } } }>;
      };
    };
    expect(document.asyncapi).toMatch(/^3\./);
    expect(document.channels.feed.address).toBe('/feed');

    const reader = await FeedReader.connect(gateway.url);
    const events = new Set<string>(['hello']);
    reader.socket.onAny((event: string) => events.add(event));
    const channels = ['trades', 'ticker', 'quotes', 'book'].map((channel) => ({ ...TRADES, channel }));
    await reader.subscribe(
      ...channels,
      { ...TRADES, channel: 'candles', params: { interval: '1s' } },
      { ...TRADES, channel: 'raw', symbol: 'btcusdt@miniTicker' },
    );
    reader.socket.emit('nonsense');
    await until(() => events.has('error') && new Set(reader.messages.map(({ t }) => t)).size === 9);
    await gateway.app.close();
    await until(() => reader.disconnected !== undefined);

    const requests = ['subscribe', 'unsubscribe', 'unsubscribeAll', 'list'];
    expect(Object.keys(document.channels.feed.messages).sort()).toEqual([...events, ...requests].sort());
    expect(Object.keys(document.components.messages).sort()).toEqual([...events, ...requests].sort());
    const kinds = Object.values(document.components.schemas).flatMap(({ properties }) => {
      const t = properties?.t;
      return t?.enum ?? (t?.const === undefined ? [] : [t.const]);
    });
    // Binance Spot has none of these; another exchange tells them elsewhere.
    const others = ['derivatives', 'liquidation', 'option', 'platform-status'];
    expect(kinds.sort()).toEqual([...new Set(reader.messages.map(({ t }) => t)), ...others].sort());
    expect(reader.notices).toMatchObject([
      { event: 'reconnect', body: { withinMs: expect.any(Number) as number } },
    ]);
  });
});

describe('the page', () => {
  it('comes from the gateway with all that it needs, and lets nothing in from elsewhere', async () => {
    const gateway = await startGateway();
    try {
      const api = request(gateway.http);
      const { text } = await api
        .get('/')
        .expect(200)
        .expect('content-type', /text\/html/)
        .expect('content-security-policy', /default-src 'self'/)
        .expect('x-content-type-options', 'nosniff');
      const needed = [...text.matchAll(/(?:src|href)="([^":]+)"/g)].map(([, path]) => `/${path}`);
      expect(needed).toEqual(
        expect.arrayContaining(['/page/page.js', '/page/page.css', '/page/socket.io.js']),
      );
      for (const path of needed) expect([path, (await api.get(path)).status]).toEqual([path, 200]);
      await api.get('/page/..%2fpackage.json').expect(404);
    } finally {
      await gateway.close();
    }
  });
});
