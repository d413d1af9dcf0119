import { readLines } from '../../test/captures.ts';
import { coinbase } from './coinbase.adapter.ts';
import { MalformedAnswerError } from '../decoder/malformed-answer.ts';

const { rest, channels } = coinbase();
const candles = rest.candles!;
const trades = rest.trades!;
const details = channels.derivatives!.polls![0]!.operation;
const none = (): void => {};

const MINUTE = 60_000;
const FROM = Date.UTC(2026, 7, 9);
const seconds = (time: number): string => String(time / 1_000);

/** The range of a request for candles, in minutes after `FROM`. */
function asked(query: object): (string | number | null)[] {
  const { path } = candles.request({ nativeSymbol: 'BTC-USD', interval: '1m', limit: 500, ...query });
  const { searchParams } = new URL(path, 'https://x.test');
  const minutes = (name: string): number | null => {
    const value = searchParams.get(name);
    return value === null ? null : (Number(value) * 1_000 - FROM) / MINUTE;
  };
  return [minutes('start'), minutes('end'), searchParams.get('granularity')];
}

describe('Coinbase’s REST', () => {
  it('is asked for fresh answers, as public ones are a second old otherwise', () => {
    const query = { nativeSymbol: 'BTC-USD', interval: '1m', limit: 5, params: {}, after: { id: '1' } };
    for (const { headers } of [
      candles.request(query),
      trades.request(query),
      details.request(query),
      rest.serverTime!.request(),
    ])
      expect(headers).toEqual({ 'cache-control': 'no-cache' });
  });

  it('has spot and futures in lists of their own, in pages if need be', () => {
    const { instruments } = rest;
    expect(instruments.parts?.map((part) => instruments.request({ part }).path)).toEqual([
      '/api/v3/brokerage/market/products?product_type=SPOT',
      '/api/v3/brokerage/market/products?product_type=FUTURE',
    ]);
    expect(instruments.request({ part: 'SPOT', cursor: 'a&b' }).path).toMatch(/&cursor=a%26b$/);
    const page = (pagination: unknown): string => JSON.stringify({ products: [], pagination });
    expect(instruments.nextPage?.(page({ has_next: true, next_cursor: 'x' }))).toBe('x');
    expect(instruments.nextPage?.(page({ has_next: false, next_cursor: 'x' }))).toBeUndefined();
    expect(instruments.nextPage?.(page(null))).toBeUndefined();
  });

  it('is asked for no more than 350 candles, by both ends', () => {
    const end = (minute: number): number => minute + 1 - 1 / 60;
    expect(asked({ from: FROM, to: FROM + 9 * MINUTE })).toEqual([0, end(9), 'ONE_MINUTE']);
    expect(asked({ from: FROM })).toEqual([0, end(349), 'ONE_MINUTE']);
    expect(asked({ from: FROM, limit: 3 })).toEqual([0, end(2), 'ONE_MINUTE']);
    expect(asked({ from: FROM - 1_000 * MINUTE, to: FROM })).toEqual([-349, end(0), 'ONE_MINUTE']);
    expect(asked({ asOf: FROM, limit: 2 })).toEqual([-1, end(0), 'ONE_MINUTE']);
    expect(asked({})).toEqual([null, null, 'ONE_MINUTE']);
    expect(asked({ from: FROM, limit: 1, interval: '6h' })[2]).toBe('SIX_HOUR');
  });

  it('has candles newest first, without those in which nothing was traded', () => {
    const row = (minute: number): object => ({
      ...{
        start: seconds(FROM + minute * MINUTE),
        low: '1',
        high: '3',
        open: '2',
        close: '2.5',
        volume: '7',
      },
    });
    const rejected: string[] = [];
    const rows = candles.parse(
      JSON.stringify({ candles: [row(7), { ...row(6), low: 'x' }, row(2)] }),
      { nativeSymbol: 'BTC-USD', interval: '1m', limit: 5 },
      (reason) => rejected.push(reason),
    );
    expect(rows).toEqual([
      {
        ...{ interval: '1m', openTime: FROM + 2 * MINUTE, closeTime: FROM + 3 * MINUTE },
        ...{ open: '2', high: '3', low: '1', close: '2.5', baseVolume: '7' },
      },
      expect.objectContaining({ openTime: FROM + 7 * MINUTE }),
    ]);
    expect(rejected).toEqual([expect.stringContaining('candles[1].low')]);
  });

  it('has the newest trades with the side of the maker', () => {
    const row = (trade_id: string, side: string): object => ({
      ...{ trade_id, product_id: 'BTC-USD', price: '68923.67', size: '0.1', side },
      ...{ time: '2026-04-07T00:28:58.544778Z' },
    });
    const query = { nativeSymbol: 'BTC-USD', params: {}, after: { id: '1' }, limit: 500 };
    expect(trades.request(query).path).toBe('/api/v3/brokerage/market/products/BTC-USD/ticker?limit=100');
    expect(
      trades.parse(JSON.stringify({ trades: [row('3', 'SELL'), row('2', 'BUY')] }), query, none),
    ).toMatchObject([
      { id: '2', side: 'sell' },
      { id: '3', side: 'buy' },
    ]);
  });

  it('has funding, index price and open interest of futures', () => {
    const query = { nativeSymbol: 'BIP-20DEC30-CDE' };
    expect(details.request(query).path).toBe('/api/v3/brokerage/market/products/BIP-20DEC30-CDE');
    const read = (future_product_details: unknown): unknown =>
      details.parse(JSON.stringify({ future_product_details }), query, none);
    expect(
      read({
        ...{ funding_rate: '-0.000013', funding_interval: '3600s', funding_time: '2026-04-07T00:00:00Z' },
        ...{ open_interest: '183283', index_price: '68899.882564' },
      }),
    ).toEqual({
      ...{ fundingRate: '-0.000013', fundingIntervalMs: 3_600_000 },
      ...{ openInterestContracts: '183283', indexPrice: '68899.882564' },
    });
    expect(read({ funding_rate: '', funding_interval: null, open_interest: '5', index_price: '' })).toEqual({
      openInterestContracts: '5',
    });
    expect(read(null)).toBeUndefined();
    expect(() => read({ funding_interval: 'an hour' })).toThrow(/funding_interval/);
  });

  it('has the time', () => {
    expect(rest.serverTime!.parse('{"iso":"2026-08-09T21:05:48Z"}', undefined, none)).toBe(
      Date.UTC(2026, 7, 9, 21, 5, 48),
    );
  });

  it('says what is wrong with an answer that is none of Coinbase’s', () => {
    const query = { nativeSymbol: 'BTC-USD', interval: '1m', limit: 5, params: {}, after: { id: '1' } };
    for (const body of ['<html>', '[]', '{"candles":5,"trades":5,"products":5}'])
      for (const operation of [candles, trades, rest.instruments] as { parse: typeof candles.parse }[])
        expect(() => operation.parse(body, query, none)).toThrow(MalformedAnswerError);
  });

  it('is recognised in recordings', () => {
    const url = (path: string): URL => new URL(`https://api.coinbase.com/api/v3/brokerage/${path}`);
    expect(rest.instruments.recognise(url('market/products'))).toEqual({});
    expect(rest.instruments.recognise(url('market/products/BTC-USD'))).toBeUndefined();
    expect(candles.recognise(url('market/products/BTC-USD/candles?start=1'))).toEqual({
      nativeSymbol: 'BTC-USD',
    });
    expect(trades.recognise(url('market/products/BTC-USD/ticker'))).toEqual({ nativeSymbol: 'BTC-USD' });
    expect(details.recognise(url('market/products/BTC-USD'))).toEqual({ nativeSymbol: 'BTC-USD' });
    expect(details.recognise(url('market/products/BTC-USD/ticker'))).toBeUndefined();
    expect(rest.serverTime!.recognise(url('time'))).toEqual({});
  });

  const recorded = readLines('nautilus/coinbase/rest.jsonl')?.map(
    (line) => JSON.parse(line) as { name: string; frame: string },
  );
  (recorded ? it : it.skip)('is read as it was recorded', () => {
    const body = (name: string): string => recorded!.find((each) => each.name === name)!.frame;
    const query = { nativeSymbol: 'BTC-USD', interval: '1h', limit: 5, params: {}, after: { id: '1' } };
    expect(candles.parse(body('http_candles.json'), query, none)).toMatchObject([
      { openTime: 1_712_188_800_000 },
      { openTime: 1_712_192_400_000 },
    ]);
    // The newest was bought: it was made at the best ask, which the maker sold.
    expect(trades.parse(body('http_ticker.json'), query, none)).toMatchObject([
      { id: '995098661', side: 'sell' },
      { id: '995098662', side: 'buy' },
      { id: '995098663', side: 'buy', price: '68923.67' },
    ]);
    expect(details.parse(body('http_product.json'), query, none)).toBeUndefined();
  });
});
