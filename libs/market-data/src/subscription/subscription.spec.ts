import { formatSubscription, subscriptionKey } from './subscription.ts';

describe('the key of a subscription', () => {
  test('does not depend on the order of parameters', () => {
    const one = {
      exchange: 'binance',
      channel: 'book',
      symbol: 'BTC/USDT',
      params: { depth: 20, speed: 1000 },
    } as const;
    const other = { ...one, params: { speed: 1000, depth: 20 } };
    expect(subscriptionKey(one)).toBe(subscriptionKey(other));
    expect(subscriptionKey(one)).toBe('["binance","book","BTC/USDT",{"depth":20,"speed":1000}]');
  });

  test('is the same without parameters and with none', () => {
    const request = { exchange: 'binance', channel: 'trades', symbol: 'BTC/USDT' } as const;
    expect(subscriptionKey(request)).toBe(subscriptionKey({ ...request, params: {} }));
  });

  test('prints as words', () => {
    expect(
      formatSubscription({
        exchange: 'binance',
        channel: 'candles',
        symbol: 'BTC/USDT',
        params: { interval: '1m' },
      }),
    ).toBe('binance candles BTC/USDT interval=1m');
  });
});
