import { HttpStatus } from '@nestjs/common';
import { subscriptionKey, type SubscriptionRequest } from '@exchange-stream/market-data';
import type { ExchangeStream } from '@exchange-stream/nestjs';
import type { SubscriptionView } from '@exchange-stream/nestjs/engine';
import { ControlError } from './control-error.ts';

/**
 * How a subscription stands that somebody holds.
 * @param what for the refusal, `this book`
 * @throws ControlError where nobody does
 */
export function subscribedView(
  stream: ExchangeStream,
  request: SubscriptionRequest,
  what: string,
): SubscriptionView {
  const key = subscriptionKey(request);
  const view = stream.subscriptions().find((candidate) => candidate.key === key);
  if (view) return view;
  const message = `Nobody has subscribed to ${what}; POST it to /v1/subscriptions first.`;
  throw new ControlError(HttpStatus.NOT_FOUND, 'NOT_SUBSCRIBED', message, { key });
}

/** Says that a subscription has nothing to show now, and why. */
export function notLive(
  { key, state, failure, data, reason }: SubscriptionView,
  code: 'BOOK_NOT_LIVE' | 'NOT_LIVE',
  what: string,
): ControlError {
  const message = `${what} is ${data}, not live: ${reason}`;
  return new ControlError(HttpStatus.CONFLICT, code, message, { key, state, failure, data, reason });
}
