import { Injectable } from '@nestjs/common';
import { subscriptionKey, type SubscriptionRequest } from '@exchange-stream/market-data';
import { ExchangeStream, InjectExchangeStream } from '@exchange-stream/nestjs';
import type { SubscriptionHandle, SubscriptionView } from '@exchange-stream/nestjs/engine';
import { ControlError } from './control-error.ts';

/** How many subscriptions REST may hold. */
const MAX_SUBSCRIPTIONS = 2_000;

/** The subscriptions that REST holds, each once. Others hold their own, and one who releases harms nobody else. */
@Injectable()
export class ControlSubscriptions {
  private readonly handles = new Map<string, SubscriptionHandle>();

  constructor(@InjectExchangeStream() private readonly stream: ExchangeStream) {}

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
    return { created: true, view: handle.view() };
  }

  /**
   * Releases what REST holds; false when it holds no such subscription.
   * @throws SubscriptionRequestError when there can be no such subscription
   */
  async remove(wanted: SubscriptionRequest | string): Promise<boolean> {
    const key = typeof wanted === 'string' ? wanted : subscriptionKey(this.stream.canonical(wanted));
    const handle = this.handles.get(key);
    if (!handle) return false;
    this.handles.delete(key);
    await handle.unsubscribe();
    return true;
  }

  holds(key: string): boolean {
    return this.handles.has(key);
  }
}
