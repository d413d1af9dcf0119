import { readLines } from '../../test/captures.ts';
import { bybit } from './bybit.adapter.ts';

const { rest } = bybit();
const { candles, trades, serverTime, stopAfter } = rest;

const answer = (result: unknown, fields: object = {}): string =>
  JSON.stringify({ retCode: 0, retMsg: 'OK', result, retExtInfo: {}, time: 1709891679050, ...fields });

function never(reason: string): never {
  throw new Error(reason);
}

describe('candles by REST', () => {
  const query = { nativeSymbol: 'BTCUSDT', category: 'linear', interval: '4h', limit: 5_000 };
  const rows = [
    ['1709884800000', '27455', '27470', '27450', '27460', '7', '192000'],
    ['1709870400000', '27450', '27460', '27440', '27455', '123.45', '3390000'],
  ];

  it('are asked for of a category, in Bybit’s words for intervals, a thousand at most', () => {
    expect(candles?.request({ ...query, from: 1, to: 2 }).path).toBe(
      '/v5/market/kline?category=linear&symbol=BTCUSDT&interval=240&start=1&end=2&limit=1000',
    );
    expect(candles?.request({ nativeSymbol: 'A', interval: '1M', limit: 3 }).path).toBe(
      '/v5/market/kline?category=spot&symbol=A&interval=M&limit=3',
    );
  });

  it('come in the order of time, newest first on the wire', () => {
    expect(candles?.parse(answer({ list: rows }), query, never)).toEqual([
      {
        ...{ interval: '4h', openTime: 1709870400000, closeTime: 1709884800000, open: '27450' },
        ...{ high: '27460', low: '27440', close: '27455', baseVolume: '123.45', quoteVolume: '3390000' },
      },
      {
        ...{ interval: '4h', openTime: 1709884800000, closeTime: 1709899200000, open: '27455' },
        ...{ high: '27470', low: '27450', close: '27460', baseVolume: '7', quoteVolume: '192000' },
      },
    ]);
  });

  it('of inverse contracts have their volume in USD and their turnover in the coin', () => {
    const [row] = candles?.parse(answer({ list: rows }), { ...query, category: 'inverse' }, never) ?? [];
    expect(row).toMatchObject({ baseVolume: '3390000', quoteVolume: '123.45' });
  });
});

describe('trades by REST', () => {
  const query = { nativeSymbol: 'BTCUSDT', category: 'linear', params: {}, after: { id: 'x' }, limit: 1_000 };
  const row = (execId: string, time: number): object => ({
    ...{ execId, symbol: 'BTCUSDT', price: '27450.50', size: '0.005', side: 'Buy', time: String(time) },
    isBlockTrade: false,
  });

  it('are the newest there are', () => {
    expect(trades?.pagesBy).toBe('recent');
    expect(trades?.request(query).path).toBe(
      '/v5/market/recent-trade?category=linear&symbol=BTCUSDT&limit=60',
    );
  });

  it.each([
    ['newest first', [row('c', 2), row('b', 1), row('a', 1)]],
    ['oldest first', [row('a', 1), row('b', 1), row('c', 2)]],
  ])('come oldest first, if they are %s on the wire', (_, list) => {
    const read = trades?.parse(answer({ category: 'linear', list }), query, never) ?? [];
    expect(read.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(read[0]).toEqual({ id: 'a', price: '27450.50', amount: '0.005', side: 'buy', exchangeTime: 1 });
  });

  it('say which of them are block trades', () => {
    const list = [{ ...row('b', 2), isBlockTrade: true }, row('a', 1)];
    const read = trades?.parse(answer({ list }), query, never) ?? [];
    expect(read.map(({ block }) => block)).toEqual([undefined, true]);
  });

  it('of which one is broken are told, but for that one', () => {
    const reasons: string[] = [];
    const list = [row('b', 2), { ...row('x', 2), side: '' }, row('a', 1)];
    const read = trades?.parse(answer({ list }), query, (reason) => reasons.push(reason)) ?? [];
    expect(read.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(reasons).toEqual(['list[1].side: expected "Buy" or "Sell", got ""']);
  });
});

describe('an answer of Bybit', () => {
  it('bears the time', () => {
    expect(serverTime?.request()).toEqual({ path: '/v5/market/time', weight: 1 });
    expect(serverTime?.parse(answer({ timeSecond: '1', timeNano: '1' }), undefined, never)).toBe(
      1709891679050,
    );
  });

  it('with a code is a refusal, whatever its status', () => {
    const body = answer({}, { retCode: 10001, retMsg: 'params error: symbol invalid' });
    expect(() => serverTime?.parse(body, undefined, never)).toThrow(
      'bybit: GET /v5/market/time was refused with code 10001: params error: symbol invalid',
    );
  });

  it.each(['<html>', '[]', '{}', answer({}, { retCode: '0' }), answer({}, { time: 'now' })])(
    'that is not of the documented format is said to be so: %s',
    (body) => {
      expect(() => serverTime?.parse(body, undefined, never)).toThrow('cannot be used');
    },
  );

  it.each([
    [403, 'Forbidden', 600_000],
    [200, '{"retCode":10006,"retMsg":"Too many visits!"}', 5_000],
    [200, answer({}), undefined],
    [200, '{"retCode":100061}', undefined],
    [429, '', undefined],
  ])('with the status %d and the body %s asks us to stay away for %s ms', (status, body, stopMs) => {
    expect(stopAfter?.({ status, headers: {}, body })).toBe(stopMs);
  });
});

describe('a recorded call', () => {
  it.each([
    ['https://api.bybit.com/v5/market/kline?category=linear&symbol=BTCUSDT&interval=1', 'linear'],
    ['https://api.bytick.com/v5/market/kline?symbol=BTCUSDT', undefined],
  ])('%s is of its instrument', (url, category) => {
    expect(candles?.recognise(new URL(url))).toEqual({
      nativeSymbol: 'BTCUSDT',
      ...(category !== undefined && { category }),
    });
    expect(trades?.recognise(new URL(url))).toBeUndefined();
  });

  it('of instruments is recognised, and nothing else', () => {
    const { instruments } = rest;
    expect(
      instruments.recognise(new URL('https://x.test/v5/market/instruments-info?&category=spot')),
    ).toEqual({});
    expect(instruments.recognise(new URL('https://x.test/v5/market/tickers?category=spot'))).toBeUndefined();
  });
});

describe('REST answers of another client’s tests', () => {
  const bodies = new Map(
    (readLines('nautilus/bybit/rest.jsonl') ?? []).map((line) => {
      const { name, frame } = JSON.parse(line) as { name: string; frame: string };
      return [name, frame] as const;
    }),
  );
  const recorded = bodies.size > 0 ? it : it.skip;

  recorded('are read', () => {
    const linear = { nativeSymbol: 'BTCUSDT', category: 'linear', interval: '1m', limit: 1 };
    expect(candles?.parse(bodies.get('http_get_klines_linear.json') ?? '', linear, never)).toHaveLength(1);
    const missed = { nativeSymbol: 'BTCUSDT', category: 'linear', params: {}, after: { id: 'x' }, limit: 1 };
    expect(trades?.parse(bodies.get('http_get_trades_recent.json') ?? '', missed, never)).toMatchObject([
      { id: 'a905d5c3-1ed0-4f37-83e4-9c73a2fe2f01', side: 'buy', exchangeTime: 1709891679000 },
    ]);
  });
});
