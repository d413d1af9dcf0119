import type { Clock, Timer } from '@exchange-stream/market-data';
import type { FaultableConnection } from '../faults/faultable-exchange.ts';
import type { FaultyLink } from '../faults/faulty-link.ts';
import type { ConnectionHandler, SimulatedConnection, ViolationRule } from '../simulated-exchange.ts';
import type { ViolationLog } from '../violation-log.ts';
import { Answers, type BadTopic } from './bybit.answers.ts';
import { isFutures, type SocketKind } from './bybit.category.ts';
import { ControlRequestError, parseControlRequest, type ControlRequest } from './bybit.control.ts';
import type { Payload } from './bybit.feed.ts';
import {
  SILENCE_MS,
  TOPIC_CHARACTERS_PER_CONNECTION,
  topicsPerConnection,
  topicsPerRequest,
} from './bybit.limits.ts';
import type { Topic } from './bybit.topics.ts';

export interface ConnectionSurroundings {
  readonly clock: Clock;
  readonly violations: ViolationLog;
  /** What a topic is on this socket, or why it is none. */
  read(kind: SocketKind, topic: string): Topic | BadTopic;
  /** @returns the first frame of the topic; undefined where there is none, or not yet */
  join(connection: BybitConnection, name: string, topic: Topic): Payload | undefined;
  leave(connection: BybitConnection, name: string): void;
  /** What the platform announces when it goes down; undefined for a connection that does not hear of it. */
  shutdownNotice(connection: BybitConnection, closeAfterMs: number): string | undefined;
  /** Told once, when the connection is over. */
  onClosed(connection: BybitConnection): void;
}

type SubscriptionRequest = Extract<ControlRequest, { readonly op: 'subscribe' | 'unsubscribe' }>;

const NORMAL_CLOSURE = 1000;

/** One client's socket: what it subscribed, whether it pings, and whether it keeps to the limits. */
export class BybitConnection implements ConnectionHandler, SimulatedConnection, FaultableConnection {
  readonly subscriptions = new Set<string>();
  readonly path: string;
  readonly address: string;
  readonly openedAt: number;
  received = 0;
  /** Maintenance: nothing comes and nothing is answered. */
  isMuted = false;
  private readonly answers: Answers;
  private heardAt: number;
  private silence: Timer;
  private closed = false;

  constructor(
    readonly id: number,
    readonly kind: SocketKind,
    readonly link: FaultyLink,
    private readonly surroundings: ConnectionSurroundings,
  ) {
    const { clock } = surroundings;
    this.path = link.path;
    this.address = link.address;
    this.openedAt = clock.now();
    this.answers = new Answers(kind, connectionId(id));
    this.heardAt = clock.monotonic();
    this.silence = clock.after(SILENCE_MS, () => this.closeIfSilent());
  }

  get sent(): number {
    return this.link.sent;
  }

  /** Sends one frame of a topic, as JSON text. */
  sendData(topic: string, text: string): void {
    if (!this.isMuted) this.link.data(topic, text);
  }

  frame(topic: string, data: string): string {
    const ts = Math.floor(this.surroundings.clock.now());
    return `{"topic":${JSON.stringify(topic)},"type":"snapshot","ts":${ts},"data":${data}}`;
  }

  shutdownNotice(closeAfterMs: number): string | undefined {
    return this.surroundings.shutdownNotice(this, closeAfterMs);
  }

  close(code: number | undefined, reason: string): void {
    if (this.closed) return;
    this.link.close(code, reason);
    this.onClose();
  }

  terminate(): void {
    if (this.closed) return;
    this.link.terminate();
    this.onClose();
  }

  onMessage(text: string): void {
    if (this.closed) return;
    this.hear();
    if (!this.isMuted) this.answer(text);
  }

  /** Frames of the WebSocket protocol count as traffic, and keep nothing else alive. */
  onPing(): void {
    if (!this.closed) this.hear();
  }

  onPong(payload: string): void {
    if (!this.closed && !this.link.excuses(payload)) this.hear();
  }

  onClose(): void {
    if (this.closed) return;
    this.closed = true;
    this.link.end();
    this.silence.cancel();
    for (const name of this.subscriptions) this.surroundings.leave(this, name);
    this.surroundings.onClosed(this);
  }

  private answer(text: string): void {
    let request: ControlRequest;
    try {
      request = parseControlRequest(text);
    } catch (error) {
      if (!(error instanceof ControlRequestError)) throw error;
      this.violate('invalid-request', error.message);
      return this.link.transmit(this.answers.refused(error.op, undefined, error.message));
    }
    if (request.op === 'ping') {
      return this.link.transmit(this.answers.pong(request.reqId, this.surroundings.clock.now()));
    }
    this.serve(request);
  }

  /** Books follow the acknowledgement, tickers of contracts go before it: as was seen on the real exchange. */
  private serve(request: SubscriptionRequest): void {
    const greetings: { readonly name: string; readonly frame: Payload }[] = [];
    const { op, topics } = request;
    this.link.answer({
      subscribes: op === 'subscribe',
      topics,
      perform: () =>
        this.perform(request, (name, topic) => {
          const frame = this.surroundings.join(this, name, topic);
          if (frame === undefined) return;
          if (isFutures(this.kind) && topic.kind === 'ticker') this.greet(name, frame);
          else greetings.push({ name, frame });
        }),
      acknowledgement: () => this.acknowledgement(request),
      strayAcknowledgement: () => this.acknowledgement({ ...request, ...STRAY }),
      refusal: () => this.refusal(request),
    });
    for (const { name, frame } of greetings) this.greet(name, frame);
  }

  private greet(name: string, frame: Payload): void {
    this.sendData(name, JSON.stringify(frame));
  }

  /** Does what is asked. @returns the answer */
  private perform(request: SubscriptionRequest, join: (name: string, topic: Topic) => void): string {
    const excess = request.op === 'subscribe' ? this.excessOf(request) : undefined;
    if (excess !== undefined) return this.refusal(request, excess);
    const good = new Map<string, Topic | undefined>();
    const bad: BadTopic[] = [];
    for (const name of request.topics) {
      const topic = this.surroundings.read(this.kind, name);
      if (!('why' in topic)) good.set(name, topic);
      // What is subscribed can be left, though its symbol was taken off meanwhile.
      else if (request.op === 'unsubscribe' && this.subscriptions.has(name)) good.set(name, undefined);
      else bad.push(topic);
    }
    const [firstBad] = bad;
    if (firstBad !== undefined) this.violate('invalid-request', `${firstBad.topic}: ${firstBad.why}`);
    if (firstBad !== undefined && !this.answers.namesTopics) return this.answers.badTopic(request, firstBad);
    for (const [name, topic] of good) {
      if (request.op === 'unsubscribe' || topic === undefined) this.leave(name);
      else {
        this.subscriptions.add(name);
        join(name, topic);
      }
    }
    const names = bad.map(({ topic }) => topic);
    return this.answers.namesTopics
      ? this.answers.topics([...good.keys()], names)
      : this.answers.done(request);
  }

  private leave(name: string): void {
    if (this.subscriptions.delete(name)) this.surroundings.leave(this, name);
  }

  /** Judges a request by the published limits. @returns what is too much, in words; undefined where nothing is */
  private excessOf({ topics }: SubscriptionRequest): string | undefined {
    const perRequest = topicsPerRequest(this.kind);
    if (perRequest !== undefined && topics.length > perRequest) {
      this.violate('topics-per-message', `${topics.length} topics, ${perRequest} are allowed`);
      return `args size > ${perRequest}`;
    }
    const wanted = new Set([...this.subscriptions, ...topics]);
    const perConnection = topicsPerConnection(this.kind);
    if (perConnection !== undefined && wanted.size > perConnection) {
      this.violate('topics-per-connection', `${wanted.size} topics, ${perConnection} are allowed`);
      return `args of the connection > ${perConnection}`;
    }
    const characters = [...wanted].reduce((sum, topic) => sum + topic.length, 0);
    if (characters <= TOPIC_CHARACTERS_PER_CONNECTION) return undefined;
    const allowed = `${TOPIC_CHARACTERS_PER_CONNECTION} are allowed`;
    this.violate('topics-per-connection', `${characters} characters of topics, ${allowed}`);
    return `args length of the connection > ${TOPIC_CHARACTERS_PER_CONNECTION}`;
  }

  private acknowledgement(request: SubscriptionRequest): string {
    return this.answers.namesTopics ? this.answers.topics(request.topics, []) : this.answers.done(request);
  }

  private refusal(request: SubscriptionRequest, message = 'The service is not available.'): string {
    return this.answers.namesTopics
      ? this.answers.topics([], request.topics)
      : this.answers.refused(request.op, request.reqId, message);
  }

  private hear(): void {
    this.received++;
    this.heardAt = this.surroundings.clock.monotonic();
  }

  private closeIfSilent(): void {
    const { clock } = this.surroundings;
    const silentMs = clock.monotonic() - this.heardAt;
    if (silentMs < SILENCE_MS) {
      this.silence = clock.after(SILENCE_MS - silentMs, () => this.closeIfSilent());
      return;
    }
    this.violate('ping-overdue', `nothing was said for ${silentMs} ms`);
    this.close(NORMAL_CLOSURE, 'No traffic');
  }

  private violate(rule: ViolationRule, detail: string): void {
    this.surroundings.violations.add({ rule, address: this.address, connectionId: this.id, detail });
  }
}

/** Of a request that nobody made. */
const STRAY = { reqId: 'nobody-asked', topics: ['tickers.NOBODYASKED'] };

function connectionId(id: number): string {
  return `d8simulated${String(id).padStart(9, '0')}-${id.toString(36)}`;
}
