import { VirtualClock } from '@exchange-stream/market-data';
import { rest, restBody } from '../../test/recording-client.ts';
import { createSimulatedExchange, type SimulatedExchange } from '../index.ts';

interface SymbolInfo {
  readonly symbol: string;
  readonly status: string;
  readonly filters: readonly Record<string, unknown>[];
}

describe('REST of simulated Binance', () => {
  const start = Date.UTC(2026, 10, 21, 10, 0, 31);
  let clock: VirtualClock;
  let exchange: SimulatedExchange;

  beforeEach(async () => {
    clock = new VirtualClock(start);
    exchange = createSimulatedExchange('binance', { clock });
    exchange.start();
    await clock.advance(500);
  });
  afterEach(() => exchange.stop());

  it('answers ping and time', () => {
    expect(restBody(exchange, '/api/v3/ping')).toEqual({});
    expect(restBody(exchange, '/api/v3/time')).toEqual({ serverTime: start + 500 });
  });

  it('lists symbols that trade and symbols that do not, with their filters', () => {
    const { symbols } = restBody<{ symbols: SymbolInfo[] }>(exchange, '/api/v3/exchangeInfo');
    expect(new Set(symbols.map(({ status }) => status))).toEqual(new Set(['TRADING', 'HALT', 'BREAK']));
    const btc = symbols.find(({ symbol }) => symbol === 'BTCUSDT');
    expect(btc).toMatchObject({ baseAsset: 'BTC', quoteAsset: 'USDT', isSpotTradingAllowed: true });
    expect(btc!.filters).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ filterType: 'PRICE_FILTER', tickSize: '0.01000000' }),
        expect.objectContaining({ filterType: 'LOT_SIZE', stepSize: '0.00001000' }),
        expect.objectContaining({ filterType: 'NOTIONAL', minNotional: '5.00000000' }),
      ]),
    );
  });

  it.each(['symbol=ETHBTC', `symbols=${encodeURIComponent('["ETHBTC"]')}`])('lists only %s', (query) => {
    const { symbols } = restBody<{ symbols: SymbolInfo[] }>(exchange, `/api/v3/exchangeInfo?${query}`);
    expect(symbols.map(({ symbol }) => symbol)).toEqual(['ETHBTC']);
  });

  it('serves the current book, cut to the limit', () => {
    const { lastUpdateId, bids, asks } = exchange.market.book('ETHUSDT');
    expect(restBody(exchange, '/api/v3/depth?symbol=ETHUSDT&limit=7')).toEqual({
      lastUpdateId,
      bids: bids.slice(0, 7),
      asks: asks.slice(0, 7),
    });
    expect(restBody<{ bids: unknown[] }>(exchange, '/api/v3/depth?symbol=ETHUSDT').bids).toHaveLength(100);
  });

  it.each([
    ['limit=1', '5'],
    ['limit=100', '5'],
    ['limit=101', '25'],
    ['limit=500', '25'],
    ['limit=1000', '50'],
    ['limit=5000', '250'],
  ])('weighs a depth of %s %s', (limit, weight) => {
    const { headers } = rest(exchange, `/api/v3/depth?symbol=BTCUSDT&${limit}`);
    expect(headers['x-mbx-used-weight-1m']).toBe(weight);
  });

  it.each([
    ['/api/v3/depth?symbol=NOPE', 400, -1121],
    ['/api/v3/depth?symbol=btcusdt', 400, -1121],
    ['/api/v3/depth', 400, -1102],
    ['/api/v3/depth?symbol=BTCUSDT&limit=0', 400, -1130],
    ['/api/v3/depth?symbol=BTCUSDT&limit=5001', 400, -1130],
    ['/api/v3/depth?symbol=BTCUSDT&limit=ten', 400, -1100],
    ['/api/v3/klines?symbol=BTCUSDT&interval=7m', 400, -1120],
    ['/api/v3/exchangeInfo?symbols=BTCUSDT', 400, -1100],
    ['/api/v1/depth?symbol=BTCUSDT', 404, -1],
  ])('answers %s with %i and code %i', (target, status, code) => {
    const response = rest(exchange, target);
    expect(response.status).toBe(status);
    expect(JSON.parse(response.body)).toMatchObject({ code });
  });

  it('pages through klines forwards and backwards', () => {
    const klines = (query: string): number[] =>
      restBody<[number][]>(exchange, `/api/v3/klines?symbol=SOLUSDT&interval=1m&${query}`).map(
        ([time]) => time,
      );
    const minute = Date.UTC(2026, 10, 21, 10);
    expect(klines('limit=3')).toEqual([minute - 120_000, minute - 60_000, minute]);
    expect(klines(`limit=2&endTime=${minute - 1}`)).toEqual([minute - 120_000, minute - 60_000]);
    expect(klines(`limit=2&startTime=${minute - 600_000}`)).toEqual([minute - 600_000, minute - 540_000]);
    expect(klines('limit=1000')).toHaveLength(1000);
  });

  it('cuts days where the time zone says', () => {
    const opens = (zone: string): number[] =>
      restBody<[number][]>(exchange, `/api/v3/klines?symbol=BTCUSDT&interval=1d&limit=2${zone}`).map(
        ([time]) => time % 86_400_000,
      );
    expect(opens('')).toEqual([0, 0]);
    expect(opens('&timeZone=8')).toEqual([16 * 3_600_000, 16 * 3_600_000]);
    expect(opens('&timeZone=-1:30')).toEqual([5_400_000, 5_400_000]);
    expect(rest(exchange, '/api/v3/klines?symbol=BTCUSDT&interval=1d&timeZone=15').status).toBe(400);
  });

  it.each([
    ['historicalTrades', 'id', '25'],
    ['aggTrades', 'a', '4'],
  ])('pages through %s by id, and serves the latest without one', async (operation, key, weight) => {
    await clock.advance(10_000);
    const ids = (query: string): unknown[] =>
      restBody<Record<string, unknown>[]>(exchange, `/api/v3/${operation}?symbol=BTCUSDT&${query}`).map(
        (trade) => trade[key],
      );
    const latest = ids('limit=6') as number[];
    expect(latest).toEqual(latest.map((_, index) => latest[0]! + index));
    expect(ids(`limit=2&fromId=${latest[1]}`)).toEqual(latest.slice(1, 3));
    expect(ids(`limit=1000&fromId=${latest[5]! + 1}`)).toEqual([]);
    const { headers } = rest(exchange, `/api/v3/${operation}?symbol=ETHUSDT&limit=1000`);
    expect(Number(headers['x-mbx-used-weight-1m'])).toBe(Number(weight) * 4);
  });

  it('has 30 days of daily history', () => {
    expect(restBody(exchange, '/api/v3/klines?symbol=BTCUSDT&interval=1d')).toHaveLength(31);
  });

  it('has tickers that agree with the book and the candles', () => {
    const ticker = restBody<Record<string, string>>(exchange, '/api/v3/ticker/24hr?symbol=BTCUSDT');
    const { bids, asks } = exchange.market.book('BTCUSDT');
    expect([ticker['bidPrice'], ticker['askPrice']]).toEqual([bids[0]![0], asks[0]![0]]);
    expect(Number(ticker['highPrice'])).toBeGreaterThanOrEqual(Number(ticker['lastPrice']));
    expect(Number(ticker['lastId']) - Number(ticker['firstId']) + 1).toBe(Number(ticker['count']));
    expect(restBody(exchange, '/api/v3/ticker/bookTicker')).toHaveLength(exchange.market.symbols.length);
  });
});
