import type { Channel, SubscriptionParams } from '@exchange-stream/market-data';

/** What a decorator says about the method below it. */
export interface HandlerMetadata {
  /** Name of the decorator, for messages. */
  readonly decorator: string;
  /** Whether the method takes status changes or data. */
  readonly receives: 'data' | 'status';
  /** Always there for data. */
  readonly channel?: Channel;
  readonly exchange?: string;
  readonly symbol?: string;
  readonly params?: SubscriptionParams;
  /** Name of the instance; the default one without it. */
  readonly instance?: string;
}

/** A handler as its author wrote it: `@OnTrade({"exchange":"binance"})`. */
export function formatDecorator({ decorator, exchange, symbol, params, instance }: HandlerMetadata): string {
  const target = { exchange, symbol, ...params, instance };
  const text = JSON.stringify(target);
  return `@${decorator}(${text === '{}' ? '' : text})`;
}
