import { VirtualClock } from '@exchange-stream/market-data';
import { rest, restBody } from '../../test/recording-client.ts';
import { createSimulatedExchange, type SimulatedExchange } from '../index.ts';

describe('REST of simulated Bitfinex', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;

  beforeEach(() => {
    clock = new VirtualClock(Date.UTC(2026, 10, 21, 10, 0, 20));
    exchange = createSimulatedExchange('bitfinex', {
      clock,
      market: {
        symbols: ['tBTCUSD', 'tDOGE:USD', 'tBTCF0:USTF0', 'fUSD'],
        depthLevels: 30,
        startTime: clock.now() - 3.6e6,
      },
    });
  });
  afterEach(() => exchange.stop());

  it('lists pairs without their first letter, and not what was closed', () => {
    const lists = '/v2/conf/pub:list:pair:exchange,pub:list:pair:futures,pub:list:pair:margin,pub:nothing';
    expect(restBody(exchange, lists)).toEqual([
      ['BTCUSD', 'DOGE:USD'],
      ['BTCF0:USTF0'],
      ['BTCUSD', 'DOGE:USD'],
      [],
    ]);
    exchange.market.delist('tDOGE:USD');
    expect(restBody(exchange, '/v2/conf/pub:list:pair:exchange')).toEqual([['BTCUSD']]);
  });

  it('tells sizes and margins of pairs, and what codes stand for', () => {
    const [[btc], [perpetual], symbols] = restBody<[[unknown], [unknown], unknown[]]>(
      exchange,
      '/v2/conf/pub:info:pair,pub:info:pair:futures,pub:map:currency:sym',
    );
    expect(btc).toEqual([
      'BTCUSD',
      [null, null, null, '0.00004', '2000.0', null, null, null, 0.2, 0.1, null, null],
    ]);
    expect(perpetual).toMatchObject(['BTCF0:USTF0', { 8: 0.01, 9: 0.005 }]);
    expect(symbols).toContainEqual(['UST', 'USDT']);
    expect(restBody(exchange, '/v2/conf/pub:list:currency:margin')).toEqual([['USD']]);
  });

  it.each(['P0', 'P2', 'R0'])('serves books of %s as the stream has them', (precision) => {
    const rows = restBody<number[][]>(exchange, `/v2/book/tBTCUSD/${precision}?len=25`);
    const bids = rows.filter((row) => row[2]! > 0);
    expect(rows.every((row) => row.length === 3)).toBe(true);
    expect(bids.length).toBeLessThanOrEqual(25);
    expect(rows.slice(0, bids.length)).toEqual(bids);
    expect(rows.length).toBeGreaterThan(precision === 'P2' ? 10 : 49);
  });

  it('serves candles, the newest first or the oldest, from one time to another', () => {
    exchange.start();
    const path = '/v2/candles/trade:1m:tBTCUSD/hist';
    const rows = restBody<number[][]>(exchange, `${path}?limit=10`);
    const times = rows.map(([time]) => time!);
    expect(times).toEqual([...times].sort((a, b) => b - a));
    expect(rows).toHaveLength(10);
    const [start, end] = [times[8]!, times[3]!];
    const between = restBody<number[][]>(exchange, `${path}?start=${start}&end=${end}&sort=1`);
    expect(between.map(([time]) => time)).toEqual(times.slice(3, 9).reverse());
    expect(restBody<number[]>(exchange, '/v2/candles/trade:1m:tBTCUSD/last')).toEqual(rows[0]);
    expect(restBody<number[][]>(exchange, '/v2/candles/trade:1h:fUSD:p30/hist?limit=2')).toHaveLength(2);
    expect(rest(exchange, `${path}?limit=10001`).status).toBe(400);
  });

  it('tells the status of derivatives with their symbols before', () => {
    const [row] = restBody<unknown[][]>(exchange, '/v2/status/deriv?keys=tBTCF0:USTF0');
    expect(row).toHaveLength(24);
    expect(row![0]).toBe('tBTCF0:USTF0');
    expect(restBody(exchange, '/v2/status/deriv?keys=ALL')).toHaveLength(1);
    expect(restBody(exchange, '/v2/status/deriv?keys=tBTCUSD')).toEqual([]);
  });

  it('tells whether the platform is in operation', async () => {
    expect(restBody(exchange, '/v2/platform/status')).toEqual([1]);
    exchange.announceMaintenance?.({ title: 'work', beginsInMs: 10, lastsMs: 1_000 });
    await clock.advance(10);
    expect(restBody(exchange, '/v2/platform/status')).toEqual([0]);
    await clock.advance(1_000);
    expect(restBody(exchange, '/v2/platform/status')).toEqual([1]);
  });

  it.each([
    ['/v2/book/tNOPE:USD/P0', 400, 'symbol: invalid'],
    ['/v2/book/tBTCUSD/P7', 400, 'precision: invalid'],
    ['/v2/book/tBTCUSD/P0?len=7', 400, 'length: invalid'],
    ['/v2/candles/trade:9m:tBTCUSD/hist', 400, 'key: invalid'],
    ['/v2/candles/trade:1m:tBTCUSD/hist?start=x', 400, 'start: invalid'],
    ['/v2/nothing', 404, 'not served'],
  ])('refuses %s', (target, status, message) => {
    const answer = rest(exchange, target);
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(message);
  });

  it('serves books as they stood, where a fault asks for it', async () => {
    exchange.start();
    const target = '/v2/book/tBTCUSD/P0?len=100';
    const before = rest(exchange, target).body;
    exchange.faults.inject({ type: 'rest-stale-book' });
    await clock.advance(5_000);
    expect(rest(exchange, target).body).toBe(before);
    exchange.faults.clear();
    expect(rest(exchange, target).body).not.toBe(before);
  });
});
