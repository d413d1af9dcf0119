import type { BookLevel } from '@exchange-stream/market-data';
import { FrameScanner, Literal } from './frame-scanner.ts';

const LEVELS = new Literal('[');
const NUMBER_END = new Literal(']');
const TIME = new Literal('"time":"');

/** The time that stands in the frame, undefined if the frame is for `JSON.parse`. */
function timeIn(frame: string): number | undefined {
  const scanner = new FrameScanner();
  scanner.begin(Buffer.from(frame));
  scanner.expect(TIME);
  const time = scanner.isoTime();
  return scanner.isComplete ? time : undefined;
}

/** The levels of the frame, undefined if it is for `JSON.parse`. */
function levelsIn(frame: string): readonly BookLevel[] | undefined {
  const scanner = new FrameScanner();
  scanner.begin(Buffer.from(frame));
  scanner.expect(LEVELS);
  const levels = scanner.levels();
  return scanner.isComplete ? levels : undefined;
}

/** The same of levels of four numbers each. */
function countedLevelsIn(frame: string): readonly BookLevel[] | undefined {
  const scanner = new FrameScanner();
  scanner.begin(Buffer.from(frame));
  scanner.expect(LEVELS);
  const levels = scanner.countedLevels();
  return scanner.isComplete ? levels : undefined;
}

/** The number of the frame, undefined if it is for the other way. */
function numberIn(frame: string, isPositive = false): string | undefined {
  const scanner = new FrameScanner();
  scanner.begin(Buffer.from(frame));
  scanner.expect(LEVELS);
  const number = isPositive ? scanner.positiveNumber() : scanner.number();
  scanner.expect(NUMBER_END);
  return scanner.isComplete ? number : undefined;
}

describe('a frame that is read field by field', () => {
  test.each(['0', '7', '0.10', '65000.10', '123456789012345678901234567890', '0.00000001'])(
    'has numbers: %s',
    (number) => {
      expect(numberIn(`[${number}]`)).toBe(number);
      expect(numberIn(`[${number}]`, true)).toBe(Number(number) === 0 ? undefined : number);
    },
  );

  test.each([
    '',
    '-1',
    '+1',
    '01',
    '00',
    '.5',
    '1.',
    '1e5',
    '1E5',
    '"1"',
    ' 1',
    '1 ',
    'x',
    '1,',
    '1'.repeat(41),
  ])('leaves to the other way what is no plain number: %j', (number) => {
    expect(numberIn(`[${number}]`)).toBeUndefined();
  });

  test.each([
    ['[]', []],
    ['[["1","0"]]', [['1', '0']]],
    [
      '[["65000.10000000","0.00000000"],["0.00000012","123456789012"],["7","8.5"]]',
      [
        ['65000.10000000', '0.00000000'],
        ['0.00000012', '123456789012'],
        ['7', '8.5'],
      ],
    ],
    [
      `[${'["12345.678","0.9"],'.repeat(999)}["1","2"]]`,
      [...Array.from({ length: 999 }, () => ['12345.678', '0.9']), ['1', '2']],
    ],
  ])('has levels: %.80s', (levels, expected) => {
    expect(levelsIn(levels)).toEqual(expected);
  });

  test.each([
    ...[
      '[',
      '[[',
      '[["',
      '[["1',
      '[["1"',
      '[["1","',
      '[["1","2',
      '[["1","2"',
      '[["1","2"]',
      '[["1","2"],',
      '[["1","2"],[',
    ],
    ...[
      '[["1","2"],]',
      '[["1","2"]]]',
      '[["1","2"],["3"]]',
      '[["1"]]',
      '[["1","2","3"]]',
      '[["0","2"]]',
      '[["0.000","2"]]',
    ],
    ...[
      '[["1.","2"]]',
      '[[".1","2"]]',
      '[["1","2."]]',
      '[["-1","2"]]',
      '[["1e5","2"]]',
      '[["1","2"] ]',
      '[["1", "2"]]',
    ],
    ...[
      '[["","2"]]',
      '[["1",""]]',
      `[["${'1'.repeat(41)}","2"]]`,
      '[["1","2"],["3","4x"]]',
      '[["1:","2"]]',
      '[["1","/2"]]',
    ],
    ...[
      '[["1","2"],[3","4"]]',
      '[["1","2"]["3","4"]]',
      '[["1""2"]]',
      '[["1.2.3","2"]]',
      '[["12345","1234:"]]',
    ],
  ])('is left to JSON.parse with the levels %s', (levels) => {
    levelsIn(`[["9","9"],["9","9"],["9","9"],["9","9"]]`);
    expect(levelsIn(levels)).toBeUndefined();
  });

  test.each([
    ['[]', []],
    ['[["1","0","0","0"]]', [['1', '0', 0]]],
    [
      '[["65000.1","0.5","0","12"],["0.00000012","123456789012","400.5","123456789"]]',
      [
        ['65000.1', '0.5', 12],
        ['0.00000012', '123456789012', 123456789],
      ],
    ],
  ])('has levels with the number of their orders: %s', (levels, expected) => {
    expect(countedLevelsIn(levels)).toEqual(expected);
  });

  test.each([
    ...['[', '[["1","2","0","3"', '[["1","2","0","3"]', '[["1","2","0","3"],', '[["1","2","0","3"],]'],
    ...['[["1","2"]]', '[["1","2","0"]]', '[["1","2","0","3","4"]]', '[["0","2","0","3"]]'],
    ...['[["1","2","0","03"]]', '[["1","2","0","1.5"]]', '[["1","2","0",""]]', '[["1","2","","3"]]'],
    ...['[["1","2","0","1234567890"]]', '[["1","2","0",3]]', '[["1","2","0","3"]["1","2","0","3"]]'],
  ])('is left to JSON.parse with the counted levels %s', (levels) => {
    countedLevelsIn('[["9","9","0","9"],["9","9","0","9"],["9","9","0","9"]]');
    expect(countedLevelsIn(levels)).toBeUndefined();
  });

  test('has times as they are read from text', () => {
    expect(timeIn('"time":"2026-08-09T12:34:56.123456789Z"')).toBe(1_786_278_896_123.456);
  });

  test.each(['2026-02-30T12:34:56Z', '2026-08-09T12:34:56', '', '2026-08-09T12:34:56.1\\u005a'])(
    'is left to JSON.parse with the time %s',
    (text) => {
      expect(timeIn(`"time":"${text}"`)).toBeUndefined();
    },
  );

  test('does not go on behind its end', () => {
    timeIn('"time":"2026-08-09T12:34:56.123456789Z"');
    expect(timeIn('"time":"2026-08-09T12:34:5')).toBeUndefined();
    expect(timeIn('"time":"2026-08-09T12:34:56Z')).toBeUndefined();
  });
});
