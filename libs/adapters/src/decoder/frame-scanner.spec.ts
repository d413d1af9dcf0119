import { FrameScanner, Literal } from './frame-scanner.ts';

const TIME = new Literal('"time":"');

/** The time that stands in the frame, undefined if the frame is for `JSON.parse`. */
function timeIn(frame: string): number | undefined {
  const scanner = new FrameScanner();
  scanner.begin(Buffer.from(frame));
  scanner.expect(TIME);
  const time = scanner.isoTime();
  return scanner.isComplete ? time : undefined;
}

describe('a frame that is read field by field', () => {
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
