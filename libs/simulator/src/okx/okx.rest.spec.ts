import { VirtualClock } from '@exchange-stream/market-data';
import { rest } from '../../test/recording-client.ts';
import { createSimulatedExchange, type SimulatedExchange } from '../index.ts';

const START = Date.UTC(2026, 10, 21, 10, 0, 31);
const MINUTE = Date.UTC(2026, 10, 21, 10);

interface Envelope<R> {
  readonly code: string;
  readonly msg: string;
  readonly data: readonly R[];
}

type Row = Readonly<Record<string, string>>;

describe('REST of simulated OKX', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;

  beforeAll(async () => {
    clock = new VirtualClock(START);
    exchange = createSimulatedExchange('okx', {
      clock,
      market: { stepMs: 500, depthLevels: 15, startTime: START - 86_400_000 },
    });
    exchange.start();
    await clock.advance(500);
  });
  // Rates are counted by address: whoever asks has not asked before.
  let askers = 0;
  const ask = <R = Row>(target: string): Envelope<R> => {
    const { status, body } = rest(exchange, `/api/v5/${target}`, `asker ${++askers}`);
    expect(status).toBe(200);
    return JSON.parse(body) as Envelope<R>;
  };
  afterAll(() => exchange.stop());

  it('tells the time in an envelope', () => {
    expect(ask('public/time')).toEqual({ code: '0', msg: '', data: [{ ts: String(START + 500) }] });
  });

  it('lists instruments by type, with their states', () => {
    const spot = ask('public/instruments?instType=SPOT').data;
    expect(new Set(spot.map(({ state }) => state))).toEqual(new Set(['live', 'suspend', 'preopen']));
    expect(spot.find(({ instId }) => instId === 'BTC-USDT')).toMatchObject({
      baseCcy: 'BTC',
      quoteCcy: 'USDT',
      ctVal: '',
      tickSz: '0.1',
      instIdCode: expect.any(Number) as number,
    });
    const swaps = ask('public/instruments?instType=SWAP').data;
    expect(swaps.find(({ instId }) => instId === 'BTC-USD-SWAP')).toMatchObject({
      baseCcy: '',
      uly: 'BTC-USD',
      settleCcy: 'BTC',
      ctType: 'inverse',
      ctVal: '100',
      ctValCcy: 'USD',
    });
    expect(ask('public/instruments?instType=FUTURES&uly=BTC-USDT').data).toMatchObject([
      { instId: 'BTC-USDT-261225', expTime: String(Date.UTC(2026, 11, 25, 8)), ctType: 'linear' },
    ]);
  });

  it('lists options of one underlying only', () => {
    expect(ask('public/instruments?instType=OPTION').code).toBe('50015');
    const options = ask('public/instruments?instType=OPTION&uly=ETH-USD').data;
    expect(options.map(({ instId, optType, stk, ctMult }) => [instId, optType, stk, ctMult])).toEqual([
      ['ETH-USD-261225-3400-C', 'C', '3400', '0.1'],
      ['ETH-USD-261225-3400-P', 'P', '3400', '0.1'],
    ]);
    expect(ask('public/instruments?instType=OPTION&instFamily=BTC-USD').data).toHaveLength(6);
  });

  it('serves the current book with its number, cut as asked', () => {
    const { lastUpdateId, bids, asks } = exchange.market.book('BTC-USDT');
    const [book] = ask<{ bids: string[][]; asks: string[][]; seqId: number }>(
      'market/books?instId=BTC-USDT&sz=7',
    ).data;
    expect(book!.seqId).toBe(lastUpdateId);
    expect(book!.bids.map(([price, amount]) => [price, amount])).toEqual(bids.slice(0, 7));
    expect(book!.asks.map(([price, amount]) => [price, amount])).toEqual(asks.slice(0, 7));
    expect(ask<{ bids: unknown[] }>('market/books?instId=BTC-USDT').data[0]!.bids).toHaveLength(1);
    expect(ask<{ bids: unknown[] }>('market/books-rpi?instId=BTC-USDT&sz=400').data[0]!.bids).toHaveLength(
      bids.length,
    );
  });

  it('pages through candles, the newest first', () => {
    const times = (query: string): number[] =>
      ask<string[]>(`market/${query}&instId=SOL-USDT`).data.map(([time]) => Number(time));
    expect(times('candles?limit=2')).toEqual([MINUTE, MINUTE - 60_000]);
    expect(times(`candles?limit=2&after=${MINUTE}`)).toEqual([MINUTE - 60_000, MINUTE - 120_000]);
    expect(times(`candles?before=${MINUTE - 120_000}`)).toEqual([MINUTE, MINUTE - 60_000]);
    expect(times('candles?bar=1m')).toHaveLength(100);
    expect(times('candles?limit=1000')).toHaveLength(300);
    expect(times('history-candles?limit=1000')).toHaveLength(100);
    expect(times('history-candles?limit=1')).toEqual([MINUTE - 60_000]);
    expect(times('candles?bar=1D&limit=1')).toEqual([Date.UTC(2026, 10, 20, 16)]);
    expect(times('candles?bar=1Dutc&limit=1')).toEqual([Date.UTC(2026, 10, 21)]);
  });

  it('says of each candle whether it is closed', () => {
    const rows = ask<string[]>('market/candles?instId=BTC-USDT&limit=3').data;
    expect(rows.map((row) => row[8])).toEqual(['0', '1', '1']);
  });

  it('has open interest and funding rates, of one or of all', () => {
    const { openInterest, nextFundingTime } = exchange.market.derivatives('BTC-USDT-SWAP')!;
    expect(ask('public/open-interest?instType=SWAP&instId=BTC-USDT-SWAP').data).toMatchObject([
      { instId: 'BTC-USDT-SWAP', oi: openInterest },
    ]);
    expect(ask('public/open-interest?instType=SWAP').data).toHaveLength(5);
    expect(ask('public/funding-rate?instId=BTC-USDT-SWAP').data).toMatchObject([
      { fundingTime: String(nextFundingTime) },
    ]);
  });

  it.each([
    ['market/books?instId=NOPE', '51001'],
    ['market/books?instId=BTC-USDT&sz=401', '51000'],
    ['market/books?instId=BTC-USDT&sz=ten', '51000'],
    ['market/candles?instId=BTC-USDT&bar=7m', '51000'],
    ['market/candles?instId=BTC-USDT&limit=0', '51000'],
    ['public/instruments?instType=BOND', '51000'],
  ])('answers %s with status 200 and code %s', (target, code) => {
    expect(ask(target)).toMatchObject({ code, data: [] });
  });

  it.each([
    ['public/time', 10],
    ['public/instruments?instType=SWAP', 20],
    ['market/books?instId=BTC-USDT', 40],
    ['market/candles?instId=BTC-USDT&limit=1', 40],
    ['market/history-candles?instId=BTC-USDT&limit=1', 20],
  ])('answers %s %i times in two seconds', async (target, rate) => {
    const before = exchange.violations.length;
    const statuses = (): number[] =>
      Array.from({ length: rate + 1 }, () => rest(exchange, `/api/v5/${target}`, `many ${target}`).status);
    expect(statuses()).toEqual([...Array<number>(rate).fill(200), 429]);
    expect(exchange.violations.slice(before).map(({ rule }) => rule)).toEqual(['request-weight']);
    await clock.advance(2001);
    expect(rest(exchange, `/api/v5/${target}`, `many ${target}`).status).toBe(200);
  });

  it('serves old books where a fault says so, and its own words with HTTP errors', async () => {
    const stale = exchange.market.book('ETH-USDT').lastUpdateId;
    const fault = exchange.faults.inject({ type: 'rest-stale-book' });
    await clock.advance(5000);
    const [book] = ask<{ seqId: number; bids: unknown[] }>('market/books?instId=ETH-USDT&sz=3').data;
    expect([book!.seqId, book!.bids.length]).toEqual([stale, 3]);
    fault.clear();
    exchange.faults.inject({ type: 'rest-status', status: 429, count: 1 });
    const { status, body } = rest(exchange, '/api/v5/public/time', 'late');
    expect([status, JSON.parse(body)]).toMatchObject([429, { code: '50011', data: [] }]);
  });

  it('keeps delisted instruments to itself', () => {
    exchange.market.delist('DOGE-USDT');
    expect(ask('public/instruments?instType=SPOT&instId=DOGE-USDT').data).toEqual([]);
    expect(ask('market/books?instId=DOGE-USDT').code).toBe('51001');
  });
});
