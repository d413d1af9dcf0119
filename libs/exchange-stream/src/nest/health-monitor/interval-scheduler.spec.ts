import { VirtualClock } from '@exchange-stream/market-data';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { DiscoveryService } from '@nestjs/core';
import { IntervalScheduler } from './interval-scheduler.ts';

const schedulerWith = (...providers: { name: string; instance: unknown }[]): IntervalScheduler =>
  new IntervalScheduler({ getProviders: () => providers } as unknown as DiscoveryService); // the part that is used

describe('IntervalScheduler', () => {
  it('runs on the clock until it is stopped', async () => {
    const clock = new VirtualClock();
    let runs = 0;
    const interval = schedulerWith().every(1_000, 'check', clock, () => runs++);
    await clock.advance(3_500);
    interval.stop();
    await clock.advance(3_500);
    expect([interval.runner, runs, clock.pending]).toEqual(['clock', 3, 0]);
  });

  it('is found in the registry by its name, and can be stopped there as well as here', () => {
    const registry = new SchedulerRegistry();
    const scheduler = schedulerWith({ name: 'SchedulerRegistry', instance: registry });
    const names = ['one', 'two'];
    const [one, two] = names.map((name) => scheduler.every(1_000, name, new VirtualClock(), () => undefined));
    expect(one?.runner).toBe('SchedulerRegistry');
    expect(registry.getIntervals()).toEqual(names);

    one?.stop();
    expect(registry.getIntervals()).toEqual(['two']);
    registry.deleteInterval('two');
    expect(() => two?.stop()).not.toThrow();
  });

  it('is not taken in by a provider that only bears the name', () => {
    const impostor = { name: 'SchedulerRegistry', instance: {} };
    const interval = schedulerWith(impostor).every(1, 'check', new VirtualClock(), () => undefined);
    expect(interval.runner).toBe('clock');
  });
});
