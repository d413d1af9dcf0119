import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { ExchangeStreamExplorer } from './exchange-stream.explorer.ts';
import { ExchangeStreamRegistrar } from './exchange-stream.registrar.ts';
import { ExchangeStreams } from './exchange-streams.ts';
import { ExchangeStreamHealthMonitor } from './health-monitor/health-monitor.ts';
import { LifecycleLog } from './log/lifecycle-log.ts';

/**
 * The order of things: every decorator is checked and subscribed while modules initialise; when all have, handlers
 * listen and the instances start, without waiting for an exchange; on shutdown everything is closed before Nest takes
 * down what handlers may use.
 */
@Injectable()
export class ExchangeStreamRunner implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly streams: ExchangeStreams,
    private readonly explorer: ExchangeStreamExplorer,
    private readonly registrar: ExchangeStreamRegistrar,
    private readonly monitor: ExchangeStreamHealthMonitor,
  ) {}

  onModuleInit(): void {
    for (const provider of this.explorer.explore()) this.registrar.bind(provider);
  }

  onApplicationBootstrap(): void {
    // The log first: handlers are told the present status when they are attached, and may fail on it.
    for (const { name, stream } of this.streams.all())
      stream.onLifecycle(new LifecycleLog(name, stream.platform.clock).write);
    this.registrar.attach();
    for (const { stream } of this.streams.all()) stream.start();
    this.monitor.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.monitor.stop();
    this.registrar.detach();
    await Promise.all(this.streams.all().map(({ stream }) => stream.close()));
  }
}
