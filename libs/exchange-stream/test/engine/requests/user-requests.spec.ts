import {
  DuplicateRequestError,
  PendingRequestsError,
  RequestLostError,
  RequestRefusedError,
  RequestTimeoutError,
} from '../../../src/engine/requests/request-error.ts';
import { ConnectionClosedError } from '../../../src/engine/errors.ts';
import type { Reply } from '../../../src/engine/requests/match.ts';
import { DEADLINE_MS, Line, watch } from './line.ts';

const REFUSAL = { code: '8', message: 'no funds', temporary: false };

const frames = (replies: readonly Reply[] | undefined): string[] | undefined =>
  replies?.map(({ frame }) => frame);

describe('a message with answers', () => {
  test('has the one that carries its key, whatever comes before', async () => {
    const line = new Line();
    const seen = watch(line.requests.request('place 7', { match: { key: 7 } }));
    expect(line.sent).toEqual(['place 7']);
    line.hear('done 6', '6');
    await line.clock.advance(0);
    expect(seen.isSettled).toBe(false);
    expect(line.hear('done 7', '7')).toBe(true);
    await line.clock.advance(0);
    expect(seen.value).toEqual([{ frame: 'done 7', match: 0 }]);
    expect(line.clock.pending).toBe(0);
  });

  test('is registered before it is sent: an answer that comes at once is its own', async () => {
    const line = new Line();
    line.sent.push = () => Number(line.hear('done', 'k'));
    expect(frames(await line.requests.request('ask', { match: { key: 'k' } }))).toEqual(['done']);
  });

  test('has as many as it counts', async () => {
    const line = new Line();
    const seen = watch(line.requests.request('cancel all', { match: { key: 'c', count: 3 } }));
    for (const frame of ['one', 'two']) line.hear(frame, 'c');
    await line.clock.advance(0);
    expect(seen.isSettled).toBe(false);
    line.hear('three', 'c');
    expect(line.hear('four', 'c')).toBe(false);
    await line.clock.advance(0);
    expect(frames(seen.value)).toEqual(['one', 'two', 'three']);
  });

  test('ends early when its inspector knows the last one', async () => {
    const line = new Line();
    const isLast = ({ frame }: Reply): boolean => frame === 'error';
    const early = watch(line.requests.request('x', { match: { key: 'c', count: 3, isLast } }));
    const open = watch(
      line.requests.request('y', {
        match: { key: 'd', isLast: ({ frame }, replies) => frame === 'end' && replies.length === 4 },
      }),
    );
    for (const frame of ['one', 'error']) line.hear(frame, 'c');
    for (const frame of ['end', 'two', 'three', 'end']) line.hear(frame, 'd');
    await line.clock.advance(0);
    expect(frames(early.value)).toEqual(['one', 'error']);
    expect(open.value).toHaveLength(4);
  });

  test('has what its predicate recognises', async () => {
    const line = new Line();
    const seen = watch(line.requests.request('ask', { match: { when: (frame) => frame.startsWith('yes') } }));
    expect(line.hear('no')).toBe(false);
    expect(line.hear('yes, sir')).toBe(true);
    await line.clock.advance(0);
    expect(frames(seen.value)).toEqual(['yes, sir']);
    expect(line.matcher.readsFrames).toBe(false);
  });

  test.each([
    ['first the ack', ['ack of 88', 'order 88 is open']],
    ['first the event', ['order 88 is open', 'ack of 88']],
  ])('has its ack and its event, %s', async (_, said) => {
    const line = new Line();
    const seen = watch(
      line.requests.request('place', {
        match: [{ key: 'p' }, { when: (frame) => frame === 'order 88 is open' }],
      }),
    );
    for (const frame of said) line.hear(frame, frame.startsWith('ack') ? 'p' : undefined);
    await line.clock.advance(0);
    expect(seen.value).toEqual(said.map((frame) => ({ frame, match: frame.startsWith('ack') ? 0 : 1 })));
  });

  test('knows an event by what its ack has told, and takes no frame for both', async () => {
    const line = new Line();
    const idIn = (frame = ''): string => frame.split(' ').at(-1) ?? '';
    const seen = watch(
      line.requests.request('place', {
        match: [
          { key: 'p' },
          { when: (frame, [ack]) => ack !== undefined && idIn(frame) === idIn(ack.frame) },
        ],
      }),
    );
    line.hear('order 87');
    line.hear('ack of 88', 'p');
    line.hear('order 89');
    await line.clock.advance(0);
    expect(seen.isSettled).toBe(false);
    line.hear('order 88');
    await line.clock.advance(0);
    expect(frames(seen.value)).toEqual(['ack of 88', 'order 88']);
  });

  test('is refused with what had come', async () => {
    const line = new Line();
    const seen = watch(line.requests.request('place', { match: [{ key: 'p', count: 2 }, { key: 'e' }] }));
    line.hear('ack', 'p');
    line.hear('refused', 'p', REFUSAL);
    await line.clock.advance(0);
    expect(seen.error).toBeInstanceOf(RequestRefusedError);
    expect(seen.error).toMatchObject({
      code: 'REQUEST_REFUSED',
      refusal: REFUSAL,
      wasSent: true,
      replies: [{ frame: 'ack' }, { frame: 'refused', refusal: REFUSAL }],
    });
    // The second match waits no more either.
    expect(line.hear('event', 'e')).toBe(false);
  });

  test('is refused in words without secrets', async () => {
    const line = new Line();
    const seen = watch(line.requests.request('place', { match: { key: 'p' } }));
    line.hear('refused', 'p', { ...REFUSAL, message: 'no such key s3cret' });
    await line.clock.advance(0);
    expect(seen.error).toMatchObject({ refusal: { message: 'no such key ***' } });
    expect(String(seen.error)).not.toContain('s3cret');
  });

  test('has answers on several connections, and is lost with any of them', async () => {
    const trading = new Line();
    const private_ = new Line(trading.clock, { connection: 'fake/private/1' });
    trading.others.set('fake/private', private_);
    const match = [{ key: 'p' }, { when: (frame: string) => frame === 'event', on: 'fake/private' }];
    const seen = watch(trading.requests.request('place', { match }));
    private_.hear('event');
    trading.hear('ack', 'p');
    await trading.clock.advance(0);
    expect(seen.value).toEqual([
      { frame: 'event', match: 1 },
      { frame: 'ack', match: 0 },
    ]);
    const lost = watch(trading.requests.request('place', { match }));
    private_.lose('code 1006');
    await trading.clock.advance(0);
    expect(lost.error).toMatchObject({ code: 'REQUEST_LOST', connection: 'fake/private/1', wasSent: true });
    expect(trading.hear('ack', 'p')).toBe(false);
    const nowhere = watch(
      trading.requests.request('place', { match: { when: () => true, on: 'fake/moon' } }),
    );
    await trading.clock.advance(0);
    expect(nowhere.error).toMatchObject({ code: 'CONNECTION_CLOSED', connection: 'fake/moon' });
    expect(trading.clock.pending).toBe(0);
  });

  test('is given up at its deadline, with the answers that came; a later one is nobody’s', async () => {
    const line = new Line();
    const seen = watch(line.requests.request('x', { match: { key: 'c', count: 3 }, deadlineMs: 500 }));
    line.hear('one', 'c');
    await line.clock.advance(499);
    expect(seen.isSettled).toBe(false);
    await line.clock.advance(1);
    expect(seen.error).toBeInstanceOf(RequestTimeoutError);
    expect(seen.error).toMatchObject({ deadlineMs: 500, wasSent: true, replies: [{ frame: 'one' }] });
    expect(line.hear('two', 'c')).toBe(false);
    expect(line.clock.pending).toBe(0);
  });

  test('that others overtake until its deadline is not sent afterwards', async () => {
    const line = new Line(undefined, { perSecond: 1 });
    void line.requests.send('first', {});
    const seen = watch(line.requests.request('second', { match: { key: 2 }, deadlineMs: 1_100 }));
    void line.requests.send('urgent', { lane: 'cancel' });
    await line.clock.advance(5_000);
    expect(line.sent).toEqual(['first', 'urgent']);
    expect(seen.error).toMatchObject({ code: 'REQUEST_TIMEOUT', wasSent: false });
    expect(String(seen.error)).toContain('was not sent');
  });

  test('has a deadline when none is given', async () => {
    const line = new Line();
    const seen = watch(line.requests.request('x', { match: { key: 'c' } }));
    await line.clock.advance(DEADLINE_MS);
    expect(seen.error).toBeInstanceOf(RequestTimeoutError);
  });

  test('is cancelled by its signal, before it has left and after', async () => {
    const line = new Line(undefined, { perSecond: 1 });
    const early = new AbortController();
    const late = new AbortController();
    const sent = watch(line.requests.request('sent', { match: { key: 1 }, signal: late.signal }));
    const waiting = watch(line.requests.request('waiting', { match: { key: 2 }, signal: early.signal }));
    early.abort(new Error('not any more'));
    late.abort();
    const never = watch(line.requests.request('never', { match: { key: 3 }, signal: late.signal }));
    await line.clock.advance(2_000);
    expect(line.sent).toEqual(['sent']);
    expect(waiting.error).toEqual(new Error('not any more'));
    for (const { error } of [sent, never]) expect(String(error)).toContain('AbortError');
    expect(line.matcher.pending).toBe(0);
    // The second turn was not taken: it is there for another.
    await line.requests.send('next', {});
    expect(line.clock.pending).toBe(0);
  });

  test('leaves nothing behind when it cannot be sent', async () => {
    const line = new Line(undefined, { perSecond: 1 });
    void line.requests.send('first', {});
    const seen = watch(line.requests.request('second', { match: { key: 2 } }));
    line.isUp = false;
    await line.clock.advance(1_100);
    expect(seen.error).toBeInstanceOf(ConnectionClosedError);
    expect(line.matcher.pending).toBe(0);
    expect(line.hear('late', '2')).toBe(false);
    line.isUp = true;
    // The same id can be used again.
    const again = watch(line.requests.request('second', { match: { key: 2 } }));
    await line.clock.advance(1_000);
    line.hear('done', '2');
    await line.clock.advance(0);
    expect(frames(again.value)).toEqual(['done']);
  });

  test('is refused by a connection that is not open', async () => {
    const line = new Line();
    line.isUp = false;
    await expect(line.requests.request('x', { match: { key: 2 } })).rejects.toBeInstanceOf(
      ConnectionClosedError,
    );
    await expect(line.requests.send('x', {})).rejects.toBeInstanceOf(ConnectionClosedError);
    expect(line.clock.pending).toBe(0);
  });

  test('under an id that waits already is an error, and harms nobody', async () => {
    const line = new Line();
    const first = watch(line.requests.request('first', { match: { key: 7 } }));
    await expect(
      line.requests.request('second', { match: [{ key: 'other' }, { key: '7' }] }),
    ).rejects.toBeInstanceOf(DuplicateRequestError);
    expect(line.sent).toEqual(['first']);
    expect(line.hear('x', 'other')).toBe(false);
    line.hear('done', '7');
    await line.clock.advance(0);
    expect(first.value).toHaveLength(1);
  });

  test('is rejected when its connection goes, saying whether it had left', async () => {
    const line = new Line(undefined, { perSecond: 1 });
    const sent = watch(line.requests.request('sent', { match: { key: 1, count: 2 } }));
    const waiting = watch(line.requests.request('waiting', { match: { key: 2 } }));
    const mute = watch(line.requests.send('mute', {}));
    line.hear('one', '1');
    line.lose('code 1006');
    await line.clock.advance(0);
    expect(sent.error).toBeInstanceOf(RequestLostError);
    expect(sent.error).toMatchObject({ wasSent: true, replies: [{ frame: 'one' }], reason: 'code 1006' });
    expect(waiting.error).toMatchObject({ code: 'REQUEST_LOST', wasSent: false });
    expect(mute.error).toBeInstanceOf(ConnectionClosedError);
    await line.clock.advance(10_000);
    expect(line.sent).toEqual(['sent']);
    expect(line.clock.pending).toBe(0);
  });

  test('is refused when too many wait', async () => {
    const line = new Line(undefined, { pendingRequests: 2 });
    for (const key of [1, 2]) watch(line.requests.request('x', { match: { key } }));
    await expect(line.requests.request('x', { match: { key: 3 } })).rejects.toBeInstanceOf(
      PendingRequestsError,
    );
    expect(line.sent).toHaveLength(2);
    line.hear('done', '1');
    const third = watch(line.requests.request('x', { match: { key: 3 } }));
    line.hear('done', '3');
    await line.clock.advance(DEADLINE_MS);
    expect(third.value).toHaveLength(1);
  });

  test.each([
    [{ match: [] }, 'match: got an empty list'],
    [{ match: { key: 1 }, deadlineMs: 0 }, 'deadlineMs: got 0'],
    [{ match: { key: 1 }, deadlineMs: Infinity }, 'deadlineMs: got Infinity'],
    [{ match: { key: 1, count: 0 } }, 'match.count: got 0'],
    [{ match: {} as { key: string } }, 'match: got neither'],
  ])('that could never be answered is refused: %j', async (options, message) => {
    const line = new Line();
    await expect(line.requests.request('x', options)).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: expect.stringContaining(message) as string,
    });
    expect(line.sent).toEqual([]);
    expect(line.clock.pending).toBe(0);
  });

  test('whose own code throws fails alone', async () => {
    const line = new Line();
    const bad = watch(
      line.requests.request('bad', {
        match: {
          when: () => {
            throw new RangeError('predicate');
          },
        },
      }),
    );
    const inspector = watch(
      line.requests.request('inspector', {
        match: {
          key: 1,
          isLast: () => {
            throw new RangeError('inspector');
          },
        },
      }),
    );
    const good = watch(line.requests.request('good', { match: { when: () => true } }));
    line.hear('anything', '1');
    await line.clock.advance(0);
    expect(bad.error).toEqual(new RangeError('predicate'));
    expect(inspector.error).toEqual(new RangeError('inspector'));
    expect(good.value).toHaveLength(1);
    expect(line.clock.pending).toBe(0);
  });
});

describe('answers that are expected before anybody asks', () => {
  test('come for whatever is sent later', async () => {
    const line = new Line();
    const event = watch(line.requests.expect({ when: (frame) => frame.includes('filled') }, {}));
    await line.clock.advance(70);
    await line.requests.send('place', {});
    line.hear('order filled');
    await line.clock.advance(0);
    expect(frames(event.value)).toEqual(['order filled']);
    expect(line.reports).toEqual([{ ...OF_LINE, ending: 'answered', replies: 1, limiterMs: 0, wireMs: 70 }]);
  });
});

describe('what is told of a request', () => {
  test('the wait in the limiter apart from that on the wire, and how it ended', async () => {
    const line = new Line(undefined, { perSecond: 1 });
    const ask = (key: number, deadlineMs?: number): unknown =>
      watch(line.requests.request('x', { match: { key }, ...(deadlineMs && { deadlineMs }) }));
    ask(1);
    ask(2);
    ask(3, 1_139);
    void line.requests.send('y', { lane: 'cancel' });
    await line.clock.advance(40);
    line.hear('done', '1');
    await line.clock.advance(2_200);
    line.hear('refused', '2', REFUSAL);
    ask(4);
    line.lose();
    await line.clock.advance(0);
    expect(line.reports).toEqual([
      { ...OF_LINE, ending: 'failed', replies: 0, limiterMs: 0 },
      { ...OF_LINE, ending: 'answered', replies: 1, limiterMs: 0, wireMs: 40 },
      { ...OF_LINE, ending: 'refused', replies: 1, limiterMs: 2_200, wireMs: 40 },
      { ...OF_LINE, ending: 'lost', replies: 0, limiterMs: 0 },
    ]);
  });
});

const OF_LINE = { exchange: 'fake', connection: 'fake/public/1', purpose: 'other' };
