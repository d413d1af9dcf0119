import type { Channel, SubscriptionParams } from '@exchange-stream/market-data';
import type { QueueOptions } from '../../engine/index.ts';

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
  /** What waits while the handler is not ready, as far as the decorator says. */
  readonly queue?: QueueOptions;
}

/** A handler as its author wrote it: `@OnTrade({"exchange":"binance"})`. */
export function formatDecorator({
  decorator,
  exchange,
  symbol,
  params,
  instance,
  queue = {},
}: HandlerMetadata): string {
  const target = JSON.stringify({ exchange, symbol, ...params, instance });
  const options = JSON.stringify(queue);
  if (options !== '{}') return `@${decorator}(${target}, ${options})`;
  return `@${decorator}(${target === '{}' ? '' : target})`;
}
