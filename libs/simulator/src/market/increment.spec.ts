import fc from 'fast-check';
import { Increment } from './increment.ts';

describe('Increment', () => {
  it.each([
    ['0.01', 8, 9_731_250, '97312.50000000'],
    ['0.00001', 8, 1, '0.00001000'],
    ['1', 8, 1800, '1800.00000000'],
    ['0.05', 2, 3, '0.15'],
    ['1', 0, 12, '12'],
    ['0.05', 2, Number.MAX_SAFE_INTEGER, '450359962737049.55'],
    ['0.01', 8, -150, '-1.50000000'],
    ['0.01', 8, 0, '0.00000000'],
  ])('writes counts of %s with %i places', (size, places, count, text) => {
    expect(new Increment(size, places).text(count)).toBe(text);
  });

  it.each([
    ['0.01', 9_731_250, '97312.5'],
    ['0.01', 9_731_200, '97312'],
    ['0.1', 0, '0'],
    ['10', 10, '100'],
    ['0.001', -150, '-0.15'],
  ])('writes counts of %s with the fewest places', (size, count, text) => {
    expect(new Increment(size, 'fewest').text(count)).toBe(text);
  });

  it('cuts digits that the exchange does not print', () => {
    expect(new Increment('0.000000001', 8).text(19n)).toBe('0.00000001');
  });

  it('counts beyond what a double holds', () => {
    expect(new Increment('0.0000001', 8).text(92_233_720_368_547_758_089n)).toBe('9223372036854.77580890');
  });

  it('writes every count as its exact product', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('1', '0.5', '0.01', '0.00000001', '0.000000025'),
        fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
        fc.boolean(),
        (size, count, isSmall) => {
          const small = isSmall ? count % 1_000_000n : count;
          const [whole = '', fraction = ''] = size.split('.');
          const scaled = small * BigInt(whole + fraction);
          const digits = String(scaled < 0n ? -scaled : scaled).padStart(fraction.length + 1, '0');
          const point = digits.length - fraction.length;
          const text = `${scaled < 0n ? '-' : ''}${digits.slice(0, point)}${fraction === '' ? '' : '.'}${digits.slice(point)}`;
          const increment = new Increment(size);
          expect(increment.text(small)).toBe(text);
          if (!isSmall) return;
          expect(increment.text(Number(small))).toBe(text);
          expect(increment.remembered(Number(small), 3)).toBe(text);
        },
      ),
    );
  });

  it('remembers so many texts, and writes the others again', () => {
    const increment = new Increment('0.01', 8);
    for (let round = 0; round < 2; round++)
      for (let count = 0; count < 10; count++)
        expect(increment.remembered(count, 3)).toBe(`0.0${count}000000`);
  });

  it('finds the nearest count', () => {
    expect(new Increment('0.05', 2).count(1.27)).toBe(25);
  });

  it.each(['0', '0.000'])('refuses %s', (size) => {
    expect(() => new Increment(size, 8)).toThrow(RangeError);
  });
});
