import { LabClient, startLab } from './lab-client.ts';

const BOOK = 'book:BTC-USDT';

describe('topics of lab', () => {
  test('trades count up by one, and each changes the quotes within a second', async () => {
    const { clock, lab } = startLab();
    const client = new LabClient(lab);
    client.subscribe('trades:BTC-USDT', 'quotes:BTC-USDT');
    await clock.advance(20_000);
    const ids = client
      .of<{ id: string; time: number }[]>('trades:BTC-USDT')
      .flat()
      .map(({ id }) => Number(id));
    expect(ids.length).toBeGreaterThan(10);
    expect(ids).toEqual(ids.map((_, index) => ids[0]! + index));
    const frames = client.frames as { topic?: string; time: number }[];
    for (const trade of frames.filter(({ topic }) => topic === 'trades:BTC-USDT')) {
      if (clock.now() - trade.time < 1_000) continue;
      const follow = frames.filter(
        ({ topic, time }) => topic === 'quotes:BTC-USDT' && time - trade.time <= 1_000,
      );
      expect(follow.some(({ time }) => time >= trade.time)).toBe(true);
    }
  });

  test('the ticker is repeated every second, in a market at rest too', async () => {
    const { clock, lab } = startLab();
    lab.market.pause();
    const client = new LabClient(lab);
    client.subscribe('ticker:BTC-USDT');
    await clock.advance(10_000);
    expect(client.of('ticker:BTC-USDT')).toHaveLength(10);
    expect(Object.keys(client.of('ticker:BTC-USDT')[0]!)).toEqual([
      'last',
      'open',
      'high',
      'low',
      'volume',
      'quoteVolume',
    ]);
  });

  test('a candle comes at once, then at most once a second, and closed when its time is over', async () => {
    const { clock, lab } = startLab();
    const client = new LabClient(lab, '/market');
    const [, candle] = client.subscribe('candles.1m:BTC-USDT');
    expect(candle).toMatchObject({ topic: 'candles.1m:BTC-USDT', data: { interval: '1m', closed: false } });
    await clock.advance(61_000);
    const candles = client.of<{ openTime: number; closeTime: number; closed: boolean }>(
      'candles.1m:BTC-USDT',
    );
    expect(candles.length).toBeGreaterThan(10);
    expect(candles.length).toBeLessThan(65);
    const closed = candles.filter((one) => one.closed);
    expect(closed.map(({ openTime }) => openTime - Date.UTC(2026, 0, 1))).toEqual([0]);
    expect(closed[0]!.closeTime - closed[0]!.openTime).toBe(59_999);
  });

  test('serves each topic at its place only', () => {
    const { lab } = startLab();
    expect(new LabClient(lab, '/market').subscribe('trades:BTC-USDT')).toMatchObject([
      { error: { code: 1 } },
    ]);
    expect(new LabClient(lab, '/public').subscribe('candles.1m:BTC-USDT')).toMatchObject([
      { error: { code: 1 } },
    ]);
    expect(new LabClient(lab, '/market').subscribe('candles.3m:BTC-USDT')).toMatchObject([
      { error: { code: 1 } },
    ]);
  });

  test('the same seed gives the same frames', async () => {
    const frames = async (seed: number): Promise<string[]> => {
      const { clock, lab } = startLab({ seed });
      const client = new LabClient(lab);
      client.subscribe('trades:BTC-USDT', BOOK);
      await clock.advance(3_000);
      return client.texts;
    };
    expect(await frames(7)).toEqual(await frames(7));
    expect(await frames(7)).not.toEqual(await frames(8));
  });
});

test('two thousand symbols cost little', async () => {
  const { clock, lab } = startLab({ symbols: 2000, limits: { topicsPerConnection: 200 } });
  const clients = Array.from({ length: 10 }, () => new LabClient(lab));
  for (const [rank, client] of clients.entries()) {
    for (let page = 0; page < 10; page++) {
      const first = rank * 200 + page * 20;
      client.subscribe(...lab.market.symbols.slice(first, first + 20).map((symbol) => `ticker:${symbol}`));
      await clock.advance(1_000);
    }
  }
  await clock.advance(5_000);
  expect(lab.violations).toEqual([]);
  expect(clients[9]!.of(`ticker:${lab.market.symbols[1999]!}`).length).toBeGreaterThanOrEqual(5);
});
