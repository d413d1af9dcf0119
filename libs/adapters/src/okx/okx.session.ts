import type { ControlFrame, Session, SessionContext, Sink, Stream } from '@exchange-stream/nestjs/contract';
import { isWireObject } from '../decoder/fields.ts';
import { HotFrames } from './okx.hot-frames.ts';
import { Listings } from './okx.listings.ts';
import { readRows } from './okx.market-data.ts';
import { PendingTopics, readEvent } from './okx.reply.ts';
import { argOf, isOtherChannel, plainTopicOf, topicOf } from './okx.args.ts';
import { describeTopic, payloadKindOf, type PayloadKind } from './okx.topics.ts';
import type { WireMessage } from './okx.wire.ts';

/** What is listed, and as what. */
const LISTINGS = 'instruments';

const PING = 'ping';
const PONG = Buffer.from('pong');

/** Every request is counted, whatever it asks for; pings are not. */
export const REQUEST_LIMIT = 'request';

/** One connection to OKX, `/public` or `/business`. */
export class OkxSession<S extends Stream> implements Session<S> {
  /** Payload form by topic, for the topics wanted here. */
  private readonly kinds = new Map<string, PayloadKind | undefined>();
  /** Topics whose next rows are those that came before they were asked for. */
  private readonly repeating = new Set<string>();
  private readonly pending = new PendingTopics();
  private readonly listings = new Listings();
  private readonly hot = new HotFrames<S>();

  /** @param watched kinds of instruments whose listings are followed from the beginning */
  constructor(
    private readonly context: SessionContext,
    private readonly watched: readonly string[],
  ) {}

  introduce(): readonly ControlFrame[] {
    if (this.context.endpoint !== 'public') return [];
    return this.request(
      'subscribe',
      this.watched.map((kind) => `${LISTINGS}:instType=${kind}`),
    );
  }

  subscribe(topics: readonly string[]): readonly ControlFrame[] {
    for (const topic of topics) {
      const kind = formOf(topic);
      this.kinds.set(topic, kind);
      this.hot.want(topic);
      if (kind === 'liquidations') this.repeating.add(topic);
    }
    return this.request('subscribe', topics);
  }

  unsubscribe(topics: readonly string[]): readonly ControlFrame[] {
    for (const topic of topics) {
      this.kinds.delete(topic);
      this.repeating.delete(topic);
      this.hot.leave(topic);
    }
    return this.request('unsubscribe', topics);
  }

  /** Text and no JSON, as is its answer. */
  ping(): string {
    return PING;
  }

  onFrame(frame: Buffer, binary: boolean, _receivedAt: number, sink: Sink<S>): void {
    if (binary) return sink.unhandled(frame);
    if (this.hot.read(frame, sink)) return;
    if (frame.equals(PONG)) return sink.pong();
    const message: unknown = JSON.parse(frame.toString('utf8'));
    if (!isWireObject(message)) sink.unhandled(frame);
    else if (message.event !== undefined) readEvent(message, this.pending, frame, sink);
    else if (message.arg !== undefined) this.onData(message, frame, sink);
    else if (message.table !== undefined) sink.ignored('OKEx v3, retired');
    else sink.unhandled(frame);
  }

  private onData(message: WireMessage, frame: Buffer, sink: Sink<S>): void {
    const topic = this.topicIn(message.arg);
    if (topic === undefined) return sink.ignored('data without a channel');
    const stream = sink.stream(topic);
    const [channel = ''] = topic.split(':', 1);
    if (channel === LISTINGS) return this.listings.read(message, sink);
    const kind = this.kinds.get(topic) ?? formOf(topic);
    if (stream !== undefined) {
      if (this.repeating.delete(topic)) sink.ignored('liquidations of the past');
      // Where no channel is made of it, it is wanted as it comes, and given so already.
      else if (kind !== undefined) readRows(kind, message, stream, sink);
      return;
    }
    if (payloadKindOf(channel) !== undefined) sink.ignored('unsubscribed topic');
    else if (isOtherChannel(channel)) sink.ignored(channel);
    else sink.unhandled(frame);
  }

  /** The topic as it was asked for: OKX may name more of it. */
  private topicIn(arg: unknown): string | undefined {
    const topic = topicOf(arg);
    if (topic === undefined || this.kinds.has(topic) || !isWireObject(arg)) return topic;
    return plainTopicOf(arg) ?? topic;
  }

  private request(op: 'subscribe' | 'unsubscribe', topics: readonly string[]): readonly ControlFrame[] {
    if (topics.length === 0) return [];
    const id = String(this.context.nextId());
    const keys = this.pending.ask(op, topics, id);
    // What is no topic names none: OKX refuses it.
    const args = topics.map((topic) => argOf(topic) ?? { channel: topic });
    const replies = topics.map((topic, index) => ({ key: keys[index] ?? topic, topics: [topic] }));
    return [{ frame: JSON.stringify({ id, op, args }), limit: REQUEST_LIMIT, replies }];
  }
}

/** The form of what comes on a topic; undefined where no channel of ours builds it. */
function formOf(topic: string): PayloadKind | undefined {
  return describeTopic(topic) === undefined ? undefined : payloadKindOf(topic.split(':', 1)[0] ?? '');
}
