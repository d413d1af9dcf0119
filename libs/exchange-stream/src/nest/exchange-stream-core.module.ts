import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ExchangeStreamExplorer } from './exchange-stream.explorer.ts';
import { ExchangeStreamMetadataAccessor } from './exchange-stream-metadata.accessor.ts';
import { ExchangeStreamRegistrar } from './exchange-stream.registrar.ts';
import { ExchangeStreamRunner } from './exchange-stream.runner.ts';
import { ExchangeStreams } from './exchange-streams.ts';
import { ExchangeStreamHealthMonitor } from './health-monitor/health-monitor.ts';
import { IntervalScheduler } from './health-monitor/interval-scheduler.ts';
import { SharedPlatform } from './platform/shared-platform.ts';

/** What exists once in an application, however many instances it has. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    ExchangeStreams,
    SharedPlatform,
    ExchangeStreamMetadataAccessor,
    ExchangeStreamExplorer,
    ExchangeStreamRegistrar,
    IntervalScheduler,
    ExchangeStreamHealthMonitor,
    ExchangeStreamRunner,
  ],
  exports: [ExchangeStreams, SharedPlatform, ExchangeStreamRegistrar, ExchangeStreamHealthMonitor],
})
export class ExchangeStreamCoreModule {}
