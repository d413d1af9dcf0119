import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { formatSubscription, subscriptionKey, type SubscriptionRequest } from '@exchange-stream/market-data';
import { ExchangeStream, InjectExchangeStream } from '@exchange-stream/nestjs';
import {
  SubscriptionRequestError,
  type SubscriptionHandle,
  type SubscriptionStore,
  type SubscriptionView,
} from '@exchange-stream/nestjs/engine';
import { ControlError } from './control-error.ts';
import { SUBSCRIPTION_STORE } from './subscription-store.provider.ts';

/** How many subscriptions REST may hold. */
const MAX_SUBSCRIPTIONS = 2_000;

/**
 * The subscriptions that REST holds, each once, from one start to the next. Others hold their own, and one who releases
 * harms nobody else.
 */
@Injectable()
export class ControlSubscriptions implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Subscriptions');
  private readonly handles = new Map<string, SubscriptionHandle>();
  /** Stored ones that cannot be met as this gateway is configured: kept for a start at which they can. */
  private readonly dormant = new Map<string, SubscriptionRequest>();
  private saved: Promise<void> = Promise.resolve();

  constructor(
    @InjectExchangeStream() private readonly stream: ExchangeStream,
    @Inject(SUBSCRIPTION_STORE) private readonly store: SubscriptionStore,
  ) {}

  /** Waits for the store alone: the exchanges are not talked to yet. */
  async onModuleInit(): Promise<void> {
    for (const request of await this.store.load()) this.restore(request);
    if (this.handles.size > 0) this.logger.log(`${this.handles.size} subscriptions are restored`);
  }

  /** What was changed last is not cut off. Nothing is released here: what REST held, it holds at the next start. */
  async onApplicationShutdown(): Promise<void> {
    await this.saved;
  }

  /**
   * Holds a subscription; again, it changes nothing.
   * @throws SubscriptionRequestError when the request cannot be met
   * @throws ControlError when REST holds as many as it may
   */
  add(request: SubscriptionRequest): { readonly created: boolean; readonly view: SubscriptionView } {
    const key = subscriptionKey(this.stream.canonical(request));
    const held = this.handles.get(key);
    if (held) return { created: false, view: held.view() };
    if (this.handles.size >= MAX_SUBSCRIPTIONS) {
      const message = `REST holds ${MAX_SUBSCRIPTIONS} subscriptions, the most it may; delete one first.`;
      throw new ControlError(409, 'SUBSCRIPTION_LIMIT', message);
    }
    const handle = this.stream.subscribe(request);
    this.handles.set(key, handle);
    this.dormant.delete(key);
    this.save();
    return { created: true, view: handle.view() };
  }

  /**
   * Releases what REST holds; false when it holds no such subscription.
   * @throws SubscriptionRequestError when there can be no such subscription
   */
  async remove(wanted: SubscriptionRequest | string): Promise<boolean> {
    const key = typeof wanted === 'string' ? wanted : this.keyOf(wanted);
    const handle = this.handles.get(key);
    const wasDormant = this.dormant.delete(key);
    if (!handle && !wasDormant) return false;
    this.handles.delete(key);
    this.save();
    await handle?.unsubscribe();
    return true;
  }

  holds(key: string): boolean {
    return this.handles.has(key);
  }

  /** What is held can be released even when it could not be asked for any more, such as a symbol that was delisted. */
  private keyOf(request: SubscriptionRequest): string {
    const key = subscriptionKey(request);
    if (this.handles.has(key) || this.dormant.has(key)) return key;
    return subscriptionKey(this.stream.canonical(request));
  }

  private restore(request: SubscriptionRequest): void {
    try {
      if (this.handles.size >= MAX_SUBSCRIPTIONS) {
        this.keepForLater(request, `REST may hold ${MAX_SUBSCRIPTIONS} subscriptions.`);
        return;
      }
      const handle = this.stream.subscribe(request);
      // Two spellings of one subscription are one hold.
      if (this.handles.has(handle.key)) void handle.unsubscribe();
      else this.handles.set(handle.key, handle);
    } catch (error) {
      if (!(error instanceof SubscriptionRequestError)) throw error;
      this.keepForLater(request, error.message);
    }
  }

  private keepForLater(request: SubscriptionRequest, reason: string): void {
    this.dormant.set(subscriptionKey(request), request);
    this.logger.warn(
      `${formatSubscription(request)} is stored but cannot be restored: ${reason} It stays stored until REST deletes it.`,
    );
  }

  private save(): void {
    const held = [...this.handles.values()].map(({ request }) => request);
    this.saved = this.store.save([...held, ...this.dormant.values()]);
  }
}
