import type { ControlFrame, Session, SessionContext, Sink, Stream } from '@exchange-stream/nestjs/contract';
import { readExactJson } from '../decoder/exact-json.ts';
import { MalformedFieldError, isWireObject } from '../decoder/fields.ts';
import { Listings } from './kraken.listings.ts';
import { readRows, type RowContext } from './kraken.market-data.ts';
import { Requests } from './kraken.requests.ts';
import { PlatformStatus } from './kraken.status.ts';
import { STATUS, candleFeed, describeTopic, feedOf, isOtherChannel, wishOf } from './kraken.topics.ts';
import type { WireMessage } from './kraken.wire.ts';

const PING = '{"method":"ping"}';

/** What is listed, and as what. */
const LISTINGS = 'instrument';

/** Channels that rows of ours come on. */
const CHANNELS: ReadonlySet<string> = new Set(['trade', 'ticker', 'book', 'ohlc']);

export interface SessionOptions {
  readonly watchListings: boolean;
  readonly firstWeekday: number;
}

/** One connection to Kraken's WebSocket v2. */
export class KrakenSession<S extends Stream> implements Session<S> {
  /** Topics wanted here, by channel and by what its rows are told apart by. */
  private readonly topics = new Map<string, Map<string, string>>();
  /** Of these, those that a channel of ours is made of; of others frames are wanted as they come. */
  private readonly readable = new Set<string>();
  private readonly requests = new Requests<S>();
  private readonly listings = new Listings();
  private readonly status = new PlatformStatus<S>(() => {
    this.watchesListings = false;
  });
  private readonly rows: RowContext;
  private watchesListings = false;

  constructor(
    private readonly context: SessionContext,
    private readonly options: SessionOptions,
  ) {
    this.rows = {
      isQuote: context.endpoint === 'quotes',
      precisionOf: (symbol) => this.listings.precisionOf(symbol),
      firstWeekday: options.firstWeekday,
    };
  }

  subscribe(topics: readonly string[]): readonly ControlFrame[] {
    for (const topic of topics) {
      const wish = wishOf(topic);
      if (!wish) continue;
      const bySymbol = this.topics.get(wish.channel) ?? new Map<string, string>();
      this.topics.set(wish.channel, bySymbol.set(feedOf(wish), topic));
      if (describeTopic(topic)) this.readable.add(topic);
      if (topic === STATUS) this.status.wanted();
    }
    const watch = this.watch(topics);
    return [...watch, ...this.request('subscribe', topics)];
  }

  unsubscribe(topics: readonly string[]): readonly ControlFrame[] {
    for (const topic of topics) {
      this.readable.delete(topic);
      const wish = wishOf(topic);
      if (!wish) continue;
      const bySymbol = this.topics.get(wish.channel);
      if (bySymbol?.get(feedOf(wish)) === topic) bySymbol.delete(feedOf(wish));
      if (wish.channel === LISTINGS) this.watchesListings = false;
    }
    return this.request('unsubscribe', topics);
  }

  ping(): string {
    return PING;
  }

  onFrame(frame: Buffer, binary: boolean, _receivedAt: number, sink: Sink<S>): void {
    if (binary) return sink.unhandled(frame);
    const message: unknown = readExactJson(frame);
    if (!isWireObject(message)) {
      // `[1337, …, "book-10", "XBT/USD"]`
      if (Array.isArray(message)) sink.ignored('Kraken v1, retired');
      else sink.unhandled(frame);
    } else if (message.channel !== undefined) this.onData(message, frame, sink);
    else if (message.method !== undefined || message.req_id !== undefined) this.onAnswer(message, sink);
    else if (message.event !== undefined) sink.ignored('Kraken v1, retired');
    else if (typeof message.error === 'string')
      sink.rejected(undefined, `error without a request: ${message.error.slice(0, 256)}`);
    else sink.unhandled(frame);
    this.status.catchUp(sink);
  }

  private onAnswer(message: WireMessage, sink: Sink<S>): void {
    if (message.method !== 'pong') return this.requests.read(message, sink);
    sink.pong();
    // A user's own question: ours has no id.
    if (typeof message.req_id === 'string') sink.reply(message.req_id);
  }

  private onData(message: WireMessage, frame: Buffer, sink: Sink<S>): void {
    const { channel, data } = message;
    if (typeof channel !== 'string') return sink.unhandled(frame);
    if (CHANNELS.has(channel)) return this.onRows(channel, message, sink);
    const stream = sink.stream(channel);
    switch (channel) {
      case 'heartbeat':
        return stream ? undefined : sink.ignored(channel);
      case STATUS:
        return this.onStatus(data, stream, sink);
      case LISTINGS:
        return this.listings.read(message, sink);
      default:
        // Where it is wanted, it is so as it comes, and given so already.
        if (stream) return;
        return isOtherChannel(channel) ? sink.ignored(channel) : sink.unhandled(frame);
    }
  }

  private onStatus(data: unknown, stream: S | undefined, sink: Sink<S>): void {
    if (!Array.isArray(data)) return sink.rejected(stream, 'data: expected an array');
    try {
      for (const [index, row] of data.entries()) this.status.read(row, `data[${index}]`, stream, sink);
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      sink.rejected(stream, error.message);
    }
  }

  private onRows(channel: string, { type, data }: WireMessage, sink: Sink<S>): void {
    if (!Array.isArray(data)) return sink.rejected(undefined, 'data: expected an array');
    if (data.length === 0) return sink.ignored(`${channel} without rows`);
    const topic = this.topicOf(channel, data[0]);
    if (data.length === 1 || data.every((row) => this.topicOf(channel, row) === topic))
      return this.onTopic(channel, type, data, topic, sink);
    const byTopic = new Map<string | undefined, unknown[]>();
    for (const row of data) {
      const name = this.topicOf(channel, row);
      const rows = byTopic.get(name) ?? [];
      byTopic.set(name, rows);
      rows.push(row);
    }
    for (const [name, rows] of byTopic) this.onTopic(channel, type, rows, name, sink);
  }

  private onTopic(
    channel: string,
    type: unknown,
    rows: readonly unknown[],
    topic: string | undefined,
    sink: Sink<S>,
  ): void {
    if (topic === undefined) return sink.rejected(undefined, `${channel}: a row without a symbol`);
    const stream = sink.stream(topic);
    if (!stream) return sink.ignored('unsubscribed topic');
    // Where no channel of ours is made of it, it is wanted as it comes, and given so already.
    if (this.readable.has(topic) || describeTopic(topic))
      readRows(channel, type, rows, stream, sink, this.rows);
  }

  /** The topic that a row is of, as it was asked for. */
  private topicOf(channel: string, row: unknown): string | undefined {
    if (!isWireObject(row) || typeof row.symbol !== 'string') return undefined;
    const feed = channel === 'ohlc' ? candleFeed(row.symbol, Number(row.interval)) : row.symbol;
    return this.topics.get(channel)?.get(feed) ?? this.usualTopic(channel, row.symbol, row.interval);
  }

  /** Of rows that nobody has asked for here. */
  private usualTopic(channel: string, symbol: string, interval: unknown): string {
    if (channel === 'ohlc') return `ohlc:${symbol}?interval=${String(interval)}`;
    return channel === 'ticker' && this.rows.isQuote
      ? `ticker:${symbol}?event_trigger=bbo`
      : `${channel}:${symbol}`;
  }

  /**
   * Has the listings followed from the first subscription on: nobody waits for the answer. They come before the books, which
   * have their decimal places from them.
   */
  private watch(topics: readonly string[]): readonly ControlFrame[] {
    if (topics.includes(LISTINGS)) this.watchesListings = true;
    if (this.watchesListings || !this.options.watchListings || this.rows.isQuote) return [];
    if (topics.length === 0) return [];
    this.watchesListings = true;
    return [this.requests.askInPassing(LISTINGS, this.nextId)];
  }

  private request(method: 'subscribe' | 'unsubscribe', topics: readonly string[]): readonly ControlFrame[] {
    const unasked = topics.filter((topic) => !isAskedFor(topic));
    const requests = this.requests.ask(method, topics.filter(isAskedFor), this.nextId);
    return unasked.length === 0 ? requests : [...requests, this.requests.ping(unasked, this.nextId)];
  }

  private readonly nextId = (): unknown => this.context.nextId();
}

/** Signs of life and the state of the platform come unasked. */
function isAskedFor(topic: string): boolean {
  return topic !== STATUS && topic !== 'heartbeat';
}
