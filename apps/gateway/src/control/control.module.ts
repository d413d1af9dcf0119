import { Module } from '@nestjs/common';
import { BookController } from './book.controller.ts';
import { ConnectionsController } from './connections.controller.ts';
import { ControlSubscriptions } from './control-subscriptions.ts';
import { ExchangesController } from './exchanges.controller.ts';
import { InstrumentsController } from './instruments.controller.ts';
import { LatestController } from './latest.controller.ts';
import { subscriptionStoreProvider } from './subscription-store.provider.ts';
import { SubscriptionsController } from './subscriptions.controller.ts';

@Module({
  controllers: [
    ExchangesController,
    InstrumentsController,
    SubscriptionsController,
    ConnectionsController,
    BookController,
    LatestController,
  ],
  providers: [ControlSubscriptions, subscriptionStoreProvider],
})
export class ControlModule {}
