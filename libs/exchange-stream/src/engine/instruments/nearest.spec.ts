import { nearest } from './nearest.ts';

describe('the nearest names', () => {
  test.each([
    ['BTC/USDTT', ['BTC/USDT', 'BTC/USDC']],
    ['btc/usdt', ['BTC/USDT', 'BTC/USDC']],
    ['DOGE-EUR', ['DOGE/EUR']],
    ['QQQQQQ', []],
  ])('of %s are %j', (written, expected) => {
    const symbols = ['BTC/USDT', 'BTC/USDC', 'ETH/USDT', 'DOGE/EUR', 'SOL/BRL'];
    expect(nearest(written, symbols, 2)).toEqual(expected);
  });
});
