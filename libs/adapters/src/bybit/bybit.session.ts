import type { ControlFrame, Session, SessionContext, Sink, Stream } from '@exchange-stream/nestjs/contract';
import { MalformedFieldError, isWireObject, type WireObject } from '../decoder/fields.ts';
import { HotFrames } from './bybit.hot-frames.ts';
import { hasData, readPayload } from './bybit.market-data.ts';
import { Requests } from './bybit.requests.ts';
import { isCategory, payloadKindOf, type PayloadKind } from './bybit.topics.ts';

/** Topics that no channel reads, by what they begin with: names for the statistics. */
const OTHER_TOPICS: ReadonlySet<string> = new Set([
  ...['orderbook.rpi', 'orderbook.full', 'priceLimit', 'insurance', 'adlAlert'],
  ...['order', 'execution', 'execution.fast', 'position', 'wallet', 'greeks', 'dcp'],
]);

/** Topics of earlier days: single liquidations, leveraged tokens, and the trades of a protocol before v5. */
const RETIRED_TOPICS: ReadonlySet<string> = new Set(['liquidation', 'kline_lt', 'tickers_lt', 'lt', 'trade']);

/** Answers of sockets that take logins and orders. */
const OTHER_OPS = /^(auth|order\.[a-z-]+)$/;

/** One connection to Bybit: to one category of instruments, to the spreads, or to the notices about the platform. */
export class BybitSession<S extends Stream> implements Session<S> {
  /** Payload form by topic, for the topics wanted here. */
  private readonly kinds = new Map<string, PayloadKind | undefined>();
  private readonly requests: Requests<S>;
  private readonly hot: HotFrames<S>;

  constructor(
    private readonly context: SessionContext,
    private readonly topicsPerMessage: number,
  ) {
    const { endpoint } = context;
    this.requests = new Requests(endpoint === 'option' || endpoint === 'spread');
    this.hot = new HotFrames((topic) => this.kindOf(topic), endpoint === 'option');
  }

  subscribe(topics: readonly string[]): readonly ControlFrame[] {
    return this.request('subscribe', topics);
  }

  unsubscribe(topics: readonly string[]): readonly ControlFrame[] {
    for (const topic of topics) this.kinds.delete(topic);
    return this.request('unsubscribe', topics);
  }

  ping(): string {
    return '{"op":"ping"}';
  }

  onFrame(frame: Buffer, binary: boolean, _receivedAt: number, sink: Sink<S>): void {
    if (binary) return sink.unhandled(frame);
    if (this.hot.read(frame, sink)) return;
    const message: unknown = JSON.parse(frame.toString('utf8'));
    if (!isWireObject(message)) sink.unhandled(frame);
    else if (typeof message.topic === 'string') this.onTopic(message.topic, message, frame, sink);
    else this.onAnswer(message, frame, sink);
  }

  private onTopic(topic: string, message: WireObject, frame: Buffer, sink: Sink<S>): void {
    const stream = sink.stream(topic);
    if (stream === undefined) return notWanted(topic, message, frame, sink);
    const kind = this.kindOf(topic);
    // Wanted as it comes, and given so already: no channel builds a topic that it cannot read.
    if (kind === undefined) return;
    const { endpoint } = this.context;
    try {
      readPayload(kind, isCategory(endpoint) ? endpoint : 'spot', message, stream, sink);
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      sink.rejected(stream, error.message);
    }
  }

  /** Pongs have three shapes: `op` is `pong`, or it is `ping` and the message is. */
  private onAnswer(message: WireObject, frame: Buffer, sink: Sink<S>): void {
    const { op, ret_msg: text, type } = message;
    if (op === 'pong' || text === 'pong') sink.pong();
    else if (op === 'subscribe' || op === 'unsubscribe' || type === 'COMMAND_RESP')
      this.requests.read(message, sink);
    else if (typeof op === 'string' && OTHER_OPS.test(op)) sink.ignored(op);
    else sink.unhandled(frame);
  }

  private kindOf(topic: string): PayloadKind | undefined {
    const known = this.kinds.get(topic);
    if (known !== undefined || this.kinds.has(topic)) return known;
    const kind = payloadKindOf(topic);
    this.kinds.set(topic, kind);
    return kind;
  }

  private request(op: 'subscribe' | 'unsubscribe', topics: readonly string[]): ControlFrame[] {
    const frames: ControlFrame[] = [];
    for (let start = 0; start < topics.length; start += this.topicsPerMessage) {
      const args = topics.slice(start, start + this.topicsPerMessage);
      frames.push(this.requests.ask(op, String(this.context.nextId()), args));
    }
    return frames;
  }
}

function notWanted<S extends Stream>(topic: string, message: WireObject, frame: Buffer, sink: Sink<S>): void {
  const [first = '', second = ''] = topic.split('.', 2);
  if (RETIRED_TOPICS.has(first)) sink.ignored(`retired: ${first}`);
  else if (OTHER_TOPICS.has(`${first}.${second}`)) sink.ignored(`${first}.${second}`);
  else if (OTHER_TOPICS.has(first)) sink.ignored(first);
  else if (hasData(message)) sink.ignored('unsubscribed topic');
  else sink.unhandled(frame);
}
