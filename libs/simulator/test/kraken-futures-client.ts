import type { SimulatedExchange } from '../src/index.ts';
import { RecordingClient } from './recording-client.ts';

export type KrakenFuturesFrame = Readonly<Record<string, unknown>> & {
  readonly event?: string;
  readonly feed?: string;
  readonly product_id?: string;
};

/** The client's end of a connection to simulated Kraken Futures. */
export class KrakenFuturesClient extends RecordingClient {
  constructor(exchange: SimulatedExchange, address = 'client') {
    super(exchange, '/ws/v1', true, address);
  }

  subscribe(feed: string, ...products: readonly string[]): void {
    this.ask('subscribe', feed, products);
  }

  unsubscribe(feed: string, ...products: readonly string[]): void {
    this.ask('unsubscribe', feed, products);
  }

  get messages(): readonly KrakenFuturesFrame[] {
    return this.frames;
  }

  /** What is no data. */
  get events(): readonly KrakenFuturesFrame[] {
    return this.messages.filter(({ event }) => event !== undefined);
  }

  /** Data frames of some feeds, such as `book_snapshot` and `book`. */
  dataOf<F = KrakenFuturesFrame>(...feeds: readonly string[]): readonly F[] {
    return this.messages.filter(
      ({ event, feed = '' }) => event === undefined && feeds.includes(feed),
    ) as unknown as readonly F[];
  }

  private ask(event: string, feed: string, products: readonly string[]): void {
    this.say({ event, feed, ...(products.length > 0 && { product_ids: products }) });
  }
}
