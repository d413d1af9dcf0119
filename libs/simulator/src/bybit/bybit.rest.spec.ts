import { VirtualClock } from '@exchange-stream/market-data';
import { result, type BookData } from '../../test/bybit-client.ts';
import { rest, restBody } from '../../test/recording-client.ts';
import { BybitExchange } from './bybit.exchange.ts';

const START = Date.UTC(2026, 10, 21, 10, 0, 31);
type Row = Record<string, unknown>;

describe('the REST side of simulated Bybit', () => {
  let clock: VirtualClock;
  let exchange: BybitExchange;

  // All is only read, but in the last tests.
  beforeAll(() => {
    clock = new VirtualClock(START);
    const market = { startTime: START - 2 * 86_400_000, depthLevels: 30, activity: 0.5 };
    exchange = new BybitExchange({ clock, seed: 2, market });
  });
  afterAll(() => exchange.stop());

  const list = (target: string): Row[] => result<{ list: Row[] }>(exchange, `/v5/market/${target}`).list;
  const symbols = (target: string): unknown[] => list(target).map(({ symbol }) => symbol);

  it('wraps every answer', () => {
    expect(restBody(exchange, '/v5/market/time')).toEqual({
      retCode: 0,
      retMsg: 'OK',
      result: { timeSecond: String(Math.floor(START / 1000)), timeNano: `${START}000000` },
      retExtInfo: {},
      time: START,
    });
  });

  it('lists a category in pages, and what is before its launch or closed only when asked', () => {
    const paged = (limit: number): unknown[] => {
      const found: unknown[] = [];
      for (let cursor: string | undefined; cursor !== '';) {
        const from = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const page: { list: Row[]; nextPageCursor: string } = result(
          exchange,
          `/v5/market/instruments-info?category=linear&limit=${limit}${from}`,
        );
        expect(page.list.length).toBeLessThanOrEqual(limit);
        found.push(...page.list.map(({ symbol }) => symbol));
        cursor = page.nextPageCursor;
      }
      return found;
    };
    const perpetuals = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'SHIB1000USDT', 'BTCPERP'];
    for (const limit of [2, 3, 1000]) {
      expect(paged(limit)).toEqual([...perpetuals, 'BTCUSDT-25DEC26', 'BTC-25DEC26']);
    }
    // Whoever takes the first page for all misses some.
    expect(symbols('instruments-info?category=linear')).toEqual(perpetuals);
    expect(list('instruments-info?category=linear&status=PreLaunch')).toMatchObject([
      { symbol: 'NOVAUSDT', status: 'PreLaunch', isPreListing: true },
    ]);
    expect(symbols('instruments-info?category=linear&status=Closed')).toEqual(['GONEUSDT']);
    expect(symbols('instruments-info?category=option&baseCoin=ETH')).toEqual([
      'ETH-25DEC26-3500-C-USDT',
      'ETH-25DEC26-3200-P',
    ]);
  });

  it('has spot in one page, without a cursor', () => {
    const page = result<Row>(exchange, '/v5/market/instruments-info?category=spot&limit=2');
    expect(page['list']).toHaveLength(6);
    expect(page).not.toHaveProperty('nextPageCursor');
  });

  it.each([
    ['spot', 'BTCUSDT', { baseCoin: 'BTC', quoteCoin: 'USDT', lotSizeFilter: { basePrecision: '0.000001' } }],
    [
      'linear',
      'BTCPERP',
      { contractType: 'LinearPerpetual', settleCoin: 'USDC', deliveryTime: '0', fundingInterval: 480 },
    ],
    [
      'linear',
      'BTC-25DEC26',
      { contractType: 'LinearFutures', settleCoin: 'USDC', deliveryTime: '1798185600000' },
    ],
    [
      'inverse',
      'BTCUSD',
      { contractType: 'InversePerpetual', settleCoin: 'BTC', lotSizeFilter: { qtyStep: '1' } },
    ],
    ['inverse', 'BTCUSDZ26', { contractType: 'InverseFutures', fundingInterval: 0 }],
    ['option', 'BTC-25DEC26-90000-P-USDT', { optionsType: 'Put', settleCoin: 'USDT' }],
  ])('describes %s %s', (category, symbol, row) => {
    expect(list(`instruments-info?category=${category}&symbol=${symbol}`)).toMatchObject([
      { symbol, status: 'Trading', ...row },
    ]);
  });

  it('serves a book to the depth that is asked', () => {
    const { bids, asks } = exchange.market.book('inverse:BTCUSD');
    const book = (query: string): BookData => result(exchange, `/v5/market/orderbook?symbol=${query}`);
    expect(book('BTCUSD&category=inverse&limit=7')).toMatchObject({
      b: bids.slice(0, 7),
      a: asks.slice(0, 7),
    });
    expect(book('BTCUSDT&category=spot').b).toHaveLength(1);
    expect(book('BTCUSDT&category=linear').b).toHaveLength(25);
  });

  it('has klines newest first: the latest, or from a start', () => {
    const opens = (query: string): number[] =>
      result<{ list: string[][] }>(
        exchange,
        `/v5/market/kline?category=linear&symbol=ETHUSDT&interval=1&${query}`,
      ).list.map(([time]) => Number(time));
    const minute = Date.UTC(2026, 10, 21, 10);
    expect(opens('limit=3')).toEqual([minute, minute - 60_000, minute - 120_000]);
    expect(opens(`limit=2&start=${minute - 600_000}`)).toEqual([minute - 540_000, minute - 600_000]);
    expect(opens(`limit=2&end=${minute - 1}`)).toEqual([minute - 60_000, minute - 120_000]);
    expect(opens('')).toHaveLength(200);
    expect(opens('limit=1000')).toHaveLength(1000);
  });

  it('has the funding of the past, newest first', () => {
    const rows = list('funding/history?category=linear&symbol=BTCUSDT&limit=3');
    expect(rows.map(({ fundingRateTimestamp }) => Number(fundingRateTimestamp))).toEqual([
      Date.UTC(2026, 10, 21, 8),
      Date.UTC(2026, 10, 21, 0),
      Date.UTC(2026, 10, 20, 16),
    ]);
  });

  it('has open interest period by period, and the latest as the ticker has it', () => {
    const rows = list('open-interest?category=linear&symbol=BTCUSDT&intervalTime=5min&limit=3');
    expect(rows).toHaveLength(3);
    const [ticker] = list('tickers?category=linear&symbol=BTCUSDT');
    expect(rows[0]).toEqual({
      openInterest: ticker!['openInterest'],
      timestamp: String(Date.UTC(2026, 10, 21, 10)),
    });
    expect(list('open-interest?category=linear&symbol=BTCUSDT&intervalTime=5min&limit=3')).toEqual(rows);
  });

  it('has tickers of a whole category, spot with best bid and ask', () => {
    expect(symbols('tickers?category=inverse')).toEqual(['BTCUSD', 'ETHUSD', 'BTCUSDZ26']);
    const [ticker] = list('tickers?category=spot&symbol=BTCUSDT');
    const { bids, asks } = exchange.market.book('spot:BTCUSDT');
    expect(ticker).toMatchObject({ bid1Price: bids[0]![0], ask1Price: asks[0]![0] });
  });

  it.each([
    'orderbook?category=linear&symbol=NOPE',
    'orderbook?category=linear&symbol=GONEUSDT',
    'orderbook?symbol=BTCUSDT',
    'orderbook?category=spread&symbol=BTCUSDT_BTC/USDT',
    'orderbook?category=linear&symbol=BTCUSDT&limit=1001',
    'orderbook?category=option&symbol=BTC-25DEC26-90000-P-USDT&limit=26',
    'instruments-info?category=linear&limit=1001',
    'instruments-info?category=linear&cursor=elsewhere',
    'kline?category=linear&symbol=BTCUSDT&interval=7',
    'kline?category=linear&symbol=BTCUSDT&interval=1&limit=ten',
    'full_orderbook?category=linear&symbol=NOVAUSDT',
    'open-interest?category=linear&symbol=BTCUSDT',
  ])('answers %s with an error in the envelope', (target) => {
    const { status, body } = rest(exchange, `/v5/market/${target}`);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ retCode: 10001, result: {} });
  });

  it('can serve books that are old', async () => {
    exchange.start();
    const target = '/v5/market/orderbook?category=spot&symbol=BTCUSDT&limit=50';
    const before = result<BookData>(exchange, target);
    exchange.faults.inject({ type: 'rest-stale-book' });
    await clock.advance(1000);
    expect(result<BookData>(exchange, target)).toEqual(before);
    exchange.faults.clear();
    expect(result<BookData>(exchange, target)).not.toEqual(before);
    exchange.stop();
  });

  it('refuses an address for ten minutes that asks more than 600 times in five seconds', async () => {
    const ask = (address?: string): number => rest(exchange, '/v5/market/time', address).status;
    await clock.advance(5000);
    for (let request = 0; request < 600; request++) expect(ask()).toBe(200);
    expect(ask()).toBe(403);
    expect(ask('other')).toBe(200);
    await clock.advance(599_999);
    expect(ask()).toBe(403);
    await clock.advance(1);
    expect(ask()).toBe(200);
    expect(exchange.violations).toMatchObject([{ rule: 'request-weight' }]);
  });
});
