import { isZeroDecimal, type AccountStateEvent } from '@exchange-stream/market-data';
import type { AccountRow } from '../../contract/index.ts';
import { compareSequences } from '../dispatch/value-stamp.ts';
import type { AccountData, AccountDataHooks } from './account-data.ts';
import type { AccountEvents } from './account-events.ts';
import { accountKey } from './account-key.ts';
import type { StateRules } from './account-rules.ts';

/** Open orders, assets or positions of one account that are kept; exchanges allow far fewer. Further ones are rejected. */
export const MAX_STATES = 20_000;

/** Ids that are over and still remembered, so that a late repetition does not bring them back. */
const MAX_ENDED = 1_000;

/** How new a state is, by the exchange's own account. */
type Age = Pick<AccountStateEvent, 'sequence' | 'exchangeTime'>;

/**
 * The newest state of each id of an account: its open orders, its balances, its positions. It begins with all that there
 * is. After a loss it does so anew, and what is missing then is told of as over, so that whoever follows the events by id
 * always comes to what the exchange has.
 */
export class AccountStates implements AccountData {
  live = false;
  isSeeding = false;
  readonly newest = undefined;
  private readonly states = new Map<string, AccountStateEvent>();
  /** Changes that came while REST was asked for all that there is. */
  private readonly early = new Map<string, AccountStateEvent>();
  private readonly ended = new Map<string, Age>();

  constructor(
    private readonly rules: StateRules,
    private readonly events: AccountEvents,
    private readonly hooks: AccountDataHooks,
  ) {}

  get waiting(): number {
    return this.early.size;
  }

  begin(): void {
    // Asked for again, the stream brings all that there is once more.
    if (this.isSeeding || (this.live && this.rules.snapshot === 'stream')) return;
    this.live = false;
    this.isSeeding = true;
    this.hooks.need({ kind: 'snapshot', from: this.rules.snapshot });
  }

  reset(): void {
    this.live = this.isSeeding = false;
    this.forgetEarly();
  }

  rows(receivedAt: number, rows: readonly AccountRow[], isSnapshot: boolean): void {
    const events = this.read(receivedAt, rows, isSnapshot);
    if (isSnapshot && this.rules.snapshot === 'stream') return this.whole(events);
    for (const event of events) {
      if (this.live) this.change(event);
      else if (this.isSeeding && this.rules.snapshot === 'rest') this.keepEarly(event);
      // What comes before all that there is stands in it.
      else this.hooks.ended('lost', 1);
    }
  }

  found(rows: readonly AccountRow[]): void {
    if (!this.isSeeding) return;
    this.hooks.added(rows.length);
    this.whole(this.read(this.hooks.now(), rows, true));
  }

  unavailable(): void {
    // Nothing can be told without it: it is asked for until it is there.
  }

  recovered(): readonly [] {
    return [];
  }

  leaveWorld(): void {
    this.ended.clear();
  }

  current(): readonly AccountStateEvent[] {
    return this.live ? [...this.states.values()].map((event) => ({ ...event, snapshot: true })) : [];
  }

  private read(receivedAt: number, rows: readonly AccountRow[], isSnapshot: boolean): AccountStateEvent[] {
    const events: AccountStateEvent[] = [];
    for (const row of rows) {
      if (row.type === 'fill') this.hooks.ended('rejected', 1);
      else events.push(this.events.state(receivedAt, row, isSnapshot));
    }
    return events;
  }

  /** All that there is: what is not in it is over. */
  private whole(events: readonly AccountStateEvent[]): void {
    const gone = new Map(this.states);
    this.live = true;
    this.isSeeding = false;
    for (const event of events) {
      const key = accountKey(event);
      const isKnown = gone.delete(key);
      if (isOver(event) && !isKnown) this.hooks.ended('dropped', 1);
      else this.take(key, event);
    }
    const early = [...this.early];
    this.early.clear();
    for (const [key, event] of early) {
      gone.delete(key);
      this.change(event);
    }
    for (const [key, event] of gone) this.conclude(key, event);
    this.hooks.flows('all that there is has been told');
  }

  private change(event: AccountStateEvent): void {
    const key = accountKey(event);
    const known: Age | undefined = this.states.get(key) ?? this.ended.get(key);
    if (known && !isNews(event, known)) this.hooks.ended('dropped', 1);
    else this.take(key, event);
  }

  private take(key: string, event: AccountStateEvent): void {
    if (isOver(event)) this.end(key, event);
    else if (this.states.size >= MAX_STATES && !this.states.has(key)) return this.hooks.ended('rejected', 1);
    else this.states.set(key, event);
    this.hooks.deliver(event);
  }

  /** It ended while nobody told us. */
  private conclude(key: string, event: AccountStateEvent): void {
    this.end(key, event);
    this.hooks.added(1);
    this.hooks.deliver(concluded(event, this.hooks.now()));
  }

  private end(key: string, { sequence, exchangeTime }: AccountStateEvent): void {
    this.states.delete(key);
    this.ended.delete(key);
    this.ended.set(key, { sequence, exchangeTime });
    const [oldest] = this.ended.keys();
    if (this.ended.size > MAX_ENDED && oldest !== undefined) this.ended.delete(oldest);
  }

  private keepEarly(event: AccountStateEvent): void {
    const key = accountKey(event);
    const known = this.early.get(key);
    if (known && !isNews(event, known)) return this.hooks.ended('dropped', 1);
    if (known) this.hooks.ended('conflated', 1);
    else if (this.early.size >= MAX_STATES) return this.hooks.ended('rejected', 1);
    this.early.set(key, event);
  }

  private forgetEarly(): void {
    this.hooks.ended('lost', this.early.size);
    this.early.clear();
  }
}

/** Whether a state is later than another, as far as the exchange says; what it does not say counts as news. */
function isNews(event: Age, known: Age): boolean {
  if (event.sequence !== undefined && known.sequence !== undefined)
    return compareSequences(event.sequence, known.sequence) > 0;
  if (event.exchangeTime !== undefined && known.exchangeTime !== undefined)
    return event.exchangeTime >= known.exchangeTime;
  return true;
}

/** Whether nothing more is to come of it: a balance stays, whatever it is. */
function isOver(event: AccountStateEvent): boolean {
  switch (event.type) {
    case 'order':
      return event.status !== 'open';
    case 'position':
      return isZeroDecimal(event.amount);
    case 'balance':
      return false;
  }
}

function concluded(known: AccountStateEvent, now: number): AccountStateEvent {
  const common = { exchangeTime: undefined, sequence: undefined, receivedAt: now, snapshot: true };
  switch (known.type) {
    case 'order':
      return {
        ...known,
        ...common,
        status: 'closed',
        reason: 'it was open before the connection was lost, and is not among the open orders any more',
      };
    case 'position':
      return { ...known, ...common, amount: '0' };
    case 'balance':
      return { ...known, ...common, free: '0', locked: '0' };
  }
}
