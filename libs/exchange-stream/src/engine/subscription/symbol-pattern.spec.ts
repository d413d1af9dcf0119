import { matchesPattern } from './symbol-pattern.ts';

describe('a symbol pattern', () => {
  it.each([
    ['BTC/USDT', 'BTC/USDT', true],
    ['BTC/USDT', 'BTC', false],
    ['BTC/USDT', 'BTC/*', true],
    ['WBTC/USDT', 'BTC/*', false],
    ['BTC/USDT', '*/USDT', true],
    ['BTC/USDT:USDT', '*/USDT', false],
    ['BTC/USDT', '*', true],
    ['', '*', true],
    ['BTC/USDT', '*T*/*U*T', true],
    ['ABA', 'AB*BA', false],
    ['ABBA', 'AB*BA', true],
    ['A.C', 'A?C', false],
    ['ABC', 'A.C', false],
    ['btc/usdt', 'BTC/*', false],
  ])('%s of %s: %s', (text, pattern, isOf) => {
    expect(matchesPattern(text, pattern)).toBe(isOf);
  });

  it('takes no time to speak of, whatever it is', () => {
    const started = performance.now();
    expect(matchesPattern('a'.repeat(10_000), `${'*a'.repeat(5_000)}*b`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
