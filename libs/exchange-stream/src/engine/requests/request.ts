import { atOnce } from '../dispatch/at-once.ts';
import type { Clock, Timer } from '@exchange-stream/market-data';
import type { Refusal } from '../../contract/index.ts';
import type { FrameMatch, KeyMatch, Match, Reply } from './match.ts';
import type { RequestState } from './request-error.ts';
import type { RequestMatcher } from './request-matcher.ts';
import type { RequestEnding, RequestPurpose } from './request-report.ts';

/** Answers that a request takes which waits for its last one. */
const MAX_REPLIES = 1_000;

/** How a request ended, with what belongs to it. */
export type RequestEnd = RequestState &
  (
    | { readonly ending: 'answered' }
    | { readonly ending: 'cancelled' }
    | { readonly ending: 'refused'; readonly refusal: Refusal }
    | { readonly ending: 'timeout'; readonly deadlineMs: number }
    | { readonly ending: 'lost'; readonly connection: string; readonly reason: string }
    | { readonly ending: 'failed'; readonly error: unknown }
  );

/** What is asked, and how its answers are known. */
export interface RequestPlan {
  readonly purpose: RequestPurpose;
  /** All of them have to be met, in whatever order. */
  readonly matches: readonly PlacedMatch[];
  readonly deadlineMs: number;
  /** When it was asked for, by the monotonic clock, where that was before its registration. */
  readonly askedAt?: number;
}

/** A match, and on which connection its answers come, if not on that of the request. */
export interface PlacedMatch {
  readonly match: Match;
  readonly on?: RequestMatcher;
}

/** One match of a request that waits. */
export class RequestSlot {
  replies = 0;
  /** It has had all of its answers. */
  isMet = false;
  /** Undefined where its answers are known by their content. */
  readonly key: string | undefined;

  constructor(
    readonly request: Request,
    readonly index: number,
    readonly match: Match,
    readonly matcher: RequestMatcher,
  ) {
    this.key = isKeyMatch(match) ? String(match.key) : undefined;
  }
}

/** One request, from its registration to its end. It ends once, whatever comes together. */
export class Request {
  private readonly slots: RequestSlot[] = [];
  /** Matches that wait for answers. */
  private waiting = 0;
  private readonly replies: Reply[] = [];
  private readonly timer: Timer;
  private isOver = false;
  private sentAt: number | undefined;
  private readonly askedAt: number;
  /** The frame that served it last: one frame counts once, by its key or else by what stands in it. */
  private servedBy = -1;

  /** Registers every match, or none. */
  constructor(
    readonly home: RequestMatcher,
    private readonly clock: Clock,
    private readonly plan: RequestPlan,
    private readonly ended: (end: RequestEnd) => void,
  ) {
    this.askedAt = plan.askedAt ?? clock.monotonic();
    this.register();
    this.timer = clock.after(plan.deadlineMs, () => this.late());
  }

  get purpose(): RequestPurpose {
    return this.plan.purpose;
  }

  /** Answers that have come. */
  get replyCount(): number {
    return this.replies.length;
  }

  /** Milliseconds until it left; for one that has not left, until now. */
  limiterMs(now: number): number {
    return (this.sentAt ?? now) - this.askedAt;
  }

  /** Milliseconds since it left. */
  wireMs(now: number): number | undefined {
    return this.sentAt === undefined ? undefined : now - this.sentAt;
  }

  /** Its frame leaves now. */
  left(): void {
    this.sentAt ??= this.clock.monotonic();
  }

  /** Nobody waits any more. */
  cancel(): void {
    if (this.over('cancelled')) this.ended({ ending: 'cancelled', ...this.state });
  }

  /** Its code has thrown, or its frame could not be sent. */
  fail(error: unknown): void {
    if (this.over('failed')) this.ended({ ending: 'failed', error, ...this.state });
  }

  /** A connection from which it awaits answers has gone. */
  lost(connection: string, reason: string): void {
    if (this.over('lost')) this.ended({ ending: 'lost', connection, reason, ...this.state });
  }

  /** An answer has come under the key of one of its matches. */
  take(slot: RequestSlot, refusal: Refusal | undefined, frame: string, serial: number): void {
    if (this.isOver) return;
    this.servedBy = serial;
    const reply: Reply = refusal ? { frame, match: slot.index, refusal } : { frame, match: slot.index };
    this.replies.push(reply);
    slot.replies++;
    if (refusal) return this.refused(refusal);
    const { isLast, count = isLast ? MAX_REPLIES : 1 } = slot.match;
    let wasLast: boolean;
    try {
      wasLast = atOnce(isLast?.(reply, this.replies)) ?? false;
    } catch (error) {
      return this.fail(error);
    }
    // Whoever was asked may have cancelled it.
    if (this.isOver || (!wasLast && slot.replies < count)) return;
    slot.isMet = true;
    slot.matcher.unregister(slot);
    if (--this.waiting === 0) this.answered();
  }

  /** Looks whether a frame is an answer for the match. Returns whether it was. */
  look(slot: RequestSlot, match: FrameMatch, frame: string, serial: number): boolean {
    if (this.isOver || this.servedBy === serial) return false;
    try {
      if (!atOnce(match.when(frame, this.replies))) return false;
    } catch (error) {
      this.fail(error);
      return false;
    }
    this.take(slot, undefined, frame, serial);
    return true;
  }

  private register(): void {
    try {
      for (const { match, on = this.home } of this.plan.matches) {
        const slot = new RequestSlot(this, this.slots.length, match, on);
        on.register(slot);
        this.slots.push(slot);
        this.waiting++;
      }
    } catch (error) {
      for (const slot of this.slots) slot.matcher.unregister(slot);
      throw error;
    }
  }

  private answered(): void {
    const { replies } = this;
    if (this.over('answered'))
      this.ended({ ending: 'answered', replies, wasSent: this.sentAt !== undefined });
  }

  private refused(refusal: Refusal): void {
    if (this.over('refused')) this.ended({ ending: 'refused', refusal, ...this.state });
  }

  private late(): void {
    const { deadlineMs } = this.plan;
    if (this.over('timeout')) this.ended({ ending: 'timeout', deadlineMs, ...this.state });
  }

  private get state(): RequestState {
    return { replies: this.replies, wasSent: this.sentAt !== undefined };
  }

  /** Frees what it holds. Returns whether it was not over yet. */
  private over(ending: RequestEnding): boolean {
    if (this.isOver) return false;
    this.isOver = true;
    this.timer.cancel();
    if (this.waiting > 0) this.leave(ending);
    this.home.over(this, ending);
    return true;
  }

  private leave(ending: RequestEnding): void {
    for (const slot of this.slots) {
      if (slot.isMet) continue;
      slot.matcher.unregister(slot);
      if (this.sentAt !== undefined) slot.matcher.remember(slot, ending);
    }
  }
}

export function isKeyMatch(match: Match): match is KeyMatch {
  return 'key' in match;
}
