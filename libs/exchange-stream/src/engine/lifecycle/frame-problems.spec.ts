import { VirtualClock } from '@exchange-stream/market-data';
import { FrameProblems } from './frame-problems.ts';
import type { LifecycleEvent } from './lifecycle-event.ts';

describe('FrameProblems', () => {
  const clock = new VirtualClock();
  const told: LifecycleEvent[] = [];
  let samples = 0;
  const problems = new FrameProblems('lab', clock, (event) => told.push(event));
  const unhandled = (): void => problems.add('lab/public/1', 'unhandled', () => `sample ${++samples}`);

  it('tells the first of a kind, then one a minute with the number of those between, and samples no others', async () => {
    for (let n = 0; n < 1_000; n++) unhandled();
    problems.add('lab/public/2', 'rejected', () => 'no price');
    await clock.advance(59_999);
    unhandled();
    await clock.advance(1);
    unhandled();
    unhandled();
    await clock.advance(60_000);
    unhandled();
    const problem = { type: 'frame-problem', exchange: 'lab' };
    const one = { ...problem, connection: 'lab/public/1', problem: 'unhandled' };
    expect(told).toEqual([
      { ...one, detail: 'sample 1', suppressed: 0 },
      { ...problem, connection: 'lab/public/2', problem: 'rejected', detail: 'no price', suppressed: 0 },
      { ...one, detail: 'sample 2', suppressed: 1_000 },
      { ...one, detail: 'sample 3', suppressed: 1 },
    ]);
    expect(samples).toBe(3);
    expect(clock.pending).toBe(0);
  });
});
