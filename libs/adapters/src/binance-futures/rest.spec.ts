import { readLines } from '../../test/captures.ts';
import { binanceCoinm, binanceUsdm } from '../index.ts';

const usdm = binanceUsdm().rest;
const coinm = binanceCoinm().rest;

const never = (reason: string): void => {
  throw new Error(`rejected: ${reason}`);
};

const ROW = [
  ...[1499040000000, '0.01634790', '0.80000000', '0.01575800', '0.01577100', '148976.11427815'],
  ...[1499040059999, '2434.19055334', 308, '1756.87402397', '28.46694368', '0'],
];

describe('REST of Binance futures', () => {
  it.each([
    [1, 5, 2],
    [5, 5, 2],
    [20, 20, 2],
    [21, 50, 2],
    [100, 100, 5],
    [101, 500, 10],
    [501, 1000, 20],
    [5000, 1000, 20],
  ])(
    'has books of certain depths: who wants %i levels asks for %i, at a weight of %i',
    (depth, limit, weight) => {
      expect(usdm.bookSeed!.request({ nativeSymbol: 'BTCUSDT', depth })).toEqual({
        path: `/fapi/v1/depth?symbol=BTCUSDT&limit=${limit}`,
        weight,
      });
    },
  );

  it('has a book at its update id, and says when that was', () => {
    const body =
      '{"lastUpdateId":1027024,"E":1589436922972,"T":1589436922959,"bids":[["4.00000000","431.00000000"]],"asks":[]}';
    expect(usdm.bookSeed!.parse(body, { nativeSymbol: 'LTCBTC', depth: 5 }, never)).toEqual({
      ...{ sequence: 1027024, exchangeTime: 1589436922972 },
      ...{ bids: [['4.00000000', '431.00000000']], asks: [] },
    });
  });

  it.each([
    [1, 1],
    [99, 1],
    [100, 2],
    [499, 2],
    [500, 5],
    [1000, 5],
    [1001, 10],
    [9999, 10],
  ])('has %i candles at a weight of %i', (limit, weight) => {
    expect(usdm.candles!.request({ nativeSymbol: 'BTCUSDT', interval: '1m', limit })).toEqual({
      path: `/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=${Math.min(limit, 1500)}`,
      weight,
    });
  });

  it('has candles of COIN-M in contracts and base currency', () => {
    const query = { nativeSymbol: 'BTCUSD_PERP', interval: '1m', limit: 1 };
    expect(coinm.candles!.request(query).path).toMatch(/^\/dapi\/v1\/klines\?symbol=BTCUSD_PERP&/);
    const [inverse] = coinm.candles!.parse(JSON.stringify([ROW]), query, never);
    expect(inverse).toMatchObject({ baseVolume: '2434.19055334', takerBuyBaseVolume: '28.46694368' });
    expect(inverse).not.toHaveProperty('quoteVolume');
    expect(inverse).not.toHaveProperty('takerBuyQuoteVolume');
    const [linear] = usdm.candles!.parse(JSON.stringify([ROW]), query, never);
    expect(linear).toMatchObject({ baseVolume: '148976.11427815', quoteVolume: '2434.19055334' });
  });

  it('tells how much is open, in base currency or in contracts', () => {
    const [poll] = binanceUsdm().channels.derivatives!.polls!;
    const [inverse] = binanceCoinm().channels.derivatives!.polls!;
    const query = { nativeSymbol: 'BTCUSDT' };
    expect(poll!.operation.request(query)).toEqual({
      path: '/fapi/v1/openInterest?symbol=BTCUSDT',
      weight: 1,
    });
    const body = '{"openInterest":"10659.509","symbol":"BTCUSDT","time":1589437530011}';
    expect(poll!.operation.parse(body, query, never)).toEqual({ openInterest: '10659.509' });
    expect(inverse!.operation.request(query).path).toMatch(/^\/dapi\/v1\/openInterest/);
    expect(inverse!.operation.parse(body, query, never)).toEqual({ openInterestContracts: '10659.509' });
    expect(() => poll!.operation.parse('{}', query, never)).toThrow(/openInterest/);
    // Both exchanges have 1920 a minute for all that they are asked.
    expect(poll!.everyMs).toBeGreaterThanOrEqual(30_000);
  });

  it('tells the time, and what an address has used of what it may', () => {
    expect(usdm.serverTime!.request().path).toBe('/fapi/v1/time');
    expect(usdm.serverTime!.parse('{"serverTime":1499827319559}', undefined, never)).toBe(1499827319559);
    expect(usdm.usedWeight?.({ 'x-mbx-used-weight-1m': '42' })).toBe(42);
  });

  it('is counted for both exchanges together', () => {
    expect(usdm.requests).toEqual({
      documented: 2400,
      safe: 1920,
      windowMs: 60_000,
      pool: 'binance-futures',
    });
    expect(coinm.requests).toEqual(usdm.requests);
  });

  it.each([
    [
      'https://fapi.binance.com/fapi/v1/depth?symbol=BTCUSDT&limit=1000',
      'bookSeed',
      { nativeSymbol: 'BTCUSDT' },
    ],
    ['https://fapi.binance.com/fapi/v1/klines?symbol=BTCUSDT', 'candles', { nativeSymbol: 'BTCUSDT' }],
    ['https://fapi.binance.com/fapi/v1/exchangeInfo', 'instruments', {}],
    ['https://dapi.binance.com/dapi/v1/depth?symbol=BTCUSDT', 'bookSeed', undefined],
    ['https://api.binance.com/api/v3/depth?symbol=BTCUSDT', 'bookSeed', undefined],
  ] as const)('is known in recordings: %s', (url, operation, call) => {
    expect(usdm[operation]?.recognise(new URL(url))).toEqual(call);
  });

  const lines = readLines('nautilus/binance/rest.jsonl');
  (lines ? it.each : it.skip.each)([
    ['http_futures_market_depth.json', 'bookSeed'],
    ['http_futures_market_klines.json', 'candles'],
    ['http_futures_market_exchange_info.json', 'instruments'],
  ] as const)('reads the answer that another project printed: %s', (wanted, operation) => {
    const line = lines?.map((text) => JSON.parse(text) as { name: string; frame: string });
    const frame = line?.find(({ name }) => name === wanted)?.frame ?? '';
    const query = { nativeSymbol: 'BTCUSDT', interval: '1m', limit: 1, depth: 5 };
    const parse = usdm[operation]!.parse as (body: string, query: unknown, reject: typeof never) => unknown;
    expect(parse(frame, query, never)).toBeTruthy();
  });
});
