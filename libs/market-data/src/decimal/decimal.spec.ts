import fc from 'fast-check';
import {
  InvalidDecimalError,
  addDecimals,
  compareDecimals,
  isDecimal,
  isZeroDecimal,
  multiplyDecimals,
  toPlainDecimal,
} from './decimal.ts';

const decimal = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 25n }), fc.integer({ min: 0, max: 20 }))
  .map(([negative, digits, places]) => {
    const text = digits.toString().padStart(places + 1, '0');
    const plain = places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
    return (negative ? '-' : '') + plain;
  });

/** The value of a plain decimal as a whole number of 10^-40. */
function scaled(text: string): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const magnitude = BigInt(whole + fraction.padEnd(40, '0'));
  return text.startsWith('-') ? -magnitude : magnitude;
}

describe('decimals', () => {
  test.each([
    ['7e-7', '0.0000007'],
    ['1.50', '1.50'],
    ['1.5E3', '1500'],
    ['12.345e1', '123.45'],
    ['12.345e-3', '0.012345'],
    ['-2e2', '-200'],
    ['0e5', '0'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['0.00012300', '0.00012300'],
  ])('%s in plain notation is %s', (text, plain) => {
    expect(toPlainDecimal(text)).toBe(plain);
  });

  test.each(['', '.', '-', 'NaN', 'Infinity', '1e', '1,5', '0x10', ' 1', '1e99999'])(
    '%j is no decimal',
    (text) => {
      expect(isDecimal(text)).toBe(false);
      expect(() => toPlainDecimal(text)).toThrow(InvalidDecimalError);
    },
  );

  test.each([
    ['0', true],
    ['0.000', true],
    ['-0', true],
    ['0e9', true],
    ['0.0001', false],
    ['10', false],
    ['', false],
    ['abc', false],
  ])('%j is zero: %s', (text, zero) => {
    expect(isZeroDecimal(text)).toBe(zero);
  });

  test('numbers that are equal as doubles are told apart by their digits', () => {
    expect(compareDecimals('0.12345678901234567891', '0.12345678901234567892')).toBeLessThan(0);
    expect(compareDecimals('1.5', '1.50')).toBe(0);
  });

  test('comparing agrees with exact integers', () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const difference = scaled(a) - scaled(b);
        expect(Math.sign(compareDecimals(a, b))).toBe(difference < 0n ? -1 : difference > 0n ? 1 : 0);
      }),
    );
  });

  test('sums and products are exact', () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        expect(scaled(addDecimals(a, b))).toBe(scaled(a) + scaled(b));
        expect(scaled(multiplyDecimals(a, b))).toBe((scaled(a) * scaled(b)) / 10n ** 40n);
      }),
    );
  });

  test('a sum keeps the places of the more precise operand', () => {
    expect(addDecimals('1.10', '2.205')).toBe('3.305');
    expect(addDecimals('0.30', '-0.30')).toBe('0.00');
  });
});
