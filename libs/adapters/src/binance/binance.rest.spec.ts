import { readCapture } from '../../test/captures.ts';
import { MalformedAnswerError } from '../decoder/malformed-answer.ts';
import { binance } from './binance.adapter.ts';

const { rest } = binance();
const bookSeed = rest.bookSeed!;
const candles = rest.candles!;
const serverTime = rest.serverTime!;

const BTC = {
  symbol: 'BTCUSDT',
  status: 'TRADING',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  filters: [
    {
      filterType: 'PRICE_FILTER',
      minPrice: '0.01000000',
      maxPrice: '1000000.00000000',
      tickSize: '0.01000000',
    },
    { filterType: 'LOT_SIZE', minQty: '0.00001000', maxQty: '9000.00000000', stepSize: '0.00001000' },
  ],
};
/** For answers in which every row is sound. */
const never = (reason: string): void => {
  throw new Error(`rejected: ${reason}`);
};
const exchangeInfo = (...symbols: unknown[]): string => JSON.stringify({ symbols });

describe('trades that Binance is asked for afterwards', () => {
  const trades = rest.trades!;
  const after = { id: '28456', time: 1 };
  const raw = { nativeSymbol: 'BTCUSDT', params: {}, after, limit: 1000 };
  const aggregated = { ...raw, params: { aggregated: true } };

  it('are those after the known one, at the weight of each kind', () => {
    expect(trades.request(raw)).toEqual({
      path: '/api/v3/historicalTrades?symbol=BTCUSDT&fromId=28457&limit=1000',
      weight: 25,
    });
    expect(trades.request({ ...aggregated, limit: 5_000 })).toEqual({
      path: '/api/v3/aggTrades?symbol=BTCUSDT&fromId=28457&limit=1000',
      weight: 4,
    });
  });

  it('say the same as on the stream', () => {
    const old = {
      id: 28457,
      price: '4.00000100',
      qty: '12.00000000',
      quoteQty: '48.000012',
      time: 1499865549590,
      isBuyerMaker: true,
      isBestMatch: true,
    };
    expect(trades.parse(JSON.stringify([old]), raw, never)).toEqual([
      { id: '28457', price: '4.00000100', amount: '12.00000000', side: 'sell', exchangeTime: 1499865549590 },
    ]);
    const summed = {
      a: 26129,
      p: '0.01633102',
      q: '4.70443515',
      f: 27781,
      l: 27782,
      T: 1498793709153,
      m: false,
      M: true,
    };
    expect(trades.parse(JSON.stringify([summed]), aggregated, never)).toEqual([
      {
        id: '26129',
        price: '0.01633102',
        amount: '4.70443515',
        side: 'buy',
        exchangeTime: 1498793709153,
        aggregates: { firstId: '27781', lastId: '27782' },
      },
    ]);
  });

  it('count without those that break the format', () => {
    const reasons: string[] = [];
    expect(trades.parse('[{"id":1,"price":"0"}]', raw, (reason) => reasons.push(reason))).toEqual([]);
    expect(reasons).toEqual([expect.stringContaining('[0].price')]);
    expect(() => trades.parse('{}', raw, never)).toThrow(MalformedAnswerError);
  });

  it.each(['historicalTrades', 'aggTrades', 'trades'])('are known in a recording as %s', (operation) => {
    const url = (path: string): URL => new URL(`https://api.binance.com${path}`);
    expect(trades.recognise(url(`/api/v3/${operation}?symbol=BTCUSDT&limit=5`))).toEqual({
      nativeSymbol: 'BTCUSDT',
    });
    expect(trades.recognise(url('/api/v3/depth?symbol=BTCUSDT'))).toBeUndefined();
  });
});

describe('Binance instruments', () => {
  it('take names from the assets and steps, digits untouched, from the filters', () => {
    expect(rest.instruments.parse(exchangeInfo(BTC), undefined, never)).toEqual([
      {
        exchange: 'binance',
        kind: 'spot',
        symbol: 'BTC/USDT',
        nativeSymbol: 'BTCUSDT',
        base: 'BTC',
        quote: 'USDT',
        status: 'trading',
        tickSize: '0.01000000',
        lotSize: '0.00001000',
      },
    ]);
  });

  it.each(['HALT', 'BREAK', 'END_OF_DAY', 'CANCEL_ONLY', 'SOMETHING_NEW'])(
    'are halted at status %s',
    (status) => {
      expect(rest.instruments.parse(exchangeInfo({ ...BTC, status }), undefined, never)[0]?.status).toBe(
        'halted',
      );
    },
  );

  it('have no step where the filter is off or absent', () => {
    const filters = [{ filterType: 'PRICE_FILTER', tickSize: '0.00000000' }];
    const [instrument] = rest.instruments.parse(exchangeInfo({ ...BTC, filters }), undefined, never);
    expect(instrument?.tickSize).toBeUndefined();
    expect(instrument?.lotSize).toBeUndefined();
  });

  it.each([
    ['a symbol without assets', { baseAsset: '' }, 'symbols[0].baseAsset: expected text, got ""'],
    [
      'a filter without its step',
      { filters: [{ filterType: 'LOT_SIZE' }] },
      'symbols[0].LOT_SIZE.stepSize: expected an amount',
    ],
  ])('leave out %s with the reason, and keep the others', (_case, change, reason) => {
    const reasons: string[] = [];
    const body = exchangeInfo({ ...BTC, ...change }, { ...BTC, symbol: 'ETHUSDT', baseAsset: 'ETH' });
    const instruments = rest.instruments.parse(body, undefined, (rejected) => reasons.push(rejected));
    expect(instruments.map(({ symbol }) => symbol)).toEqual(['ETH/USDT']);
    expect(reasons).toEqual([expect.stringContaining(reason)]);
  });

  it('cost 20', () => {
    expect(rest.instruments.request()).toEqual({ path: '/api/v3/exchangeInfo', weight: 20 });
  });

  const answers = readCapture('cryptofeed/binance/http.jsonl.gz');
  (answers ? it : it.skip)('are read from a recorded answer: 1695 of them, 433 halted', () => {
    const answer = answers?.find(({ url }) => rest.instruments.recognise(new URL(url ?? '')));
    const instruments = rest.instruments.parse(answer?.frame ?? '', undefined, never);
    expect(instruments).toHaveLength(1695);
    expect(instruments.filter(({ status }) => status === 'halted')).toHaveLength(433);
    expect(instruments.find(({ symbol }) => symbol === 'ETH/BTC')).toMatchObject({
      nativeSymbol: 'ETHBTC',
      tickSize: '0.00000100',
      lotSize: '0.00010000',
    });
  });
});

describe('a Binance book seed', () => {
  it.each([
    [5, 5],
    [100, 5],
    [101, 25],
    [500, 25],
    [1000, 50],
    [1001, 250],
    [5000, 250],
  ])('of %i levels costs %i', (depth, weight) => {
    expect(bookSeed.request({ nativeSymbol: 'BTCUSDT', depth })).toEqual({
      path: `/api/v3/depth?symbol=BTCUSDT&limit=${depth}`,
      weight,
    });
  });

  it('asks for no more than the exchange gives and encodes symbols of any script', () => {
    const { path } = bookSeed.request({ nativeSymbol: '币安USDT', depth: 9999 });
    expect(path).toBe('/api/v3/depth?symbol=%E5%B8%81%E5%AE%89USDT&limit=5000');
  });

  it('is the book at its update id', () => {
    const body = '{"lastUpdateId":1027024,"bids":[["4.00000000","431.00000000"]],"asks":[["4e0","1.2e1"]]}';
    expect(bookSeed.parse(body, { nativeSymbol: 'LTCBTC', depth: 1000 }, never)).toEqual({
      sequence: 1027024,
      bids: [['4.00000000', '431.00000000']],
      asks: [['4', '12']],
    });
  });
});

describe('Binance candles by REST', () => {
  const query = { nativeSymbol: 'BTCUSDT', interval: '1m', limit: 500 };
  const row = (open: number): unknown[] => [
    ...[open, '0.01634790', '0.80000000', '0.01575800', '0.01577100', '148976.11427815', open + 59_999],
    ...['2434.19055334', 308, '1756.87402397', '28.46694368', '0'],
  ];

  it('are asked for by open time', () => {
    expect(candles.request({ ...query, from: 1, to: 2, limit: 5000 })).toEqual({
      path: '/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime=1&endTime=2&limit=1000',
      weight: 2,
    });
    expect(candles.request(query).path).toBe('/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=500');
  });

  it('begin their days, weeks and months where those of the stream do', () => {
    const { path } = candles.request({ ...query, params: { timezone: '+08:00' } });
    expect(path).toBe('/api/v3/klines?symbol=BTCUSDT&interval=1m&timeZone=8&limit=500');
  });

  it('end where the next one begins, and do not say whether they are closed', () => {
    const body = JSON.stringify([row(1499040000000), row(1499040060000)]);
    const [first, last] = candles.parse(body, query, never);
    expect(first).toEqual({
      interval: '1m',
      openTime: 1499040000000,
      closeTime: 1499040060000,
      open: '0.01634790',
      high: '0.80000000',
      low: '0.01575800',
      close: '0.01577100',
      baseVolume: '148976.11427815',
      quoteVolume: '2434.19055334',
      tradeCount: 308,
      takerBuyBaseVolume: '1756.87402397',
      takerBuyQuoteVolume: '28.46694368',
    });
    expect(last).toMatchObject({ openTime: first?.closeTime });
    expect(candles.parse('[]', query, never)).toEqual([]);
  });
});

describe('a Binance REST answer', () => {
  it('tells the time of the server', () => {
    expect(serverTime.parse('{"serverTime":1499827319559}', undefined, never)).toBe(1499827319559);
  });

  const seed = (body: string) => (): unknown => bookSeed.parse(body, { nativeSymbol: 'X', depth: 5 }, never);
  const kline = (body: string) => (): unknown =>
    candles.parse(body, { nativeSymbol: 'X', interval: '1m', limit: 1 }, never);
  it.each([
    ['an HTML page', seed('<html>'), /binance: .*depth\?symbol=X cannot be used: .* not valid JSON/],
    ['null', seed('null'), /body: expected an object, got null/],
    ['no update id', seed('{"bids":[],"asks":[]}'), /lastUpdateId: expected an integer .* got nothing/],
    ['a level of one', seed('{"lastUpdateId":1,"bids":[["1"]],"asks":[]}'), /bids\[0\]: expected a level/],
    ['no asks', seed('{"lastUpdateId":1,"bids":[]}'), /asks: expected an array, got nothing/],
    [
      'no symbols',
      () => rest.instruments.parse('{}', undefined, never),
      /exchangeInfo .* symbols: expected an array/,
    ],
    [
      'an error object for candles',
      kline('{"code":-1121,"msg":"Invalid symbol."}'),
      /klines\?symbol=X .* body: expected an array/,
    ],
    ['a short candle', kline('[[1499040000000,"1"]]'), /\[0\]\[6\]: expected an integer/],
    [
      'a time as text',
      () => serverTime.parse('{"serverTime":"1"}', undefined, never),
      /serverTime: .* got "1"/,
    ],
  ])('that is %s throws and names what was expected', (_case, parse, message) => {
    expect(parse).toThrow(MalformedAnswerError);
    expect(parse).toThrow(message);
  });

  it('that is malformed has a code to branch on, and keeps its cause', () => {
    const error = new MalformedAnswerError('binance', 'time', 'body: …', new Error('below'));
    expect(error).toMatchObject({
      code: 'MALFORMED_ANSWER',
      name: 'MalformedAnswerError',
      cause: new Error('below'),
    });
  });

  it.each([
    ['https://api.binance.com/api/v3/exchangeInfo', 'instruments', {}],
    ['https://www.binance.com/api/v1/exchangeInfo', 'instruments', {}],
    [
      'https://api.binance.com/api/v3/depth?symbol=BTCUSDT&limit=1000',
      'bookSeed',
      { nativeSymbol: 'BTCUSDT' },
    ],
    [
      'https://api.binance.com/api/v1/depth?limit=1000&symbol=BTCUSDT',
      'bookSeed',
      { nativeSymbol: 'BTCUSDT' },
    ],
    [
      'http://127.0.0.1:8080/api/v3/klines?symbol=BTCUSDT&interval=1m',
      'candles',
      { nativeSymbol: 'BTCUSDT' },
    ],
    ['https://api.binance.com/api/v1/time', 'serverTime', {}],
    ['https://api.binance.com/api/v3/depth', 'bookSeed', undefined],
    ['https://fapi.binance.com/fapi/v1/depth?symbol=BTCUSDT', 'bookSeed', undefined],
    ['https://api.binance.com/api/v3/ticker/bookTicker?symbol=BTCUSDT', 'bookSeed', undefined],
    ['https://api.binance.com/api/v3/klines?symbol=BTCUSDT', 'bookSeed', undefined],
  ] as const)('of %s is one of %s: %j', (url, operation, call) => {
    expect(rest[operation]?.recognise(new URL(url))).toEqual(call);
  });

  it.each([
    [{ 'x-mbx-used-weight-1m': '42' }, 42],
    [{ 'x-mbx-used-weight-1m': '4e2' }, undefined],
    [{ 'x-mbx-used-weight': '42' }, undefined],
  ] as const)('with %j tells that so much weight is used: %s', (headers, used) => {
    expect(rest.usedWeight?.(headers)).toBe(used);
  });
});
