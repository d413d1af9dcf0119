import fc from 'fast-check';
import { binanceUsdm } from '../index.ts';
import { describeTopic, payloadKindOf } from './topics.ts';

const { channels, raw } = binanceUsdm();

const symbols = fc.oneof(
  fc.stringMatching(/^[A-Z0-9]{2,20}$/),
  fc.constantFrom('BTCUSDT', 'BTCUSDT_251226', 'BTCUSD_PERP', '币安人生USDT', '1000SATSUSDT'),
);

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

describe('topics of futures', () => {
  it.each([
    ['btcusdt@aggTrade', 'trades', {}],
    ['btcusdt@trade', 'trades', { aggregated: false }],
    ['btcusdt@ticker', 'ticker', {}],
    ['btcusdt@bookTicker', 'quotes', {}],
    ['btcusdt@depth@100ms', 'book', {}],
    ['btcusdt@depth', 'book', { speed: 250 }],
    ['btcusdt@depth@500ms', 'book', { speed: 500 }],
    ['btcusdt@depth5', 'book', { depth: 5, speed: 250 }],
    ['btcusdt@depth20@100ms', 'book', { depth: 20 }],
    ['btcusdt@kline_1M', 'candles', { interval: '1M' }],
    ['btcusdt@markPrice@1s', 'derivatives', {}],
    ['btcusdt@markPrice', 'derivatives', { speed: 3000 }],
    ['btcusdt@forceOrder', 'liquidations', {}],
  ] as const)('%s carries %s with %j', (topic, channel, params) => {
    expect(describeTopic(topic)).toEqual({ channel, nativeSymbol: 'BTCUSDT', params });
    expect(channels[channel]?.topic('BTCUSDT', params)).toBe(topic);
  });

  it('are described by exactly what built them, for every channel, parameter and symbol', () => {
    expect(variants).toHaveLength(2 + 1 + 1 + 4 * 3 + 15 + 2 + 1);
    fc.assert(
      fc.property(symbols, fc.constantFrom(...variants), (nativeSymbol, { channel, params, topic }) => {
        expect(describeTopic(topic(nativeSymbol, params))).toEqual({ channel, nativeSymbol, params });
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    'btcusdt@kline_1s', // refused for futures
    'btcusdt@depth@250ms',
    'btcusdt@depth@1000ms',
    'btcusdt@depth15',
    'btcusdt@markPrice@3s',
    'BTCUSDT@aggTrade',
    '!markPrice@arr',
    'btcusdt_perpetual@continuousKline_1m',
    'btcusdt@rpiDepth@500ms',
    '@trade',
    '',
  ])('that no channel builds are not described: %s', (topic) => {
    expect(describeTopic(topic)).toBeUndefined();
    expect(payloadKindOf(topic)).toBeUndefined();
  });

  it.each([
    ['!contractInfo', 'market'],
    ['!bookTicker', 'public'],
    ['tradingSession', 'market'],
    ['!markPrice@arr@1s', 'market'],
    ['btcusdt_perpetual@continuousKline_1m', 'market'],
    ['btcusdt@rpiDepth@500ms', 'public'],
    ['BTCUSDT@trade', undefined],
    ['bookTicker', undefined],
    ['!', undefined],
    ['btc usdt@trade', undefined],
    [`!${'a'.repeat(100)}`, undefined],
  ])('as they come: %s is on %s', (topic, endpoint) => {
    expect(raw?.endpoint(topic)).toBe(endpoint);
  });
});
