import { argOf, endpointOf, topicOf, topicsInFrame } from './okx.args.ts';
import { INTERVALS, barOf, describeTopic, topics } from './okx.topics.ts';
import { okx } from './okx.adapter.ts';

describe('the topics of OKX', () => {
  it.each([
    ['trades:BTC-USDT', topics.trades('BTC-USDT', {})],
    ['trades:BTC-USDT', topics.trades('BTC-USDT', { aggregated: true })],
    ['trades-all:BTC-USDT-SWAP', topics.trades('BTC-USDT-SWAP', { aggregated: false })],
    ['tickers:BTC-USDT', topics.ticker('BTC-USDT')],
    ['bbo-tbt:BTC-USD-251226-60000-C', topics.quotes('BTC-USD-251226-60000-C')],
    ['books:BTC-USDT', topics.book('BTC-USDT', {})],
    ['books5:BTC-USDT', topics.book('BTC-USDT', { depth: 5 })],
    ['books-rpi:BTC-USDT', topics.book('BTC-USDT', { rpi: true })],
    ['candle1m:BTC-USDT', topics.candles('BTC-USDT', { interval: '1m' })],
    ['candle1Mutc:BTC-USDT', topics.candles('BTC-USDT', { interval: '1M' })],
    ['liquidation-orders:instType=SWAP', topics.liquidations('BTC-USDT-SWAP')],
    ['liquidation-orders:instType=FUTURES', topics.liquidations('BTC-USD-251226')],
    ['liquidation-orders:instType=OPTION', topics.liquidations('BTC-USD-251226-60000-C')],
    ['opt-summary:instFamily=BTC-USD', topics.options('BTC-USD-251226-60000-C')],
    ['status', topics.status()],
  ])('are written %s', (expected, topic) => {
    expect(topic).toBe(expected);
  });

  it('are read back to the subscription that they were built of', () => {
    for (const [channel, declaration] of Object.entries(okx().channels)) {
      const values = Object.entries(declaration.params).map(([name, { values: all, required }]) =>
        [...(required ? [] : [undefined]), ...all].map((value) =>
          value === undefined ? {} : { [name]: value },
        ),
      );
      const variants = values.reduce<Record<string, unknown>[]>(
        (sets, own) => sets.flatMap((set) => own.map((value) => ({ ...set, ...value }))),
        [{}],
      );
      for (const params of variants as Parameters<typeof declaration.topic>[1][]) {
        const topic = declaration.topic('BTC-USD-251226', params);
        const description = describeTopic(topic);
        // A topic of many instruments names none.
        const isShared = ['liquidations', 'options', 'status'].includes(channel);
        expect(description).toMatchObject({ channel, nativeSymbol: isShared ? '' : 'BTC-USD-251226' });
        expect(declaration.topic('BTC-USD-251226', description!.params)).toBe(topic);
      }
    }
  });

  it.each([
    'trades',
    'trades:',
    'candle7m:BTC-USDT',
    'candle1mutc:BTC-USDT',
    'candle4Hutc:BTC-USDT',
    'liquidation-orders:instType=MARGIN',
    'x:y',
  ])('are of no channel of ours: %s', (topic) => {
    expect(describeTopic(topic)).toBeUndefined();
  });

  it.each([
    [{ channel: 'status' }, 'status'],
    [{ channel: 'books', instId: 'BTC-USDT' }, 'books:BTC-USDT'],
    [{ channel: 'liquidation-orders', instType: 'SWAP' }, 'liquidation-orders:instType=SWAP'],
    [{ channel: 'opt-summary', instFamily: 'BTC-USD' }, 'opt-summary:instFamily=BTC-USD'],
    [
      { channel: 'estimated-price', instType: 'FUTURES', instFamily: 'BTC-USD' },
      'estimated-price:instType=FUTURES&instFamily=BTC-USD',
    ],
    [
      { channel: 'sprd-books5', sprdId: 'BTC-USDT_BTC-USDT-SWAP' },
      'sprd-books5:sprdId=BTC-USDT_BTC-USDT-SWAP',
    ],
  ])('stand for what OKX calls %j', (arg, topic) => {
    expect(topicOf(arg)).toBe(topic);
    expect(argOf(topic)).toEqual(arg);
  });

  it.each([
    '',
    ':BTC-USDT',
    'books:',
    'books:BTC-USDT:x',
    'books:BTC USDT',
    'books:instId=BTC-USDT',
    'books:instType=SPOT&&instId=BTC-USDT',
    'books:instId=BTC-USDT&instType=SPOT',
    'books:colour=red',
    'books:instType=SPOT=SWAP',
    'books:"}',
    'Books:BTC-USDT',
    `books:${'A'.repeat(200)}`,
  ])('are not %j', (topic) => {
    expect(argOf(topic)).toBeUndefined();
    expect(endpointOf(topic)).toBeUndefined();
  });

  it.each([
    ['books:BTC-USDT', 'public'],
    ['status', 'public'],
    ['liquidation-orders:instType=SWAP', 'public'],
    ['trades-all:BTC-USDT', 'business'],
    ['candle1m:BTC-USDT', 'business'],
    ['mark-price-candle1D:BTC-USDT-SWAP', 'business'],
    ['index-candle1Dutc:BTC-USDT', 'business'],
    ['sprd-public-trades:sprdId=BTC-USDT_BTC-USDT-SWAP', 'business'],
    ['mark-price:BTC-USDT-SWAP', 'public'],
    ['account', undefined],
    ['orders:instType=SPOT', undefined],
    ['grid-positions', undefined],
    ['sprd-orders', undefined],
  ])('that are candles, single trades and spreads are on /business: %s on %s', (topic, endpoint) => {
    expect(endpointOf(topic)).toBe(endpoint);
  });
});

describe('the candles of OKX', () => {
  it('open at midnight UTC by default, which OKX calls utc from 6 hours on, and in Hong Kong on request', () => {
    expect(INTERVALS.map((interval) => barOf({ interval }))).toEqual([
      ...['1s', '1m', '3m', '5m', '15m', '30m', '1H', '2H', '4H', '6Hutc', '12Hutc'],
      ...['1Dutc', '2Dutc', '3Dutc', '5Dutc', '1Wutc', '1Mutc', '3Mutc'],
    ]);
    expect(INTERVALS.map((interval) => barOf({ interval, timezone: '+08:00' }))).toEqual([
      ...['1s', '1m', '3m', '5m', '15m', '30m', '1H', '2H', '4H', '6H', '12H'],
      ...['1D', '2D', '3D', '5D', '1W', '1M', '3M'],
    ]);
  });
});

describe('a recorded frame of the client', () => {
  it.each([
    [
      '{"op":"subscribe","args":[{"channel":"tickers","instId":"BTC-USDT"},{"channel":"status"},{"no":1},7]}',
      ['tickers:BTC-USDT', 'status'],
    ],
    ['{"op":"unsubscribe","args":[{"channel":"tickers","instId":"BTC-USDT"}]}', []],
    ['{"op":"login","args":[{"apiKey":"x"}]}', []],
    ['ping', []],
    ['[]', []],
    ['{"op":"subscribe"}', []],
  ])('subscribes topics: %s', (frame, expected) => {
    expect(topicsInFrame(frame)).toEqual(expected);
  });
});
