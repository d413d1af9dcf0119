import fc from 'fast-check';
import { COINM, USDM, heard, openCoinm, openUsdm, read } from '../../test/futures-frames.ts';

const AGG_TRADE = {
  ...{ e: 'aggTrade', E: 123456789, a: 5933014, s: 'BTCUSDT', p: '0.001', q: '100', f: 100, l: 105 },
  ...{ T: 123456785, m: true, st: 1 },
};
const TRADE = {
  ...{ e: 'trade', E: 123456789, T: 123456785, s: 'BTCUSDT', t: 5933014, p: '0.001', q: '100' },
  ...{ X: 'MARKET', m: true },
};
const QUOTE = {
  ...{ e: 'bookTicker', u: 400900217, E: 1568014460893, T: 1568014460891, s: 'BTCUSDT' },
  ...{ b: '25.35190000', B: '31.21000000', a: '25.36520000', A: '40.66000000', ...USDM },
};
const UPDATE = {
  ...{ e: 'depthUpdate', E: 123456789, T: 123456788, s: 'BTCUSDT', ...USDM, U: 157, u: 160, pu: 149 },
  ...{ b: [['0.0024', '10']], a: [['0.0026', '100']] },
};
const CANDLE = {
  ...{ t: 1638747660000, T: 1638747719999, s: 'BTCUSDT', i: '1m', f: 100, L: 200, o: '0.0010', c: '0.0020' },
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
const KLINE = { e: 'kline', E: 1638747660000, s: 'BTCUSDT', k: CANDLE };
const TICKER = {
  ...{
    e: '24hrTicker',
    E: 1672515782136,
    s: 'BTCUSDT',
    p: '-131.40000000',
    P: '-0.786',
    w: '16628.97377498',
  },
  ...{ c: '16584.60000000', Q: '0.002', o: '16716.00000000', h: '16764.89000000', l: '16456.51000000' },
  ...{ v: '122474.816', q: '2036102085.69746400', O: 1672429382136, C: 1672515782136, n: 142853, st: 1 },
};
const MARK_PRICE = {
  ...{ e: 'markPriceUpdate', E: 1562305380000, s: 'BTCUSDT', p: '11794.15000000', i: '11784.62659091' },
  ...{ P: '11784.25641265', r: '0.00038167', T: 1562306400000, st: 1 },
};
const ORDER = {
  ...{ s: 'BTCUSDT', S: 'SELL', o: 'LIMIT', f: 'IOC', q: '0.014', p: '9910.00000000' },
  ...{ ap: '9910.12345678', X: 'FILLED', l: '0.014', z: '0.014', T: 1568014460891 },
};
const LIQUIDATION = { e: 'forceOrder', E: 1568014460893, o: ORDER };

describe('a row of futures', () => {
  it('tells an aggregated trade, the side of its taker, and what it sums up', () => {
    expect(read('btcusdt@aggTrade', AGG_TRADE)).toEqual([
      [
        ...['trade', 'btcusdt@aggTrade', 123456785, '5933014', '0.001', '100', 'sell'],
        { firstId: '100', lastId: '105' },
      ],
    ]);
    expect(read('btcusdt@aggTrade', { ...AGG_TRADE, m: false })[0]?.[6]).toBe('buy');
  });

  it('tells the whole amount of an aggregated trade, with that of retail price improvement', () => {
    expect(read('btcusdt@aggTrade', { ...AGG_TRADE, nq: '40' })[0]?.[5]).toBe('100');
  });

  it('tells a single trade', () => {
    const told = [['trade', 'btcusdt@trade', 123456785, '5933014', '0.001', '100', 'sell']];
    expect(read('btcusdt@trade', TRADE)).toEqual(told);
    expect(read('btcusdt@trade', { ...TRADE, X: undefined })).toEqual(told);
  });

  it.each([
    ['INSURANCE_FUND', 'trade INSURANCE_FUND'],
    ['ADL', 'trade ADL'],
    ['NA', 'trade NA'],
    ['SOMETHING_NEW', 'trade of another kind'],
    [7, 'trade of another kind'],
  ])('that no taker made in the market (X = %s) is no trade, and left by its name', (X, name) => {
    expect(read('btcusdt@trade', { ...TRADE, X })).toEqual([['ignored', name]]);
  });

  it('tells a quote with its time, which a quote of spot has not', () => {
    expect(read('btcusdt@bookTicker', QUOTE)).toEqual([
      [
        ...['quote', 'btcusdt@bookTicker', 1568014460893, 400900217],
        ...['25.35190000', '31.21000000', '25.36520000', '40.66000000'],
      ],
    ]);
  });

  it('tells a change of a book with the id of the one before', () => {
    expect(read('btcusdt@depth@100ms', UPDATE)).toEqual([
      [
        ...['bookUpdate', 'btcusdt@depth@100ms', 123456789, { first: 157, last: 160, previous: 149 }],
        ...[[['0.0024', '10']], [['0.0026', '100']]],
      ],
    ]);
  });

  it.each(['btcusdt@depth5', 'btcusdt@depth10@500ms', 'btcusdt@depth20@100ms'])(
    'that looks like a change is the whole top of the book on %s',
    (topic) => {
      expect(read(topic, UPDATE)).toEqual([
        ['bookSnapshot', topic, 123456789, { last: 160 }, [['0.0024', '10']], [['0.0026', '100']]],
      ]);
    },
  );

  it('tells a ticker, which has no best prices', () => {
    const [call] = read('btcusdt@ticker', TICKER);
    expect(call?.slice(0, 3)).toEqual(['ticker', 'btcusdt@ticker', 1672515782136]);
    expect(call?.[3]).toMatchObject({
      ...{ last: '16584.60000000', change: '-131.40000000', tradeCount: 142853 },
      ...{ baseVolume: '122474.816', quoteVolume: '2036102085.69746400', bid: undefined, ask: undefined },
    });
  });

  it('tells a candle, whose volumes are in base and quote currency', () => {
    const [call] = read('btcusdt@kline_1m', KLINE);
    expect(call?.[3]).toMatchObject({
      ...{ openTime: 1638747660000, closeTime: 1638747720000, closed: false },
      ...{ baseVolume: '1000', quoteVolume: '1.0000' },
      ...{ takerBuyBaseVolume: '500', takerBuyQuoteVolume: '0.500' },
      tradeIds: { first: 100, last: 200 },
    });
  });

  it('of COIN-M has contracts where USD-M has base currency, so that volumes are read one field further', () => {
    const [candle] = read('btcusd_perp@kline_1m', { ...KLINE, s: 'BTCUSD_PERP' }, openCoinm());
    expect(candle?.[3]).toMatchObject({ baseVolume: '1.0000', takerBuyBaseVolume: '0.500' });
    expect(candle?.[3]).not.toHaveProperty('quoteVolume');
    const [ticker] = read('btcusd_perp@ticker', { ...TICKER, s: 'BTCUSD_PERP', st: 2 }, openCoinm());
    expect(ticker?.[3]).toMatchObject({ baseVolume: '2036102085.69746400' });
    expect(ticker?.[3]).not.toHaveProperty('quoteVolume');
  });

  it('tells mark and index price and the next funding', () => {
    expect(read('btcusdt@markPrice@1s', MARK_PRICE)).toEqual([
      [
        ...['derivatives', 'btcusdt@markPrice@1s', 1562305380000],
        {
          ...{ markPrice: '11794.15000000', indexPrice: '11784.62659091' },
          ...{ estimatedSettlementPrice: '11784.25641265' },
          ...{ fundingRate: '0.00038167', nextFundingTime: 1562306400000 },
        },
      ],
    ]);
    const [negative] = read('btcusdt@markPrice', { ...MARK_PRICE, r: '-0.0001' });
    expect(negative?.[3]).toMatchObject({ fundingRate: '-0.0001' });
  });

  it('of a contract that is delivered has no funding: an empty rate and a time of zero', () => {
    const [call] = read('btcusdt_251226@markPrice@1s', { ...MARK_PRICE, r: '', T: 0, i: '0.0' });
    expect(call?.[3]).toEqual({ markPrice: '11794.15000000', estimatedSettlementPrice: '11784.25641265' });
  });

  it('tells the side of a liquidation as that of its order: SELL closes a long', () => {
    expect(read('btcusdt@forceOrder', LIQUIDATION)).toEqual([
      [
        ...['liquidation', 'btcusdt@forceOrder', 1568014460891],
        {
          ...{ side: 'sell', price: '9910.00000000', priceKind: 'order', amount: '0.014' },
          averagePrice: '9910.12345678',
        },
      ],
    ]);
    const [buy] = read('btcusdt@forceOrder', { ...LIQUIDATION, o: { ...ORDER, S: 'BUY', ap: '0' } });
    expect(buy?.[3]).toEqual({ side: 'buy', price: '9910.00000000', priceKind: 'order', amount: '0.014' });
  });

  it('tells that the market of a contract has stopped, or goes on', () => {
    const info = { e: 'contractInfo', E: 1, s: 'BTCUSDT', cs: 'SETTLING', st: 1 };
    expect(read('!contractInfo', info)).toEqual([
      ['marketStatus', 'BTCUSDT', 'halted', 'the contract is SETTLING'],
    ]);
    expect(read('!contractInfo', { ...info, cs: 'TRADING' })).toEqual([
      ['marketStatus', 'BTCUSDT', 'trading', 'the contract is TRADING'],
    ]);
    expect(read('!contractInfo', { ...info, cs: undefined })).toEqual([
      ['ignored', 'contractInfo without a status'],
    ]);
  });
});

describe('rows of both exchanges come on streams of all symbols since 2026-06-30', () => {
  const other = [['ignored', 'row of the other segment']];
  const info = { e: 'contractInfo', E: 1, s: 'BTCUSD_PERP', cs: 'SETTLING', ...COINM };

  it('and the ones of COIN-M are nothing to USD-M', () => {
    expect(read('!contractInfo', info)).toEqual(other);
    expect(read('btcusdt@markPrice@1s', { ...MARK_PRICE, ...COINM })).toEqual(other);
    expect(read('btcusdt@aggTrade', { ...AGG_TRADE, st: 2 })).toEqual(other);
    expect(read('btcusdt@bookTicker', { ...QUOTE, st: 2 })).toEqual(other);
    expect(read('btcusdt@depth@100ms', { ...UPDATE, ...COINM })).toEqual(other);
    expect(read('btcusdt@depth5', { ...UPDATE, ...COINM })).toEqual(other);
  });

  it('and the other way round', () => {
    expect(read('!contractInfo', info, openCoinm())[0]?.[0]).toBe('marketStatus');
    expect(read('!contractInfo', { ...info, ...USDM }, openCoinm())).toEqual(other);
    expect(read('btcusd_perp@bookTicker', QUOTE, openCoinm())).toEqual(other);
  });

  it('and one that does not say of which it is was told to who asked for its symbol', () => {
    const { st: _, ...silent } = AGG_TRADE;
    expect(read('btcusdt@aggTrade', silent)[0]?.[0]).toBe('trade');
    expect(read('btcusd_perp@aggTrade', silent, openCoinm())[0]?.[0]).toBe('trade');
  });

  it('lists of all symbols are for those who want them as they come', () => {
    expect(read('!markPrice@arr', [MARK_PRICE, { ...MARK_PRICE, st: 2 }])).toEqual([]);
  });
});

describe('what an account is told', () => {
  it.each(['ORDER_TRADE_UPDATE', 'TRADE_LITE', 'ACCOUNT_UPDATE', 'ALGO_UPDATE', 'MARGIN_CALL'])(
    'is left by its name, with an envelope or without: %s',
    (e) => {
      const calls = [['ignored', e]];
      expect(heard(openUsdm(), { stream: 'key', data: { e, o: { X: 'NEW' } } })).toEqual(calls);
      expect(heard(openUsdm(), { e, o: { X: 'NEW' } })).toEqual(calls);
    },
  );

  it('when its key has expired: the socket is of no more use', () => {
    expect(heard(openUsdm(), { e: 'listenKeyExpired', E: 1, listenKey: 'k' })).toEqual([
      ['closing', 'listenKeyExpired'],
    ]);
  });
});

describe('a session of futures without envelopes', () => {
  const raw = openUsdm('wss://fstream.binance.com/market/ws');

  it.each([
    [TRADE, 'btcusdt@trade', 'trade'],
    [AGG_TRADE, 'btcusdt@aggTrade', 'trade'],
    [TICKER, 'btcusdt@ticker', 'ticker'],
    [QUOTE, 'btcusdt@bookTicker', 'quote'],
    [UPDATE, 'btcusdt@depth@100ms', 'bookUpdate'],
    [UPDATE, 'btcusdt@depth', 'bookUpdate'],
    [UPDATE, 'btcusdt@depth10', 'bookSnapshot'],
    [KLINE, 'btcusdt@kline_1m', 'candle'],
    [MARK_PRICE, 'btcusdt@markPrice', 'derivatives'],
    [LIQUIDATION, 'btcusdt@forceOrder', 'liquidation'],
  ])('finds the topic of %j: %s', (frame, topic, method) => {
    expect(heard(raw, frame, topic, 'ethusdt@depth5')[0]?.slice(0, 2)).toEqual([method, topic]);
    expect(heard(raw, frame)).toEqual([['ignored', 'unsubscribed topic']]);
  });

  it('says so when a frame may be a change or the top of a book', () => {
    expect(heard(raw, UPDATE, 'btcusdt@depth@100ms', 'btcusdt@depth5')).toEqual([
      ['rejected', undefined, expect.stringContaining('raw depthUpdate may be of')],
    ]);
  });

  it.each([
    { ...TRADE, s: 7 },
    { ...KLINE, k: null },
    { ...LIQUIDATION, o: 1 },
  ])('rejects what tells no symbol: %j', (frame) => {
    expect(heard(raw, frame)[0]?.[0]).toBe('rejected');
  });
});

describe('a malformed row of futures', () => {
  it.each([
    ['btcusdt@aggTrade', { ...AGG_TRADE, p: '0' }, 'p: expected a price'],
    ['btcusdt@trade', AGG_TRADE, 'e: expected "trade"'],
    ['btcusdt@depth@100ms', { ...UPDATE, pu: 'x' }, 'pu: expected an integer'],
    ['btcusdt@depth@100ms', { ...UPDATE, pu: -2 }, 'pu: expected an integer'],
    ['btcusdt@depth@100ms', { ...UPDATE, U: 161 }, 'U: expected an update id up to u = 160'],
    ['btcusdt@depth5', { ...UPDATE, U: 161 }, 'U: expected an update id up to u = 160'],
    ['btcusdt@depth5', { ...UPDATE, b: [['1']] }, 'b[0]: expected a level'],
    ['btcusdt@markPrice', { ...MARK_PRICE, p: '0' }, 'p: expected a price'],
    ['btcusdt@markPrice', { ...MARK_PRICE, r: 'x' }, 'r: expected decimal text'],
    ['btcusdt@markPrice', { ...MARK_PRICE, T: -1 }, 'T: expected an integer'],
    ['btcusdt@forceOrder', { ...LIQUIDATION, o: { ...ORDER, S: 'LONG' } }, 'o.S: expected "SELL" or "BUY"'],
    ['btcusdt@forceOrder', { ...LIQUIDATION, o: [] }, 'o: expected an object'],
    ['!contractInfo', { e: 'contractInfo', cs: 'TRADING' }, 's: expected text'],
  ])('of %s is rejected with the field and its value: %#', (topic, data, reason) => {
    const calls = read(topic, data);
    expect(calls).toEqual([['rejected', topic, expect.stringContaining(reason)]]);
  });

  it('of any shape makes one call and never throws', () => {
    const topics = [
      ...['aggTrade', 'trade', 'ticker', 'bookTicker', 'depth', 'depth5', 'kline_1m'],
      ...['markPrice', 'forceOrder'],
    ];
    const samples = [AGG_TRADE, TRADE, QUOTE, UPDATE, KLINE, TICKER, MARK_PRICE, LIQUIDATION, ORDER];
    const broken = fc
      .tuple(
        fc.constantFrom(...samples),
        fc.dictionary(fc.constantFrom(...'eEsatTpqmubBAkUcohliPrX', 'pu', 'st', 'ps'), fc.jsonValue()),
      )
      .map(([sample, change]): unknown => ({ ...sample, ...change }));
    fc.assert(
      fc.property(fc.constantFrom(...topics), fc.oneof(broken, fc.jsonValue()), (topic, data) => {
        expect(read(`btcusdt@${topic}`, data)).toHaveLength(1);
      }),
      { numRuns: 1000 },
    );
  });
});
