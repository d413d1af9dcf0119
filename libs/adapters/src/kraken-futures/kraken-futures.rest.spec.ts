import { readLines } from '../../test/captures.ts';
import { krakenFutures } from './kraken-futures.adapter.ts';
import { MalformedAnswerError } from '../decoder/malformed-answer.ts';

const { rest } = krakenFutures();
const candles = rest.candles!;
const QUERY = { nativeSymbol: 'PF_XBTUSD', interval: '1h', limit: 500 };
const HOUR_MS = 3_600_000;
const never = (reason: string): never => {
  throw new Error(reason);
};

const body = (hours: readonly number[], more = false): string =>
  JSON.stringify({
    candles: hours.map((hour) => ({
      ...{ time: hour * HOUR_MS, open: '1.50', high: '2', low: '1', close: '1.8', volume: '7' },
    })),
    more_candles: more,
  });

describe('REST of Kraken Futures', () => {
  it('is asked by the names of products', () => {
    expect(rest.instruments.request().path).toBe('/derivatives/api/v3/instruments');
    expect(candles.request(QUERY).path).toBe('/api/charts/v1/trade/PF_XBTUSD/1h');
  });

  it('has candles by their begin, of which those are picked that were asked for', () => {
    const read = (query: object): number[] =>
      candles
        .parse(body([1, 2, 3, 4]), { ...QUERY, ...query }, never)
        .map(({ openTime }) => openTime / HOUR_MS);
    expect(candles.parse(body([1]), QUERY, never)).toEqual([
      {
        ...{ interval: '1h', openTime: HOUR_MS, closeTime: 2 * HOUR_MS, baseVolume: '7' },
        ...{ open: '1.50', high: '2', low: '1', close: '1.8' },
      },
    ]);
    expect(read({ from: 2 * HOUR_MS, to: 3 * HOUR_MS })).toEqual([2, 3]);
    expect(read({ from: 2 * HOUR_MS, limit: 1 })).toEqual([2]);
    expect(read({ limit: 2 })).toEqual([3, 4]);
  });

  it('does not take what was cut off for a quiet market', () => {
    const old = { ...QUERY, from: 0, to: HOUR_MS };
    expect(() => candles.parse(body([5, 6], true), old, never)).toThrow(/that there are more/);
    expect(candles.parse(body([5, 6]), old, never)).toEqual([]);
  });

  it('has no candles of inverse contracts, whose volume it tells in contracts', () => {
    const inverse = { ...QUERY, nativeSymbol: 'PI_XBTUSD' };
    expect(() => candles.parse(body([1]), inverse, never)).toThrow(/told in contracts of quote currency/);
  });

  it.each(['<html>', '[]', '{"candles":[7]}', '{"candles":[{"time":1.5}]}', '{"errors":[]}'])(
    'tells what is no answer: %s',
    (answer) => {
      expect(() => candles.parse(answer, QUERY, never)).toThrow(MalformedAnswerError);
    },
  );

  it('tells errors with status 200', () => {
    const answer = '{"result":"error","error":"apiLimitExceeded"}';
    expect(() => rest.instruments.parse(answer, undefined, never)).toThrow('apiLimitExceeded');
  });

  it('is recognised in recordings', () => {
    const url = (path: string): URL => new URL(`https://futures.kraken.com${path}`);
    expect(rest.instruments.recognise(url('/derivatives/api/v3/instruments'))).toEqual({});
    expect(candles.recognise(url('/api/charts/v1/trade/PF_XBTUSD/1m?from=1'))).toEqual({
      nativeSymbol: 'PF_XBTUSD',
    });
    expect(candles.recognise(url('/api/charts/v1/mark/PF_XBTUSD/1m'))).toBeUndefined();
  });

  const recorded = (readLines('nautilus/kraken/rest.jsonl') ?? [])
    .map((line) => JSON.parse(line) as { name: string; frame: unknown })
    .filter(({ name }) => name === 'http_futures_candles_trade.json')
    .map(({ frame }) => (typeof frame === 'string' ? frame : JSON.stringify(frame)));
  (recorded.length > 0 ? it : it.skip)('has been recorded', () => {
    const read = candles.parse(recorded[0]!, QUERY, never);
    expect(read.map(({ openTime, close }) => [openTime, close])).toEqual([
      [1731715200000, '91045.5'],
      [1731718800000, '91415'],
      [1731722400000, '91490.5'],
    ]);
  });
});
