import type { ControlFrame, Session, SessionContext, Sink, Stream } from '@exchange-stream/nestjs/contract';
import { MalformedFieldError, isWireObject, object, type WireObject } from '../decoder/fields.ts';
import { isReply, readReply, requests } from './control.ts';
import { HotFrames } from './hot-frames.ts';
import { isOfOtherSegment, type RowForm } from './rows.ts';
import { topicsInUrl } from './stream-names.ts';

/** What a frame without an envelope may be of. */
export interface RawPayload {
  /** What it is, for messages. */
  readonly name: string;
  /**
   * The topics that it may be of; undefined where it lacks what it should tell, `'nameless'` where it tells nothing, so that
   * all topics of the nameless kind count.
   */
  readonly topics: readonly string[] | 'nameless' | undefined;
}

/** What an exchange of the family says in its own way. */
export interface Dialect<Kind extends string> {
  readonly topicsPerMessage: number;
  readonly form: RowForm;
  /** Events that are known and have no channel, by their `e`: names for the statistics. */
  readonly otherEvents: ReadonlySet<unknown>;
  /** The kind whose rows, without an envelope, name neither event nor symbol. */
  readonly namelessKind?: Kind;
  /** The form of what comes on a topic; undefined for one that nobody here reads. */
  kindOf(topic: string): Kind | undefined;
  /**
   * Reads one row into the sink.
   * @throws MalformedFieldError
   */
  read<S extends Stream>(kind: Kind, row: WireObject, stream: S, sink: Sink<S>): void;
  /** Undefined for a frame that no channel reads. */
  rawPayload(row: WireObject): RawPayload | undefined;
  /** Takes what an event says of the connection, whoever asked for it. Returns whether it did. */
  heed(event: unknown, sink: Sink): boolean;
}

/** One connection to an exchange of the family, combined (`/stream`) or raw (`/ws`). */
export class FamilySession<S extends Stream, Kind extends string> implements Session<S> {
  /** Payload form by topic, for the topics wanted here. */
  private readonly kinds = new Map<string, Kind | undefined>();
  /** The topics that a frame without any name can be of. */
  private nameless: readonly string[] = [];
  private readonly hot: HotFrames<S>;

  constructor(
    private readonly context: SessionContext,
    private readonly dialect: Dialect<Kind>,
  ) {
    this.hot = new HotFrames(dialect.form, (topic) => this.kindOf(topic));
    this.remember(topicsInUrl(new URL(context.url)));
  }

  subscribe(topics: readonly string[]): readonly ControlFrame[] {
    this.remember(topics);
    return requests('SUBSCRIBE', topics, this.dialect.topicsPerMessage, this.context.nextId);
  }

  unsubscribe(topics: readonly string[]): readonly ControlFrame[] {
    for (const topic of topics) this.kinds.delete(topic);
    this.nameless = this.nameless.filter((topic) => !topics.includes(topic));
    return requests('UNSUBSCRIBE', topics, this.dialect.topicsPerMessage, this.context.nextId);
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
    if (!this.dialect.heed(event, sink)) {
      sink.ignored(
        typeof event === 'string' && this.dialect.otherEvents.has(event) ? event : 'unsubscribed topic',
      );
    }
  }

  /** A payload without an envelope: its topic is found among those wanted here. */
  private onRaw(message: WireObject, frame: Buffer, sink: Sink<S>): void {
    const payload = this.dialect.rawPayload(message);
    if (payload === undefined) return this.onOther(message, frame, sink);
    const { name } = payload;
    const candidates = payload.topics === 'nameless' ? this.nameless : payload.topics;
    if (candidates === undefined) return sink.rejected(undefined, `raw ${name} without symbol or interval`);
    let stream: S | undefined;
    for (let index = 0; index < candidates.length; index++) {
      const other = sink.stream(candidates[index] ?? '');
      if (other === undefined) continue;
      if (stream !== undefined) {
        return sink.rejected(undefined, `raw ${name} may be of ${stream.topic} and of ${other.topic}`);
      }
      stream = other;
    }
    if (stream === undefined) sink.ignored('unsubscribed topic');
    else this.onPayload(this.kindOf(stream.topic), message, stream, sink);
  }

  private onPayload(kind: Kind | undefined, data: unknown, stream: S, sink: Sink<S>): void {
    // Wanted as it comes, and given so already: no channel builds a topic that it cannot read.
    if (kind === undefined) return;
    try {
      const row = object(data, 'data');
      if (isOfOtherSegment(row, this.dialect.form)) sink.ignored('row of the other segment');
      else this.dialect.read(kind, row, stream, sink);
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      sink.rejected(stream, error.message);
    }
  }

  /** Lists of all symbols, account events in their wrapper, and what nobody has told us about. */
  private onOther(message: unknown, frame: Buffer, sink: Sink<S>): void {
    const event = eventOf(message);
    if (this.dialect.heed(event, sink)) return;
    if (typeof event === 'string' && this.dialect.otherEvents.has(event)) sink.ignored(event);
    else sink.unhandled(frame);
  }

  private kindOf(topic: string): Kind | undefined {
    const known = this.kinds.get(topic);
    if (known !== undefined || this.kinds.has(topic)) return known;
    const kind = this.dialect.kindOf(topic);
    this.kinds.set(topic, kind);
    return kind;
  }

  private remember(topics: readonly string[]): void {
    const { namelessKind } = this.dialect;
    if (namelessKind === undefined) return;
    const nameless = topics.filter((topic) => this.kindOf(topic) === namelessKind);
    this.nameless = [...new Set([...this.nameless, ...nameless])];
  }
}

/** The name of an event, also of the first in a list and of one wrapped as `{"subscriptionId":0,"event":{…}}`. */
function eventOf(data: unknown): unknown {
  const first: unknown = Array.isArray(data) ? data[0] : data;
  if (!isWireObject(first)) return undefined;
  return isWireObject(first.event) ? first.event.e : first.e;
}
