import { VirtualClock } from '@exchange-stream/market-data';
import { LocalBook, type DepthSnapshot, type DepthUpdate } from '../../test/local-book.ts';
import { RecordingClient, restBody } from '../../test/recording-client.ts';
import { createSimulatedExchange, type SimulatedExchange } from '../index.ts';

const START = Date.UTC(2026, 10, 21, 10, 0, 31);
/** Enough for tickers of 24 hours: writing more takes longer than any of the tests. */
const HISTORY_START = START - 2 * 86_400_000;

describe('the streams of simulated Binance', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;

  beforeEach(() => {
    clock = new VirtualClock(START);
    exchange = createSimulatedExchange('binance', {
      clock,
      seed: 3,
      market: { symbols: ['BTCUSDT', '币安人生USDT'], startTime: HISTORY_START },
    });
    exchange.start();
  });
  afterEach(() => exchange.stop());

  const combined = (...streams: string[]): RecordingClient =>
    new RecordingClient(exchange, `/stream?streams=${streams.map(encodeURIComponent).join('/')}`);

  it.each(['btcusdt@depth@100ms', 'btcusdt@depth'])(
    '%s rebuilds the exact book from any REST seed',
    async (stream) => {
      const client = combined(stream);
      let seedsInside = 0;
      for (let round = 0; round < 20; round++) {
        await clock.advance(1270);
        const before = client.of(stream).length;
        const snapshot = restBody<DepthSnapshot>(exchange, '/api/v3/depth?symbol=BTCUSDT&limit=5000');
        await clock.advance(3000);
        exchange.market.pause();
        const updates = client.of(stream) as unknown as DepthUpdate[];
        const next = updates[before]!;
        if (next.U <= snapshot.lastUpdateId && snapshot.lastUpdateId < next.u) seedsInside++;
        const local = new LocalBook(snapshot);
        for (const update of updates) local.apply(update);
        expect(local.book).toEqual(exchange.market.book('BTCUSDT'));
        exchange.market.resume();
      }
      // Otherwise the hard case, a seed from the middle of an update, would never have been tried.
      expect(seedsInside).toBeGreaterThan(0);
    },
  );

  it('links depth updates: U is one more than the u before', async () => {
    const client = combined('btcusdt@depth@100ms');
    await clock.advance(30_000);
    const updates = client.of('btcusdt@depth@100ms') as unknown as DepthUpdate[];
    expect(updates.length).toBeGreaterThan(200);
    updates.slice(1).forEach((update, index) => expect(update.U).toBe(updates[index]!.u + 1));
  });

  it('sends partial books that are the top of the book, and do not name their symbol', async () => {
    const client = combined('btcusdt@depth5@100ms');
    await clock.advance(5000);
    exchange.market.pause();
    const { lastUpdateId, bids, asks } = exchange.market.book('BTCUSDT');
    const last = client.of('btcusdt@depth5@100ms').at(-1);
    expect(last).toEqual({ lastUpdateId, bids: bids.slice(0, 5), asks: asks.slice(0, 5) });
  });

  it('gives a newcomer the partial book of a market that stands still', async () => {
    exchange.market.pause();
    const client = combined('btcusdt@depth20');
    await clock.advance(2000);
    expect(client.of('btcusdt@depth20')).toHaveLength(1);
  });

  it('trades at the best price of the book ticker before', async () => {
    const client = combined('btcusdt@bookTicker', 'btcusdt@trade');
    await clock.advance(20_000);
    let best: Record<string, unknown> | undefined;
    let judged = 0;
    for (const { stream, data } of client.frames as { stream: string; data: Record<string, unknown> }[]) {
      if (stream === 'btcusdt@bookTicker') best = data;
      else if (best !== undefined) {
        judged++;
        expect(data['p']).toBe(data['m'] === true ? best['b'] : best['a']);
        expect(Number(data['q'])).toBeLessThanOrEqual(Number(data['m'] === true ? best['B'] : best['A']));
      }
    }
    expect(judged).toBeGreaterThan(50);
  });

  it('serves over REST the trades it streamed', async () => {
    const client = combined('btcusdt@trade', 'btcusdt@aggTrade');
    await clock.advance(5000);
    const trades = client
      .of('btcusdt@trade')
      .map(({ t, p, q, T, m }) => ({ id: t, price: p, qty: q, time: T, isBuyerMaker: m }));
    const served = restBody<unknown[]>(exchange, `/api/v3/trades?symbol=BTCUSDT&limit=${trades.length}`);
    expect(trades.length).toBeGreaterThan(10);
    expect(served).toMatchObject(trades);
    const aggregates = client
      .of('btcusdt@aggTrade')
      .map(({ a, p, q, f, l, T, m, M }) => ({ a, p, q, f, l, T, m, M }));
    expect(restBody(exchange, `/api/v3/aggTrades?symbol=BTCUSDT&limit=${aggregates.length}`)).toEqual(
      aggregates,
    );
  });

  it.each(['1s', '1m', '3m'])('closes each %s candle once, in order, as REST has it', async (interval) => {
    const stream = `btcusdt@kline_${interval}`;
    const client = combined(stream);
    await clock.advance(interval === '3m' ? 380_000 : 130_000);
    const klines = client.of(stream).map(({ E, k }): Record<string, unknown> => ({ ...(k as object), E }));
    const closed = klines.filter(({ x }) => x === true);
    expect(new Set(closed.map(({ t }) => t)).size).toBe(closed.length);
    for (const { E, T } of closed) expect(E).toBe((T as number) + 1);
    closed.slice(1).forEach((kline, index) => expect(kline['t']).toBe((closed[index]!['T'] as number) + 1));
    klines.slice(1).forEach((kline, index) => {
      expect(kline['t']).toBeGreaterThanOrEqual(klines[index]!['t'] as number);
      if (klines[index]!['x'] === true) expect(kline['t']).not.toBe(klines[index]!['t']);
    });
    const first = closed[0]!['t'] as number;
    const rows = restBody<unknown[][]>(
      exchange,
      `/api/v3/klines?symbol=BTCUSDT&interval=${interval}&startTime=${first}&limit=${closed.length}`,
    );
    expect(rows).toEqual(
      closed.map(({ t, o, h, l, c, v, T, q, n, V, Q }) => [t, o, h, l, c, v, T, q, n, V, Q, '0']),
    );
  });

  it('closes a candle whose stream was opened just before its end', async () => {
    await clock.advance(148_950); // 10:02:59.95
    const client = combined('btcusdt@kline_3m');
    await clock.advance(1000);
    expect(client.of('btcusdt@kline_3m').filter(({ k }) => (k as { x: boolean }).x)).toHaveLength(1);
  });

  it('shifts the day of a UTC+8 kline', async () => {
    const client = combined('btcusdt@kline_1d@+08:00');
    await clock.advance(4000);
    const [kline] = client.of('btcusdt@kline_1d@+08:00').map(({ k }) => k as Record<string, unknown>);
    expect(kline).toMatchObject({
      i: '1d',
      t: Date.UTC(2026, 10, 20, 16),
      T: Date.UTC(2026, 10, 21, 16) - 1,
    });
  });

  it.each(['ticker', 'miniTicker', 'ticker_1h'])('sends %s every second', async (channel) => {
    const client = combined(`btcusdt@${channel}`);
    await clock.advance(10_000);
    const tickers = client.of(`btcusdt@${channel}`);
    expect(tickers).toHaveLength(10);
    expect(tickers.at(-1)).toMatchObject({
      s: 'BTCUSDT',
      c: exchange.market.trades('BTCUSDT').at(-1)!.price,
    });
  });

  it('sends the mini tickers of all symbols that traded', async () => {
    const client = combined('!miniTicker@arr');
    await clock.advance(10_000);
    const symbols = client
      .of('!miniTicker@arr')
      .flatMap((tickers) => (tickers as unknown as { s: string }[]).map(({ s }) => s));
    expect(new Set(symbols)).toEqual(new Set(['BTCUSDT', '币安人生USDT']));
  });

  it('sends raw frames on /ws and wrapped ones on /stream', async () => {
    const raw = new RecordingClient(exchange, '/ws/btcusdt@trade');
    const wrapped = combined('btcusdt@trade');
    await clock.advance(5000);
    expect(raw.frames.length).toBeGreaterThan(0);
    expect(raw.frames).toEqual(wrapped.of('btcusdt@trade'));
  });

  it('streams symbols outside ASCII', async () => {
    const client = combined('币安人生usdt@trade');
    await clock.advance(60_000);
    expect(client.of('币安人生usdt@trade')[0]).toMatchObject({ s: '币安人生USDT' });
  });

  it('writes microseconds where the address asks for them', async () => {
    const millis = new RecordingClient(exchange, '/ws/btcusdt@trade/btcusdt@kline_1s');
    const micros = new RecordingClient(exchange, '/ws/btcusdt@trade/btcusdt@kline_1s?timeUnit=MICROSECOND');
    await clock.advance(3000);
    const find = (client: RecordingClient, type: string): Record<string, unknown> =>
      client.frames.find(({ e }) => e === type)!;
    expect(find(micros, 'trade')['T']).toBe((find(millis, 'trade')['T'] as number) * 1000);
    const kline = find(micros, 'kline')['k'] as { t: number; T: number };
    expect(kline.T).toBe(kline.t + 999_999);
  });

  it('writes every number with eight decimals and every time as whole milliseconds', async () => {
    const client = combined('btcusdt@trade', 'btcusdt@depth@100ms', 'btcusdt@bookTicker', 'btcusdt@kline_1s');
    await clock.advance(3000);
    const decimals = client.texts.join('').match(/"-?\d+\.\d*"/g)!;
    expect(decimals.length).toBeGreaterThan(100);
    for (const decimal of decimals) expect(decimal).toMatch(/^"\d+\.\d{8}"$/);
    for (const { T } of client.of('btcusdt@trade')) expect(Number.isSafeInteger(T)).toBe(true);
  });

  it('says nothing of an instrument that does not trade', async () => {
    const halted = createSimulatedExchange('binance', {
      clock,
      market: { symbols: ['XMRUSDT', 'LUNCUSDT'] },
    });
    halted.start();
    const streams = ['xmrusdt@trade', 'xmrusdt@depth', 'luncusdt@ticker', 'luncusdt@kline_1s'];
    const client = new RecordingClient(halted, `/stream?streams=${streams.join('/')}`);
    await clock.advance(15_000);
    expect(client.frames).toEqual([]);
    halted.stop();
  });
});

it('sends the same frames again for the same seed and clock', async () => {
  const run = async (seed: number): Promise<readonly string[]> => {
    const clock = new VirtualClock(START);
    const market = { symbols: ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'], startTime: HISTORY_START };
    const exchange = createSimulatedExchange('binance', { clock, seed, market });
    exchange.start();
    const streams = 'btcusdt@trade/ethusdt@depth@100ms/solusdt@kline_1m/!miniTicker@arr';
    const client = new RecordingClient(exchange, `/stream?streams=${streams}`);
    await clock.advance(5000);
    exchange.stop();
    return client.texts;
  };
  const frames = await run(1);
  expect(frames.length).toBeGreaterThan(50);
  expect(await run(1)).toEqual(frames);
  expect(await run(2)).not.toEqual(frames);
});
