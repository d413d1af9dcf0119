import { Module } from '@nestjs/common';
import { ExchangeStream, getExchangeStreamToken } from '@exchange-stream/nestjs';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { FeedHub } from '../feed/feed-hub.ts';
import { FeedModule } from '../feed/feed.module.ts';
import { FeedStatistics } from '../feed/feed-statistics.ts';
import { registerExchangeMetrics } from './exchange-metrics.ts';
import { registerFeedMetrics } from './feed-metrics.ts';
import { MetricsController } from './metrics.controller.ts';

@Module({
  imports: [FeedModule],
  controllers: [MetricsController],
  providers: [
    {
      provide: Registry,
      useFactory: (stream: ExchangeStream, feed: FeedStatistics, hub: FeedHub) => {
        const registry = new Registry();
        collectDefaultMetrics({ register: registry });
        registerExchangeMetrics(registry, stream);
        registerFeedMetrics(registry, feed, hub);
        return registry;
      },
      inject: [getExchangeStreamToken(), FeedStatistics, FeedHub],
    },
  ],
})
export class MetricsModule {}
