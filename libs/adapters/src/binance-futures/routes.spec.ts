import type { SubscriptionParams, TypedChannel } from '@exchange-stream/market-data';
import { binanceCoinm, binanceUsdm } from '../index.ts';
import { routeOf } from './routes.ts';

describe('the route of a stream of futures', () => {
  it.each([
    'btcusdt@bookTicker',
    '!bookTicker',
    'btcusdt@trade',
    'btcusdt@depth',
    'btcusdt@depth@100ms',
    'btcusdt@depth@500ms',
    'btcusdt@depth5',
    'btcusdt@depth20@100ms',
    'btcusdt@rpiDepth@500ms',
  ])('of %s is /public', (topic) => expect(routeOf(topic)).toBe('public'));

  it.each([
    'btcusdt@aggTrade',
    'btcusdt@markPrice',
    'btcusdt@markPrice@1s',
    '!markPrice@arr@1s',
    'btcusdt@kline_1m',
    'btcusdt_perpetual@continuousKline_1m',
    'btcusdt@ticker',
    '!ticker@arr',
    'btcusdt@miniTicker',
    '!miniTicker@arr',
    'btcusdt@forceOrder',
    '!forceOrder@arr',
    'defiusdt@compositeIndex',
    '!assetIndex@arr',
    '!contractInfo',
    'tradingSession',
    'btcusd@indexPrice@1s',
    'bookTicker',
    'btcusdt@depth7',
    'btcusdt@something',
  ])('of %s is /market', (topic) => expect(routeOf(topic)).toBe('market'));
});

describe('a topic on the wrong path is confirmed and silent for ever: each subscription goes where its topic is', () => {
  const variants: [TypedChannel, SubscriptionParams, string][] = [
    ['trades', {}, 'market'],
    ['trades', { aggregated: true }, 'market'],
    ['trades', { aggregated: false }, 'public'],
    ['ticker', {}, 'market'],
    ['quotes', {}, 'public'],
    ['book', {}, 'public'],
    ['book', { depth: 20, speed: 500 }, 'public'],
    ['candles', { interval: '1m' }, 'market'],
    ['derivatives', {}, 'market'],
    ['derivatives', { speed: 3000 }, 'market'],
    ['liquidations', {}, 'market'],
  ];
  const endpointOf = (
    { channels }: ReturnType<typeof binanceUsdm>,
    channel: TypedChannel,
    params: SubscriptionParams,
  ): string => {
    const { endpoint } = channels[channel]!;
    return typeof endpoint === 'string' ? endpoint : endpoint(params);
  };

  it.each(variants)('%s with %j on %s', (channel, params, route) => {
    const usdm = binanceUsdm();
    expect(endpointOf(usdm, channel, params)).toBe(route);
    const topic = usdm.channels[channel]!.topic('BTCUSDT', params);
    expect(usdm.raw?.endpoint(topic)).toBe(route);
    expect(routeOf(topic)).toBe(route);
  });

  it('and USD-M has a path for each route', () => {
    const { endpoints } = binanceUsdm();
    expect(Object.entries(endpoints).map(([key, { path, kind }]) => [key, path, kind])).toEqual([
      ['public', '/public/stream', 'public'],
      ['market', '/market/stream', 'market'],
    ]);
  });

  it('and COIN-M one for all, unless it is told that it is divided, too', () => {
    expect(Object.values(binanceCoinm().endpoints).map(({ path }) => path)).toEqual(['/stream']);
    for (const [channel, params] of variants)
      expect(endpointOf(binanceCoinm(), channel, params)).toBe('public');
    expect(binanceCoinm().raw?.endpoint('!contractInfo')).toBe('public');
    const routed = binanceCoinm({ routed: true });
    expect(Object.values(routed.endpoints).map(({ path }) => path)).toEqual([
      '/public/stream',
      '/market/stream',
    ]);
    expect(endpointOf(routed, 'candles', { interval: '1m' })).toBe('market');
  });

  it('and where it went wrong all the same, the mark price, which comes by the clock, is missed at once', () => {
    const { cadence, firstDataWithinMs } = binanceUsdm().channels.derivatives!;
    expect(cadence?.({})).toEqual({ everyMs: 1000 });
    expect(cadence?.({ speed: 3000 })).toEqual({ everyMs: 3000 });
    expect(firstDataWithinMs?.({})).toBe(10_000);
  });
});
