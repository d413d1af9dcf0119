import type { Clock, Timer } from '@exchange-stream/market-data';
import type { Refusal } from '../../contract/index.ts';
import type { FrameMatch, KeyMatch, Match, Reply } from './match.ts';
import type { RequestMatcher } from './request-matcher.ts';
import type { RequestEnding, RequestPurpose } from './request-report.ts';

/** Answers that a request takes which waits for its last one. */
const MAX_REPLIES = 1_000;

/** How a request ended, with what belongs to it. */
export type RequestEnd = { readonly replies: readonly Reply[]; readonly wasSent: boolean } & (
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

  constructor(
    readonly request: Request,
    readonly index: number,
    readonly match: Match,
    readonly matcher: RequestMatcher,
  ) {}

  get key(): string | undefined {
    return isKeyMatch(this.match) ? String(this.match.key) : undefined;
  }
}

/** One request, from its registration to its end. It ends once, whatever comes together. */
export class Request {
  private readonly slots: Set<RequestSlot>;
  private readonly replies: Reply[] = [];
  private timer: Timer | undefined;
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
    this.slots = new Set(
      plan.matches.map(({ match, on }, index) => new RequestSlot(this, index, match, on ?? home)),
    );
    this.askedAt = plan.askedAt ?? clock.monotonic();
    this.register();
    const { deadlineMs } = plan;
    this.timer = clock.after(deadlineMs, () => this.end({ ending: 'timeout', deadlineMs }));
  }

  get purpose(): RequestPurpose {
    return this.plan.purpose;
  }

  /** Its frame leaves now. */
  left(): void {
    this.sentAt ??= this.clock.monotonic();
  }

  /** Nobody waits any more. */
  cancel(): void {
    this.end({ ending: 'cancelled' });
  }

  /** Its code has thrown, or its frame could not be sent. */
  fail(error: unknown): void {
    this.end({ ending: 'failed', error });
  }

  /** A connection from which it awaits answers has gone. */
  lost(connection: string, reason: string): void {
    this.end({ ending: 'lost', connection, reason });
  }

  /** An answer has come under the key of one of its matches. */
  take(slot: RequestSlot, refusal: Refusal | undefined, frame: string, serial: number): void {
    if (this.isOver) return;
    this.servedBy = serial;
    const reply: Reply = { frame, match: slot.index, ...(refusal && { refusal }) };
    this.replies.push(reply);
    slot.replies++;
    if (refusal) return this.end({ ending: 'refused', refusal });
    let isLast: boolean;
    try {
      isLast = slot.match.isLast?.(reply, this.replies) ?? false;
    } catch (error) {
      return this.fail(error);
    }
    // Whoever was asked may have cancelled it.
    if (this.isOver) return;
    const { count = slot.match.isLast ? MAX_REPLIES : 1 } = slot.match;
    if (!isLast && slot.replies < count) return;
    this.slots.delete(slot);
    slot.matcher.unregister(slot);
    if (this.slots.size === 0) this.end({ ending: 'answered' });
  }

  /** Looks whether a frame is an answer for the match. Returns whether it was. */
  look(slot: RequestSlot, match: FrameMatch, frame: string, serial: number): boolean {
    if (this.isOver || this.servedBy === serial) return false;
    try {
      if (!match.when(frame, this.replies)) return false;
    } catch (error) {
      this.fail(error);
      return false;
    }
    this.take(slot, undefined, frame, serial);
    return true;
  }

  private register(): void {
    const registered: RequestSlot[] = [];
    try {
      for (const slot of this.slots) {
        slot.matcher.register(slot);
        registered.push(slot);
      }
    } catch (error) {
      for (const slot of registered) slot.matcher.unregister(slot);
      throw error;
    }
  }

  private end(end: EndOf<RequestEnd>): void {
    if (this.isOver) return;
    this.isOver = true;
    this.timer?.cancel();
    this.timer = undefined;
    for (const slot of this.slots) {
      slot.matcher.unregister(slot);
      if (this.sentAt !== undefined) slot.matcher.remember(slot, end.ending);
    }
    this.slots.clear();
    this.home.over(this, this.reportOf(end.ending));
    this.ended({ ...end, replies: this.replies, wasSent: this.sentAt !== undefined });
  }

  private reportOf(ending: RequestEnding): RequestTimes {
    const now = this.clock.monotonic();
    return {
      purpose: this.purpose,
      ending,
      replies: this.replies.length,
      limiterMs: (this.sentAt ?? now) - this.askedAt,
      ...(this.sentAt !== undefined && { wireMs: now - this.sentAt }),
    };
  }
}

/** What a request knows of how it went. */
export interface RequestTimes {
  readonly purpose: RequestPurpose;
  readonly ending: RequestEnding;
  readonly replies: number;
  readonly limiterMs: number;
  readonly wireMs?: number;
}

type EndOf<E> = E extends unknown ? Omit<E, 'replies' | 'wasSent'> : never;

export function isKeyMatch(match: Match): match is KeyMatch {
  return 'key' in match;
}
