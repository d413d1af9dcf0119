import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { subscriptionKey, type PublicChannel, type SubscriptionRequest } from '@exchange-stream/market-data';
import { ExchangeStream, InjectExchangeStream } from '@exchange-stream/nestjs';
import type { LifecycleEvent } from '@exchange-stream/nestjs/engine';
import { GatewayIdentity } from '../gateway-identity.ts';
import { FeedChannel } from './feed-channel.ts';
import { FeedError } from './feed-error.ts';

/** The channels that clients of the feed receive, each while it has any. */
@Injectable()
export class FeedHub implements OnModuleDestroy {
  private readonly channels = new Map<string, FeedChannel>();
  private readonly names = new Map<string, FeedChannel>();
  private readonly stopListening: () => void;
  /** Channels that come back after they were closed begin here, so that no number is ever used twice in an epoch. */
  private firstSequence = 0;

  constructor(
    @InjectExchangeStream() private readonly stream: ExchangeStream,
    private readonly identity: GatewayIdentity,
  ) {
    this.stopListening = stream.onLifecycle((event) => this.onLifecycle(event));
  }

  get size(): number {
    return this.channels.size;
  }

  /**
   * The channel of a subscription, opened by the first who wants it. Whoever takes it joins it or releases it.
   * @throws SubscriptionRequestError when the request cannot be met
   * @throws FeedError 4410 for a topic of an account
   */
  open(request: SubscriptionRequest<PublicChannel>): FeedChannel {
    const key = subscriptionKey(this.stream.canonical(request));
    const known = this.channels.get(key);
    if (known) return known;
    this.refuseAccounts(request);
    const handle = this.stream.subscribe(request);
    const numbering = { epoch: this.identity.epoch, first: this.firstSequence };
    const channel = new FeedChannel(handle, numbering, this.stream.platform.clock);
    this.channels.set(key, channel);
    this.names.set(channel.name, channel);
    return channel;
  }

  /**
   * The open channel of a subscription, if any.
   * @throws SubscriptionRequestError when there can be none
   */
  find(request: SubscriptionRequest<PublicChannel>): FeedChannel | undefined {
    return this.channels.get(subscriptionKey(this.stream.canonical(request)));
  }

  findByName(name: string): FeedChannel | undefined {
    return this.names.get(name);
  }

  /** Closes the channel when nobody is left on it. */
  release(channel: FeedChannel): void {
    if (channel.memberCount > 0 || this.channels.get(channel.key) !== channel) return;
    this.channels.delete(channel.key);
    this.names.delete(channel.name);
    this.firstSequence = Math.max(this.firstSequence, channel.sequence);
    void channel.close();
  }

  onModuleDestroy(): void {
    this.stopListening();
  }

  private onLifecycle(event: LifecycleEvent): void {
    if (event.type !== 'subscription' || event.subscription.failure === undefined) return;
    const { key, failure, reason } = event.subscription;
    this.channels.get(key)?.fail(failure, reason);
  }

  /** Whoever reads the feed could read the account: its topics are refused by whatever name. */
  private refuseAccounts({ exchange, channel, symbol: topic }: SubscriptionRequest<PublicChannel>): void {
    if (channel !== 'raw') return;
    const { endpoints, raw } = this.stream.manager(exchange).adapter;
    const keys = [raw?.endpoint(topic) ?? []].flat();
    const kinds = keys.map((key) => endpoints[key]?.kind);
    if (kinds.some((kind) => kind === 'private' || kind === 'trading'))
      throw new FeedError(4410, `"${topic}" is of an account, and none of those is on the feed.`);
  }
}
