import { VirtualClock } from '@exchange-stream/market-data';
import { ProblemThrottle } from './problem-throttle.ts';

describe('ProblemThrottle', () => {
  it('tells a problem once a minute and kind, with the number it held back', async () => {
    const clock = new VirtualClock();
    const throttle = new ProblemThrottle(clock);
    const told: string[] = [];
    const report = (kind: string): void => throttle.report(kind, (more) => told.push(kind + more));

    for (let n = 0; n < 5; n++) report('a');
    report('b');
    expect(told).toEqual(['a', 'b']);

    await clock.advance(60_000);
    report('a');
    report('b');
    expect(told.slice(2)).toEqual(['a (and 4 more like it since it was last told)', 'b']);
  });
});
