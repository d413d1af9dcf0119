import type { Random, Timer } from '@exchange-stream/market-data';
import type { ListedSymbol, Poll, PolledRow } from '../../contract/index.ts';
import { asError } from '../errors.ts';
import { Turns } from '../integrity/turns.ts';
import type { Platform } from '../platform/platform.ts';
import type { RestClient } from '../rest/rest-client.ts';

/** Calls under way at a time. */
const AT_ONCE = 4;

/** In which the first call comes: subscriptions that begin together do not ask together. */
const FIRST_WITHIN_MS = 5_000;

/** Part of the interval by which each call may come later. */
const JITTER = 0.1;

/** Failures in a row after which what was told last counts no more. */
const FAILURES = 3;

/** Who wants what is polled. */
export interface PollTaker {
  told(receivedAt: number, row: PolledRow): void;
  /** What was told last counts no more. */
  lost(): void;
  failed(error: Error): void;
}

/** What polls need from around them. */
export interface PollsEnvironment {
  readonly platform: Platform;
  readonly rest: Pick<RestClient, 'call'>;
}

/** Everything that is asked of one exchange's REST again and again: each once, for all who want it. */
export class Polls {
  private readonly active = new Map<string, ActivePoll>();
  private readonly turns = new Turns(AT_ONCE);

  constructor(private readonly environment: PollsEnvironment) {}

  /** Returns a function that ends it for this one; the last one ends the calls. */
  want(poll: Poll, listed: ListedSymbol, taker: PollTaker): () => void {
    const key = JSON.stringify([poll.name, listed.category, listed.nativeSymbol]);
    const active = this.active.get(key) ?? new ActivePoll(poll, listed, this.turns, this.environment);
    this.active.set(key, active);
    active.add(taker);
    return () => {
      if (!active.remove(taker)) return;
      active.stop();
      this.active.delete(key);
    };
  }

  /** The exchange is another world from here on: what was told of the one before counts no more, and is asked for anew. */
  leaveWorld(): void {
    for (const active of this.active.values()) active.beginAnew();
  }

  /** Ends all of them. */
  stop(): void {
    for (const active of this.active.values()) active.stop();
    this.active.clear();
  }
}

/** One of them. */
class ActivePoll {
  private readonly takers = new Set<PollTaker>();
  private readonly random: Random;
  private timer: Timer | undefined;
  private leave: (() => void) | undefined;
  private giveUp: AbortController | undefined;
  private failures = 0;
  private last: { readonly receivedAt: number; readonly row: PolledRow } | undefined;

  constructor(
    private readonly poll: Poll,
    private readonly listed: ListedSymbol,
    private readonly turns: Turns,
    private readonly environment: PollsEnvironment,
  ) {
    this.random = environment.platform.random;
    this.askSoon();
  }

  add(taker: PollTaker): void {
    this.takers.add(taker);
    const { last } = this;
    if (last) taker.told(last.receivedAt, last.row);
  }

  /** Returns whether nobody is left. */
  remove(taker: PollTaker): boolean {
    return this.takers.delete(taker) && this.takers.size === 0;
  }

  stop(): void {
    this.timer?.cancel();
    this.leave?.();
    this.giveUp?.abort();
    this.giveUp = undefined;
  }

  beginAnew(): void {
    this.stop();
    this.leave = this.last = undefined;
    this.failures = 0;
    for (const taker of [...this.takers]) taker.lost();
    this.askSoon();
  }

  private askSoon(): void {
    this.askAfter(Math.min(this.poll.everyMs, FIRST_WITHIN_MS) * this.random.next());
  }

  private askAfter(delayMs: number): void {
    this.timer = this.environment.platform.clock.after(delayMs, () => {
      this.leave = this.turns.take(() => this.ask());
    });
  }

  private ask(): void {
    const { poll, listed, environment } = this;
    const { everyMs, operation } = poll;
    const giveUp = (this.giveUp = new AbortController());
    const { signal } = giveUp;
    // What cannot be asked now is asked with the next round: it would tell no more than that.
    const patience = { attempts: 1, maxWaitMs: everyMs, deadlineMs: everyMs, signal };
    environment.rest.call(operation, listed, patience).then(
      (row) => {
        if (!signal.aborted) this.answered(row);
      },
      (error: unknown) => {
        if (!signal.aborted) this.failed(asError(error));
      },
    );
  }

  private answered(row: PolledRow | undefined): void {
    this.failures = 0;
    this.next();
    this.last = row && { receivedAt: this.environment.platform.clock.now(), row };
    for (const taker of [...this.takers]) {
      const { last } = this;
      if (last) taker.told(last.receivedAt, last.row);
      else taker.lost();
    }
  }

  private failed(error: Error): void {
    this.failures++;
    this.next();
    const isLost = this.failures >= FAILURES;
    if (isLost) this.last = undefined;
    for (const taker of [...this.takers]) {
      taker.failed(error);
      if (isLost) taker.lost();
    }
  }

  private next(): void {
    this.leave?.();
    this.leave = this.giveUp = undefined;
    this.askAfter(this.poll.everyMs * (1 + JITTER * this.random.next()));
  }
}
