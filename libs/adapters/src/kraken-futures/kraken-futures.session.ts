import type { ControlFrame, Session, Sink, Stream } from '@exchange-stream/nestjs/contract';
import { readExactJson } from '../decoder/exact-json.ts';
import { MalformedFieldError, isWireObject } from '../decoder/fields.ts';
import { Halts } from './kraken-futures.halts.ts';
import {
  readBookSnapshot,
  readBookUpdate,
  readRecentTrades,
  readTicker,
  readTrade,
} from './kraken-futures.market-data.ts';
import { Requests } from './kraken-futures.requests.ts';
import { isOtherFeed, wishOf } from './kraken-futures.topics.ts';
import type { WireMessage } from './kraken-futures.wire.ts';

/** The feed that a frame is of, by its own name of it: a snapshot comes on the feed of its changes. */
const FEEDS: ReadonlyMap<unknown, string> = new Map([
  ['book_snapshot', 'book'],
  ['book', 'book'],
  ['trade_snapshot', 'trade'],
  ['trade', 'trade'],
  ['ticker', 'ticker'],
]);

/** One connection to Kraken's Futures WebSocket v1. */
export class KrakenFuturesSession<S extends Stream> implements Session<S> {
  private readonly requests = new Requests<S>();
  private readonly halts = new Halts();

  subscribe(topics: readonly string[]): readonly ControlFrame[] {
    return this.requests.ask('subscribe', topics);
  }

  unsubscribe(topics: readonly string[]): readonly ControlFrame[] {
    for (const topic of topics) {
      const { feed, product } = wishOf(topic) ?? {};
      if (feed === 'ticker' && product !== undefined) this.halts.leave(product);
    }
    return this.requests.ask('unsubscribe', topics);
  }

  onFrame(frame: Buffer, binary: boolean, _receivedAt: number, sink: Sink<S>): void {
    if (binary) return sink.unhandled(frame);
    const message: unknown = readExactJson(frame);
    if (!isWireObject(message)) sink.unhandled(frame);
    else if (message.event !== undefined) this.onEvent(message, frame, sink);
    else if (typeof message.feed === 'string') this.onFeed(message.feed, message, frame, sink);
    else sink.unhandled(frame);
    this.halts.forget(sink);
  }

  private onEvent(message: WireMessage, frame: Buffer, sink: Sink<S>): void {
    switch (message.event) {
      case 'subscribed':
        return this.requests.taken('subscribe', message, sink);
      case 'unsubscribed':
        return this.requests.taken('unsubscribe', message, sink);
      case 'error':
        return this.requests.refused(message, sink);
      case 'alert':
        return this.requests.alerted(message, sink);
      case 'info':
      case 'challenge':
        return sink.ignored(message.event);
      default:
        return sink.unhandled(frame);
    }
  }

  private onFeed(name: string, message: WireMessage, frame: Buffer, sink: Sink<S>): void {
    const product = message.product_id;
    const feed = FEEDS.get(name);
    if (feed === undefined) {
      // Where it is wanted, it is so as it comes, and given so already.
      if (sink.stream(typeof product === 'string' ? `${name}:${product}` : name)) return;
      return isOtherFeed(name) ? sink.ignored(name) : sink.unhandled(frame);
    }
    if (typeof product !== 'string') return sink.rejected(undefined, `${name}: a frame without a product`);
    const stream = sink.stream(`${feed}:${product}`);
    if (!stream) return sink.ignored('unsubscribed topic');
    try {
      this.readRow(name, product, message, stream, sink);
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      sink.rejected(stream, error.message);
    }
  }

  private readRow(name: string, product: string, message: WireMessage, stream: S, sink: Sink<S>): void {
    switch (name) {
      case 'book':
        return readBookUpdate(message, stream, sink);
      case 'book_snapshot':
        return readBookSnapshot(message, stream, sink);
      case 'trade':
        return readTrade(message, stream, sink);
      case 'trade_snapshot':
        return readRecentTrades(message, stream, sink);
      default:
        // First, so that what it tells counts where the market has just been opened.
        this.halts.read(product, message, sink);
        return readTicker(message, stream, sink);
    }
  }
}
