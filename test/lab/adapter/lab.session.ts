import type {
  ControlFrame,
  Credentials,
  LoginMeans,
  Session,
  SessionContext,
  Sink,
  Stream,
} from '@exchange-stream/nestjs/contract';
import { isAccountTopic, readAccount, type AccountTopic } from './lab.account.ts';
import { MalformedFieldError, flag, integer, isWireObject, text, type WireObject } from './lab.fields.ts';
import { readData } from './lab.market-data.ts';
import type { LabDialect } from './lab.options.ts';
import { LabRequests, isId } from './lab.requests.ts';
import { signatureOf } from './lab.signing.ts';
import { dataKindOf, type DataKind } from './lab.topics.ts';

/** One connection to Lab that needs no login, or has come in by a token. */
export class LabSession<S extends Stream> implements Session<S> {
  /** The frame by which this dialect asks for a sign of life; WebSocket pings where it has none. */
  readonly ping?: () => string;
  private readonly kinds = new Map<string, DataKind | undefined>();
  private readonly requests: LabRequests;
  /** What has to be said before topics: nothing, unless frames are to be numbered. */
  readonly introduce?: () => readonly ControlFrame[];
  /** By the last answer to flags, data frames and test requests bear numbers. */
  private isNumbered = false;

  constructor(
    protected readonly context: SessionContext,
    protected readonly dialect: LabDialect,
  ) {
    this.requests = new LabRequests(dialect.acks);
    if (dialect.heartbeat === 'text') this.ping = () => 'ping';
    if (dialect.heartbeat === 'json')
      this.ping = () => JSON.stringify({ op: 'ping', id: this.context.nextId() });
    if (dialect.numbered) this.introduce = () => [this.flags(1)];
  }

  subscribe(topics: readonly string[]): readonly ControlFrame[] {
    for (const topic of topics) this.kinds.set(topic, dataKindOf(topic));
    return this.request('subscribe', topics);
  }

  unsubscribe(topics: readonly string[]): readonly ControlFrame[] {
    for (const topic of topics) this.kinds.delete(topic);
    return this.request('unsubscribe', topics);
  }

  onFrame(frame: Buffer, binary: boolean, _receivedAt: number, sink: Sink<S>): void {
    const { packing } = this.dialect;
    if (binary && (packing === 'text' || packing === 'permessage-deflate')) return sink.unhandled(frame);
    const content = frame.toString('utf8');
    if (content === 'pong' && this.dialect.heartbeat === 'text') return sink.pong();
    const message: unknown = JSON.parse(content);
    if (!isWireObject(message)) return sink.unhandled(frame);
    if (message.number !== undefined && !this.isNext(message.number, sink)) return;
    if (message.data !== undefined) this.onData(message, frame, sink);
    else if (message.ack !== undefined) this.requests.onAck(message, sink);
    else if (message.error !== undefined) this.requests.onError(message, sink);
    else if (message.notice !== undefined) this.onNotice(message, frame, sink);
    else if (message.pong !== undefined) sink.pong();
    else if (message.test !== undefined) onTest(message, sink);
    else if (message.login !== undefined) onDone(message.login, sink);
    else if (message.flags !== undefined) this.onFlags(message, sink);
    else if (message.result !== undefined) onDone(message.id, sink);
    else sink.unhandled(frame);
  }

  private onData(message: WireObject, frame: Buffer, sink: Sink<S>): void {
    const topic = this.topicOf(message);
    if (topic === undefined) return sink.unhandled(frame);
    const stream = topic === '' ? undefined : sink.stream(topic);
    if (stream === undefined) return sink.ignored('unsubscribed topic');
    if (isAccountTopic(topic)) return this.onAccount(topic, message, stream, sink);
    const kind = this.kinds.has(topic) ? this.kinds.get(topic) : dataKindOf(topic);
    if (kind === undefined) return sink.unhandled(frame);
    try {
      const isSnapshot = message.snapshot !== undefined && flag(message.snapshot, 'snapshot');
      readData(kind, message.data, message.time, isSnapshot, this.dialect.books, stream, sink);
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      sink.rejected(stream, error.message);
    }
  }

  private flags(flags: number): ControlFrame {
    const id = this.context.nextId();
    return {
      frame: JSON.stringify({ op: 'flags', id, flags }),
      replies: [{ key: String(id), topics: [] }],
    };
  }

  /** Whether a frame with this number is one to read. */
  private isNext(value: unknown, sink: Sink<S>): boolean {
    if (!this.isNumbered) return true;
    try {
      return sink.frameNumber(integer(value, 'number'));
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      sink.rejected(undefined, error.message);
      return false;
    }
  }

  /** Users may ask for flags, too: what frames look like is what was answered last. */
  private onFlags({ flags, id }: WireObject, sink: Sink<S>): void {
    this.isNumbered = flags === 1;
    if (this.isNumbered) sink.framesCountFrom(1);
    onDone(id, sink);
  }

  private onAccount(topic: AccountTopic, { data, snapshot }: WireObject, stream: S, sink: Sink<S>): void {
    try {
      readAccount(topic, data, snapshot !== undefined && flag(snapshot, 'snapshot'), stream, sink);
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      sink.rejected(stream, error.message);
    }
  }

  /** The topic of a data frame; empty for a channel number of which we have seen no ack, undefined for neither. */
  private topicOf({ topic, channel }: WireObject): string | undefined {
    if (typeof topic === 'string') return topic;
    return typeof channel === 'number' ? (this.requests.topicOf(channel) ?? '') : undefined;
  }

  private onNotice(message: WireObject, frame: Buffer, sink: Sink<S>): void {
    const { notice, symbol, inMs } = message;
    try {
      switch (notice) {
        case 'restart':
          return sink.closing(`restart in ${integer(inMs, 'inMs')} ms`);
        case 'pause':
          return sink.paused('pause');
        case 'resume':
          this.requests.forget();
          return sink.resumed('resume');
        case 'halted':
        case 'trading':
          return sink.marketStatus(text(symbol, 'symbol'), notice, `the exchange says ${notice}`);
        default:
          return sink.unhandled(frame);
      }
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      sink.rejected(undefined, error.message);
    }
  }

  /** As few messages as the exchange takes: by topics, and by bytes. */
  private request(op: 'subscribe' | 'unsubscribe', topics: readonly string[]): ControlFrame[] {
    const { topicsPerMessage, bytesPerMessage } = this.dialect;
    const frames: ControlFrame[] = [];
    let start = 0;
    while (start < topics.length) {
      const id = this.context.nextId();
      let bytes = Buffer.byteLength(JSON.stringify({ op, id, topics: [] }));
      let end = start;
      while (end < topics.length && end - start < topicsPerMessage) {
        bytes += Buffer.byteLength(JSON.stringify(topics[end])) + 1;
        // One topic goes out in any case: the exchange's refusal says more than our silence.
        if (bytes > bytesPerMessage && end > start) break;
        end++;
      }
      const batch = topics.slice(start, end);
      frames.push({
        frame: JSON.stringify({ op, id, topics: batch }),
        replies: this.requests.expect(id, op, batch),
      });
      start = end;
    }
    return frames;
  }
}

/** A connection to Lab that begins with a login. */
export class LabLoginSession<S extends Stream> extends LabSession<S> {
  /** What is signed is the decimal text of the time, or of a nonce. */
  login(credentials: Credentials, nowMs: number, means: LoginMeans): ControlFrame {
    const id = this.context.nextId();
    const signedNumber = this.dialect.entry === 'nonce' ? means.nextNonce() : Math.floor(nowMs);
    const proof = this.dialect.entry === 'nonce' ? { nonce: signedNumber } : { time: signedNumber };
    const signature = signatureOf(String(signedNumber), credentials);
    return {
      frame: JSON.stringify({ op: 'login', id, key: credentials.key, ...proof, signature }),
      replies: [{ key: String(id), topics: [] }],
    };
  }
}

function onTest<S extends Stream>({ test }: WireObject, sink: Sink<S>): void {
  if (typeof test !== 'number' || !Number.isSafeInteger(test)) {
    return sink.rejected(undefined, 'test request without a number');
  }
  sink.answer(JSON.stringify({ op: 'test', test }));
}

/** An answer without topics: of a login, of flags, of an order. */
function onDone<S extends Stream>(id: unknown, sink: Sink<S>): void {
  if (isId(id)) sink.reply(String(id));
  else sink.rejected(undefined, 'answer without the id of a request');
}
