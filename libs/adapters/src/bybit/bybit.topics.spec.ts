import { TYPED_CHANNELS, type SubscriptionParams } from '@exchange-stream/market-data';
import { bybit } from './bybit.adapter.ts';
import { INTERVALS, describeTopic, topics, topicsInFrame } from './bybit.topics.ts';

type Row = readonly [
  endpoint: string,
  topic: string,
  channel: (typeof TYPED_CHANNELS)[number],
  symbol: string,
  params: SubscriptionParams,
];

const ROWS: readonly Row[] = [
  ['spot', 'publicTrade.BTCUSDT', 'trades', 'BTCUSDT', {}],
  ['linear', 'publicTrade.BTCPERP', 'trades', 'BTCPERP', {}],
  ['spot', 'tickers.BTCUSDT', 'ticker', 'BTCUSDT', {}],
  ['option', 'tickers.BTC-26DEC25-100000-C-USDT', 'ticker', 'BTC-26DEC25-100000-C-USDT', {}],
  ['inverse', 'orderbook.1.BTCUSDH25', 'quotes', 'BTCUSDH25', {}],
  ['linear', 'orderbook.50.BTCUSDT-26DEC25', 'book', 'BTCUSDT-26DEC25', { depth: 50 }],
  ['linear', 'orderbook.200.BTCUSDT', 'book', 'BTCUSDT', { depth: 200 }],
  ['spot', 'orderbook.1000.BTCUSDT', 'book', 'BTCUSDT', {}],
  ['option', 'orderbook.25.BTC-26DEC25-100000-C', 'book', 'BTC-26DEC25-100000-C', { depth: 25 }],
  ['option', 'orderbook.100.BTC-26DEC25-100000-C', 'book', 'BTC-26DEC25-100000-C', {}],
  ['linear', 'kline.1.BTCUSDT', 'candles', 'BTCUSDT', { interval: '1m' }],
  ['spot', 'kline.720.BTCUSDT', 'candles', 'BTCUSDT', { interval: '12h' }],
  ['spot', 'kline.M.BTCUSDT', 'candles', 'BTCUSDT', { interval: '1M' }],
  ['linear', 'allLiquidation.ROSEUSDT', 'liquidations', 'ROSEUSDT', {}],
];

describe('a topic of Bybit', () => {
  it.each(ROWS)(
    'of the socket %s, %s, is of the channel %s',
    (endpoint, topic, channel, nativeSymbol, params) => {
      expect(describeTopic(topic, endpoint)).toEqual({ channel, nativeSymbol, category: endpoint, params });
      const { channels } = bybit();
      expect(channels[channel]?.topic(nativeSymbol, params, endpoint)).toBe(topic);
    },
  );

  it('of notices is of the whole exchange, on a socket of its own', () => {
    expect(describeTopic('system.status', 'status')).toEqual({
      channel: 'status',
      nativeSymbol: '',
      params: {},
    });
    expect(describeTopic('system.status', 'linear')).toBeUndefined();
  });

  it.each([
    ['spot', 'orderbook.500.BTCUSDT'],
    ['linear', 'orderbook.25.BTCUSDT'],
    ['option', 'orderbook.1.BTC-26DEC25-100000-C'],
    ['option', 'orderbook.200.BTC-26DEC25-100000-C'],
    ['option', 'kline.1.BTC-26DEC25-100000-C'],
    ['spot', 'allLiquidation.BTCUSDT'],
    ['linear', 'kline.7.BTCUSDT'],
    ['linear', 'kline.toString.BTCUSDT'],
    ['linear', 'orderbook.050.BTCUSDT'],
    ['linear', 'orderbook.rpi.BTCUSDT'],
    ['linear', 'publicTrade.'],
    ['linear', 'publicTrade'],
    ['spread', 'publicTrade.SOLUSDT_SOL/USDT'],
    ['spread', 'publicTrade.BTCUSDT'],
    ['nowhere', 'publicTrade.BTCUSDT'],
    ['linear', ''],
  ])('of the socket %s that no channel builds is not described: %s', (endpoint, topic) => {
    expect(describeTopic(topic, endpoint)).toBeUndefined();
  });

  it('of trades is one for all options of a coin', () => {
    expect(topics.trades('BTC-26DEC25-100000-C', {}, 'option')).toBe('publicTrade.BTC');
    expect(describeTopic('publicTrade.BTC', 'option')).toEqual({
      ...{ channel: 'trades', nativeSymbol: '', category: 'option', params: {} },
    });
    expect(describeTopic('publicTrade.BTC-26DEC25-100000-C', 'option')).toBeUndefined();
    expect(topics.trades('BTCUSDT-26DEC25', {}, 'linear')).toBe('publicTrade.BTCUSDT-26DEC25');
  });

  it('of quotes is the best level, and the ticker of options, which have none', () => {
    expect(topics.quotes('BTCUSDT', {}, 'spot')).toBe('orderbook.1.BTCUSDT');
    expect(topics.quotes('BTC-26DEC25-100000-C', {}, 'option')).toBe('tickers.BTC-26DEC25-100000-C');
  });

  it('of candles has Bybit’s own intervals, each of ours another one', () => {
    const wire = INTERVALS.map((interval) => topics.candles('X', { interval }).split('.')[1]);
    expect(wire).toEqual(['1', '3', '5', '15', '30', '60', '120', '240', '360', '720', 'D', 'W', 'M']);
  });
});

describe('a frame that the client sends', () => {
  it.each([
    ['{"op":"subscribe","args":["tickers.A","tickers.B"],"req_id":"1"}', ['tickers.A', 'tickers.B']],
    ['{"op":"unsubscribe","args":["tickers.A"]}', []],
    ['{"op":"ping"}', []],
    ['{"op":"subscribe","args":7}', []],
    ['{"op":"subscribe","args":[7,"tickers.A"]}', ['tickers.A']],
    ['null', []],
    ['nonsense', []],
  ])('subscribes: %s', (frame, expected) => {
    expect(topicsInFrame(frame)).toEqual(expected);
  });
});
