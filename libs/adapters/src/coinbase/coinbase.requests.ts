import type { Sink, Stream } from '@exchange-stream/nestjs/contract';
import type { PendingRequests } from '../coinbase-family/requests.ts';
import { isWireObject, type WireObject } from '../decoder/fields.ts';
import { partsOf, productOf } from './coinbase.topics.ts';
import type { WireMessage } from './coinbase.wire.ts';

/** Reads an answer that tells what is subscribed, by channel. */
export function readSubscriptions<S extends Stream>(
  { events }: WireMessage,
  pending: PendingRequests,
  sink: Sink<S>,
): void {
  const [event] = Array.isArray(events) ? (events as readonly unknown[]) : [];
  const subscriptions = isWireObject(event) ? event.subscriptions : undefined;
  if (!isWireObject(subscriptions)) sink.rejected(undefined, 'events: expected what is subscribed');
  else pending.confirmed((topic) => isAmong(topic, subscriptions), sink);
}

/** Whether a topic is among what is subscribed; an alias is there as the product that it is of. */
function isAmong(topic: string, subscriptions: WireObject): boolean {
  const { channel = topic, product } = partsOf(topic) ?? {};
  const subscribed = Object.hasOwn(subscriptions, channel) ? subscriptions[channel] : undefined;
  if (!Array.isArray(subscribed)) return false;
  if (product === undefined) return subscribed.length > 0;
  return subscribed.includes(product) || subscribed.includes(productOf(product));
}
