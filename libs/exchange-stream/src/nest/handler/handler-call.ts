import type { MarketEvent } from '@exchange-stream/market-data';

/** One decorated method, ready to be called. A promise it returns holds back what follows for its provider. */
export interface HandlerCall {
  /** `TradeRecorder.onTrade`, for messages. */
  readonly name: string;
  readonly invoke: (event: MarketEvent) => unknown;
}
