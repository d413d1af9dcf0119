import { VirtualClock } from '@exchange-stream/market-data';
import { Pace } from './pace.ts';

describe('a pace', () => {
  it('lets what waits go once at the next multiple of its period, and then rests', async () => {
    const clock = new VirtualClock(1005);
    const gone: string[] = [];
    const pace = new Pace<string>(clock, 20, (item) => gone.push(`${item} ${clock.now()}`));
    for (const item of ['a', 'b', 'a']) pace.add(item);
    await clock.advance(15);
    expect(gone).toEqual(['a 1020', 'b 1020']);
    expect(clock.pending).toBe(0);
    pace.add('c');
    pace.flush();
    pace.add('d');
    pace.stop();
    await clock.advance(100);
    expect(gone).toEqual(['a 1020', 'b 1020', 'c 1020']);
    expect(clock.pending).toBe(0);
  });
});
