import type { LostRange, TradeEvent } from '@exchange-stream/market-data';
import type { TradeRow, TradeRules } from '../../contract/index.ts';
import { SeenNumbers, SeenTexts, type SeenIds } from './seen-ids.ts';
import {
  MAX_HELD,
  MAX_PAGES,
  MAX_TRIES,
  type TradeFate,
  type TradeHooks,
  type TradeMark,
  type TradesAnswer,
  type TradeSeries,
} from './trade-series.ts';

/** Ids that are remembered. Repetitions follow soon, and what is asked for begins where the series stands. */
const MAX_SEEN = 4_096;

/** A hole whose trades are asked for. */
interface Recovery {
  /** The newest trade before what is missing. */
  after: TradeMark;
  readonly fromTime: number | undefined;
  pages: number;
  tries: number;
  isOpen: boolean;
  /** Consumers have been told that something is missing. */
  isTold: boolean;
  /** It may yet come with the greeting of the exchange. */
  awaitsGreeting: boolean;
}

const NOT_YET = { pages: 0, tries: 0, isOpen: false, isTold: false, awaitsGreeting: false };

/**
 * Trades whose ids tell no more than which is which: those that came lately are remembered, and after a change of connections
 * nobody knows whether one is missing. So the later ones wait, until the greeting of the exchange or its answer by REST leads
 * from the last known one to them.
 */
export class RememberedTrades implements TradeSeries {
  private readonly seen: SeenIds;
  private lastId: string | undefined;
  private lastTime: number | undefined;
  private recovery: Recovery | undefined;
  /** What waits for missed ones, as it came. */
  private held: TradeEvent[] = [];
  private readonly heldIds = new Set<string>();
  /** Those before this index came before the connection was lost once more. */
  private fresh = 0;
  private isConfirmed = false;
  private hasBegun = false;
  private isInterrupted = false;
  private filled: LostRange | undefined;

  constructor(
    private readonly rules: TradeRules,
    private readonly hooks: TradeHooks,
  ) {
    this.seen = rules.ids === 'increasing' ? new SeenNumbers(MAX_SEEN) : new SeenTexts(MAX_SEEN);
  }

  get waiting(): number {
    return this.held.length;
  }

  get isRecovering(): boolean {
    return this.recovery !== undefined;
  }

  judge(id: string, exchangeTime: number | undefined): TradeFate {
    if (this.recovery || this.isInterrupted) return this.judgeAfterLoss(id, exchangeTime);
    if (!this.seen.add(id)) return 'drop';
    this.lastId = id;
    this.lastTime = exchangeTime;
    return 'deliver';
  }

  hold(event: TradeEvent): void {
    // Somebody who was told of the hole has ended it.
    if (!this.recovery) return this.tell(event);
    this.isConfirmed = true;
    this.held.push(event);
    this.heldIds.add(event.id);
    if (this.held.length > MAX_HELD) this.giveUp(`more than ${MAX_HELD} later ones wait`);
  }

  recent(rows: readonly TradeRow[]): void {
    if (this.lastId === undefined) return this.beginsAfter(rows);
    const isContinued = rows.some(({ id }) => this.seen.has(id));
    if (this.isInterrupted && !this.recovery) {
      this.isInterrupted = false;
      // It came before the confirmation.
      if (!isContinued) this.recover(rows[0]?.exchangeTime);
    }
    if (!this.recovery) return this.tellNew(rows);
    if (isContinued) return this.leadsOver(rows);
    this.putBefore(rows);
    if (!this.askByRest()) this.giveUp('the latest trades that the exchange tells do not reach back to them');
  }

  found({ rows, isAll, pagesBy }: TradesAnswer): void {
    this.hooks.added(rows.length);
    const { recovery } = this;
    if (!recovery) return this.hooks.dropped(rows.length);
    const isContinued = pagesBy !== 'recent' || rows.some(({ id }) => this.seen.has(id));
    if (!isContinued) this.opens(rows[0]?.exchangeTime, 'the exchange tells none that are so old');
    const before = recovery.after.id;
    if (this.fills(rows)) return this.end();
    if (this.recovery !== recovery) return;
    const isQuiet = this.held.length === this.fresh;
    if (isAll && isQuiet && this.isConfirmed) return this.end();
    if (++recovery.pages >= MAX_PAGES) return this.giveUp('there are too many');
    recovery.tries = recovery.after.id === before || isAll ? recovery.tries + 1 : 0;
    if (recovery.tries > MAX_TRIES) return this.giveUp('the exchange does not tell all of them');
    // Without a connection more may come to be missing: it goes on when that is back.
    if (this.isConfirmed) this.askByRest();
  }

  unavailable(reason: string): void {
    const { recovery } = this;
    if (!recovery) return;
    if (recovery.awaitsGreeting && this.isConfirmed && this.askByRest()) return;
    this.giveUp(reason);
  }

  begin(reason: string): void {
    this.isConfirmed = true;
    this.hasBegun = true;
    if (this.recovery) {
      if (this.isInterrupted) this.recovery.tries = 0;
      this.isInterrupted = false;
      if (!this.askForGreeting() && !this.askByRest()) this.giveUp('they cannot be asked for');
      return;
    }
    if (this.isInterrupted) this.resume(undefined);
    if (!this.recovery) this.hooks.flows(reason);
  }

  interrupt(): void {
    this.isConfirmed = false;
    this.isInterrupted = this.hasBegun;
    this.fresh = this.held.length;
  }

  leaveWorld(): void {
    this.giveUp('the exchange has another environment from now on');
    this.seen.clear();
    this.lastId = this.lastTime = undefined;
  }

  knows(id: string): boolean {
    return this.seen.has(id) || this.heldIds.has(id);
  }

  takeFilled(): LostRange | undefined {
    const { filled } = this;
    this.filled = undefined;
    return filled;
  }

  private judgeAfterLoss(id: string, exchangeTime: number | undefined): TradeFate {
    if (!this.recovery) this.resume(exchangeTime);
    if (this.recovery) return this.knows(id) ? 'drop' : 'hold';
    return this.judge(id, exchangeTime);
  }

  /** Data comes after a loss: what was missed is asked for where that can be had, and told of. */
  private resume(toTime: number | undefined): void {
    this.isInterrupted = false;
    this.recover(toTime);
  }

  private recover(toTime: number | undefined): void {
    const { lastId, lastTime: fromTime } = this;
    const reason = 'trades since the data was last live may be missing';
    const lost = { ...(fromTime !== undefined && { fromTime }), ...(toTime !== undefined && { toTime }) };
    if (lastId === undefined) return this.hooks.broken(reason, undefined);
    const after = { id: lastId, ...(fromTime !== undefined && { time: fromTime }) };
    this.recovery = { after, fromTime, ...NOT_YET };
    this.fresh = 0;
    if (this.askForGreeting() || this.askByRest()) return;
    this.recovery = undefined;
    this.hooks.broken(reason, lost);
  }

  private askForGreeting(): boolean {
    const { recovery, rules } = this;
    if (!recovery || !rules.beginsWithRecent || !this.hooks.need({ kind: 'recent' })) return false;
    recovery.awaitsGreeting = true;
    return true;
  }

  private askByRest(): boolean {
    const { recovery } = this;
    if (!recovery) return false;
    const { after, fromTime, tries } = recovery;
    recovery.awaitsGreeting = false;
    if (!this.hooks.need({ kind: 'rest', after, attempt: tries })) return false;
    if (recovery.isTold) return true;
    recovery.isTold = true;
    this.hooks.broken('trades since the data was last live may be missing, and will be asked for', {
      ...(fromTime !== undefined && { fromTime }),
      asked: true,
    });
    return true;
  }

  /** Rows that lead from the last known trade to those that wait. */
  private leadsOver(rows: readonly TradeRow[]): void {
    this.hooks.need(undefined);
    this.fills(rows);
    this.end();
  }

  /** Delivers what is missing. Returns whether the rows lead to one that came after the loss. */
  private fills(rows: readonly TradeRow[]): boolean {
    const { recovery } = this;
    // What an answer tells before a trade that was told is older: nobody had asked for it yet, or it would come too late.
    const known = rows.findLastIndex(({ id }) => this.seen.has(id));
    for (const [index, row] of rows.entries()) {
      if (!recovery || this.recovery !== recovery) {
        this.hooks.dropped(rows.length - index);
        return false;
      }
      const { id, exchangeTime: time } = row;
      recovery.after = { id, ...(time !== undefined && { time }) };
      if (this.heldIds.has(id)) {
        this.hooks.dropped(1);
        const isFresh = this.tellHeld(id);
        if (!isFresh) continue;
        this.hooks.dropped(rows.length - index - 1);
        return true;
      }
      if (index <= known) this.hooks.dropped(1);
      else this.tell(this.hooks.backfilled(row));
    }
    return false;
  }

  /** Delivers what waits up to this one. Returns whether it came after the loss. */
  private tellHeld(id: string): boolean {
    for (;;) {
      const event = this.held.shift();
      if (!event) return false;
      const isFresh = this.fresh === 0;
      if (!isFresh) this.fresh--;
      this.heldIds.delete(event.id);
      this.tell(event);
      if (event.id === id) return isFresh;
    }
  }

  private tellNew(rows: readonly TradeRow[]): void {
    for (const row of rows) {
      if (this.seen.has(row.id)) this.hooks.dropped(1);
      else this.tell(this.hooks.backfilled(row));
    }
    if (this.isConfirmed) this.hooks.flows('trades flow');
  }

  /** The exchange's latest trades come before those that wait. */
  private putBefore(rows: readonly TradeRow[]): void {
    const fresh = rows.filter(({ id }) => !this.knows(id));
    this.hooks.dropped(rows.length - fresh.length);
    for (const { id } of fresh) this.heldIds.add(id);
    this.held.splice(this.fresh, 0, ...fresh.map((row) => this.hooks.backfilled(row)));
  }

  /** Something before this time will not come. */
  private opens(toTime: number | undefined, reason: string): void {
    const { recovery } = this;
    if (!recovery) return;
    const { time: fromTime } = recovery.after;
    recovery.isOpen = recovery.isTold = true;
    this.hooks.broken(`trades may be missing: ${reason}`, {
      ...(fromTime !== undefined && { fromTime }),
      ...(toTime !== undefined && { toTime }),
    });
  }

  private giveUp(reason: string): void {
    if (!this.recovery) return;
    this.opens(this.held[0]?.exchangeTime, reason);
    this.end();
  }

  private end(): void {
    const { recovery } = this;
    if (!recovery) return;
    this.recovery = undefined;
    this.hooks.need(undefined);
    const held = this.held.splice(0);
    const { fresh } = this;
    this.fresh = 0;
    this.heldIds.clear();
    for (const [index, event] of held.entries()) {
      // Between these two the connection was lost once more.
      if (index === fresh && index > 0)
        this.hooks.broken('trades may be missing between two connections', timesOf(held[index - 1], event));
      this.tell(event);
    }
    if (!recovery.isOpen && recovery.isTold)
      this.filled = timesOf({ exchangeTime: recovery.fromTime }, held[0]);
    if (this.isConfirmed) this.hooks.flows(recovery.isOpen ? 'trades flow' : 'what was missed has been told');
  }

  private tell(event: TradeEvent): void {
    this.seen.add(event.id);
    this.lastId = event.id;
    this.lastTime = event.exchangeTime;
    this.hooks.deliver(event);
  }

  /** What was traded before anybody asked is nobody's business here; what comes after is. */
  private beginsAfter(rows: readonly TradeRow[]): void {
    if (this.isInterrupted) this.resume(undefined);
    this.hooks.dropped(rows.length);
    for (const { id, exchangeTime } of rows) {
      this.seen.add(id);
      this.lastId = id;
      this.lastTime = exchangeTime;
    }
    if (this.isConfirmed) this.hooks.flows('trades flow');
  }
}

type Timed = Pick<TradeEvent, 'exchangeTime'> | { readonly exchangeTime: number | undefined };

function timesOf(from: Timed | undefined, to: Timed | undefined): LostRange {
  return {
    ...(from?.exchangeTime !== undefined && { fromTime: from.exchangeTime }),
    ...(to?.exchangeTime !== undefined && { toTime: to.exchangeTime }),
  };
}
