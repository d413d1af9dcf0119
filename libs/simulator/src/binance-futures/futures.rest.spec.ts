import { VirtualClock } from '@exchange-stream/market-data';
import { RecordingClient, rest, restBody } from '../../test/recording-client.ts';
import { binanceFutures, createSimulatedExchange, type SimulatedExchange } from '../index.ts';

const START = Date.UTC(2026, 10, 21, 10, 0, 31);

const DAY_MS = 86_400_000;

type Row = Record<string, unknown>;

describe('the REST side of simulated futures', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;
  const open = (id: string, symbols?: readonly string[]): void => {
    clock = new VirtualClock(START);
    const market = {
      ...(symbols && { symbols }),
      depthLevels: 30,
      activity: 0.2,
      startTime: START - 2 * DAY_MS,
    };
    exchange = createSimulatedExchange(id, { clock, seed: 3, market });
  };
  afterEach(() => exchange.stop());
  const symbols = (root: string): Row[] =>
    restBody<{ symbols: Row[] }>(exchange, `${root}/exchangeInfo`).symbols;

  it('lists its own product, of every kind', () => {
    open('binance-usdm');
    const listed = symbols('/fapi/v1').map(({ symbol, contractType, status }) => [
      symbol,
      contractType,
      status,
    ]);
    expect(listed).toEqual(
      expect.arrayContaining([
        ['BTCUSDT', 'PERPETUAL', 'TRADING'],
        ['BTCUSDT_261225', 'CURRENT_QUARTER', 'TRADING'],
        ['BTCUSDT_270326', 'NEXT_QUARTER', 'TRADING'],
        ['TSLAUSDT', 'TRADIFI_PERPETUAL', 'TRADING'],
        ['币安人生USDT', 'PERPETUAL', 'TRADING'],
        ['SOONUSDT', 'PERPETUAL', 'PENDING_TRADING'],
      ]),
    );
    expect(listed.some(([symbol]) => String(symbol).includes('USD_'))).toBe(false);
    expect(rest(exchange, '/dapi/v1/exchangeInfo').status).toBe(404);
    expect(rest(exchange, '/fapi/v1/depth?symbol=BTCUSD_PERP').status).toBe(400);
  });

  it('says what a coin-margined contract is worth, and its status by another name', () => {
    open('binance-coinm', ['BTCUSD_PERP', 'ETHUSD_PERP', 'BTCUSDT']);
    const listed = symbols('/dapi/v1');
    expect(
      listed.map(({ symbol, contractSize, marginAsset, contractStatus, status }) => [
        ...[symbol, contractSize, marginAsset, contractStatus, status],
      ]),
    ).toEqual([
      ['BTCUSD_PERP', 100, 'BTC', 'TRADING', undefined],
      ['ETHUSD_PERP', 10, 'ETH', 'TRADING', undefined],
    ]);
  });

  it('shows what happens to symbols', () => {
    open('binance-usdm', ['BTCUSDT', 'ETHUSDT']);
    exchange.market.halt('BTCUSDT');
    exchange.market.delist('ETHUSDT');
    exchange.market.list('SOLUSDT');
    const listed = symbols('/fapi/v1').map(({ symbol, status }) => [symbol, status]);
    expect(listed).toEqual([
      ['BTCUSDT', 'TRADING_HALT'],
      ['ETHUSDT', 'CLOSE'],
      ['SOLUSDT', 'TRADING'],
    ]);
  });

  it.each([
    ['/fapi/v1/depth?symbol=BTCUSDT&limit=5', 2],
    ['/fapi/v1/depth?symbol=BTCUSDT&limit=50', 2],
    ['/fapi/v1/depth?symbol=BTCUSDT&limit=100', 5],
    ['/fapi/v1/depth?symbol=BTCUSDT', 10],
    ['/fapi/v1/depth?symbol=BTCUSDT&limit=1000', 20],
    ['/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=99', 1],
    ['/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=499', 2],
    ['/fapi/v1/klines?symbol=BTCUSDT&interval=1m', 5],
    ['/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=1500', 10],
    ['/fapi/v1/openInterest?symbol=BTCUSDT', 1],
  ])('%s weighs %i', (target, weight) => {
    open('binance-usdm', ['BTCUSDT']);
    const { status, headers } = rest(exchange, target);
    expect([status, headers['x-mbx-used-weight-1m']]).toEqual([200, String(weight)]);
  });

  it.each([
    ['/fapi/v1/klines?symbol=BTCUSDT&interval=1s', -1120],
    ['/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=1501', -1130],
    ['/fapi/v1/depth?symbol=BTCUSDT&limit=999', -1130],
    ['/fapi/v1/depth?symbol=NOUSDT', -1121],
  ])('refuses %s with %i', (target, code) => {
    open('binance-usdm', ['BTCUSDT']);
    const { status, body } = rest(exchange, target);
    expect([status, (JSON.parse(body) as Row)['code']]).toEqual([400, code]);
  });

  it('gives candles in pages of 1500', () => {
    open('binance-usdm', ['BTCUSDT']);
    const rows = restBody<unknown[][]>(exchange, '/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=1500');
    expect(rows).toHaveLength(1500);
    expect(rows.slice(1).every((row, index) => Number(row[0]) - Number(rows[index]![0]) === 60_000)).toBe(
      true,
    );
  });

  it('tells mark, index and funding of one symbol or of all', () => {
    open('binance-usdm', ['BTCUSDT', 'BTCUSDT_261225']);
    const one = restBody<Row>(exchange, '/fapi/v1/premiumIndex?symbol=BTCUSDT');
    const { markPrice, fundingRate } = exchange.market.derivatives('BTCUSDT')!;
    expect([one['markPrice'], one['lastFundingRate']]).toEqual([
      markPrice.toFixed(8),
      fundingRate!.toFixed(8),
    ]);
    const all = restBody<Row[]>(exchange, '/fapi/v1/premiumIndex');
    expect(all.map(({ symbol, nextFundingTime }) => [symbol, nextFundingTime])).toEqual([
      ['BTCUSDT', Date.UTC(2026, 10, 21, 16)],
      ['BTCUSDT_261225', 0],
    ]);
  });

  it('tells open interest in contracts', () => {
    open('binance-usdm', ['BTCUSDT']);
    const { openInterest } = exchange.market.derivatives('BTCUSDT')!;
    expect(restBody(exchange, '/fapi/v1/openInterest?symbol=BTCUSDT')).toMatchObject({ openInterest });
  });

  it('tells funding of the past, and which intervals are not the usual ones', () => {
    open('binance-usdm', ['BTCUSDT', '币安人生USDT']);
    const past = restBody<Row[]>(exchange, '/fapi/v1/fundingRate?symbol=BTCUSDT&limit=3');
    const hours = past.map(({ fundingTime }) => new Date(Number(fundingTime)).toISOString().slice(5, 13));
    expect(hours).toEqual(['11-20T16', '11-21T00', '11-21T08']);
    const odd = restBody<Row[]>(exchange, '/fapi/v1/fundingInfo');
    expect(odd.map(({ symbol, fundingIntervalHours }) => [symbol, fundingIntervalHours])).toEqual([
      ['币安人生USDT', 4],
    ]);
  });

  it('counts requests for funding in a pool of their own', () => {
    open('binance-usdm', ['BTCUSDT']);
    for (let count = 0; count < 500; count++) rest(exchange, '/fapi/v1/fundingInfo');
    expect(rest(exchange, '/fapi/v1/fundingInfo').status).toBe(429);
    expect(rest(exchange, '/fapi/v1/time').headers['x-mbx-used-weight-1m']).toBe('1');
  });

  it('counts what is asked of either product in one pool', () => {
    clock = new VirtualClock(START);
    const market = { symbols: ['BTCUSDT', 'BTCUSD_PERP'], depthLevels: 5, startTime: START - DAY_MS };
    const { usdm, coinm } = binanceFutures({ clock, market });
    exchange = usdm;
    rest(coinm, '/dapi/v1/depth?symbol=BTCUSD_PERP&limit=1000');
    const { headers } = rest(usdm, '/fapi/v1/time');
    expect(headers['x-mbx-used-weight-1m']).toBe('21');
    expect(rest(usdm, '/fapi/v1/time', 'another address').headers['x-mbx-used-weight-1m']).toBe('1');
  });

  it('refuses beyond 2400 a minute, and bans who goes on', async () => {
    open('binance-usdm', ['BTCUSDT']);
    const ask = (): number => rest(exchange, '/fapi/v1/depth?symbol=BTCUSDT&limit=1000').status;
    const answers = Array.from({ length: 120 }, ask);
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(exchange.violations).toEqual([]);
    const refused = Array.from({ length: 21 }, ask);
    expect([refused.slice(0, 20).every((status) => status === 429), refused[20]]).toEqual([true, 418]);
    expect(exchange.violations[0]?.rule).toBe('request-weight');
    await clock.advance(60_000);
    expect(ask()).toBe(200);
  });

  describe('faults', () => {
    beforeEach(() => {
      open('binance-usdm', ['BTCUSDT']);
      exchange.start();
    });

    it('serves the books of a moment ago', async () => {
      const target = '/fapi/v1/depth?symbol=BTCUSDT&limit=5';
      const before = restBody<Row>(exchange, target);
      exchange.faults.inject({ type: 'rest-stale-book' });
      await clock.advance(3000);
      expect(restBody<Row>(exchange, target)['lastUpdateId']).toBe(before['lastUpdateId']);
      exchange.faults.clear();
      expect(Number(restBody<Row>(exchange, target)['lastUpdateId'])).toBeGreaterThan(
        Number(before['lastUpdateId']),
      );
    });

    it('counts books anew, which breaks the link', async () => {
      const client = new RecordingClient(exchange, '/public/ws/btcusdt@depth@100ms');
      await clock.advance(2000);
      exchange.faults.inject({ type: 'recount-books' });
      await clock.advance(1000);
      expect(client.frames.some(({ pu }) => pu === 1)).toBe(true);
    });

    it('crosses a book', async () => {
      const client = new RecordingClient(exchange, '/public/ws/btcusdt@depth@100ms');
      await clock.advance(1000);
      exchange.faults.inject({ type: 'spoil-books', how: 'crossed', count: 1 });
      await clock.advance(1000);
      const [hit] = exchange.faults.log.filter(({ event }) => event === 'hit');
      expect(hit?.topic).toBe('btcusdt@depth@100ms');
      expect(client.texts).not.toContain(hit?.text);
    });

    it('closes without a word where no words are known', async () => {
      const client = new RecordingClient(exchange, '/market/ws');
      exchange.faults.inject({ type: 'server-shutdown', closeAfterMs: 500 });
      await clock.advance(500);
      expect([client.texts, client.closed?.code]).toEqual([[], 1001]);
    });
  });
});
