import { LearntPace } from './learnt-pace.ts';

const learnt = (waits: readonly number[]): number | undefined => {
  const pace = new LearntPace(10_000);
  for (const waitMs of waits) pace.learn(waitMs);
  return pace.patienceMs;
};

const times = (count: number, waitMs: number): number[] => Array.from({ length: count }, () => waitMs);

describe('LearntPace', () => {
  it('knows nothing before it has seen enough', () => {
    expect(learnt(times(19, 4_000))).toBeUndefined();
    expect(learnt(times(20, 4_000))).toBe(20_000);
    expect(learnt(times(2_000, 4_000))).toBe(20_000);
  });

  it('has a least patience for what comes often', () => {
    expect(learnt(times(20, 10))).toBe(10_000);
  });

  it('holds the longest wait against nobody, and forgets it little by little', () => {
    const once = [60_000, ...times(20, 1_000)];
    expect(learnt(once)).toBeCloseTo(5 * 60_000 * 0.95 ** 20);
    expect(learnt([...once, ...times(200, 1_000)])).toBe(10_000);
  });

  it('does not judge what is so slow that nobody would wait for the verdict', () => {
    expect(learnt(times(20, 180_000))).toBe(900_000);
    expect(learnt(times(20, 180_001))).toBeUndefined();
  });
});
