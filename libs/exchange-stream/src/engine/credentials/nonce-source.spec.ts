import { VirtualClock, type Clock } from '@exchange-stream/market-data';
import { InProcessNonces } from './nonce-source.ts';

const EPOCH_MS = 1_767_225_600_000;

/** A clock that shows what it is told to. */
function clockAt(times: readonly number[]): Clock {
  const clock = new VirtualClock();
  let asked = 0;
  return {
    now: () => times[Math.min(asked++, times.length - 1)] ?? 0,
    monotonic: () => clock.monotonic(),
    after: (...task) => clock.after(...task),
  };
}

const several = (source: { next(): number }, count: number): number[] =>
  Array.from({ length: count }, () => source.next());

describe('nonces', () => {
  test('are the time in the unit that the exchange wants', () => {
    const nonces = new InProcessNonces(clockAt([EPOCH_MS + 0.25]));
    expect(nonces.of('one', 'key', 'milliseconds').next()).toBe(EPOCH_MS);
    expect(nonces.of('two', 'key', 'microseconds').next()).toBe(EPOCH_MS * 1_000 + 250);
  });

  test('grow strictly within one unit of time, and when the clock is set back', () => {
    const source = new InProcessNonces(clockAt([EPOCH_MS, EPOCH_MS, EPOCH_MS - 5_000, EPOCH_MS + 10])).of(
      'one',
      'key',
      'milliseconds',
    );
    expect(several(source, 4)).toEqual([EPOCH_MS, EPOCH_MS + 1, EPOCH_MS + 2, EPOCH_MS + 10]);
  });

  test('of one key are shared by all who ask, and those of another are not', () => {
    const nonces = new InProcessNonces(clockAt([EPOCH_MS]));
    const [socket, rest] = [nonces.of('one', 'key', 'milliseconds'), nonces.of('one', 'key', 'milliseconds')];
    expect([socket.next(), rest.next(), socket.next()]).toEqual([EPOCH_MS, EPOCH_MS + 1, EPOCH_MS + 2]);
    expect(nonces.of('one', 'other', 'milliseconds').next()).toBe(EPOCH_MS);
    expect(nonces.of('two', 'key', 'milliseconds').next()).toBe(EPOCH_MS);
  });

  test('go on behind the last one for a key that was forgotten among very many', () => {
    const times = [EPOCH_MS + 60_000, EPOCH_MS];
    const nonces = new InProcessNonces(clockAt(times));
    const last = nonces.of('one', 'key', 'microseconds').next();
    for (let n = 0; n < 1_000; n++) nonces.of('one', `key ${n}`, 'microseconds').next();
    expect(nonces.of('one', 'key', 'microseconds').next()).toBeGreaterThan(last);
  });
});
