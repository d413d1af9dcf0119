import type { FillEvent, MarketEvent, StatusEvent } from '@exchange-stream/market-data';
import { accountKey } from '../account-data/account-key.ts';
import type { FillMark } from '../account-data/account-data.ts';

/** Fills asked for at once, at most. */
const PAGE = 500;

/** Fills that may wait while lost ones are asked for; beyond, those are asked for, too. */
const MAX_HELD = 10_000;

/** Who has the fills of an account. */
export interface FillSource {
  /** The newest that was told. */
  newest(): FillMark | undefined;
  /**
   * Asks for those after one.
   * @param told called with them; `isAll`: there are no later ones
   * @returns a function that gives up
   */
  ask(
    after: FillMark | undefined,
    limit: number,
    told: (fills: readonly FillEvent[], isAll: boolean) => void,
    failed: (reason: string) => void,
  ): () => void;
}

/** What a recovery needs from the queue of its consumers. */
export interface FillRecoveryEnvironment<T> {
  /** Undefined where nobody can be asked, or not yet. */
  source(): FillSource | undefined;
  /** Who takes the fills of one queue, in the order in which they take each. */
  readonly targets: readonly T[];
  /** How many events may wait. */
  readonly capacity: number;
  /** Whether nothing waits, and nothing was lost that is not told yet. */
  isEmpty(): boolean;
  push(target: T, event: FillEvent): void;
  /** Tells all of them that take it of a change of trust. */
  tell(event: StatusEvent): void;
  /** Where the data stands now. */
  status(): StatusEvent;
}

/**
 * The fills that a consumer, or several with one queue, was too slow for. They are asked for after the last one that each
 * has had, no more at once than may wait; what comes meanwhile is held back. So each gets every fill once, in order, however
 * slow it is.
 */
export class FillRecovery<T> {
  private base: FillMark | undefined;
  private hasBase = false;
  private readonly last = new Map<T, FillMark>();
  private isRecovering = false;
  private isAsking = false;
  private held: FillEvent[] = [];
  private heldTooMany = false;
  private giveUp: (() => void) | undefined;

  constructor(private readonly environment: FillRecoveryEnvironment<T>) {}

  /** Whether an event goes on to the queue now. */
  receives(event: MarketEvent): boolean {
    if (event.type !== 'fill') return true;
    if (!this.hasBase) {
      this.base = this.environment.source()?.newest();
      this.hasBase = true;
    }
    if (!this.isRecovering) return true;
    this.held.push(event);
    if (this.held.length > MAX_HELD) {
      this.held = [];
      this.heldTooMany = true;
    }
    return false;
  }

  /** A consumer is about to be handed an event. */
  taken(target: T, event: MarketEvent): void {
    if (event.type === 'fill') {
      const { id, nativeSymbol, exchangeTime } = event;
      this.last.set(target, { id, nativeSymbol, ...(exchangeTime !== undefined && { time: exchangeTime }) });
    }
    // The last that waits may be a status.
    if (this.isRecovering && !this.isAsking && this.environment.isEmpty()) this.ask();
  }

  /** The queue has given up what waited in it, and its consumers are about to be told. Returns whether it can be had. */
  begin(): boolean {
    this.giveUp?.();
    this.isRecovering = this.environment.source() !== undefined;
    if (this.isRecovering) this.ask();
    return this.isRecovering;
  }

  close(): void {
    this.giveUp?.();
    this.giveUp = undefined;
    this.held = [];
  }

  private ask(): void {
    const { targets, capacity } = this.environment;
    // Whoever takes each fill last has had the fewest.
    const slowest = targets.at(-1);
    const after = (slowest === undefined ? undefined : this.last.get(slowest)) ?? this.base;
    const limit = Math.max(1, Math.min(PAGE, Math.floor(capacity / targets.length)));
    this.isAsking = true;
    this.giveUp = this.environment.source()?.ask(
      after,
      // Without one to go on from, the exchange tells the newest: only the oldest of them are of use now.
      after ? limit : PAGE,
      (fills, isAll) => this.told(fills.slice(0, limit), isAll && fills.length <= limit),
      (reason) => this.failed(reason),
    );
  }

  private told(fills: readonly FillEvent[], isAll: boolean): void {
    const found = new Set(fills.map(accountKey));
    this.held = this.held.filter((event) => !found.has(accountKey(event)));
    const skipped = new Map(this.environment.targets.map((target) => [target, this.had(target, fills)]));
    for (const [index, fill] of fills.entries())
      for (const target of this.environment.targets)
        if (index >= (skipped.get(target) ?? 0)) this.environment.push(target, fill);
    this.isAsking = false;
    if (!isAll || this.heldTooMany) {
      if (isAll) this.heldTooMany = false;
      if (this.environment.isEmpty()) this.ask();
      return;
    }
    this.end();
  }

  private failed(reason: string): void {
    this.isRecovering = this.isAsking = this.heldTooMany = false;
    this.environment.tell({
      ...this.environment.status(),
      state: 'gap',
      reason: `fills may be missing: ${reason}`,
    });
    this.end();
  }

  private end(): void {
    const held = this.held.splice(0);
    this.isRecovering = false;
    this.giveUp = undefined;
    for (const event of held)
      for (const target of this.environment.targets) this.environment.push(target, event);
    this.environment.tell(this.environment.status());
  }

  /** How many of these fills a consumer has had already, as its last one is among them. */
  private had(target: T, fills: readonly FillEvent[]): number {
    const last = this.last.get(target);
    if (!last) return 0;
    return (
      fills.findIndex(({ id, nativeSymbol }) => id === last.id && nativeSymbol === last.nativeSymbol) + 1
    );
  }
}
