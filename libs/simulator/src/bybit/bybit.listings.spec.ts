import { VirtualClock } from '@exchange-stream/market-data';
import { BybitClient, result, type BookData } from '../../test/bybit-client.ts';
import { BybitExchange } from './bybit.exchange.ts';

const START = Date.UTC(2026, 10, 21, 10, 0, 31);
const TOPICS = ['orderbook.50', 'tickers', 'kline.1'];

describe('what simulated Bybit lists', () => {
  let clock: VirtualClock;
  let exchange: BybitExchange;

  const create = (symbols: readonly string[], now = START): void => {
    clock = new VirtualClock(now);
    exchange = new BybitExchange({ clock, seed: 4, market: { symbols, startTime: now, depthLevels: 30 } });
  };
  const start = (symbols: readonly string[], now = START): void => {
    create(symbols, now);
    exchange.start();
  };
  afterEach(() => {
    exchange.stop();
    expect(clock.pending).toBe(0);
  });

  const linear = (): BybitClient => new BybitClient(exchange, '/v5/public/linear');
  const status = (symbol: string): unknown =>
    result<{ list: { status: string }[] }>(
      exchange,
      `/v5/market/instruments-info?category=linear&symbol=${symbol}`,
    ).list[0]?.status;

  it('streams nothing of a contract before its launch, and greets who waits for it', async () => {
    start(['linear:NOVAUSDT']);
    const client = linear().subscribe(...TOPICS.map((topic) => `${topic}.NOVAUSDT`));
    await clock.advance(5000);
    expect(client.frames).toMatchObject([{ success: true }]);
    expect(status('NOVAUSDT')).toBe('PreLaunch');
    exchange.faults.inject({ type: 'halt', forMs: 10 });
    await clock.advance(5000);
    expect(client.frames).toHaveLength(1);
    exchange.launch('linear:NOVAUSDT');
    expect(status('NOVAUSDT')).toBe('Trading');
    await clock.advance(5000);
    for (const topic of TOPICS) expect(client.topic(`${topic}.NOVAUSDT`).length).toBeGreaterThan(1);
    expect(client.book('orderbook.50.NOVAUSDT')[0]).toMatchObject({ type: 'snapshot' });
  });

  it('launches a contract before it runs', () => {
    create(['linear:NOVAUSDT']);
    exchange.launch('linear:NOVAUSDT');
    expect(status('NOVAUSDT')).toBe('Trading');
  });

  it('stops and reopens a market', async () => {
    start(['linear:BTCUSDT']);
    const client = linear().subscribe('orderbook.50.BTCUSDT');
    const halt = exchange.faults.inject({ type: 'halt', symbol: 'linear:BTCUSDT' });
    await clock.advance(100);
    const before = client.frames.length;
    await clock.advance(5000);
    expect(client.frames).toHaveLength(before);
    expect(status('BTCUSDT')).toBe('PendingOpen');
    halt.clear();
    await clock.advance(5000);
    expect(client.frames.length).toBeGreaterThan(before);
    expect(status('BTCUSDT')).toBe('Trading');
  });

  it('takes a symbol off: silence, an empty full book, and no more requests for it', async () => {
    start(['linear:BTCUSDT', 'linear:ETHUSDT']);
    const topics = [...TOPICS, 'orderbook.full'].map((topic) => `${topic}.ETHUSDT`);
    const client = linear().subscribe(...topics);
    await clock.advance(2000);
    exchange.market.delist('linear:ETHUSDT');
    await clock.advance(500);
    expect(client.book('orderbook.full.ETHUSDT').at(-1)!.data).toMatchObject({
      u: 1,
      b: [],
      a: [],
    } satisfies Partial<BookData>);
    const before = client.frames.length;
    await clock.advance(70_000);
    expect(client.frames).toHaveLength(before);
    expect(client.subscribe('tickers.ETHUSDT').answer).toMatchObject({ success: false });
    expect(client.unsubscribe(...topics).answer).toMatchObject({ success: true });
    expect([...exchange.connections][0]!.subscriptions.size).toBe(0);
    expect(status('ETHUSDT')).toBe('Closed');
  });

  it('lists a new symbol while it runs', async () => {
    start(['linear:BTCUSDT']);
    const client = linear();
    expect(client.subscribe('tickers.SOLUSDT').answer).toMatchObject({ success: false });
    exchange.market.list('linear:SOLUSDT');
    expect(status('SOLUSDT')).toBe('Trading');
    client.subscribe('tickers.SOLUSDT');
    await clock.advance(2000);
    expect(client.topic('tickers.SOLUSDT').length).toBeGreaterThan(2);
  });

  it('delivers a future at its time', async () => {
    const delivery = Date.UTC(2026, 11, 25, 8);
    start(['linear:BTCUSDT-25DEC26'], delivery - 3 * 86_400_000);
    expect(status('BTCUSDT-25DEC26')).toBe('Trading');
    exchange.stop();
    await clock.advance(3 * 86_400_000 - 1000);
    exchange.start();
    await clock.advance(2000);
    expect(status('BTCUSDT-25DEC26')).toBe('Delivering');
    await clock.advance(60_000);
    expect(status('BTCUSDT-25DEC26')).toBe('Closed');
  });

  it('sends the same frames again for the same seed and clock', async () => {
    const run = async (): Promise<readonly string[]> => {
      start(['spot:BTCUSDT', 'linear:BTCUSDT']);
      const client = linear().subscribe('publicTrade.BTCUSDT', ...TOPICS.map((topic) => `${topic}.BTCUSDT`));
      await clock.advance(3000);
      exchange.stop();
      return client.texts;
    };
    const frames = await run();
    expect(frames.length).toBeGreaterThan(30);
    expect(await run()).toEqual(frames);
  });
});
