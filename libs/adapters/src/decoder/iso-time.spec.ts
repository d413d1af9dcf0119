import fc from 'fast-check';
import { isoTime, isoTimeIn } from './iso-time.ts';

/** The first and the last millisecond that four digits of a year have. */
const [FIRST, LAST] = [Date.parse('0000-01-01T00:00:00.000Z'), Date.parse('9999-12-31T23:59:59.999Z')];

describe('a time by ISO 8601', () => {
  test.each([
    ['2026-08-09T12:34:56Z', 1_786_278_896_000],
    ['2026-08-09T12:34:56+00:00', 1_786_278_896_000],
    ['2026-08-09T12:34:56.1Z', 1_786_278_896_100],
    ['2026-08-09T12:34:56.123Z', 1_786_278_896_123],
    ['2026-08-09T12:34:56.123456Z', 1_786_278_896_123.456],
    ['2026-08-09T12:34:56.123456789Z', 1_786_278_896_123.456],
    ['2026-08-09T12:34:56.999999999+00:00', 1_786_278_896_999.999],
    ['2026-08-09T12:34:56.000001Z', 1_786_278_896_000.001],
    ['1970-01-01T00:00:00Z', 0],
    ['2024-02-29T23:59:59Z', 1_709_251_199_000],
    ['2000-02-29T00:00:00Z', 951_782_400_000],
  ])('%s is %d', (text, time) => {
    expect(isoTime(text)).toBe(time);
  });

  test.each([
    ...['', 'Z', '2026', '2026-08-09', '2026-08-09T12:34Z', '2026-08-09T12:34:56', '2026-08-09 12:34:56Z'],
    ...['2026-02-29T00:00:00Z', '2026-02-30T00:00:00Z', '2100-02-29T00:00:00Z', '2026-04-31T00:00:00Z'],
    ...['2026-00-10T00:00:00Z', '2026-13-10T00:00:00Z', '2026-01-00T00:00:00Z', '2026-01-32T00:00:00Z'],
    ...['2026-08-09T24:00:00Z', '2026-08-09T12:60:00Z', '2026-08-09T12:34:60Z', '2026-08-09T12:34:5Z'],
    ...['2026-08-09T12:34:56.Z', '2026-08-09T12:34:56.1234567890Z', '2026-08-09T12:34:56.12 Z'],
    ...['2026-08-09T12:34:56z', '2026-08-09T12:34:56ZZ', '2026-08-09T12:34:56Z ', ' 2026-08-09T12:34:56Z'],
    ...[
      '2026-08-09T12:34:56+01:00',
      '2026-08-09T12:34:56-00:00',
      '2026-08-09T12:34:56+0000',
      '2026-8-9T1:2:3Z',
    ],
    ...[
      '+2026-08-09T12:34:56Z',
      '-026-08-09T12:34:56Z',
      '2026-08-09T12:34:56.1+00:00Z',
      '20 6-08-09T12:34:56Z',
    ],
    ...['2026-08-09T12:34:5\u0130Z', '２026-08-09T12:34:56Z', '2026-08-09T12:34:56.123456789+00:000'],
  ])('%j is none', (text) => {
    expect(isoTime(text)).toBeUndefined();
  });

  test('is what Date.parse makes of it, from text and from bytes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: FIRST, max: LAST }),
        fc.stringMatching(/^\d{0,6}$/),
        fc.constantFrom('Z', '+00:00'),
        fc.nat(7),
        (ms, behind, zone, padding) => {
          const text = new Date(ms).toISOString().replace('Z', behind + zone);
          const second = Math.floor(ms / 1000) * 1000;
          const microseconds = (ms - second) * 1000 + Number(behind.slice(0, 3).padEnd(3, '0'));
          const time = second + microseconds / 1000;
          expect(isoTime(text)).toBe(time);
          expect(Date.parse(text)).toBe(ms);
          const bytes = Buffer.from('7'.repeat(padding) + text + '7'.repeat(padding));
          expect(isoTimeIn(bytes, padding, padding + text.length)).toBe(time);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('with every day of four centuries', () => {
    for (let day = -146_097; day < 146_097; day += 1) {
      const text = `${new Date(day * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`;
      if (isoTime(text) !== day * 86_400_000) throw new Error(text);
    }
  });

  test('is none where its letters are no time for a strict reader', () => {
    const strict = /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|\+00:00)$/;
    const letters = fc.constantFrom(...'0123456789-:.TZ+ z');
    const whole = '2024-02-28T19:59:59.123456789Z';
    fc.assert(
      fc.property(
        fc.nat(whole.length),
        fc.nat(2),
        fc.string({ unit: letters, maxLength: 3 }),
        (at, cut, put) => {
          const text = whole.slice(0, at) + put + whole.slice(at + cut);
          const day = strict.test(text) ? new Date(`${text.slice(0, 10)}T00:00:00Z`) : undefined;
          const isDay = day !== undefined && !isNaN(+day) && day.toISOString().startsWith(text.slice(0, 10));
          const expected = isDay ? Date.parse(text.replace(/\.\d+/, '')) : undefined;
          const time = isoTime(text);
          expect(time === undefined ? undefined : Math.floor(time / 1000) * 1000).toBe(expected);
        },
      ),
      { numRuns: 20_000 },
    );
  });
});
