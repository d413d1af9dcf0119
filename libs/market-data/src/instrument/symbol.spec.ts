import fc from 'fast-check';
import { InvalidSymbolError, formatSymbol, isSymbol, parseSymbol, type ParsedSymbol } from './symbol.ts';

const currency = fc.stringMatching(/^[A-Z0-9]{2,10}$/);
const expiry = fc.stringMatching(/^\d{6}$/);

describe('unified symbols', () => {
  test.each<[string, ParsedSymbol]>([
    ['BTC/USDT', { kind: 'spot', base: 'BTC', quote: 'USDT' }],
    ['BTC/USDT:USDT', { kind: 'perpetual', base: 'BTC', quote: 'USDT', settle: 'USDT' }],
    ['BTC/USD:BTC-261225', { kind: 'future', base: 'BTC', quote: 'USD', settle: 'BTC', expiry: '261225' }],
    [
      'ETH/USD:ETH-261225-4000-C',
      {
        kind: 'option',
        base: 'ETH',
        quote: 'USD',
        settle: 'ETH',
        expiry: '261225',
        strike: '4000',
        right: 'call',
      },
    ],
    ['fUSD', { kind: 'funding', currency: 'USD' }],
  ])('%s has its parts', (text, parts) => {
    expect(parseSymbol(text)).toEqual(parts);
    expect(formatSymbol(parts)).toBe(text);
  });

  test('formatting and parsing undo each other', () => {
    const symbol = fc.oneof(
      fc.record({ kind: fc.constant('spot' as const), base: currency, quote: currency }),
      fc.record({
        kind: fc.constant('perpetual' as const),
        base: currency,
        quote: currency,
        settle: currency,
      }),
      fc.record({
        kind: fc.constant('future' as const),
        base: currency,
        quote: currency,
        settle: currency,
        expiry,
      }),
      fc.record({
        kind: fc.constant('option' as const),
        base: currency,
        quote: currency,
        settle: currency,
        expiry,
        strike: fc.integer({ min: 1, max: 1_000_000 }).map(String),
        right: fc.constantFrom('call' as const, 'put' as const),
      }),
      fc.record({ kind: fc.constant('funding' as const), currency }),
    );
    fc.assert(fc.property(symbol, (parts) => expect(parseSymbol(formatSymbol(parts))).toEqual(parts)));
  });

  test.each([
    '',
    'BTCUSDT',
    'f',
    'fusd',
    'fUSD/USDT:',
    'fBTC-USD',
    'BTC/',
    '/USDT',
    'BTC/USDT:',
    'BTC/USD:BTC-2612',
    'usd',
    'BTC / USDT',
  ])('%j is refused with an example of what would work', (text) => {
    expect(() => parseSymbol(text)).toThrow(InvalidSymbolError);
    expect(() => parseSymbol(text)).toThrow(/BTC\/USDT/);
    expect(isSymbol(text)).toBe(false);
  });
});
