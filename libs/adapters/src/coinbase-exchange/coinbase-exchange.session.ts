import type { ControlFrame, Session, SessionContext, Sink, Stream } from '@exchange-stream/nestjs/contract';
import { PendingRequests } from '../coinbase-family/requests.ts';
import { StatusWatch } from '../coinbase-family/status.ts';
import { MalformedFieldError, isWireObject, text, type WireObject } from '../decoder/fields.ts';
import { readSnapshot, readUpdate } from './coinbase-exchange.book.ts';
import { timeIfAny } from './coinbase-exchange.fields.ts';
import { readHotFrame } from './coinbase-exchange.hot-frames.ts';
import { readMatch, readTicker } from './coinbase-exchange.market-data.ts';
import { topicsOf } from './coinbase-exchange.recording.ts';
import { BOOK, OLD_BOOK, partsOf } from './coinbase-exchange.topics.ts';
import type { WireError } from './coinbase-exchange.wire.ts';

const HEARTBEAT = 'heartbeat';
const STATUS = 'status';

/** Frames of channels that no channel of ours is made of, by type and topic. */
const OF_OTHERS: ReadonlyMap<unknown, string> = new Map([
  ['auction', 'auctionfeed'],
  ['rfq_match', 'rfq_matches'],
]);
/** Frames of channels that want a key. */
const PRIVATE: ReadonlySet<unknown> = new Set([
  ...['received', 'open', 'done', 'change', 'activate', 'level3', 'balance'],
]);
/** Who reads too slowly is cut off, and told so. */
const SLOW = /ErrSlow(?:Consume|Read)/;

/** One connection to the feed of Coinbase Exchange. */
export class CoinbaseExchangeSession<S extends Stream> implements Session<S> {
  private readonly pending = new PendingRequests();
  private readonly status = new StatusWatch((product, status, reason, sink) =>
    sink.marketStatus(product, status, reason),
  );
  /** Topics by product: the product's heartbeat is wanted with the first, and without the last no more. */
  private readonly byProduct = new Map<string, Set<string>>();

  constructor(private readonly context: SessionContext) {}

  subscribe(topics: readonly string[]): readonly ControlFrame[] {
    const beating = new Set<string>();
    for (const topic of topics) {
      const product = partsOf(topic)?.product;
      if (product === undefined) continue;
      const wanted = this.byProduct.get(product) ?? new Set();
      if (!wanted.has(HEARTBEAT)) beating.add(product);
      this.byProduct.set(product, wanted.add(topic).add(HEARTBEAT));
    }
    return this.request('subscribe', topics, [...beating]);
  }

  unsubscribe(topics: readonly string[]): readonly ControlFrame[] {
    const still = new Set<string>();
    for (const topic of topics) {
      const product = partsOf(topic)?.product ?? '';
      const wanted = this.byProduct.get(product);
      wanted?.delete(topic);
      // What is left is the heartbeat that came with the others.
      if (wanted?.size !== 1 || !wanted.has(HEARTBEAT)) continue;
      this.byProduct.delete(product);
      still.add(product);
    }
    return this.request('unsubscribe', topics, [...still]);
  }

  onFrame(frame: Buffer, binary: boolean, _receivedAt: number, sink: Sink<S>): void {
    if (binary) return sink.unhandled(frame);
    if (readHotFrame(frame, STREAMS, sink)) return;
    const message: unknown = JSON.parse(frame.toString('utf8'));
    if (!isWireObject(message)) return sink.unhandled(frame);
    try {
      this.read(message, frame, sink);
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      sink.rejected(undefined, error.message);
    }
  }

  private read(message: WireObject, frame: Buffer, sink: Sink<S>): void {
    const { type } = message;
    switch (type) {
      case 'l2update':
      case 'snapshot':
        return ofOne(bookOf(productIn(message), sink), sink, (stream) =>
          type === 'snapshot' ? readSnapshot(message, stream, sink) : readUpdate(message, stream, sink),
        );
      case 'match':
      case 'last_match':
        return ofOne(tradesOf(productIn(message), sink), sink, (stream) => readMatch(message, stream, sink));
      case 'ticker':
        return onTicker(message, sink);
      case HEARTBEAT:
        sink.stream(`${HEARTBEAT}:${productIn(message)}`);
        return sink.ignored(HEARTBEAT);
      case STATUS:
        return this.status.read(message, timeIfAny(message.time, 'time'), sink.stream(STATUS), sink);
      case 'subscriptions':
        return this.onSubscriptions(message, sink);
      case 'error':
        return this.onError(message, sink);
    }
    const other = OF_OTHERS.get(type);
    if (other !== undefined) {
      sink.stream(partsOf(other) === undefined ? `${other}:${productIn(message)}` : other);
      sink.ignored(other);
    } else if (PRIVATE.has(type)) sink.ignored(String(type));
    else sink.unhandled(frame);
  }

  /** All that is subscribed now. */
  private onSubscriptions({ channels }: WireObject, sink: Sink<S>): void {
    if (!Array.isArray(channels)) return sink.rejected(undefined, 'channels: expected an array');
    const subscribed = new Set(channels.flatMap((channel: unknown) => topicsOf(channel)));
    this.pending.confirmed((topic) => subscribed.has(topic), sink);
  }

  private onError({ message, reason }: WireError, sink: Sink<S>): void {
    const words = `${String(message)} ${String(reason)}`;
    if (SLOW.test(words)) sink.closing(words.slice(0, 128));
    else this.pending.refused([message, reason], sink);
  }

  /**
   * One message with all channels. An unknown product fails the whole of it.
   * @param beating products whose heartbeats are asked for, or given back, with it
   */
  private request(
    operation: 'subscribe' | 'unsubscribe',
    topics: readonly string[],
    beating: readonly string[],
  ): readonly ControlFrame[] {
    if (topics.length === 0) return [];
    const byChannel = new Map<string, Set<string>>();
    for (const topic of [...topics, ...beating.map((product) => `${HEARTBEAT}:${product}`)]) {
      // What is no topic names none: the exchange refuses it.
      const { channel, product } = partsOf(topic) ?? { channel: topic, product: undefined };
      const products = byChannel.get(channel) ?? new Set();
      byChannel.set(channel, product === undefined ? products : products.add(product));
    }
    const channels = [...byChannel].map(([name, products]) => ({
      name,
      ...(products.size > 0 && { product_ids: [...products] }),
    }));
    return [
      {
        frame: JSON.stringify({ type: operation, channels }),
        replies: this.pending.ask(operation, topics, this.context.nextId()),
      },
    ];
  }
}

function productIn(message: WireObject): string {
  return text(message.product_id, 'product_id');
}

/** The book of a product: frames do not tell of which channel they are, and only one of them is wanted. */
function bookOf<S extends Stream>(product: string, sink: Sink<S>): S | undefined {
  return sink.stream(`${BOOK}:${product}`) ?? sink.stream(`${OLD_BOOK}:${product}`);
}

function tradesOf<S extends Stream>(product: string, sink: Sink<S>): S | undefined {
  return sink.stream(`matches:${product}`);
}

const STREAMS = { book: bookOf, trades: tradesOf };

/** Nor do those of the two tickers: where both are wanted on a connection, both get them all. */
function onTicker<S extends Stream>(message: WireObject, sink: Sink<S>): void {
  const product = productIn(message);
  const streams = [sink.stream(`ticker:${product}`), sink.stream(`ticker_batch:${product}`)];
  ofOne(streams[0] ?? streams[1], sink, () => readTicker(message, streams, sink));
}

/** Reads what is wanted; what cannot be read is missing there. */
function ofOne<S extends Stream>(stream: S | undefined, sink: Sink<S>, read: (stream: S) => void): void {
  if (stream === undefined) return sink.ignored('unsubscribed topic');
  try {
    read(stream);
  } catch (error) {
    if (!(error instanceof MalformedFieldError)) throw error;
    sink.rejected(stream, error.message);
  }
}
