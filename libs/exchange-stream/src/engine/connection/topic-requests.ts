import type { Clock } from '@exchange-stream/market-data';
import type { ControlFrame, Refusal, SocketEndpoint } from '../../contract/index.ts';
import type { Lane } from '../limits/budget.ts';
import type { Posting } from './outbox.ts';
import type { RequestMatcher } from '../requests/request-matcher.ts';
import type { Request, RequestEnd } from '../requests/request.ts';
import type { SubscriptionFailure } from '../subscription/subscription-state.ts';
import { asError } from '../errors.ts';

/** Whether topics are asked for or given back. */
export type Direction = 'in' | 'out';

/** A message that waits for the message budget. */
interface Unsent {
  readonly topics: readonly string[];
  readonly withdraw: () => void;
}

/** What requests for topics need of their connection. */
export interface RequestConnection {
  /** Calls `send` when the message budgets allow. Returns a function that withdraws it until then. */
  post(lane: Lane, weight: number, send: () => void, posting?: Posting): () => void;
  send(frame: string): void;
  /** Which of its frames are answers. */
  readonly requests: RequestMatcher;
}

/** Who asks for topics, and is told what becomes of it. */
export interface TopicRequestsUser {
  /** A topic is about to be asked for. */
  requested(topic: string): void;
  /** What asks for the topics waits for the message budget. */
  delayed(topics: readonly string[]): void;
  /** What asked for the topics has waited, and is sent. */
  sent(topics: readonly string[]): void;
  confirmed(topics: readonly string[]): void;
  /** The exchange does not take the topics. */
  refused(topics: readonly string[], refusal: Refusal): void;
  /** The topics cannot be asked for, or nothing was answered. */
  failed(topics: readonly string[], failure: SubscriptionFailure, reason: string, temporary: boolean): void;
  /** The exchange has let go of topics that were given back, or does not say that it has not. */
  left(topics: readonly string[]): void;
}

/** Messages that ask for topics or give them back: in frames that the exchange takes, within its limits, until answered. */
export class TopicRequests {
  /** Messages that have left. */
  asked = 0;
  private readonly pending = new Set<Request>();
  /** By topic, the message that asks for it and has not been sent. */
  private readonly unsent = new Map<string, Unsent>();

  constructor(
    private readonly endpoint: SocketEndpoint,
    private readonly clock: Clock,
    private readonly connection: RequestConnection,
    private readonly user: TopicRequestsUser,
  ) {}

  /** Asks for topics, or gives them back; halves what makes too large a frame. */
  ask(
    wants: Direction,
    topics: readonly string[],
    build: (topics: readonly string[]) => readonly ControlFrame[],
  ): void {
    const frames = build(topics);
    const largest = Math.max(0, ...frames.map(({ frame }) => Buffer.byteLength(frame)));
    const { safe } = this.endpoint.limits.bytesPerMessage ?? { safe: Infinity };
    if (largest <= safe) {
      if (wants === 'in') for (const topic of topics) this.user.requested(topic);
      return this.postAll(wants, topics, frames);
    }
    if (topics.length > 1) {
      const half = Math.ceil(topics.length / 2);
      this.ask(wants, topics.slice(0, half), build);
      this.ask(wants, topics.slice(half), build);
    } else if (wants === 'out') this.user.left(topics);
    else {
      for (const topic of topics) this.user.requested(topic);
      const reason = `the request takes ${largest} bytes, and the exchange takes at most ${safe} a message`;
      this.user.failed(topics, 'rejected', reason, false);
    }
  }

  /**
   * Does not send the message that asks for a topic, if it still waits. Returns every topic that it asked for, and that
   * has to be asked for anew if it is wanted.
   */
  withdraw(topic: string): readonly string[] {
    const message = this.unsent.get(topic);
    if (!message) return [];
    message.withdraw();
    for (const name of message.topics) this.unsent.delete(name);
    return message.topics;
  }

  /** Whether the message that asks for a topic waits for the message budget. */
  isUnsent(topic: string): boolean {
    return this.unsent.has(topic);
  }

  /** Ends all waiting; the connection sends nothing of what waits. */
  stop(): void {
    this.unsent.clear();
    for (const request of [...this.pending]) request.cancel();
  }

  private postAll(wants: Direction, topics: readonly string[], frames: readonly ControlFrame[]): void {
    const last = frames.at(-1);
    // Where nothing is answered, to have asked is all there is; some need not be asked for at all.
    const decided = new Set(frames.flatMap(({ replies }) => replies.flatMap((reply) => reply.topics)));
    const unanswered = topics.filter((topic) => !decided.has(topic));
    for (const control of frames)
      this.post(wants, control, wants === 'in' && control === last ? unanswered : []);
    // With nothing to say, all has been said.
    if (wants === 'in' && frames.length === 0) this.user.confirmed(topics);
    // Unsubscribed topics are no longer routed; without an answer to wait for they are gone.
    if (wants === 'out') this.user.left(unanswered);
  }

  /** @param unanswered topics that are confirmed as soon as the message has been sent */
  private post(wants: Direction, control: ControlFrame, unanswered: readonly string[]): void {
    const { frame, weight = 1, limit, replies } = control;
    const topics = wants === 'in' ? [...replies.flatMap((reply) => reply.topics), ...unanswered] : [];
    const askedAt = this.clock.monotonic();
    let isSent = false;
    const send = (): void => {
      isSent = true;
      this.asked++;
      this.user.sent(topics.filter((name) => this.unsent.delete(name)));
      if (!this.expect(wants, replies, askedAt)) return;
      this.connection.send(frame);
      this.user.confirmed(unanswered);
    };
    const lane = wants === 'out' ? 'cancel' : 'subscribe';
    const withdraw = this.connection.post(lane, weight, send, limit === undefined ? {} : { limit });
    if (isSent) return;
    for (const name of topics) this.unsent.set(name, { topics, withdraw });
    this.user.delayed(topics);
  }

  /** Registers the answers to a message that is about to leave. Returns whether it may. */
  private expect(wants: Direction, replies: ControlFrame['replies'], askedAt: number): boolean {
    const expected: Request[] = [];
    try {
      for (const { key, topics } of replies) expected.push(this.open(wants, key, topics, askedAt));
    } catch (error) {
      // The session has given a key that is still waited for: to take one answer for the other would be worse.
      for (const request of expected) request.cancel();
      const topics = replies.flatMap((reply) => reply.topics);
      if (wants === 'out') this.user.left(topics);
      else this.user.failed(topics, 'rejected', asError(error).message, true);
      return false;
    }
    for (const request of expected) request.left();
    return true;
  }

  /** @throws DuplicateRequestError */
  private open(wants: Direction, key: string, topics: readonly string[], askedAt: number): Request {
    const request = this.connection.requests.open(
      {
        purpose: wants === 'in' ? 'subscribe' : 'unsubscribe',
        matches: [{ match: { key } }],
        deadlineMs: this.endpoint.ackDeadlineMs,
        askedAt,
      },
      (end) => {
        this.pending.delete(request);
        this.ended(wants, topics, end);
      },
    );
    this.pending.add(request);
    return request;
  }

  private ended(wants: Direction, topics: readonly string[], end: RequestEnd): void {
    switch (end.ending) {
      case 'answered':
        return wants === 'out' ? this.user.left(topics) : this.user.confirmed(topics);
      case 'refused':
        return wants === 'out' ? this.user.left(topics) : this.user.refused(topics, end.refusal);
      case 'timeout':
        if (wants === 'out') return this.user.left(topics);
        return this.user.failed(topics, 'ack-timeout', `no ack within ${end.deadlineMs} ms`, true);
      case 'cancelled':
      case 'failed':
      case 'lost':
      // On the next socket everything is asked for anew.
    }
  }
}
