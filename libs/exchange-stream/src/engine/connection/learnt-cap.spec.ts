import { VirtualClock } from '@exchange-stream/market-data';
import { LearntCap } from './learnt-cap.ts';

describe('a learnt cap', () => {
  test('only falls, and is forgotten a day after it was learnt last', async () => {
    const clock = new VirtualClock();
    const cap = new LearntCap(clock);
    expect(cap.learnt).toBeUndefined();
    cap.learn(10);
    await clock.advance(12 * 3_600_000);
    cap.learn(20);
    expect(cap.learnt).toBe(10);
    cap.learn(7);
    await clock.advance(24 * 3_600_000 - 1);
    expect(cap.learnt).toBe(7);
    await clock.advance(1);
    expect(cap.learnt).toBeUndefined();
    cap.learn(20);
    expect(cap.learnt).toBe(20);
  });
});
