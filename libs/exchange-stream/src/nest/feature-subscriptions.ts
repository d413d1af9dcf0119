import type { SubscriptionRequest } from '@exchange-stream/market-data';
import type { OnModuleInit } from '@nestjs/common';
import type { ExchangeStreams } from './exchange-streams.ts';

/** The subscriptions that a feature module declares; they are held until the stream closes. */
export class FeatureSubscriptions implements OnModuleInit {
  constructor(
    private readonly streams: ExchangeStreams,
    private readonly subscriptions: readonly SubscriptionRequest[],
    private readonly instance: string | undefined,
  ) {}

  /** @throws SubscriptionRequestError when a request cannot be met, so that the application does not start with it */
  onModuleInit(): void {
    const { stream } = this.streams.get(this.instance);
    for (const request of this.subscriptions) stream.subscribe(request);
  }
}
