import fc from 'fast-check';
import { topicsInFrame, topicsInUrl } from '../binance-family/stream-names.ts';
import { binance } from './binance.adapter.ts';
import { describeTopic } from './binance.topics.ts';

const { channels } = binance();

/** Symbols of any script whose case can be turned round, as Binance does. */
const symbols = fc
  .oneof(
    fc.stringMatching(/^[A-Z0-9]{2,20}$/),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    fc.constantFrom('BTCUSDT', '币安人生USDT', 'ÄÖUSDT', '1000SATSUSDT'),
  )
  .filter((symbol) => !symbol.includes('@') && symbol.toLowerCase().toUpperCase() === symbol);

/** Every channel with every combination of its parameters, those at their default left out. */
const variants = Object.entries(channels).flatMap(([channel, declaration]) => {
  let combinations: Record<string, string | number | boolean>[] = [{}];
  for (const [name, param] of Object.entries(declaration.params)) {
    const given = param.values.filter((value) => value !== param.default);
    combinations = combinations.flatMap((params) => [
      ...(param.required === true ? [] : [params]),
      ...given.map((value) => ({ ...params, [name]: value })),
    ]);
  }
  return combinations.map((params) => ({ channel, params, topic: declaration.topic }));
});

describe('Binance topics', () => {
  it.each([
    ['btcusdt@trade', 'trades', {}],
    ['btcusdt@aggTrade', 'trades', { aggregated: true }],
    ['btcusdt@ticker', 'ticker', {}],
    ['btcusdt@bookTicker', 'quotes', {}],
    ['btcusdt@depth@100ms', 'book', {}],
    ['btcusdt@depth', 'book', { speed: 1000 }],
    ['btcusdt@depth20@100ms', 'book', { depth: 20 }],
    ['btcusdt@depth5', 'book', { depth: 5, speed: 1000 }],
    ['btcusdt@kline_1m', 'candles', { interval: '1m' }],
    ['btcusdt@kline_1M', 'candles', { interval: '1M' }],
    ['btcusdt@kline_1d@+08:00', 'candles', { interval: '1d', timezone: '+08:00' }],
  ] as const)('%s carries %s with %j', (topic, channel, params) => {
    expect(describeTopic(topic)).toEqual({ channel, nativeSymbol: 'BTCUSDT', params });
    expect(channels[channel]?.topic('BTCUSDT', params)).toBe(topic);
  });

  it('are described by exactly what built them, for every channel, parameter and symbol', () => {
    expect(variants).toHaveLength(2 + 1 + 1 + 8 + 32);
    fc.assert(
      fc.property(symbols, fc.constantFrom(...variants), (nativeSymbol, { channel, params, topic }) => {
        expect(describeTopic(topic(nativeSymbol, params))).toEqual({ channel, nativeSymbol, params });
      }),
      { numRuns: 1000 },
    );
  });

  it('build one wire name whether a default is written out or not', () => {
    expect(channels.book?.topic('BTCUSDT', { speed: 100 })).toBe('btcusdt@depth@100ms');
    expect(channels.trades?.topic('BTCUSDT', { aggregated: false })).toBe('btcusdt@trade');
    expect(channels.candles?.topic('BTCUSDT', { interval: '1d', timezone: 'UTC' })).toBe('btcusdt@kline_1d');
  });

  it.each([
    ['', '@trade', 'btcusdt', 'btcusdt@', 'btcusdt@depth15', 'btcusdt@depth@1000ms', 'btcusdt@kline_7m'],
    [
      'BTCUSDT@trade',
      '!miniTicker@arr',
      'btcusdt@ticker_1h',
      'btcusdt@kline_1m@+09:00',
      'btcusdt@trade@trade',
    ],
  ])('that no channel builds are not described: %s, %s, %s …', (...topics) => {
    for (const topic of topics) expect([topic, describeTopic(topic)]).toEqual([topic, undefined]);
  });
});

describe('what was subscribed on a recorded Binance session', () => {
  it.each([
    ['wss://stream.binance.com:9443/ws/btcusdt@trade', ['btcusdt@trade']],
    [
      'wss://stream.binance.com/ws/btcusdt@trade/ethusdt@depth@100ms',
      ['btcusdt@trade', 'ethusdt@depth@100ms'],
    ],
    [
      'wss://stream.binance.com:9443/stream?streams=btcusdt@trade/btcusdt@kline_1d@+08:00&timeUnit=MICROSECOND',
      ['btcusdt@trade', 'btcusdt@kline_1d@+08:00'],
    ],
    ['wss://stream.binance.com/stream?timeUnit=MICROSECOND&streams=btcusdt%40trade', ['btcusdt@trade']],
    ['wss://stream.binance.com/ws/%E5%B8%81%E5%AE%89usdt@trade', ['币安usdt@trade']],
    ['wss://stream.binance.com/ws/100%@trade', ['100%@trade']],
    ['wss://stream.binance.com:9443/stream', []],
    ['wss://stream.binance.com:9443/ws', []],
    ['wss://stream.binance.com:9443/ws/', []],
  ])('is read from %s', (url, topics) => {
    expect(topicsInUrl(new URL(url))).toEqual(topics);
  });

  it.each([
    [
      '{"method":"SUBSCRIBE","params":["btcusdt@aggTrade","btcusdt@depth"],"id":1}',
      ['btcusdt@aggTrade', 'btcusdt@depth'],
    ],
    ['{"method":"UNSUBSCRIBE","params":["btcusdt@depth"],"id":312}', []],
    ['{"method":"SET_PROPERTY","params":["combined",true],"id":5}', []],
    ['{"method":"SUBSCRIBE","params":["a@trade",7,null],"id":1}', ['a@trade']],
    ['{"method":"SUBSCRIBE"}', []],
    ['[]', []],
    ['null', []],
    ['ping', []],
  ])('is read from the frame %s', (frame, topics) => {
    expect(topicsInFrame(frame)).toEqual(topics);
  });
});
