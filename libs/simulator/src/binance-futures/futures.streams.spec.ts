import { VirtualClock } from '@exchange-stream/market-data';
import { LocalBook, type DepthSnapshot, type DepthUpdate } from '../../test/local-book.ts';
import { RecordingClient, restBody } from '../../test/recording-client.ts';
import { createSimulatedExchange, type SimulatedExchange } from '../index.ts';
import { parseFuturesStream } from './futures.streams.ts';

const START = Date.UTC(2026, 10, 21, 10, 0, 31);

const DAY_MS = 86_400_000;

interface FuturesUpdate extends DepthUpdate {
  readonly pu: number;
}

interface AggregateRow {
  readonly a: number;
  readonly f: number;
  readonly l: number;
  readonly p: string;
  readonly q: string;
  readonly m: boolean;
}

describe('the streams of simulated futures', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;
  const open = (symbols: readonly string[], id = 'binance-usdm', activity = 1): void => {
    clock = new VirtualClock(START);
    const market = { symbols, depthLevels: 60, activity, startTime: START - DAY_MS };
    exchange = createSimulatedExchange(id, { clock, seed: 3, market });
    exchange.start();
  };
  afterEach(() => exchange.stop());
  const client = (path: string, ...streams: string[]): RecordingClient =>
    new RecordingClient(exchange, `${path}?streams=${streams.map(encodeURIComponent).join('/')}`);

  describe('books', () => {
    it.each([
      ['btcusdt@depth@100ms', 100],
      ['btcusdt@depth', 250],
      ['btcusdt@depth@500ms', 500],
    ])('%s rebuilds the exact book from any seed by REST', async (stream, speedMs) => {
      open(['BTCUSDT']);
      const listener = client('/public/stream', stream);
      for (let round = 0; round < 5; round++) {
        await clock.advance(1270);
        const seed = restBody<DepthSnapshot>(exchange, '/fapi/v1/depth?symbol=BTCUSDT&limit=1000');
        await clock.advance(2000);
        exchange.market.pause();
        const updates = listener.of(stream) as unknown as FuturesUpdate[];
        const later = updates.filter(({ u }) => u >= seed.lastUpdateId);
        const [first] = later;
        const fits = first!.U <= seed.lastUpdateId || first!.pu === seed.lastUpdateId;
        expect(fits).toBe(true);
        const local = new LocalBook({ ...seed, lastUpdateId: first!.U - 1 });
        for (const update of later) local.apply({ ...update, U: update.U === first!.U ? update.U : 0 });
        expect(local.book).toEqual(exchange.market.book('BTCUSDT'));
        exchange.market.resume();
      }
      const times = (listener.of(stream) as unknown as { E: number }[]).map(({ E }) => E % speedMs);
      expect(times.filter((rest) => rest === 0).length).toBeGreaterThan(times.length / 2);
    });

    it('links updates by pu alone: ids leave room', async () => {
      open(['BTCUSDT']);
      const listener = client('/public/stream', 'btcusdt@depth@100ms');
      await clock.advance(5000);
      const updates = listener.of('btcusdt@depth@100ms') as unknown as FuturesUpdate[];
      expect(updates.length).toBeGreaterThan(30);
      updates.slice(1).forEach(({ U, pu }, index) => {
        expect(pu).toBe(updates[index]!.u);
        expect(U).toBeGreaterThan(pu + 1);
      });
    });

    it('dresses whole tops as updates', async () => {
      open(['BTCUSDT']);
      const listener = client('/public/stream', 'btcusdt@depth5@100ms');
      await clock.advance(2000);
      exchange.market.pause();
      const { lastUpdateId, bids, asks } = exchange.market.book('BTCUSDT');
      const top = listener.of('btcusdt@depth5@100ms').at(-1);
      expect(top).toMatchObject({
        ...{ e: 'depthUpdate', s: 'BTCUSDT', u: lastUpdateId },
        ...{ b: bids.slice(0, 5), a: asks.slice(0, 5) },
      });
      expect(top).toHaveProperty('pu');
    });

    it('numbers the book of what does not trade yet -1 and leaves it empty, until it opens', async () => {
      open(['SOONUSDT']);
      const target = '/fapi/v1/depth?symbol=SOONUSDT';
      expect(restBody(exchange, target)).toMatchObject({ lastUpdateId: -1, bids: [], asks: [] });
      const listener = client('/public/stream', 'soonusdt@depth@100ms');
      const news = client('/market/stream', '!contractInfo');
      await clock.advance(1000);
      expect(listener.texts).toEqual([]);
      exchange.market.open('SOONUSDT');
      expect(news.of('!contractInfo')).toMatchObject([{ s: 'SOONUSDT', cs: 'TRADING' }]);
      await clock.advance(3000);
      expect(listener.texts.length).toBeGreaterThan(5);
      expect(restBody<DepthSnapshot>(exchange, target).bids.length).toBeGreaterThan(0);
    });
  });

  describe('trades', () => {
    it('adds up what is traded at one price by one side, within a tenth of a second', async () => {
      open(['BTCUSDT']);
      const listener = client('/market/stream', 'btcusdt@aggTrade');
      await clock.advance(30_000);
      exchange.market.pause();
      const rows = listener.of('btcusdt@aggTrade') as unknown as AggregateRow[];
      const trades = exchange.market.trades('BTCUSDT').filter(({ time }) => time > START);
      expect(rows.length).toBeGreaterThan(50);
      for (const { f, l, p, q, m } of rows) {
        const inside = trades.filter(({ id }) => id >= f && id <= l);
        const sum = inside.reduce((total, { amount }) => total + Number(amount), 0);
        expect(sum).toBeCloseTo(Number(q), 8);
        for (const { price, takerSide } of inside) expect([price, takerSide === 'sell']).toEqual([p, m]);
      }
      rows.slice(1).forEach(({ a }, index) => expect(a).toBe(rows[index]!.a + 1));
    });

    it('shows on the raw tape what is no trade of the market', async () => {
      open(['BTCUSDT']);
      const raw = client('/public/stream', 'btcusdt@trade');
      const rows = (): { X: string; t: number }[] => raw.of('btcusdt@trade') as never;
      await clock.advance(60_000);
      exchange.market.pause();
      const traded = exchange.market.trades('BTCUSDT').map(({ id }) => id);
      const known = rows().filter(({ t }) => t >= traded[0]!);
      const kinds = new Set(rows().map(({ X }) => X));
      expect(kinds).toEqual(new Set(['MARKET', 'INSURANCE_FUND', 'ADL', 'NA']));
      for (const { X, t } of known) expect([t, traded.includes(t)]).toEqual([t, X === 'MARKET']);
    });
  });

  describe('prices', () => {
    it('tells mark price and funding every three seconds, or each second', async () => {
      open(['BTCUSDT']);
      const listener = client('/market/stream', 'btcusdt@markPrice', 'btcusdt@markPrice@1s');
      await clock.advance(12_000);
      expect(listener.of('btcusdt@markPrice')).toHaveLength(4);
      expect(listener.of('btcusdt@markPrice@1s')).toHaveLength(12);
      expect(listener.of('btcusdt@markPrice').at(-1)).toMatchObject({
        ...{ e: 'markPriceUpdate', s: 'BTCUSDT', st: 1, T: Date.UTC(2026, 10, 21, 16) },
        r: exchange.market.derivatives('BTCUSDT')!.fundingRate!.toFixed(8),
      });
    });

    it('has no funding where a contract is delivered', async () => {
      open(['BTCUSDT_261225']);
      const listener = client('/market/stream', 'btcusdt_261225@markPrice@1s');
      await clock.advance(1000);
      expect(listener.of('btcusdt_261225@markPrice@1s')[0]).toMatchObject({ r: '', T: 0 });
    });

    it('carries both products in arrays, and shares apart', async () => {
      open(['BTCUSDT', 'TSLAUSDT', 'BTCUSD_PERP']);
      const listener = client('/market/stream', '!markPrice@arr', '!ticker@arr', '!miniTicker@arr');
      await clock.advance(6000);
      const marks = listener.of('!markPrice@arr') as unknown as { s: string; st: number }[][];
      const rows = marks.map((array) => array.map(({ s, st }) => `${s} ${st}`));
      expect(rows.slice(0, 2)).toEqual([['BTCUSDT 1', 'BTCUSD_PERP 2'], ['TSLAUSDT 1']]);
      for (const name of ['!ticker@arr', '!miniTicker@arr']) {
        const arrays = listener.of(name) as unknown as { st: number }[][];
        expect(new Set(arrays.flat().map(({ st }) => st))).toEqual(new Set([1, 2]));
      }
    });

    it('tells the best bid and ask at once, and those of all symbols every five seconds', async () => {
      open(['BTCUSDT', 'BTCUSD_PERP']);
      const listener = client('/public/stream', 'btcusdt@bookTicker', '!bookTicker');
      await clock.advance(10_000);
      exchange.market.pause();
      const { lastUpdateId, bids, asks } = exchange.market.book('BTCUSDT');
      const best = listener.of('btcusdt@bookTicker').at(-1)!;
      expect([best['b'], best['B'], best['a'], best['A']]).toEqual([...bids[0]!, ...asks[0]!]);
      expect(best['u']).toBeLessThanOrEqual(lastUpdateId);
      expect(listener.of('!bookTicker')).toHaveLength(4);
    });

    it('has no best bid and ask in tickers', async () => {
      open(['BTCUSDT']);
      const listener = client('/market/stream', 'btcusdt@ticker');
      await clock.advance(4000);
      const tickers = listener.of('btcusdt@ticker');
      expect(tickers).toHaveLength(2);
      for (const key of ['b', 'B', 'a', 'A']) expect(tickers[0]).not.toHaveProperty(key);
    });
  });

  it('tells of the last liquidation of a second only', async () => {
    open(['BTCUSDT'], 'binance-usdm', 4);
    const listener = client('/market/stream', 'btcusdt@forceOrder', '!forceOrder@arr');
    await clock.advance(20_000);
    exchange.market.pause();
    await clock.advance(1000);
    const happened = exchange.market.derivatives('BTCUSDT')!.liquidations.filter(({ time }) => time > START);
    const rows = listener.of('btcusdt@forceOrder') as { E: number; o: Record<string, unknown> }[];
    expect(listener.of('!forceOrder@arr')).toEqual(rows);
    const last = happened.filter(({ time }, index) => {
      const next = happened[index + 1];
      return next === undefined || Math.floor(next.time / 1000) !== Math.floor(time / 1000);
    });
    expect(last.length).toBeLessThan(happened.length);
    expect(rows.map(({ o }) => [o['T'], o['S'], o['p'], o['q']])).toEqual(
      last.map(({ time, side, price, amount }) => [time, side.toUpperCase(), price, amount]),
    );
  });

  describe('candles', () => {
    it('closes each once, in order, of a symbol and of a contract that changes', async () => {
      open(['BTCUSDT', 'BTCUSDT_261225']);
      const names = ['btcusdt@kline_1m', 'btcusdt_current_quarter@continuousKline_1m'];
      const listener = client('/market/stream', ...names);
      await clock.advance(150_000);
      for (const [name, symbol] of [
        [names[0]!, 'BTCUSDT'],
        [names[1]!, 'BTCUSDT_261225'],
      ] as const) {
        const closed = (listener.of(name) as { k: Record<string, unknown> }[]).filter(({ k }) => k['x']);
        const truth = exchange.market
          .candles(symbol, '1m')
          .filter(({ openTime }) => openTime > START - 60_000);
        expect(closed.map(({ k }) => [k['t'], k['c'], k['v'], k['q']])).toEqual(
          truth
            .slice(0, -1)
            .map((candle) => [candle.openTime, candle.close, candle.volume, candle.quoteVolume]),
        );
        expect(closed.length).toBeGreaterThanOrEqual(2);
      }
    });

    it('counts contracts as volume and coins as turnover where contracts are margined in coins', async () => {
      open(['BTCUSD_PERP'], 'binance-coinm');
      const listener = client('/stream', 'btcusd_perp@kline_1m');
      await clock.advance(60_000);
      const { k } = listener.of('btcusd_perp@kline_1m').at(-1) as { k: Record<string, string> };
      expect(k['v']).toMatch(/^\d+$/);
      expect((Number(k['v']) * 100) / Number(k['q']) / Number(k['c'])).toBeCloseTo(1, 2);
    });
  });

  it('says what is listed, halted and taken off, at once', () => {
    open(['BTCUSDT']);
    const listener = client('/market/stream', '!contractInfo');
    exchange.market.list('ETHUSDT');
    exchange.market.halt('BTCUSDT');
    exchange.market.reopen('BTCUSDT');
    exchange.market.delist('ETHUSDT');
    const told = listener.of('!contractInfo').map(({ s, cs }) => [s, cs]);
    expect(told).toEqual([
      ['ETHUSDT', 'TRADING'],
      ['BTCUSDT', 'TRADING_HALT'],
      ['BTCUSDT', 'TRADING'],
      ['ETHUSDT', 'CLOSE'],
    ]);
  });

  it('streams a symbol outside ASCII by its own name', async () => {
    open(['币安人生USDT']);
    const listener = client('/public/stream', '币安人生usdt@depth@100ms');
    await clock.advance(3000);
    expect(listener.of('币安人生usdt@depth@100ms').length).toBeGreaterThan(5);
  });

  it.each([
    'btcusdt@kline_1s',
    'BTCUSDT@trade',
    'btcusdt@depth@0ms',
    'btcusdt@depth20@250ms',
    '!bookTicker@arr',
  ])('does not stream %s', (name) => expect(parseFuturesStream(name)).toBeUndefined());
});
