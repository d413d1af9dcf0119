import type { ControlFrame, Session, SessionContext, Sink, Stream } from '@exchange-stream/nestjs/contract';
import { MalformedFieldError, isWireObject, object, type WireObject } from '../decoder/fields.ts';
import { HotFrames } from './binance.hot-frames.ts';
import { readPayload, type UnitsPerMs } from './binance.market-data.ts';
import { candidateTopics, rawPayloadKind } from './binance.raw.ts';
import { isReply, readReply } from './binance.reply.ts';
import { payloadKindOf, topicsInUrl, type PayloadKind } from './binance.topics.ts';

/** Events that we know and have no channel for, by their `e`: names for the statistics. */
const OTHER_EVENTS: ReadonlySet<unknown> = new Set([
  ...['24hrMiniTicker', '1hTicker', '4hTicker', '1dTicker', 'avgPrice', 'referencePrice', 'blockTrade'],
  ...['executionReport', 'outboundAccountPosition', 'balanceUpdate', 'listStatus'],
  ...['externalLockUpdate', 'eventStreamTerminated'],
]);

const SHUTDOWN = 'serverShutdown';

/** One connection to Binance, combined (`/stream`) or raw (`/ws`). */
export class BinanceSession<S extends Stream> implements Session<S> {
  /** Payload form by topic, for the topics wanted here. */
  private readonly kinds = new Map<string, PayloadKind | undefined>();
  /** A raw partial book names neither its event nor its symbol, so these are the only topics that it can be of. */
  private partialBooks: readonly string[] = [];
  private readonly unitsPerMs: UnitsPerMs;
  private readonly hot: HotFrames<S>;

  constructor(
    private readonly context: SessionContext,
    private readonly topicsPerMessage: number,
  ) {
    const url = new URL(context.url);
    this.unitsPerMs = /[?&]timeUnit=MICROSECOND(&|$)/i.test(url.search) ? 1000 : 1;
    this.hot = new HotFrames(this.unitsPerMs, (topic) => this.kindOf(topic));
    this.remember(topicsInUrl(url));
  }

  subscribe(topics: readonly string[]): readonly ControlFrame[] {
    this.remember(topics);
    return this.request('SUBSCRIBE', topics);
  }

  unsubscribe(topics: readonly string[]): readonly ControlFrame[] {
    for (const topic of topics) this.kinds.delete(topic);
    this.partialBooks = this.partialBooks.filter((topic) => !topics.includes(topic));
    return this.request('UNSUBSCRIBE', topics);
  }

  onFrame(frame: Buffer, binary: boolean, _receivedAt: number, sink: Sink<S>): void {
    if (binary) return sink.unhandled(frame);
    if (this.hot.read(frame, sink)) return;
    const message: unknown = JSON.parse(frame.toString('utf8'));
    if (!isWireObject(message)) this.onOther(message, frame, sink);
    else if (typeof message.stream === 'string') this.onTopic(message.stream, message.data, sink);
    else if (message.e === undefined && isReply(message)) readReply(message, sink);
    else this.onRaw(message, frame, sink);
  }

  /** A payload in the envelope of combined streams, which names its topic. */
  private onTopic(topic: string, data: unknown, sink: Sink<S>): void {
    const stream = sink.stream(topic);
    if (stream !== undefined) return this.onPayload(this.kindOf(topic), data, stream, sink);
    const event = eventOf(data);
    if (event === SHUTDOWN) sink.closing(SHUTDOWN);
    else sink.ignored(typeof event === 'string' && OTHER_EVENTS.has(event) ? event : 'unsubscribed topic');
  }

  /** A payload without an envelope: its topic is found among those wanted here. */
  private onRaw(message: WireObject, frame: Buffer, sink: Sink<S>): void {
    const kind = rawPayloadKind(message);
    if (kind === undefined) return this.onOther(message, frame, sink);
    const candidates = kind === 'partialDepth' ? this.partialBooks : candidateTopics(kind, message);
    if (candidates === undefined) return sink.rejected(undefined, `raw ${kind} without symbol or interval`);
    let stream: S | undefined;
    for (let index = 0; index < candidates.length; index++) {
      const other = sink.stream(candidates[index] ?? '');
      if (other === undefined) continue;
      if (stream !== undefined) {
        return sink.rejected(undefined, `raw ${kind} may be of ${stream.topic} and of ${other.topic}`);
      }
      stream = other;
    }
    if (stream === undefined) sink.ignored('unsubscribed topic');
    else this.onPayload(kind, message, stream, sink);
  }

  private onPayload(kind: PayloadKind | undefined, data: unknown, stream: S, sink: Sink<S>): void {
    // Wanted as it comes, and given so already: no channel builds a topic that it cannot read.
    if (kind === undefined) return;
    try {
      readPayload(kind, object(data, 'data'), stream, this.unitsPerMs, sink);
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      sink.rejected(stream, error.message);
    }
  }

  /** Lists of all symbols, account events in their wrapper, and what nobody has told us about. */
  private onOther(message: unknown, frame: Buffer, sink: Sink<S>): void {
    const event = eventOf(message);
    if (event === SHUTDOWN) sink.closing(SHUTDOWN);
    else if (typeof event === 'string' && OTHER_EVENTS.has(event)) sink.ignored(event);
    else sink.unhandled(frame);
  }

  private kindOf(topic: string): PayloadKind | undefined {
    const known = this.kinds.get(topic);
    if (known !== undefined || this.kinds.has(topic)) return known;
    const kind = payloadKindOf(topic);
    this.kinds.set(topic, kind);
    return kind;
  }

  private remember(topics: readonly string[]): void {
    const partial = topics.filter((topic) => this.kindOf(topic) === 'partialDepth');
    this.partialBooks = [...new Set([...this.partialBooks, ...partial])];
  }

  private request(method: 'SUBSCRIBE' | 'UNSUBSCRIBE', topics: readonly string[]): ControlFrame[] {
    const frames: ControlFrame[] = [];
    for (let start = 0; start < topics.length; start += this.topicsPerMessage) {
      const params = topics.slice(start, start + this.topicsPerMessage);
      const id = this.context.nextId();
      const frame = JSON.stringify({ method, params, id });
      frames.push({ frame, replies: [{ key: String(id), topics: params }] });
    }
    return frames;
  }
}

/** The name of an event, also of the first in a list and of one wrapped as `{"subscriptionId":0,"event":{…}}`. */
function eventOf(data: unknown): unknown {
  const first: unknown = Array.isArray(data) ? data[0] : data;
  if (!isWireObject(first)) return undefined;
  return isWireObject(first.event) ? first.event.e : first.e;
}
