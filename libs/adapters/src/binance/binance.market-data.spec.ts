import fc from 'fast-check';
import { readLines } from '../../test/captures.ts';
import { RecordingSink, type Call } from '../../test/recording-sink.ts';
import { binance } from './binance.adapter.ts';

const COMBINED = 'wss://stream.binance.com:9443/stream';

/** What a session makes of the payload of one topic. */
function read(topic: string, data: unknown, url: string = COMBINED): readonly Call[] {
  return readText(topic, JSON.stringify(data), url);
}

function readText(topic: string, data: string, url: string = COMBINED): readonly Call[] {
  const sink = new RecordingSink(topic);
  const session = binance().createSession({ endpoint: 'public', url, nextId: () => 1 });
  session.onFrame(Buffer.from(`{"stream":${JSON.stringify(topic)},"data":${data}}`), false, 0, sink);
  return sink.calls;
}

// Frames as the exchange's documentation prints them.
const TRADE = {
  ...{ e: 'trade', E: 1672515782137, s: 'BNBBTC', t: 12345, p: '0.001', q: '100', T: 1672515782136 },
  ...{ m: true, M: true },
};
const AGG_TRADE = {
  ...{ e: 'aggTrade', E: 1675759520848, s: 'ETHUSDT', a: 226532, p: '1632.46000000', q: '0.34305000' },
  ...{ f: 228423, l: 228425, T: 1675759520847, m: false, M: true },
};
const QUOTE = {
  u: 400900217,
  s: 'BNBUSDT',
  b: '25.35190000',
  B: '31.21000000',
  a: '25.36520000',
  A: '40.66000000',
};
const TICKER = {
  ...{ e: '24hrTicker', E: 1580254809477, s: 'BNBBTC', p: '-420.97000000', P: '-4.720', w: '9058.27981278' },
  ...{ x: '8917.98000000', c: '9338.96000000', Q: '0.17246300', b: '9338.03000000', B: '0.18234600' },
  ...{ a: '9339.70000000', A: '0.14097600', o: '8917.99000000', h: '9373.19000000', l: '8862.40000000' },
  ...{ v: '72229.53692000', q: '654275356.16896672', O: 1580168409456, C: 1580254809456, n: 600436 },
};
const CANDLE = {
  ...{ t: 1672515780000, T: 1672515839999, s: 'BNBBTC', i: '1m', f: 100, L: 200, o: '0.0010', c: '0.0020' },
  ...{
    h: '0.0025',
    l: '0.0015',
    v: '1000',
    n: 100,
    x: false,
    q: '1.0000',
    V: '500',
    Q: '0.500',
    B: '123456',
  },
};
const KLINE = { e: 'kline', E: 1672515782136, s: 'BNBBTC', k: CANDLE };
const UPDATE = {
  ...{ e: 'depthUpdate', E: 1672515782136, s: 'BNBBTC', U: 157, u: 160 },
  ...{ b: [['0.0024', '10']], a: [['0.0026', '0.00000000']] },
};
const PARTIAL = { lastUpdateId: 160, bids: [['0.0024', '10']], asks: [['0.0026', '100']] };

describe('Binance market data', () => {
  it('reads a trade with the time of the deal and the side of the taker', () => {
    expect(read('bnbbtc@trade', TRADE)).toEqual([
      ['trade', 'bnbbtc@trade', 1672515782136, '12345', '0.001', '100', 'sell'],
    ]);
  });

  it.each([
    { buyerIsMaker: true, side: 'sell' },
    { buyerIsMaker: false, side: 'buy' },
  ])('calls the side $side when m is $buyerIsMaker', ({ buyerIsMaker, side }) => {
    expect(read('bnbbtc@trade', { ...TRADE, m: buyerIsMaker })[0]?.[6]).toBe(side);
    expect(read('ethusdt@aggTrade', { ...AGG_TRADE, m: buyerIsMaker })[0]?.[6]).toBe(side);
  });

  it('reads an aggregated trade with the raw trades that it sums up', () => {
    expect(read('ethusdt@aggTrade', AGG_TRADE)).toEqual([
      [
        ...['trade', 'ethusdt@aggTrade', 1675759520847, '226532', '1632.46000000', '0.34305000', 'buy'],
        { firstId: '228423', lastId: '228425' },
      ],
    ]);
  });

  it('reads a quote, which has a sequence and no time', () => {
    expect(read('bnbusdt@bookTicker', QUOTE)).toEqual([
      [
        ...['quote', 'bnbusdt@bookTicker', undefined, 400900217],
        ...['25.35190000', '31.21000000', '25.36520000', '40.66000000'],
      ],
    ]);
  });

  it('reads a ticker, losses included', () => {
    expect(read('bnbbtc@ticker', TICKER)).toEqual([
      [
        'ticker',
        'bnbbtc@ticker',
        1580254809477,
        {
          last: '9338.96000000',
          open: '8917.99000000',
          high: '9373.19000000',
          low: '8862.40000000',
          change: '-420.97000000',
          changePercent: '-4.720',
          weightedAverage: '9058.27981278',
          baseVolume: '72229.53692000',
          quoteVolume: '654275356.16896672',
          bid: '9338.03000000',
          bidAmount: '0.18234600',
          ask: '9339.70000000',
          askAmount: '0.14097600',
          tradeCount: 600436,
          openTime: 1580168409456,
          closeTime: 1580254809456,
        },
      ],
    ]);
  });

  it('leaves out of a ticker the prices that are zero: there is no bid at nothing', () => {
    const [call] = read('bnbbtc@ticker', {
      ...TICKER,
      b: '0.00000000',
      B: '0.00000000',
      w: '0',
      a: undefined,
    });
    expect(call?.[3]).toMatchObject({ bid: undefined, bidAmount: '0.00000000', weightedAverage: undefined });
    expect(call?.[3]).toMatchObject({ ask: undefined, last: '9338.96000000' });
  });

  it('reads a candle, whose close time is where the next one opens', () => {
    expect(read('bnbbtc@kline_1m', KLINE)).toEqual([
      [
        'candle',
        'bnbbtc@kline_1m',
        1672515782136,
        {
          interval: '1m',
          openTime: 1672515780000,
          closeTime: 1672515840000,
          open: '0.0010',
          high: '0.0025',
          low: '0.0015',
          close: '0.0020',
          baseVolume: '1000',
          quoteVolume: '1.0000',
          tradeCount: 100,
          takerBuyBaseVolume: '500',
          takerBuyQuoteVolume: '0.500',
          closed: false,
          tradeIds: { first: 100, last: 200 },
        },
      ],
    ]);
    const [closed] = read('bnbbtc@kline_1m', { ...KLINE, k: { ...CANDLE, x: true } });
    expect(closed?.[3]).toMatchObject({ closed: true });
    const [quiet] = read('bnbbtc@kline_1m', { ...KLINE, k: { ...CANDLE, f: -1, L: -1, n: 0 } });
    expect(quiet?.[3]).toMatchObject({ tradeCount: 0 });
    expect(quiet?.[3]).not.toHaveProperty('tradeIds');
  });

  it('reads a book update with its link', () => {
    expect(read('bnbbtc@depth@100ms', UPDATE)).toEqual([
      [
        ...['bookUpdate', 'bnbbtc@depth@100ms', 1672515782136, { first: 157, last: 160 }],
        ...[[['0.0024', '10']], [['0.0026', '0.00000000']]],
      ],
    ]);
  });

  it('reads a partial book as a whole one', () => {
    expect(read('bnbbtc@depth5@100ms', PARTIAL)).toEqual([
      [
        ...['bookSnapshot', 'bnbbtc@depth5@100ms', undefined, { last: 160 }],
        ...[[['0.0024', '10']], [['0.0026', '100']]],
      ],
    ]);
  });

  it('writes exponents out, in rows and in levels', () => {
    expect(read('bnbbtc@trade', { ...TRADE, p: '7e-7', q: '1.5E3' })[0]?.slice(4, 6)).toEqual([
      '0.0000007',
      '1500',
    ]);
    expect(read('bnbbtc@depth', { ...UPDATE, b: [['1e-8', '0e5']] })[0]?.[4]).toEqual([['0.00000001', '0']]);
  });

  it('writes numbers without a whole or a fraction plainly, and takes no lone point for one', () => {
    expect(read('bnbbtc@trade', { ...TRADE, p: '.5', q: '5.' })[0]?.slice(4, 6)).toEqual(['0.5', '5']);
    expect(read('bnbbtc@trade', { ...TRADE, q: '.' })[0]?.[0]).toBe('rejected');
  });

  const withCaptures = readLines('gct/binance/ws_trade_update.jsonl') ? it : it.skip;
  withCaptures.each([
    ['gct/binanceus/websocket_agg_trade.jsonl', ['trade']],
    ['gct/binanceus/websocket_stream_trade_update.jsonl', ['trade']],
    ['gct/binanceus/ticker24hour_change_stream.jsonl', ['ticker']],
    ['gct/binanceus/websocket_kline_update.jsonl', ['candle']],
    ['gct/binanceus/websocket_partial_order_book_depth_stream.jsonl', ['bookSnapshot', 'bookSnapshot']],
    ['gct/binance/ws_depth_update.jsonl', ['bookUpdate', 'bookUpdate']],
    ['gct/binance/ws_ticker_update.jsonl', ['ticker']],
    ['gct/binance/ws_trade_update.jsonl', ['trade']],
  ])('reads the frames that another project recorded: %s', (path, methods) => {
    const heard = readLines(path)?.flatMap((line) => {
      const { stream, data } = JSON.parse(line) as { stream: string; data: unknown };
      return read(stream, data).map(([method]) => method);
    });
    expect(heard).toEqual(methods);
  });

  it('reads times by the unit of the connection, whatever their digits', () => {
    const micro = `${COMBINED}?timeUnit=MICROSECOND`;
    expect(read('bnbbtc@trade', { ...TRADE, T: 1672515782136123 }, micro)[0]?.[2]).toBe(1672515782136.123);
    expect(read('bnbbtc@trade', { ...TRADE, T: 1672515782136 }, micro)[0]?.[2]).toBe(1672515782.136);
    expect(read('bnbbtc@trade', { ...TRADE, T: 1672515782136123 })[0]?.[2]).toBe(1672515782136123);
    const candle = { ...CANDLE, t: 1672515780000000, T: 1672515839999999 };
    const [call] = read('bnbbtc@kline_1m', { ...KLINE, k: candle }, micro);
    expect(call?.[3]).toMatchObject({ openTime: 1672515780000, closeTime: 1672515840000 });
  });
});

describe('a malformed Binance row', () => {
  it.each([
    ['bnbbtc@trade', { ...TRADE, p: 'NaN' }, 'p: expected a price (decimal text above zero), got "NaN"'],
    ['bnbbtc@trade', { ...TRADE, p: 'Infinity' }, 'p: expected a price'],
    ['bnbbtc@trade', { ...TRADE, p: '0.000' }, 'p: expected a price'],
    ['bnbbtc@trade', { ...TRADE, p: '-1' }, 'p: expected a price'],
    ['bnbbtc@trade', { ...TRADE, p: '0e5' }, 'p: expected a price'],
    ['bnbbtc@trade', { ...TRADE, p: '' }, 'p: expected a price (decimal text above zero), got ""'],
    ['bnbbtc@trade', { ...TRADE, p: '0x10' }, 'p: expected a price'],
    ['bnbbtc@trade', { ...TRADE, p: '1e400' }, 'p: expected a price'],
    [
      'bnbbtc@trade',
      { ...TRADE, p: '9'.repeat(65) },
      `p: expected a price (decimal text above zero), got "${'9'.repeat(64)}"`,
    ],
    ['bnbbtc@trade', { ...TRADE, p: 0.001 }, 'p: expected a price (decimal text above zero), got 0.001'],
    [
      'bnbbtc@trade',
      { ...TRADE, p: undefined },
      'p: expected a price (decimal text above zero), got nothing',
    ],
    [
      'bnbbtc@trade',
      { ...TRADE, q: '-0.5' },
      'q: expected an amount (decimal text, not negative), got "-0.5"',
    ],
    ['bnbbtc@trade', { ...TRADE, q: ' 1' }, 'q: expected an amount'],
    ['bnbbtc@trade', { ...TRADE, q: '1.' + '\u0661' }, 'q: expected an amount'],
    ['bnbbtc@trade', { ...TRADE, t: -1 }, 't: expected an integer'],
    ['bnbbtc@trade', { ...TRADE, t: '12345' }, 't: expected an integer'],
    ['bnbbtc@trade', { ...TRADE, t: 2 ** 53 }, 't: expected an integer from 0 to 2^53, got 9007199254740992'],
    ['bnbbtc@trade', { ...TRADE, T: 1.5 }, 'T: expected an integer'],
    ['bnbbtc@trade', { ...TRADE, m: 'true' }, 'm: expected true or false, got "true"'],
    ['bnbbtc@trade', AGG_TRADE, 'e: expected "trade", got "aggTrade"'],
    ['bnbbtc@trade', null, 'data: expected an object, got null'],
    ['bnbbtc@trade', [TRADE], 'data: expected an object, got an array of 1'],
    ['bnbbtc@aggTrade', { ...AGG_TRADE, l: undefined }, 'l: expected an integer'],
    [
      'bnbbtc@bookTicker',
      { ...QUOTE, B: {} },
      'B: expected an amount (decimal text, not negative), got an object',
    ],
    ['bnbbtc@bookTicker', PARTIAL, 'u: expected an integer'],
    ['bnbbtc@ticker', { ...TICKER, c: '0' }, 'c: expected a price'],
    ['bnbbtc@ticker', { ...TICKER, P: '--4' }, 'P: expected decimal text, got "--4"'],
    ['bnbbtc@kline_1m', { ...KLINE, k: 7 }, 'k: expected an object, got 7'],
    ['bnbbtc@kline_1m', { ...KLINE, k: { ...CANDLE, h: null } }, 'k.h: expected a price'],
    ['bnbbtc@kline_1m', { ...KLINE, k: { ...CANDLE, i: 1 } }, 'k.i: expected text, got 1'],
    ['bnbbtc@depth', { ...UPDATE, U: 161 }, 'U: expected an update id up to u = 160, got 161'],
    ['bnbbtc@depth', { ...UPDATE, a: 'x' }, 'a: expected an array, got "x"'],
    ['bnbbtc@depth5', { ...PARTIAL, bids: {} }, 'bids: expected an array, got an object'],
  ])('of %s is rejected with the field and its value: %#', (topic, data, reason) => {
    const calls = read(topic, data);
    expect(calls).toEqual([['rejected', topic, expect.any(String)]]);
    expect(String(calls[0]?.[2]).startsWith(reason)).toBe(true);
    expect(String(calls[0]?.[2]).length).toBeLessThan(160);
  });

  it.each([
    ['a number with too many digits', '"t":123451234512345123451', '"t":12345', 't: expected an integer'],
    [
      'a number beyond any double',
      '"t":1e400',
      '"t":12345',
      't: expected an integer from 0 to 2^53, got Infinity',
    ],
    ['a price hidden in __proto__', '"__proto__":{"p":"1"}', '"p":"0.001"', 'p: expected a price'],
  ])('with %s is rejected', (_case, now, before, reason) => {
    const calls = readText('bnbbtc@trade', JSON.stringify(TRADE).replace(before, now));
    expect(calls).toEqual([['rejected', 'bnbbtc@trade', expect.stringContaining(reason)]]);
    expect({}).not.toHaveProperty('p');
  });

  it.each([
    [['0.0024'], 'b[1]: expected a level [price, amount], got an array of 1'],
    [['0.0024', '1', '2'], 'b[1]: expected a level'],
    ['0.0024', 'b[1]: expected a level [price, amount], got "0.0024"'],
    [['0', '1'], 'b[1][0]: expected a price'],
    [[1, '1'], 'b[1][0]: expected a price'],
    [['0.0024', '-1'], 'b[1][1]: expected an amount'],
    [['0.0024', null], 'b[1][1]: expected an amount (decimal text, not negative), got null'],
  ])('of a book is never applied in part: level %j', (level, reason) => {
    const calls = read('bnbbtc@depth', { ...UPDATE, b: [['0.0023', '1'], level] });
    expect(calls).toEqual([['rejected', 'bnbbtc@depth', expect.stringContaining(reason)]]);
  });

  it('of any shape makes exactly one call and never throws', () => {
    const topics = ['trade', 'aggTrade', 'ticker', 'bookTicker', 'kline_1m', 'depth', 'depth5'];
    const samples = [TRADE, AGG_TRADE, TICKER, QUOTE, KLINE, UPDATE, PARTIAL, CANDLE];
    const broken = fc
      .tuple(
        fc.constantFrom(...samples),
        fc.dictionary(fc.constantFrom(...'eEsatTpqmubBAkUcohl'), fc.jsonValue()),
      )
      .map(([sample, change]): unknown => ({ ...sample, ...change }));
    fc.assert(
      fc.property(fc.constantFrom(...topics), fc.oneof(broken, fc.jsonValue()), (topic, data) => {
        expect(read(`bnbbtc@${topic}`, data)).toHaveLength(1);
      }),
      { numRuns: 2000 },
    );
  });
});
