import { BudgetError } from '../../../src/engine/limits/admission.ts';
import { Line, watch } from './line.ts';

const send = (line: Line, frame: string, options = {}): ReturnType<typeof watch> =>
  watch(line.requests.say(frame, options));

describe('a message whose limits leave no room', () => {
  test('fails at once where it refuses to wait, and says how long it would be', async () => {
    const line = new Line(undefined, { perSecond: 2 });
    for (const frame of ['one', 'two']) send(line, frame);
    await line.clock.advance(300);
    const refused = send(line, 'three', { maxWaitMs: 0 });
    const request = send(line, 'four', { maxWaitMs: 0, match: { key: 4 } });
    await line.clock.advance(0);
    for (const { error } of [refused, request]) {
      expect(error).toBeInstanceOf(BudgetError);
      expect(error).toMatchObject({
        code: 'BUDGET',
        maxWaitMs: 0,
        waitMs: 800,
        message:
          'A message on fake/public/1 is not sent: the limits of the exchange are used up, and there is room in 800 ms, later than the 0 ms that it may wait.',
      });
    }
    expect(line.reports).toMatchObject([{ ending: 'failed', limiterMs: 0 }]);
    expect(line.matcher.reply('4', undefined, () => '')).toBe(false);
    const patient = send(line, 'five', { maxWaitMs: 800 });
    await line.clock.advance(800);
    expect([patient.isSettled, patient.error]).toEqual([true, undefined]);
    expect(line.sent).toEqual(['one', 'two', 'five']);
    expect(line.clock.pending).toBe(0);
  });

  test('fails at once where its deadline is shorter than the wait', async () => {
    const line = new Line(undefined, { perSecond: 1 });
    send(line, 'one');
    const hasty = send(line, 'two', { deadlineMs: 1_000, match: { key: 2 } });
    const able = send(line, 'three', { deadlineMs: 1_200, match: { key: 3 } });
    await line.clock.advance(0);
    expect(hasty.error).toMatchObject({ code: 'BUDGET', maxWaitMs: 1_000, waitMs: 1_100 });
    await line.clock.advance(1_100);
    line.hear('done', '3');
    await line.clock.advance(0);
    expect(able.isSettled && able.error).toBeUndefined();
    expect(line.sent).toEqual(['one', 'three']);
    expect(line.clock.pending).toBe(0);
  });

  test('fails when others go first for longer than it may wait, and leaves its place', async () => {
    const line = new Line(undefined, { perSecond: 1 });
    send(line, 'one');
    const overtaken = send(line, 'two', { maxWaitMs: 1_100 });
    send(line, 'three', { lane: 'cancel' });
    await line.clock.advance(1_100);
    expect(overtaken.error).toMatchObject({ code: 'BUDGET', waitMs: undefined });
    await line.clock.advance(60_000);
    expect(line.sent).toEqual(['one', 'three']);
    expect(line.clock.pending).toBe(0);
  });

  test('gives its place to the next when its signal is aborted', async () => {
    const line = new Line(undefined, { perSecond: 1 });
    send(line, 'one');
    const caller = new AbortController();
    const unwanted = ['two', 'three'].map((frame) => send(line, frame, { signal: caller.signal }));
    const next = send(line, 'four', { maxWaitMs: 5_000 });
    caller.abort(new Error('changed my mind'));
    await line.clock.advance(1_100);
    for (const { error } of unwanted) expect(error).toEqual(new Error('changed my mind'));
    expect([next.isSettled, next.error]).toEqual([true, undefined]);
    expect(line.sent).toEqual(['one', 'four']);
    expect(line.clock.pending).toBe(0);
  });

  test('is lost with its connection, whatever it would have waited', async () => {
    const line = new Line(undefined, { perSecond: 1 });
    send(line, 'one');
    const waiting = [
      send(line, 'two', { maxWaitMs: 9_000 }),
      send(line, 'x', { maxWaitMs: 9_000, match: { key: 1 } }),
    ];
    line.lose();
    await line.clock.advance(0);
    expect(waiting.map(({ error }) => error)).toMatchObject([
      { code: 'CONNECTION_CLOSED' },
      { code: 'REQUEST_LOST' },
    ]);
    expect(line.clock.pending).toBe(0);
  });

  test.each([
    [{ maxWaitMs: -1 }, 'maxWaitMs: got -1. Allowed: a number from 0 to 2147483647.'],
    [{ maxWaitMs: Number.NaN }, 'maxWaitMs: got NaN.'],
    [{ weight: 0 }, 'weight: got 0. Allowed: a number above 0.'],
    [{ limit: 'order.place' }, 'limit: got "order.place". Allowed: none.'],
  ])('is not asked for with %j', async (options, message) => {
    const line = new Line();
    await expect(line.requests.say('x', options)).rejects.toThrow(message);
    await expect(line.requests.say('x', { ...options, match: { key: 1 } })).rejects.toThrow(message);
    expect(line.sent).toEqual([]);
    expect(line.clock.pending).toBe(0);
  });
});
