import { Module } from '@nestjs/common';
import { FeedGateway } from './feed.gateway.ts';
import { FeedHub } from './feed-hub.ts';
import { FeedStatistics } from './feed-statistics.ts';

@Module({ providers: [FeedGateway, FeedHub, FeedStatistics], exports: [FeedHub, FeedStatistics] })
export class FeedModule {}
