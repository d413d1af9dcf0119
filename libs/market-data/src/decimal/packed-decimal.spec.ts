import fc from 'fast-check';
import { packDecimal, unpackDecimal } from './packed-decimal.ts';

const packed = { value: 0, scale: 0 };

function roundTrip(text: string): string | undefined {
  return packDecimal(text, packed) ? unpackDecimal(packed.value, packed.scale) : undefined;
}

describe('a packed decimal', () => {
  test.each([
    '0',
    '0.0',
    '0.00000000',
    '7',
    '100',
    '0.00000012',
    '65000.10000000',
    '999999999999999',
    '0.999999999999999',
    '12345678901.00000000',
    '123456789012345000000',
    '1.000000000000000000',
    '0.100000000000000000',
    '123.100000000000000000',
    '0.0000000000000000000001',
  ])('gives %s back as it came', (text) => {
    expect(roundTrip(text)).toBe(text);
    expect(packed.value).toBe(Number(text));
  });

  test.each([
    '',
    '.',
    '.5',
    '5.',
    '05',
    '00',
    '-1',
    '+1',
    '1e3',
    '1.2.3',
    ' 1',
    '1 ',
    '0x1',
    '١',
    '1234567890123456',
    '0.12345678901234567',
    '0.00000000000000000000001',
    '9'.repeat(50),
    '1'.padEnd(50, '0'),
  ])('is not made of %j', (text) => {
    expect(packDecimal(text, packed)).toBe(false);
  });

  test('gives back any text that it takes, and takes whatever has up to 15 digits', () => {
    const digits = fc.stringMatching(/^\d{1,18}$/);
    fc.assert(
      fc.property(digits, fc.option(digits), (whole, fraction) => {
        const integer = whole.replace(/^0+(?=\d)/, '');
        const text = fraction === null ? integer : `${integer}.${fraction}`;
        const back = roundTrip(text);
        if (back !== undefined) {
          expect(back).toBe(text);
          expect(packed.value).toBe(Number(text));
        } else {
          expect(text.replace('.', '').replace(/^0+|0+$/g, '').length).toBeGreaterThan(15);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
