import type { FillEvent } from '@exchange-stream/market-data';
import type { AccountRow, FillRow } from '../../contract/index.ts';
import type { AccountData, AccountDataHooks, FillMark } from './account-data.ts';
import type { AccountEvents } from './account-events.ts';
import { accountKey } from './account-key.ts';
import type { FillRules } from './account-rules.ts';

/** Fills that are remembered, so that none is delivered twice. */
const MAX_REMEMBERED = 10_000;

/** Fills that may wait while missed ones are asked for; beyond, all of them are asked for. */
const MAX_HELD = 10_000;

/** Fills asked for at once. */
const PAGE = 500;

/** How often the same hole is asked for: REST may be a moment behind the stream. */
const MAX_TRIES = 3;

/**
 * The fills of an account, each delivered once. What was missed, while there was no connection or by a hole in their ids, is
 * asked for by the newest one that is known; what comes meanwhile waits, so that the order stays. What cannot be had is told
 * as a gap.
 */
export class FillSeries implements AccountData {
  live = false;
  private readonly delivered = new Set<string>();
  newest: FillMark | undefined;
  /** It is known where the fills of the account stand: all after the newest one are to be delivered. */
  private hasBeginning = false;
  /** Set while missed ones are asked for. */
  private held: FillEvent[] | undefined;
  private heldTooMany = false;
  /** Recoveries since fills last came without a hole. */
  private tries = 0;

  constructor(
    private readonly rules: FillRules,
    private readonly events: AccountEvents,
    private readonly hooks: AccountDataHooks,
  ) {}

  get isSeeding(): boolean {
    return this.held !== undefined;
  }

  get waiting(): number {
    return this.held?.length ?? 0;
  }

  begin(): void {
    if (this.held) return;
    if (this.rules.canRecover) return this.recover();
    this.live = true;
    this.hooks.flows('subscribed');
  }

  reset(): void {
    this.live = false;
    // They are asked for when the connection is back.
    this.hooks.ended('lost', this.held?.length ?? 0);
    this.held = undefined;
    this.heldTooMany = false;
  }

  rows(receivedAt: number, rows: readonly AccountRow[]): void {
    for (const row of rows) {
      if (row.type === 'fill') this.arrived(this.events.fill(receivedAt, row, false));
      else this.hooks.ended('rejected', 1);
    }
  }

  found(rows: readonly AccountRow[], isAll: boolean): void {
    if (!this.held) return;
    const fills = rows.filter((row) => row.type === 'fill');
    if (!this.hasBeginning) return this.begins(fills.at(-1));
    // Without one to go on from, the exchange tells the newest, and how many came before them is not known.
    if (!this.newest && !isAll) this.hooks.broken('there are more fills than the exchange tells at once');
    this.hooks.added(fills.length);
    for (const row of fills) this.deliver(this.events.fill(this.hooks.now(), row, true));
    if (isAll && !this.heldTooMany) return this.caughtUp('what was missed has been told');
    this.heldTooMany = false;
    this.ask();
  }

  unavailable(reason: string): void {
    if (!this.held) return;
    if (this.hasBeginning || this.heldTooMany) this.hooks.broken(`fills may be missing: ${reason}`);
    this.hasBeginning = true;
    this.heldTooMany = false;
    this.tries = MAX_TRIES;
    const held = this.held;
    this.held = [];
    // The hole before them has just been told of.
    for (const event of held) this.deliver(event);
    this.caughtUp('fills flow');
  }

  recovered(rows: readonly AccountRow[]): readonly FillEvent[] {
    const receivedAt = this.hooks.now();
    return rows.flatMap((row) => (row.type === 'fill' ? [this.events.fill(receivedAt, row, true)] : []));
  }

  leaveWorld(): void {
    this.newest = undefined;
    this.hasBeginning = false;
    this.delivered.clear();
  }

  current(): readonly FillEvent[] {
    return [];
  }

  private arrived(event: FillEvent): void {
    if (!this.held) {
      if (!this.live) return this.hooks.ended('lost', 1);
      const hole = this.holeBefore(event);
      if (!hole) {
        this.tries = 0;
        return this.deliver(event);
      }
      this.hooks.broken(`the fills ${hole.from} to ${hole.to} did not come`, hole);
      if (!this.rules.canRecover || this.tries >= MAX_TRIES) {
        this.deliver(event);
        return this.hooks.flows('fills flow');
      }
      this.recover();
    }
    this.hold(event);
  }

  private hold(event: FillEvent): void {
    const { held } = this;
    if (!held) return;
    held.push(event);
    if (held.length <= MAX_HELD) return;
    this.hooks.ended('lost', held.length);
    this.held = [];
    this.heldTooMany = true;
  }

  private deliver(event: FillEvent): void {
    const key = accountKey(event);
    if (this.delivered.has(key)) return this.hooks.ended('dropped', 1);
    this.delivered.add(key);
    const [oldest] = this.delivered;
    if (this.delivered.size > MAX_REMEMBERED && oldest !== undefined) this.delivered.delete(oldest);
    this.hooks.deliver(event);
    this.knows(event);
  }

  private recover(): void {
    this.live = false;
    this.held = [];
    this.tries++;
    this.ask();
  }

  private ask(): void {
    this.hooks.need({ kind: 'fills', after: this.newest, limit: this.hasBeginning ? PAGE : 1 });
  }

  /** What the account had before anybody asked is nobody's business here; what comes after is. */
  private begins(newest: FillRow | undefined): void {
    this.hasBeginning = true;
    if (newest) {
      const { id, nativeSymbol, time } = newest;
      this.newest = { id, nativeSymbol, ...(time !== undefined && { time }) };
    }
    if (!this.heldTooMany) return this.caughtUp('subscribed');
    this.heldTooMany = false;
    this.ask();
  }

  private caughtUp(reason: string): void {
    const held = this.held ?? [];
    this.held = undefined;
    this.live = true;
    for (const event of held) this.arrived(event);
    if (this.live) this.hooks.flows(reason);
  }

  private knows({ id, nativeSymbol, exchangeTime }: FillEvent): void {
    if (this.rules.hasConsecutiveIds && this.newest && !isAfter(id, this.newest.id)) return;
    this.newest = { id, nativeSymbol, ...(exchangeTime !== undefined && { time: exchangeTime }) };
  }

  /** The ids between the newest fill and this one; undefined where there are none, or nothing says so. */
  private holeBefore({ id }: FillEvent): { readonly from: number; readonly to: number } | undefined {
    if (!this.rules.hasConsecutiveIds || !this.newest) return undefined;
    const [last, next] = [Number(this.newest.id), Number(id)];
    if (!Number.isSafeInteger(last) || !Number.isSafeInteger(next) || next <= last + 1) return undefined;
    return { from: last + 1, to: next - 1 };
  }
}

function isAfter(id: string, other: string): boolean {
  const [one, two] = [Number(id), Number(other)];
  return !Number.isSafeInteger(one) || !Number.isSafeInteger(two) || one > two;
}
