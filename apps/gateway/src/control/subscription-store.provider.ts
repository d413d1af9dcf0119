import { Logger, type FactoryProvider } from '@nestjs/common';
import { ExchangeStream, getExchangeStreamToken } from '@exchange-stream/nestjs';
import {
  FileSubscriptionStore,
  MemorySubscriptionStore,
  type StoreProblem,
  type SubscriptionStore,
} from '@exchange-stream/nestjs/engine';
import { GatewayConfig } from '../config/gateway-config.ts';
import { StoreProblems } from './store-problems.ts';

export const SUBSCRIPTION_STORE = Symbol('SUBSCRIPTION_STORE');

/** Where subscriptions of REST outlive the process: in the file that the configuration names, or nowhere. */
export const subscriptionStoreProvider: FactoryProvider<SubscriptionStore> = {
  provide: SUBSCRIPTION_STORE,
  inject: [GatewayConfig, getExchangeStreamToken(), StoreProblems],
  useFactory: (
    { subscriptionsFile }: GatewayConfig,
    { platform }: ExchangeStream,
    problems: StoreProblems,
  ): SubscriptionStore => {
    if (subscriptionsFile === undefined) return new MemorySubscriptionStore();
    const logger = new Logger('Subscriptions');
    const report = ({ kind, message }: StoreProblem): void => {
      problems.add(kind);
      if (kind === 'refused-entry') logger.warn(message);
      else logger.error(message);
    };
    return new FileSubscriptionStore(subscriptionsFile, { clock: platform.clock, report });
  },
};
