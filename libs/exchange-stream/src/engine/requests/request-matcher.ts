import type { Clock } from '@exchange-stream/market-data';
import type { Refusal } from '../../contract/index.ts';
import { DuplicateRequestError, PendingRequestsError } from './request-error.ts';
import type { RequestEnding, RequestReport, RequestReporter } from './request-report.ts';
import { isKeyMatch, Request, type RequestEnd, type RequestPlan, type RequestSlot } from './request.ts';

/** Requests that ended without all of their answers and are remembered, the newest. */
const MAX_REMEMBERED = 100;

/** What a matcher is made with. */
export interface MatcherSettings {
  readonly exchange: string;
  /** Id of the connection. */
  readonly connection: string;
  readonly clock: Clock;
  /** Requests of users that may wait at once. */
  readonly pendingRequests: number;
  /** Is told of every request that has ended. */
  readonly report: RequestReporter;
}

/**
 * The requests of one connection that wait for answers, and which frame is an answer to which: logins, requests for topics
 * and messages of users alike. Whoever asks registers first and sends then, so that no answer can be too early.
 */
export class RequestMatcher {
  private readonly byKey = new Map<string, RequestSlot>();
  private readonly byFrame = new Set<RequestSlot>();
  private readonly requests = new Set<Request>();
  /** Matches of requests on other connections whose answers come here. */
  private readonly visitors = new Set<RequestSlot>();
  /** How the newest requests ended whose answers may still come, by key. */
  private readonly unanswered = new Map<string, RequestEnding>();
  private users = 0;
  /** Called when no request of users waits any more. */
  private answered: (() => void) | undefined;
  private serial = 0;

  constructor(private readonly settings: MatcherSettings) {}

  /** Id of the connection. */
  get connection(): string {
    return this.settings.connection;
  }

  /** Requests that wait. */
  get pending(): number {
    return this.requests.size;
  }

  /** Calls back once no request of users waits, at once if none does. Another call replaces it. */
  whenAnswered(done: () => void): void {
    if (this.users === 0) done();
    else this.answered = done;
  }

  /** Whether anybody waits for a frame that he knows by its content: only then `frame` needs to be called. */
  get readsFrames(): boolean {
    return this.byFrame.size > 0;
  }

  /**
   * Registers a request; `ended` is called once, unless it throws.
   * @throws DuplicateRequestError when another one waits under the same key
   * @throws PendingRequestsError when too many of users wait
   */
  open(plan: RequestPlan, ended: (end: RequestEnd) => void): Request {
    const { pendingRequests, clock, connection } = this.settings;
    const isUsers = plan.purpose === 'other';
    if (isUsers && this.users >= pendingRequests) throw new PendingRequestsError(connection, pendingRequests);
    const request = new Request(this, clock, plan, ended);
    this.requests.add(request);
    if (isUsers) this.users++;
    return request;
  }

  /**
   * An answer has come under a key. Returns whether anybody waited for it.
   * @param frame the text of the frame that it stood in
   */
  reply(key: string, refusal: Refusal | undefined, frame: () => string): boolean {
    const slot = this.byKey.get(key);
    if (!slot) return false;
    slot.request.take(slot, refusal, frame(), this.serial);
    return true;
  }

  /** What is wrong with an answer that nobody waits for; undefined where its request was over for another reason. */
  unmatched(key: string): string | undefined {
    const ending = this.unanswered.get(key);
    if (ending === undefined) return 'nobody waits for it';
    return ending === 'timeout' ? 'it came after the deadline of its request' : undefined;
  }

  /** All keys of a frame have been told: those who know their answers by the content look at it. Returns whether it was one. */
  frame(frame: string): boolean {
    let isAnswer = false;
    // Copied: the code of users, which is asked here, may register and cancel.
    for (const slot of [...this.byFrame]) {
      if (!isKeyMatch(slot.match) && slot.request.look(slot, slot.match, frame, this.serial)) isAnswer = true;
    }
    return isAnswer;
  }

  /** Another frame is read from here on. */
  nextFrame(): void {
    this.serial++;
  }

  /** The socket is gone: nothing of what was asked will be answered. */
  lost(reason: string): void {
    for (const request of [...this.requests]) request.lost(this.connection, reason);
    for (const { request } of [...this.visitors]) request.lost(this.connection, reason);
    // On the next socket, nothing that was asked on this one is answered.
    this.unanswered.clear();
  }

  /** For requests only. @throws DuplicateRequestError */
  register(slot: RequestSlot): void {
    const { key } = slot;
    if (key === undefined) this.byFrame.add(slot);
    else if (this.byKey.has(key)) throw new DuplicateRequestError(this.connection, key);
    else {
      this.byKey.set(key, slot);
      this.unanswered.delete(key);
    }
    if (slot.request.home !== this) this.visitors.add(slot);
  }

  /** For requests only. */
  unregister(slot: RequestSlot): void {
    const { key } = slot;
    if (key === undefined) this.byFrame.delete(slot);
    else this.byKey.delete(key);
    this.visitors.delete(slot);
  }

  /** For requests only: its answers may still come, though nobody waits for them. */
  remember({ key }: RequestSlot, ending: RequestEnding): void {
    if (key === undefined) return;
    this.unanswered.set(key, ending);
    if (this.unanswered.size <= MAX_REMEMBERED) return;
    const [oldest] = this.unanswered.keys();
    if (oldest !== undefined) this.unanswered.delete(oldest);
  }

  /** For requests only: one of this connection has ended. */
  over(request: Request, ending: RequestEnding): void {
    this.requests.delete(request);
    this.settings.report(this.reportOf(request, ending));
    if (request.purpose !== 'other' || --this.users > 0) return;
    const { answered } = this;
    this.answered = undefined;
    answered?.();
  }

  private reportOf(request: Request, ending: RequestEnding): RequestReport {
    const { exchange, connection, clock } = this.settings;
    const { purpose, replyCount: replies } = request;
    const now = clock.monotonic();
    const limiterMs = request.limiterMs(now);
    const wireMs = request.wireMs(now);
    if (wireMs === undefined) return { exchange, connection, purpose, ending, replies, limiterMs };
    return { exchange, connection, purpose, ending, replies, limiterMs, wireMs };
  }
}
