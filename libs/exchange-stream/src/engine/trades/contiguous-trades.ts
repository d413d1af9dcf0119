import type { LostRange, TradeEvent } from '@exchange-stream/market-data';
import type { TradeRow } from '../../contract/index.ts';
import { SeenTexts } from './seen-ids.ts';
import {
  MAX_HELD,
  MAX_PAGES,
  MAX_TRIES,
  type TradeFate,
  type TradeHooks,
  type TradesAnswer,
  type TradeSeries,
} from './trade-series.ts';

/** Ids that are no numbers, against the exchange's own word: so many are remembered. */
const MAX_UNNUMBERED = 1_000;

/** So much of a hole has been asked for. */
interface Recovery {
  /** Id of the first trade that is missing. */
  missing: number;
  /** Where the first hole began. */
  readonly from: number;
  /** Where the last one ends. */
  to: number;
  pages: number;
  tries: number;
  /** Something of it will not come. */
  isOpen: boolean;
}

/**
 * Trades whose ids count up by one. The id of the next one is all that has to be remembered; a later one shows what is
 * missing, after a change of connections too. So a connection may be lost in a quiet market, and nothing needs to be asked.
 */
export class ContiguousTrades implements TradeSeries {
  /** Id of the trade to come; no number before the first one, and while missed ones are asked for. */
  private next = NaN;
  /** By the exchange's clock: no trade that was told is of a later time. */
  private newestTime = -Infinity;
  private recovery: Recovery | undefined;
  /** What waits for missed ones, by id. */
  private held: TradeEvent[] = [];
  private readonly unnumbered = new SeenTexts(MAX_UNNUMBERED);
  private isConfirmed = false;
  private hasBegun = false;
  private isInterrupted = false;
  private filled: LostRange | undefined;

  constructor(private readonly hooks: TradeHooks) {}

  get waiting(): number {
    return this.held.length;
  }

  get isRecovering(): boolean {
    return this.recovery !== undefined;
  }

  judge(id: string, exchangeTime: number | undefined): TradeFate {
    const number = Number(id);
    if (number !== this.next) return this.judgeOther(id, number, exchangeTime);
    this.next = number + 1;
    if (exchangeTime !== undefined && exchangeTime > this.newestTime) this.newestTime = exchangeTime;
    return 'deliver';
  }

  hold(event: TradeEvent): void {
    const { held, recovery } = this;
    const id = Number(event.id);
    // Somebody who was told of the hole has ended it.
    if (!recovery) {
      if (id === this.next) this.next++;
      return this.deliver(event);
    }
    this.isConfirmed = true;
    let index = held.length;
    while (index > 0 && Number(held[index - 1]?.id) > id) index--;
    held.splice(index, 0, event);
    // The first one has told of its hole already.
    const before = Number(held[index - 1]?.id);
    if (index === held.length - 1 && id > before + 1) this.missing(before + 1, id - 1, true);
    this.drain();
    if (this.held.length > MAX_HELD) this.unavailable(`more than ${MAX_HELD} later ones wait`);
  }

  recent(rows: readonly TradeRow[]): void {
    if (!this.isKnown) return this.beginsAfter(rows);
    for (const row of rows) {
      const fate = this.judge(row.id, row.exchangeTime);
      if (fate === 'drop') this.hooks.dropped(1);
      else if (fate === 'hold') this.hold(this.hooks.backfilled(row));
      else this.hooks.deliver(this.hooks.backfilled(row));
    }
    if (this.isConfirmed && !this.recovery) this.hooks.flows('trades flow');
  }

  found({ rows, isAll }: TradesAnswer): void {
    const { recovery } = this;
    this.hooks.added(rows.length);
    const before = recovery?.missing;
    for (const row of rows) this.take(row, recovery);
    if (!recovery || this.recovery !== recovery) return;
    if (++recovery.pages >= MAX_PAGES) return this.unavailable('there are too many');
    recovery.tries = recovery.missing === before || isAll ? recovery.tries + 1 : 0;
    if (recovery.tries > MAX_TRIES) return this.unavailable('the exchange does not tell them');
    this.ask(recovery);
  }

  unavailable(reason: string): void {
    const { recovery } = this;
    while (recovery && this.recovery === recovery) {
      // Nothing waits yet while the hole is being told of.
      const id = Number(this.held[0]?.id ?? recovery.to + 1);
      if (id > recovery.missing) this.givesUp(recovery, id, reason);
      this.drain();
    }
  }

  begin(reason: string): void {
    this.isConfirmed = true;
    this.hasBegun = true;
    if (this.isInterrupted && !this.isKnown) this.mayHaveMissed();
    this.isInterrupted = false;
    if (this.recovery) return;
    this.hooks.flows(reason);
  }

  interrupt(): void {
    this.isConfirmed = false;
    this.isInterrupted = this.hasBegun;
  }

  leaveWorld(): void {
    this.unavailable('the exchange has another environment from now on');
    this.next = NaN;
    this.newestTime = -Infinity;
    this.unnumbered.clear();
  }

  knows(id: string): boolean {
    const number = Number(id);
    if (!Number.isSafeInteger(number)) return this.unnumbered.has(id);
    if (!this.recovery) return number < this.next;
    return number < this.recovery.missing || this.isHeld(number);
  }

  takeFilled(): LostRange | undefined {
    const { filled } = this;
    this.filled = undefined;
    return filled;
  }

  /** Whether it is known where the series stands. */
  private get isKnown(): boolean {
    return this.recovery !== undefined || !Number.isNaN(this.next);
  }

  /** None has come before the loss: nothing tells what should have. */
  private mayHaveMissed(): void {
    this.isInterrupted = false;
    this.hooks.broken('trades since the data was last live may be missing', undefined);
  }

  private judgeOther(id: string, number: number, exchangeTime: number | undefined): TradeFate {
    if (!Number.isSafeInteger(number)) return this.unnumbered.add(id) ? 'deliver' : 'drop';
    const { recovery } = this;
    const expected = recovery?.missing ?? this.next;
    // No trade that comes again is of a later time than all before it.
    const isAnew = number < expected && exchangeTime !== undefined && exchangeTime > this.newestTime;
    if (recovery && !isAnew) return number < expected || this.isHeld(number) ? 'drop' : 'hold';
    if (isAnew) {
      this.unavailable('the exchange counts its trades anew');
      const fromTime = finite(this.newestTime);
      this.hooks.broken('the exchange counts its trades anew: some before this one may be missing', {
        ...(fromTime !== undefined && { fromTime }),
        toTime: exchangeTime,
      });
    } else if (number < expected) return 'drop';
    else if (number > expected) return this.holeBefore(number, exchangeTime);
    else if (this.isInterrupted) this.mayHaveMissed();
    return this.goesOn(number, exchangeTime);
  }

  /** The series is known to stand right behind this trade. */
  private goesOn(id: number, exchangeTime: number | undefined): TradeFate {
    this.next = id + 1;
    if (exchangeTime !== undefined && exchangeTime > this.newestTime) this.newestTime = exchangeTime;
    return 'deliver';
  }

  private holeBefore(id: number, exchangeTime: number | undefined): TradeFate {
    const from = this.next;
    const recovery: Recovery = { missing: from, from, to: id - 1, pages: 0, tries: 0, isOpen: false };
    if (!this.ask(recovery)) {
      this.missing(from, id - 1, false);
      return this.goesOn(id, exchangeTime);
    }
    this.recovery = recovery;
    this.next = NaN;
    this.missing(from, id - 1, true);
    return 'hold';
  }

  private missing(from: number, to: number, isAsked: boolean): void {
    const which = from === to ? `the trade ${from}` : `the trades ${from} to ${to}`;
    if (isAsked && this.recovery) this.recovery.to = to;
    this.hooks.broken(isAsked ? `${which} did not come, and will be asked for` : `${which} did not come`, {
      from,
      to,
      ...(isAsked && { asked: true as const }),
    });
  }

  private ask({ missing, tries }: Recovery): boolean {
    const time = finite(this.newestTime);
    const after = { id: String(missing - 1), ...(time !== undefined && { time }) };
    return this.hooks.need({ kind: 'rest', after, attempt: tries });
  }

  /** A row that was asked for. */
  private take(row: TradeRow, recovery: Recovery | undefined): void {
    const id = Number(row.id);
    for (;;) {
      const [first] = this.held;
      if (!recovery || this.recovery !== recovery || !first || !(id >= recovery.missing))
        return this.hooks.dropped(1);
      if (id === recovery.missing) break;
      this.givesUp(recovery, Math.min(id, Number(first.id)), 'the exchange does not tell them');
      this.drain();
    }
    recovery.missing++;
    this.deliver(this.hooks.backfilled(row));
    this.drain();
  }

  /** What is missing before this id will not come. */
  private givesUp(recovery: Recovery, id: number, reason: string): void {
    const from = recovery.missing;
    const to = id - 1;
    recovery.missing = id;
    recovery.isOpen = true;
    const which = from === to ? `the trade ${from} is` : `the trades ${from} to ${to} are`;
    this.hooks.broken(`${which} missing: ${reason}`, { from, to });
  }

  /** Delivers what waits no more. */
  private drain(): void {
    const { recovery } = this;
    if (!recovery) return;
    for (;;) {
      const [first] = this.held;
      if (!first || Number(first.id) !== recovery.missing) break;
      this.held.shift();
      recovery.missing++;
      this.deliver(first);
      if (this.recovery !== recovery) return;
    }
    if (this.held.length > 0) return;
    this.recovery = undefined;
    this.next = recovery.missing;
    if (!recovery.isOpen) this.filled = { from: recovery.from, to: recovery.to };
    this.hooks.need(undefined);
    if (this.isConfirmed) this.hooks.flows(recovery.isOpen ? 'trades flow' : 'what was missed has been told');
  }

  private deliver(event: TradeEvent): void {
    const { exchangeTime } = event;
    if (exchangeTime !== undefined && exchangeTime > this.newestTime) this.newestTime = exchangeTime;
    this.hooks.deliver(event);
  }

  private isHeld(id: number): boolean {
    const { held } = this;
    let [low, high] = [0, held.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = Number(held[middle]?.id);
      if (found === id) return true;
      if (found < id) low = middle + 1;
      else high = middle - 1;
    }
    return false;
  }

  /** What was traded before anybody asked is nobody's business here; what comes after is. */
  private beginsAfter(rows: readonly TradeRow[]): void {
    this.hooks.dropped(rows.length);
    for (const { id, exchangeTime } of rows) {
      const number = Number(id);
      if (Number.isSafeInteger(number)) this.goesOn(number, exchangeTime);
      else this.unnumbered.add(id);
    }
  }
}

function finite(time: number): number | undefined {
  return Number.isFinite(time) ? time : undefined;
}
