import { CandleInterval } from '@exchange-stream/market-data';
import { okx } from './okx.adapter.ts';
import { MalformedAnswerError } from '../decoder/malformed-answer.ts';

const { rest } = okx();
const answer = (data: unknown): string => JSON.stringify({ code: '0', msg: '', data });
const nothing = (): void => undefined;
const NOW = Date.UTC(2026, 10, 26, 12, 0, 30);
const MINUTE = 60_000;

describe('candles of OKX', () => {
  const query = { nativeSymbol: 'BTC-USDT', interval: '1m', limit: 300, asOf: NOW };

  it('are asked for with bounds that OKX leaves out itself', () => {
    const { path, weight } = rest.candles!.request({ ...query, from: NOW - 10 * MINUTE, to: NOW });
    expect(path).toBe(
      '/api/v5/market/candles?instId=BTC-USDT&bar=1m' +
        `&before=${NOW - 10 * MINUTE - 1}&after=${NOW + 1}&limit=300`,
    );
    expect(weight).toBe(1);
  });

  it('are asked for where the old ones are once the newest 1,440 do not reach back so far', () => {
    const pathOf = (buckets: number): string =>
      rest.candles!.request({ ...query, from: NOW - buckets * MINUTE, to: NOW }).path;
    expect(pathOf(1_300)).toContain('/market/candles?');
    expect(pathOf(1_440)).toContain('/market/history-candles?');
    expect(pathOf(1_440)).toContain('limit=100');
    expect(rest.candles!.request({ ...query, from: 0 }).weight).toBe(2);
    const months = { ...query, interval: '1M', from: Date.UTC(2020, 0) };
    expect(rest.candles!.request(months).path).toContain('/market/candles?instId=BTC-USDT&bar=1Mutc');
  });

  it('of a day open where the subscription says', () => {
    const params = { timezone: '+08:00' };
    expect(rest.candles!.request({ ...query, interval: '1d', params }).path).toContain('bar=1D&');
    expect(rest.candles!.request({ ...query, interval: '1d' }).path).toContain('bar=1Dutc&');
  });

  it('come newest first and are told oldest first, closed or not', () => {
    const open = new CandleInterval('1m').start(NOW);
    const row = (openTime: number, confirm: string): string[] => [
      ...[String(openTime), '1', '3', '0.5', '2', '1040.37', '10.4037', '1069603.34', confirm],
    ];
    const rows = rest.candles!.parse(
      answer([row(open, '0'), row(open - MINUTE, '1')]),
      { ...query, nativeSymbol: 'BTC-USDT-SWAP' },
      nothing,
    );
    expect(rows).toMatchObject([
      {
        openTime: open - MINUTE,
        closeTime: open,
        closed: true,
        baseVolume: '10.4037',
        quoteVolume: '1069603.34',
      },
      { openTime: open, closed: false },
    ]);
  });
});

describe('a whole book of OKX', () => {
  it('has the sequence that updates follow', () => {
    const book = { asks: [['41006.8', '0.60', '0', '1']], bids: [], ts: '1704067200000', seqId: 77 };
    expect(rest.bookSeed!.parse(answer([book]), { nativeSymbol: 'BTC-USDT', depth: 400 }, nothing)).toEqual({
      ...{ sequence: 77, exchangeTime: 1704067200000, bids: [], asks: [['41006.8', '0.60', 1]] },
    });
    expect(rest.bookSeed!.request({ nativeSymbol: 'BTC-USDT', depth: 1000 }).path).toBe(
      '/api/v5/market/books?instId=BTC-USDT&sz=400',
    );
  });

  it('is of no use without one', () => {
    const book = { asks: [], bids: [], ts: '1704067200000' };
    const query = { nativeSymbol: 'BTC-USDT', depth: 400 };
    expect(() => rest.bookSeed!.parse(answer([book]), query, nothing)).toThrow('data[0].seqId');
  });
});

describe('an answer of OKX', () => {
  it('has the time', () => {
    expect(rest.serverTime!.parse(answer([{ ts: '1597026383085' }]), undefined, nothing)).toBe(1597026383085);
  });

  it.each([
    ['{"code":"51001","msg":"Instrument ID does not exist","data":[]}', 'Instrument ID does not exist'],
    ['{"code":"0","msg":""}', 'data: expected an array'],
    ['{"code":"0","data":[]}', 'data[0]: expected an object'],
    ['[]', 'body: expected an object'],
    ['<html>', 'not valid JSON'],
  ])('is an error with status 200, too: %s', (body, reason) => {
    expect(() => rest.serverTime!.parse(body, undefined, nothing)).toThrow(MalformedAnswerError);
    expect(() => rest.serverTime!.parse(body, undefined, nothing)).toThrow(reason);
  });

  it('is found in a recording by what was asked', () => {
    const of = (path: string): URL => new URL(path, 'https://aws.okx.com');
    expect(rest.instruments.recognise(of('/api/v5/public/instruments?instType=OPTION&uly=BTC-USD'))).toEqual(
      {},
    );
    expect(rest.bookSeed!.recognise(of('/api/v5/market/books?instId=BTC-USDT&sz=5'))).toEqual({
      nativeSymbol: 'BTC-USDT',
    });
    expect(rest.candles!.recognise(of('/api/v5/market/history-candles?instId=BTC-USDT'))).toBeDefined();
    expect(rest.candles!.recognise(of('/api/v5/market/candles?instId=BTC-USDT'))).toBeDefined();
    expect(rest.candles!.recognise(of('/api/v5/market/candles'))).toBeUndefined();
    expect(rest.serverTime!.recognise(of('/api/v5/public/time'))).toEqual({});
    expect(rest.serverTime!.recognise(of('/api/v5/market/books?instId=BTC-USDT'))).toBeUndefined();
  });

  it('costs as much of one budget as its own limit allows at least', () => {
    const { documented, windowMs } = rest.requests;
    expect([documented, windowMs]).toEqual([40, 2_000]);
    const calls = (weight: number): number => documented / weight;
    expect(calls(rest.instruments.request({}).weight)).toBe(20);
    expect(calls(rest.serverTime!.request().weight)).toBe(10);
    expect(calls(rest.bookSeed!.request({ nativeSymbol: 'A-B', depth: 1 }).weight)).toBe(40);
  });
});
