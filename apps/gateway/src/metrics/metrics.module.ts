import { Module } from '@nestjs/common';
import { ExchangeStream, getExchangeStreamToken } from '@exchange-stream/nestjs';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { CredentialFiles } from '../credentials/credential-files.ts';
import { CredentialsModule } from '../credentials/credentials.module.ts';
import { StoreProblems } from '../control/store-problems.ts';
import { FeedHub } from '../feed/feed-hub.ts';
import { FeedModule } from '../feed/feed.module.ts';
import { FeedStatistics } from '../feed/feed-statistics.ts';
import { registerAccountMetrics } from './account-metrics.ts';
import { registerCredentialMetrics } from './credential-metrics.ts';
import { registerExchangeMetrics } from './exchange-metrics.ts';
import { registerFeedMetrics } from './feed-metrics.ts';
import { ReadMetrics } from './read-metrics.ts';
import { registerStateMetrics } from './state-metrics.ts';
import { registerStoreMetrics } from './store-metrics.ts';
import { MetricsController } from './metrics.controller.ts';

@Module({
  imports: [CredentialsModule, FeedModule],
  controllers: [MetricsController],
  providers: [
    {
      provide: Registry,
      useFactory: (
        stream: ExchangeStream,
        feed: FeedStatistics,
        hub: FeedHub,
        store: StoreProblems,
        credentials: CredentialFiles,
      ) => {
        const registry = new Registry();
        collectDefaultMetrics({ register: registry });
        const metrics = new ReadMetrics(registry);
        registerExchangeMetrics(metrics, stream);
        registerStateMetrics(metrics, stream);
        registerAccountMetrics(metrics, stream);
        registerStoreMetrics(metrics, store);
        registerCredentialMetrics(metrics, credentials);
        registerFeedMetrics(registry, feed, hub);
        return registry;
      },
      inject: [getExchangeStreamToken(), FeedStatistics, FeedHub, StoreProblems, CredentialFiles],
    },
  ],
})
export class MetricsModule {}
