import type {
  ControlFrame,
  Credentials,
  LoginMeans,
  Session,
  SessionContext,
  Sink,
  Stream,
} from '@exchange-stream/nestjs/contract';
import { readExactJson } from '../decoder/exact-json.ts';
import { isWireObject } from '../decoder/fields.ts';
import { readEvent, type EventReader } from './bitfinex.events.ts';
import { FrameLayout, flagsWith, type BitfinexFlag } from './bitfinex.flags.ts';
import { HotFrames } from './bitfinex.hot-frames.ts';
import { loginFrame } from './bitfinex.login.ts';
import { HEARTBEAT, readPayload } from './bitfinex.market-data.ts';
import { OpenChannels } from './bitfinex.open-channels.ts';
import { AUTH, AskedTopics, CONF, leaveKey } from './bitfinex.requests.ts';
import { PLATFORM, requestOf } from './bitfinex.topics.ts';

/** Frames of an account, on sockets that are logged in. */
const ACCOUNT = '0';
/** Of the first frame that follows the confirmation of the flags. */
const FIRST_NUMBER = 1;

/** One connection to Bitfinex. */
export class BitfinexSession<S extends Stream> implements Session<S> {
  /** Sockets that are let in as an account. */
  readonly login?: (credentials: Credentials, nowMs: number, means: LoginMeans) => ControlFrame;
  private readonly asked = new AskedTopics();
  private readonly channels = new OpenChannels();
  private readonly events: EventReader<S>;
  private readonly flags: number;
  private readonly hot = new HotFrames<S>(this.channels, (number, sink) => this.follows(number, sink));
  private layout = new FrameLayout();
  /** Of the last frame that bore one; undefined while none has. */
  private lastNumber: number | undefined;
  private pings = 0;

  /** @param added flags beside those that every socket is told */
  constructor(
    private readonly context: SessionContext,
    added: readonly BitfinexFlag[],
  ) {
    this.flags = flagsWith(added);
    this.events = {
      asked: this.asked,
      channels: this.channels,
      confirmed: (flags, sink) => this.confirmed(flags, sink),
    };
    if (context.endpoint === 'private')
      this.login = (credentials, _nowMs, means) => loginFrame(credentials, means.nextNonce(), AUTH);
  }

  /** All flags in one message: each takes the place of the one before. */
  introduce(): readonly ControlFrame[] {
    const frame = JSON.stringify({ event: 'conf', flags: this.flags });
    return [{ frame, replies: [{ key: CONF, topics: [] }] }];
  }

  subscribe(topics: readonly string[]): readonly ControlFrame[] {
    return topics.flatMap((topic) => (topic === PLATFORM ? [] : this.ask(topic)));
  }

  /** What is not confirmed yet cannot be given back: that is done as soon as it is. */
  unsubscribe(topics: readonly string[]): readonly ControlFrame[] {
    return topics.flatMap((topic) => {
      this.asked.abandon(topic);
      const chanId = this.channels.leave(topic);
      return chanId === undefined ? [] : [leaveFrame(chanId, [topic])];
    });
  }

  ping(): string {
    return JSON.stringify({ event: 'ping', cid: ++this.pings });
  }

  onFrame(frame: Buffer, binary: boolean, _receivedAt: number, sink: Sink<S>): void {
    if (binary) return sink.unhandled(frame);
    if (this.layout.trailing === 2 && this.hot.read(frame, sink)) return;
    const message = readExactJson(frame);
    if (Array.isArray(message)) this.onData(message, frame, sink);
    else if (isWireObject(message)) readEvent(message, this.events, frame, sink);
    else sink.unhandled(frame);
  }

  private confirmed(flags: number, sink: Sink<S>): void {
    this.layout = new FrameLayout(flags);
    // Where they are set anew later on, nothing says where the count stands.
    if (this.layout.isNumbered && this.lastNumber === undefined) sink.framesCountFrom(FIRST_NUMBER);
  }

  private ask(topic: string): readonly ControlFrame[] {
    const id = String(this.context.nextId());
    this.asked.add(id, topic);
    // What is no topic names none: Bitfinex refuses it.
    const request = requestOf(topic) ?? { channel: topic };
    const frame = JSON.stringify({ event: 'subscribe', ...request, subId: id });
    const asking: ControlFrame = { frame, replies: [{ key: id, topics: [topic] }] };
    // Open still, as after a pause: asked for again it would be a duplicate, without a snapshot.
    const chanId = this.channels.leave(topic);
    return chanId === undefined ? [asking] : [leaveFrame(chanId, []), asking];
  }

  /** `[chanId, content, …]`, or `[chanId, "te", content, …]`; number and time of the frame come last. */
  private onData(message: readonly unknown[], frame: Buffer, sink: Sink<S>): void {
    const [chanId, content] = message;
    if (typeof chanId !== 'string' || content === undefined) return sink.unhandled(frame);
    if (chanId === ACCOUNT) return this.onAccount(message, sink);
    const { trailing } = this.layout;
    const isHeartbeat = content === HEARTBEAT;
    const end = message.length - trailing;
    // Where it has fewer entries than it should have, number and time are those that it lacks.
    const hasTrailing = trailing > 0 && end >= (typeof content === 'string' && !isHeartbeat ? 3 : 2);
    if (hasTrailing && this.layout.isNumbered && !this.isNext(message[end], sink)) return;
    const channel = this.channels.find(Number(chanId));
    const stream = channel && sink.stream(channel.topic);
    if (!channel || !stream) return sink.ignored('unsubscribed channel');
    const time = hasTrailing && this.layout.isTimed ? message[message.length - 1] : undefined;
    readPayload({ channel, message, time, isBulk: this.layout.isBulk, frame }, stream, sink);
  }

  /** Frames of an account are numbered with all others, except what answers a request. */
  private onAccount(message: readonly unknown[], sink: Sink<S>): void {
    const [, type, payload] = message;
    const number = type === HEARTBEAT ? message[2] : message[3];
    const isAnswer = type === 'n' && Array.isArray(payload) && String(payload[1]).endsWith('-req');
    if (this.layout.isNumbered && number !== undefined && !isAnswer && !this.isNext(number, sink)) return;
    sink.ignored('account');
  }

  /** Whether the frame of this number is to be read. */
  private isNext(value: unknown, sink: Sink<S>): boolean {
    const number = typeof value === 'string' ? Number(value) : NaN;
    if (!Number.isSafeInteger(number) || number < 0) {
      sink.rejected(undefined, 'a frame bears something else where its number should be');
      return false;
    }
    return this.follows(number, sink);
  }

  private follows(number: number, sink: Sink<S>): boolean {
    // What was built of frames that are missing does not hold.
    if (number > (this.lastNumber ?? 0) + 1) this.channels.forgetBest();
    this.lastNumber = number;
    return sink.frameNumber(number);
  }
}

function leaveFrame(chanId: number, topics: readonly string[]): ControlFrame {
  const frame = JSON.stringify({ event: 'unsubscribe', chanId });
  return { frame, replies: [{ key: leaveKey(chanId), topics }] };
}
