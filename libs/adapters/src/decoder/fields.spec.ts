import { readExactJson } from './exact-json.ts';
import {
  MalformedFieldError,
  amount,
  exactId,
  exactInteger,
  id,
  integer,
  price,
  signedDecimal,
} from './fields.ts';

/** A value as `readExactJson` has it. */
function exact(json: string): unknown {
  return readExactJson(Buffer.from(json));
}

describe('a field of a frame', () => {
  test.each([
    ['7e-7', '0.0000007'],
    ['6.60E-7', '0.000000660'],
    ['1.5e3', '1500'],
    ['65000.10', '65000.10'],
    ['"65000.10"', '65000.10'],
  ])('%s is the price %s', (json, text) => {
    expect(price(exact(json), 'p')).toBe(text);
    expect(amount(exact(json), 'p')).toBe(text);
    expect(signedDecimal(exact(json.replace(/^("?)/, '$1-')), 'p')).toBe(`-${text}`);
  });

  test.each([
    ...[
      '1e400',
      '1e-400',
      '1e64',
      `1e${'9'.repeat(5_000)}`,
      `-1e-${'9'.repeat(5_000)}`,
      `1${'0'.repeat(64)}`,
    ],
    ...['""', '"1,5"', '"0x10"', '"1e"', '" 1"', 'null', 'true', '[]', '{}', '"NaN"', '"Infinity"'],
  ])('%s is no decimal, and the error says what was expected', (json) => {
    for (const read of [price, amount, signedDecimal]) {
      expect(() => read(exact(json), 'data.p')).toThrow(MalformedFieldError);
      expect(() => read(exact(json), 'data.p')).toThrow(/^data\.p: expected .*decimal text.*, got .{1,80}$/);
    }
  });

  test('is no price if it is zero or less, and no amount below zero', () => {
    for (const json of ['0', '0.000', '-0', '0e5', '-1', '"-1.5"']) {
      expect(() => price(exact(json), 'p')).toThrow(MalformedFieldError);
    }
    expect(amount(exact('0.000'), 'q')).toBe('0.000');
    expect(() => amount(exact('-0.1'), 'q')).toThrow(MalformedFieldError);
  });

  test.each(['0', '1', '1672515782136', '9007199254740991'])('%s is an integer', (json) => {
    expect(exactInteger(exact(json), 'E')).toBe(Number(json));
    expect(integer(JSON.parse(json), 'E')).toBe(Number(json));
    expect(exactId(exact(json), 't')).toBe(json);
    expect(id(JSON.parse(json), 't')).toBe(json);
    expect(() => integer(exact(json), 'E')).toThrow(MalformedFieldError);
  });

  test.each(['9007199254740992', '-1', '1.0', '1e3', '"01"', '""', '" 1"', 'null', 'true', '1e400'])(
    '%s is no integer that a number holds',
    (json) => {
      expect(() => exactInteger(exact(json), 'E')).toThrow(MalformedFieldError);
      expect(() => exactInteger(Number(exact(json)), 'E')).toThrow(MalformedFieldError);
    },
  );

  test('keeps the digits of an id beyond 2^53', () => {
    expect(exactId(exact('9007199254740993'), 'i')).toBe('9007199254740993');
    expect(() => id(JSON.parse('9007199254740993'), 'i')).toThrow(MalformedFieldError);
    for (const json of [`${'1'.repeat(65)}`, '1.5', '-1', '1e5', '"a"', 'null', '"007"']) {
      expect(() => exactId(exact(json), 'i')).toThrow(MalformedFieldError);
    }
  });
});
