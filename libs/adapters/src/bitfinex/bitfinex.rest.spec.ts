import { parseSymbol, formatSymbol, type Instrument } from '@exchange-stream/market-data';
import { readCapture } from '../../test/captures.ts';
import { bitfinex } from './bitfinex.adapter.ts';
import { MalformedAnswerError } from '../decoder/malformed-answer.ts';

const { rest } = bitfinex();
const reject = (reason: string): never => {
  throw new Error(reason);
};

function read(
  pairs: string[],
  futures: string[] = [],
  names: unknown[] = [],
  rejected: string[] = [],
  currencies: string[] = [],
): readonly Instrument[] {
  return rest.instruments.parse(JSON.stringify([pairs, futures, currencies, names]), undefined, (reason) =>
    rejected.push(reason),
  );
}

describe('the instruments of Bitfinex', () => {
  it('are asked for in one call, with the names of their currencies', () => {
    expect(rest.instruments.request()).toEqual({
      path: '/v2/conf/pub:list:pair:exchange,pub:list:pair:futures,pub:list:currency:margin,pub:map:currency:sym',
      weight: 1,
    });
  });

  it.each([
    ['BTCUSD', 'BTC/USD', 'spot'],
    ['DUSK:USD', 'DUSK/USD', 'spot'],
    ['BTCUST', 'BTC/USDT', 'spot'],
    ['IOTETH', 'IOTA/ETH', 'spot'],
    ['TESTBTC:TESTUSD', 'TESTBTC/TESTUSD', 'spot'],
    ['BTCF0:USTF0', 'BTC/USDT:USDT', 'perpetual'],
    ['ETHF0:BTCF0', 'ETH/BTC:BTC', 'perpetual'],
  ])('%s is %s', (pair, symbol, kind) => {
    const names = [
      ['UST', 'USDt'],
      ['IOT', 'IOTA'],
    ];
    const [instrument] = kind === 'spot' ? read([pair], [], names) : read([], [pair], names);
    expect(instrument).toMatchObject({
      exchange: 'bitfinex',
      kind,
      symbol,
      nativeSymbol: `t${pair}`,
      status: 'trading',
    });
  });

  it('are currencies that are lent, too', () => {
    const names = [
      ['UST', 'USDt'],
      ['BTCF0', 'BTCF0'],
    ];
    expect(read([], [], names, [], ['USD', 'UST', 'B21X', '1INCH'])).toMatchObject([
      { kind: 'funding', symbol: 'fUSD', nativeSymbol: 'fUSD', base: 'USD', quote: 'USD' },
      { kind: 'funding', symbol: 'fUSDT', nativeSymbol: 'fUST', base: 'USDT', quote: 'USDT' },
      { symbol: 'fB21X', nativeSymbol: 'fB21X' },
      { symbol: 'f1INCH', nativeSymbol: 'f1INCH' },
    ]);
  });

  it('have no two of one symbol, and none that cannot be read', () => {
    const rejected: string[] = [];
    const pairs = ['BTCUST', 'BTC:USDT', 'BTC', 'A:B:C', ':USD', 'BTCUSDX'];
    expect(read(pairs, [], [['UST', 'USDt']], rejected).map(({ nativeSymbol }) => nativeSymbol)).toEqual([
      'tBTCUST',
    ]);
    expect(rejected).toHaveLength(5);
  });

  it('are not an error, nor anything else', () => {
    for (const body of ['["error",10020,"params"]', '{}', '[1]', '<html>'])
      expect(() => rest.instruments.parse(body, undefined, reject)).toThrow(MalformedAnswerError);
  });

  const recorded = readCapture('cryptofeed/bitfinex/http.jsonl.gz') ?? [];
  (recorded.length > 0 ? it : it.skip)('are those of a recording, with symbols that read back', () => {
    const lists = recorded.map(({ frame = '[]' }) => (JSON.parse(frame) as string[][])[0] ?? []);
    const [pairs = [], , futures = []] = lists;
    expect(pairs.length).toBeGreaterThan(200);
    const found = read(pairs, futures);
    expect(found).toHaveLength(new Set([...pairs, ...futures]).size);
    for (const { symbol } of found) expect(formatSymbol(parseSymbol(symbol))).toBe(symbol);
    expect(new Set(found.map(({ symbol }) => symbol)).size).toBe(found.length);
  });

  it('are recognised in a recording, whole or the pairs alone, and nothing else is', () => {
    const recognise = (path: string): unknown =>
      rest.instruments.recognise(new URL(`https://api-pub.bitfinex.com${path}`));
    expect(recognise(rest.instruments.request().path)).toEqual({});
    expect(recognise('/v2/conf/pub:list:pair:exchange')).toEqual({});
    expect(recognise('/v2/conf/pub:list:currency')).toBeUndefined();
    expect(rest.instruments.parse('[["BTCUSD"]]', undefined, reject)).toMatchObject([{ symbol: 'BTC/USD' }]);
  });
});

describe('candles of Bitfinex by REST', () => {
  const query = { nativeSymbol: 'tBTCUSD', interval: '1m', limit: 120 };

  it.each([
    [{}, '/v2/candles/trade:1m:tBTCUSD/hist?limit=120'],
    [
      { from: 60_000, to: 120_000 },
      '/v2/candles/trade:1m:tBTCUSD/hist?limit=120&start=60000&end=120000&sort=1',
    ],
    [{ limit: 50_000 }, '/v2/candles/trade:1m:tBTCUSD/hist?limit=10000'],
    [{ interval: '1d', nativeSymbol: 'tBTCF0:USTF0' }, '/v2/candles/trade:1D:tBTCF0:USTF0/hist?limit=120'],
    [
      { nativeSymbol: 'fUSD', params: { aggregation: 30 } },
      '/v2/candles/trade:1m:fUSD:a30:p2:p30/hist?limit=120',
    ],
  ])('are asked for: %j', (asked, path) => {
    const request = rest.candles!.request({ ...query, ...asked });
    expect(request.path).toBe(path);
    expect(rest.candles!.recognise(new URL(`https://x.test${path}`))).toEqual({
      nativeSymbol: { ...query, ...asked }.nativeSymbol,
    });
  });

  it('have the close before high and low, and come with the oldest first', () => {
    const body = '[[120000,3,4,5,2,1],[60000,1,2,3,0.5,7]]';
    expect(rest.candles!.parse(body, query, reject)).toMatchObject([
      { openTime: 60_000, closeTime: 120_000, open: '1', close: '2', high: '3', low: '0.5', baseVolume: '7' },
      { openTime: 120_000, open: '3', close: '4', high: '5', low: '2' },
    ]);
  });

  it.each(['["error",11010,"ratelimit: error"]', '{}', '[[1,2]]', 'x'])('are not %s', (body) => {
    expect(() => rest.candles!.parse(body, query, reject)).toThrow(MalformedAnswerError);
  });
});
