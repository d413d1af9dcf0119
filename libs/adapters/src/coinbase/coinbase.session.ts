import type { ControlFrame, Session, SessionContext, Sink, Stream } from '@exchange-stream/nestjs/contract';
import { PendingRequests } from '../coinbase-family/requests.ts';
import { StatusWatch } from '../coinbase-family/status.ts';
import { MalformedFieldError, integer, isWireObject, list, object, text } from '../decoder/fields.ts';
import { readBook } from './coinbase.book.ts';
import { timeIfAny } from './coinbase.fields.ts';
import { HotFrames } from './coinbase.hot-frames.ts';
import type { ContractSizes } from './coinbase.instruments.ts';
import { readCandles, readTickers, readTrades, type StreamFinder } from './coinbase.market-data.ts';
import { readSubscriptions } from './coinbase.requests.ts';
import { aliasOf, partsOf } from './coinbase.topics.ts';
import type { WireEvent, WireMessage } from './coinbase.wire.ts';

/**
 * Wanted on every connection: without it most channels are closed when nothing comes on them for 60 to 90 seconds. It is
 * also what has to be subscribed within the first five seconds.
 */
const HEARTBEATS = 'heartbeats';
const STATUS = 'status';
/** What is subscribed as one and comes as the other. */
const BOOK_DATA = 'l2_data';
const BOOK = 'level2';

/** Channels of an account, which want a login. */
const PRIVATE: ReadonlySet<string> = new Set(['user', 'futures_balance_summary']);

/** One connection to Coinbase's market data. */
export class CoinbaseSession<S extends Stream> implements Session<S> {
  private readonly pending = new PendingRequests();
  private readonly status = new StatusWatch(tellMarkets);
  private readonly hot = new HotFrames<S>((number, sink) => this.follows(number, sink));
  /** Whether something was said on the connection before anything came: then it is seen from its first frame on. */
  private hasSpoken = false;
  private hasHeard = false;

  /**
   * @param sizes of the contracts that futures are counted in
   * @param watchesStatus the channel `status` is followed from the beginning
   */
  constructor(
    private readonly context: SessionContext,
    private readonly sizes: ContractSizes,
    private readonly watchesStatus: boolean,
  ) {}

  introduce(): readonly ControlFrame[] {
    const topics = this.watchesStatus ? [HEARTBEATS, STATUS] : [HEARTBEATS];
    return topics.flatMap((topic) => this.request('subscribe', [topic]));
  }

  subscribe(topics: readonly string[]): readonly ControlFrame[] {
    for (const topic of topics) this.hot.want(topic);
    return this.request(
      'subscribe',
      topics.filter((topic) => !this.isAlways(topic)),
    );
  }

  unsubscribe(topics: readonly string[]): readonly ControlFrame[] {
    for (const topic of topics) this.hot.leave(topic);
    return this.request(
      'unsubscribe',
      topics.filter((topic) => !this.isAlways(topic)),
    );
  }

  onFrame(frame: Buffer, binary: boolean, _receivedAt: number, sink: Sink<S>): void {
    if (binary) return sink.unhandled(frame);
    if (this.hot.read(frame, sink)) return;
    const message: unknown = JSON.parse(frame.toString('utf8'));
    if (!isWireObject(message)) return sink.unhandled(frame);
    try {
      this.read(message, frame, sink);
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      sink.rejected(undefined, error.message);
    }
  }

  private read(message: WireMessage, frame: Buffer, sink: Sink<S>): void {
    const { channel, sequence_num: number } = message;
    if (number !== undefined && !this.follows(integer(number, 'sequence_num'), sink)) return;
    if (message.type === 'error') return this.pending.refused([message.message], sink);
    switch (channel) {
      case 'subscriptions':
        return readSubscriptions(message, this.pending, sink);
      case HEARTBEATS:
        sink.stream(HEARTBEATS);
        return sink.ignored(HEARTBEATS);
      case BOOK_DATA:
      case STATUS:
      case 'market_trades':
      case 'ticker':
      case 'ticker_batch':
      case 'candles':
        return this.onData(channel, message, sink);
    }
    if (typeof channel === 'string' && PRIVATE.has(channel)) sink.ignored(channel);
    else sink.unhandled(frame);
  }

  private onData(channel: DataChannel, message: WireMessage, sink: Sink<S>): void {
    const sentAt = timeIfAny(message.timestamp, 'timestamp');
    const find = finder(channel === BOOK_DATA ? BOOK : channel, sink);
    const status = channel === STATUS ? sink.stream(STATUS) : undefined;
    for (const [index, entry] of list(message.events, 'events').entries()) {
      try {
        const event: WireEvent = object(entry, `events[${index}]`);
        if (channel === STATUS) this.status.read(event, sentAt, status, sink);
        else this.onEvent(channel, event, sentAt, find, sink);
      } catch (error) {
        if (!(error instanceof MalformedFieldError)) throw error;
        sink.rejected(status, error.message);
      }
    }
  }

  private onEvent(
    channel: Exclude<DataChannel, typeof STATUS>,
    event: WireEvent,
    sentAt: number | undefined,
    find: StreamFinder<S>,
    sink: Sink<S>,
  ): void {
    switch (channel) {
      case 'market_trades':
        return readTrades(event, find, sink);
      case 'ticker':
      case 'ticker_batch':
        return readTickers(event, sentAt, find, sink);
      case 'candles':
        return readCandles(event, sentAt, find, this.sizes, sink);
      case BOOK_DATA:
        return onBook(event, sentAt, find, sink);
    }
  }

  /** The count begins with the connection, whatever comes first on it. */
  private follows(number: number, sink: Sink<S>): boolean {
    if (this.hasSpoken && !this.hasHeard) sink.framesCountFrom(0);
    this.hasHeard = true;
    return sink.frameNumber(number);
  }

  /** One message for each channel, with all of its products. */
  private request(
    operation: 'subscribe' | 'unsubscribe',
    topics: readonly string[],
  ): readonly ControlFrame[] {
    this.hasSpoken = true;
    const byChannel = new Map<string, string[]>();
    for (const topic of topics) {
      // What is no topic names none: the exchange refuses it.
      const channel = partsOf(topic)?.channel ?? topic;
      const others = byChannel.get(channel);
      if (others) others.push(topic);
      else byChannel.set(channel, [topic]);
    }
    return [...byChannel].map(([channel, ofIt]) => {
      const products = ofIt.flatMap((topic) => partsOf(topic)?.product ?? []);
      const frame = { type: operation, channel, ...(products.length > 0 && { product_ids: products }) };
      return {
        frame: JSON.stringify(frame),
        replies: this.pending.ask(operation, ofIt, this.context.nextId()),
      };
    });
  }

  /** Subscribed on every connection, and never given back. */
  private isAlways(topic: string): boolean {
    return topic === HEARTBEATS || (topic === STATUS && this.watchesStatus);
  }
}

type DataChannel = typeof BOOK_DATA | typeof STATUS | 'market_trades' | 'ticker' | 'ticker_batch' | 'candles';

/** Asks for each topic of a frame once. */
function finder<S extends Stream>(channel: string, sink: Sink<S>): StreamFinder<S> {
  const found = new Map<string, S | undefined>();
  return (product) => {
    if (!found.has(product)) found.set(product, sink.stream(`${channel}:${product}`));
    return found.get(product);
  };
}

/** A bad row makes the book lack something: it is that book which is told. */
function onBook<S extends Stream>(
  event: WireEvent,
  sentAt: number | undefined,
  find: StreamFinder<S>,
  sink: Sink<S>,
): void {
  const stream = find(text(event.product_id, 'product_id'));
  if (stream === undefined) return sink.ignored('unsubscribed topic');
  try {
    readBook(event, sentAt, stream, sink);
  } catch (error) {
    if (!(error instanceof MalformedFieldError)) throw error;
    sink.rejected(stream, error.message);
  }
}

/** What is so of a product is so of its alias, which has the same book. */
function tellMarkets<S extends Stream>(
  product: string,
  status: 'halted' | 'trading',
  reason: string,
  sink: Sink<S>,
): void {
  sink.marketStatus(product, status, reason, 'product');
  const alias = aliasOf(product);
  if (alias !== undefined) sink.marketStatus(alias, status, reason, 'alias');
}
