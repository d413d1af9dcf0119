import {
  hasNoSymbol,
  type Channel,
  type MarketEvent,
  type SubscriptionRequest,
} from '@exchange-stream/market-data';
import {
  channelsOf,
  unsupportedChannel,
  type ExchangeStream,
  type QueueOptions,
  type SubscriptionHandle,
  type WideHandler,
} from '../../engine/index.ts';
import type { HandlerMetadata } from './handler-metadata.ts';

/** One decorated method, ready to be called. A promise it returns holds back what follows for its provider. */
export interface HandlerCall {
  /** `TradeRecorder.onTrade`, for messages. */
  readonly name: string;
  readonly invoke: (event: MarketEvent) => unknown;
}

/** One decorator and the events it stands for: of one subscription that it holds, or of all that match. */
export class HandlerBinding {
  readonly handler: WideHandler;
  /** Its hold on the subscription; a wildcard has none. */
  private readonly handle: SubscriptionHandle | undefined;

  /** @throws SubscriptionRequestError when the exchange cannot serve what the decorator asks for */
  constructor(call: HandlerCall, metadata: HandlerMetadata, queue: QueueOptions, stream: ExchangeStream) {
    const { exchange, channel, symbol, params, receives } = metadata;
    const request = concreteRequest(metadata);
    this.handle = request && stream.subscribe(request);
    if (!request && exchange !== undefined) requireChannel(stream, exchange, channel);
    const of = this.handle
      ? { key: this.handle.key, channel: this.handle.request.channel }
      : { exchange, channel, symbol, params };
    this.handler = { ...call, of, receives, ...queue };
  }
}

function concreteRequest(metadata: HandlerMetadata): SubscriptionRequest | undefined {
  const { receives, exchange, channel, params } = metadata;
  if (receives === 'status' || exchange === undefined || !channel) return undefined;
  // Of a whole account, or of the whole exchange.
  const symbol = metadata.symbol ?? (hasNoSymbol(channel) ? '' : undefined);
  if (symbol === undefined) return undefined;
  return { exchange, channel, symbol, ...(params ? { params } : {}) };
}

function requireChannel(stream: ExchangeStream, exchange: string, channel: Channel | undefined): void {
  const { adapter } = stream.manager(exchange);
  if (channel === undefined || channelsOf(adapter).includes(channel)) return;
  throw unsupportedChannel(channel, adapter);
}
