import type { Clock } from '@exchange-stream/market-data';
import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

/** What is used of `SchedulerRegistry`. The package is optional, so its class is never imported. */
interface SchedulerRegistry {
  addInterval(name: string, handle: unknown): void;
  deleteInterval(name: string): void;
  getIntervals(): string[];
}

/** Who runs an interval. */
export interface ScheduledInterval {
  readonly runner: 'SchedulerRegistry' | 'clock';
  stop(): void;
}

/** Runs intervals where the application keeps its own: in the registry of `@nestjs/schedule`, if it has one. */
@Injectable()
export class IntervalScheduler {
  constructor(private readonly discovery: DiscoveryService) {}

  every(intervalMs: number, name: string, clock: Clock, task: () => void): ScheduledInterval {
    const registry = this.registry();
    return registry ? inRegistry(registry, intervalMs, name, task) : onClock(clock, intervalMs, task);
  }

  private registry(): SchedulerRegistry | undefined {
    const found = this.discovery.getProviders().find(({ name }) => name === 'SchedulerRegistry');
    const instance: unknown = found?.instance;
    return isRegistry(instance) ? instance : undefined;
  }
}

function inRegistry(
  registry: SchedulerRegistry,
  intervalMs: number,
  name: string,
  task: () => void,
): ScheduledInterval {
  // The registry ends an interval with clearInterval, so it has to be one of Node's.
  // eslint-disable-next-line no-restricted-globals
  registry.addInterval(name, setInterval(task, intervalMs));
  return {
    runner: 'SchedulerRegistry',
    stop: () => {
      if (registry.getIntervals().includes(name)) registry.deleteInterval(name);
    },
  };
}

function onClock(clock: Clock, intervalMs: number, task: () => void): ScheduledInterval {
  let timer = clock.after(intervalMs, run);
  function run(): void {
    timer = clock.after(intervalMs, run);
    task();
  }
  return { runner: 'clock', stop: () => timer.cancel() };
}

function isRegistry(instance: unknown): instance is SchedulerRegistry {
  return (
    typeof instance === 'object' &&
    instance !== null &&
    ['addInterval', 'deleteInterval', 'getIntervals'].every(
      (method) => typeof Reflect.get(instance, method) === 'function',
    )
  );
}
