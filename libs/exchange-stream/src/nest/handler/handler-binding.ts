import type { Channel, MarketEvent, SubscriptionRequest } from '@exchange-stream/market-data';
import {
  channelsOf,
  hasParams,
  unsupportedChannel,
  type ExchangeStream,
  type SubscriptionFilter,
  type SubscriptionHandle,
  type SubscriptionView,
} from '../../engine/index.ts';
import type { HandlerCall } from './handler-call.ts';
import type { HandlerMetadata } from './handler-metadata.ts';

/** One decorator and the events it stands for: of one subscription that it holds, or of all that match. */
export class HandlerBinding {
  /** Its hold on the subscription; a wildcard has none. */
  readonly handle: SubscriptionHandle | undefined;
  private readonly filter: SubscriptionFilter;

  /** @throws SubscriptionRequestError when the exchange cannot serve what the decorator asks for */
  constructor(
    readonly call: HandlerCall,
    private readonly metadata: HandlerMetadata,
    private readonly stream: ExchangeStream,
  ) {
    const { exchange, channel, symbol, params } = metadata;
    this.filter = { exchange, channel, symbol, params };
    const request = concreteRequest(metadata);
    this.handle = request && stream.subscribe(request);
    if (!request && exchange !== undefined) requireChannel(stream, exchange, channel);
  }

  /** Listens, and returns a function that ends it. */
  attach(receive: (event: MarketEvent) => void): () => void {
    const wanted = (event: MarketEvent): void => {
      if (this.takes(event)) receive(event);
    };
    const options = { name: this.call.name };
    return this.handle ? this.handle.on(wanted, options) : this.stream.listen(this.filter, wanted, options);
  }

  takes(event: MarketEvent): boolean {
    return (event.type === 'status') === (this.metadata.receives === 'status');
  }

  /** Whether the events of this subscription come here. */
  covers(view: SubscriptionView): boolean {
    if (this.handle) return this.handle.key === view.key;
    const { exchange, channel, symbol, params } = this.filter;
    return (
      (exchange === undefined || exchange === view.exchange) &&
      (channel === undefined || channel === view.channel) &&
      (symbol === undefined || symbol === view.symbol || symbol === view.nativeSymbol) &&
      hasParams(view.params, params)
    );
  }
}

function concreteRequest(metadata: HandlerMetadata): SubscriptionRequest | undefined {
  const { receives, exchange, channel, symbol, params } = metadata;
  if (receives === 'status' || exchange === undefined || symbol === undefined || !channel) return undefined;
  return { exchange, channel, symbol, ...(params ? { params } : {}) };
}

function requireChannel(stream: ExchangeStream, exchange: string, channel: Channel | undefined): void {
  const { adapter } = stream.manager(exchange);
  if (channel === undefined || channelsOf(adapter).includes(channel)) return;
  throw unsupportedChannel(channel, adapter);
}
