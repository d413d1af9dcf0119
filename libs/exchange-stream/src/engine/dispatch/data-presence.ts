import type { Clock, DataState, LostRange } from '@exchange-stream/market-data';
import { DataStatus } from './data-status.ts';
import { Standstill } from './standstill.ts';

/** What is built of rows on top of a whole that has to come first. */
export interface Built {
  /** Whether it is what the exchange has. */
  readonly live: boolean;
  /** What was told holds whatever comes after it, as candles that are closed: it is not built anew, but continued. */
  readonly keepsPast?: boolean;
  /** The topic is confirmed: its whole is to come. */
  begin(): void;
  /** What comes from here on does not follow what came before. */
  reset(): void;
}

/** Who knows of events that each count for themselves which are missing. */
export interface Continuity {
  /** Whether missed ones are asked for. */
  readonly isRecovering: boolean;
  /** The topic is confirmed. */
  begin(reason: string): void;
  /** What comes from here on need not follow what came before. */
  interrupt(): void;
}

/** Events of which each counts for itself, as messages name them. */
export type EventSeries = 'trades' | 'liquidations' | 'notices' | 'frames' | 'fills';

/** What the presence of data needs from the flow that it is of. */
export interface DataPresenceEnvironment {
  readonly clock: Clock;
  /** What its events are where each counts for itself: none replaces the one before, and what was missed stays missed. */
  series(): EventSeries | undefined;
  /** Of a book or an account, once it is known how it is kept right. */
  built(): Built | undefined;
  /** Of a series whose holes are known: whether one is missing is not for the presence to say. */
  continuity(): Continuity | undefined;
  /** What has been received is no measure any more of what comes. */
  startsOver(): void;
  /** What has been received is nothing any more that what comes could add to. */
  forgets(): void;
  /** The state has changed. */
  changed(reason: string, lost: LostRange | undefined): void;
  /** Something is missing, which is about to be told. */
  missed(): void;
}

/** Whether the data of a flow can be taken for what is true at the exchange now, through all that happens to its source. */
export class DataPresence {
  readonly status: DataStatus;
  private readonly standstill = new Standstill();
  /** Times that what had been received ceased to count. */
  losses = 0;
  private silent = false;
  private late = false;
  /** What of it is not there, where several sources feed it. */
  private lacking: string | undefined;

  constructor(private readonly environment: DataPresenceEnvironment) {
    this.status = new DataStatus(environment.clock);
  }

  /** Whether it fell silent on a living connection, and nothing has come since. */
  get isSilent(): boolean {
    return this.silent;
  }

  /** Whether data arrives too late to count as present. */
  get isLate(): boolean {
    return this.late;
  }

  /** Whether no data is to be expected: the exchange has stopped the market, or pauses. */
  get isHalted(): boolean {
    return this.standstill.isHalted;
  }

  /** Whether nothing may be built of what comes: it is of a stopped market, or of the past. */
  get isWithheld(): boolean {
    return this.late || this.standstill.isMarketHalted;
  }

  /** The exchange has confirmed the topic. After a silence that proves nothing: only data does. */
  confirmed(): void {
    if (this.silent || this.late) return;
    const { haltReason, isAnnounced } = this.standstill;
    if (haltReason !== undefined && this.status.state !== 'halted') this.enter('halted', haltReason);
    if (isAnnounced) return;
    const built = this.environment.built();
    const continuity = this.environment.continuity();
    if (built) built.begin();
    // In a market that has stopped it goes on when that opens, or data shows that it has.
    else if (haltReason !== undefined) return;
    else if (continuity) continuity.begin('subscribed');
    else if (this.environment.series()) this.flows('subscribed');
  }

  /** Whether what changes nothing may go on to what is built: in a market that is only listed as stopped, too. */
  get takesSignsOfLife(): boolean {
    return !this.late && !this.standstill.isAnnounced;
  }

  /** A row has come, which a stopped market does not send. */
  arrived(): void {
    this.silent = false;
    this.standstill.dataCame();
  }

  /** A row has come that changes nothing: the topic lives, and its market need not trade. */
  showedLife(): void {
    this.silent = false;
  }

  /** What has come is data that can be trusted, unless it is withheld. */
  flows(reason: string): void {
    if (this.status.state !== 'live' && !this.isWithheld && this.lacking === undefined)
      this.becomeLive(reason);
  }

  /** A book, or what an account has, is being built anew. */
  seeding(): void {
    if (this.status.state === 'stale') this.enter('syncing', 'waiting for a snapshot');
  }

  /** What came last does not follow what came before. */
  broken(reason: string, lost: LostRange | undefined): void {
    this.environment.missed();
    this.enter('gap', reason, lost);
    const { haltReason } = this.standstill;
    if (haltReason !== undefined && this.environment.continuity()) this.enter('halted', haltReason);
  }

  /**
   * Something of what came last may be missing, though the source goes on. Returns whether what there is now has to be
   * asked for: events that count for themselves are past, and the rest of them flows on.
   */
  missed(reason: string): boolean {
    const { state } = this.status;
    if (state === 'stale' || state === 'halted') return false;
    this.environment.startsOver();
    this.environment.forgets();
    const built = this.environment.built();
    built?.reset();
    this.broken(reason, undefined);
    if (this.environment.series()) this.enter('live', 'what comes from here on is whole');
    else built?.begin();
    return this.environment.series() === undefined;
  }

  /**
   * Of several sources one is away, or all are there again (undefined): only all of them make it live.
   * @param isKnown whether anything has come that counts
   */
  lacks(what: string | undefined, isKnown: boolean): void {
    this.lacking = what;
    if (what === undefined) {
      if (isKnown) this.flows('all that feeds it is there');
    } else if (this.status.state === 'live') this.lost(what);
  }

  /** The source is gone: nothing that was received counts as present any more. */
  lost(reason: string): void {
    this.silent = this.standstill.isPaused = false;
    this.forget();
    if (this.status.state !== 'stale') this.enter('stale', reason);
  }

  /** Nothing comes although the connection lives: what was received is of the past, until something comes again. */
  fellSilent(reason: string): void {
    this.silent = true;
    this.forget();
    this.enter('stale', reason);
  }

  /** Data comes, but late: it goes on to consumers, except for books, and is not what is present now. */
  fellBehind(reason: string): void {
    if (this.isHalted || this.status.state === 'stale') return;
    this.late = true;
    this.environment.startsOver();
    this.environment.built()?.reset();
    this.enter('stale', reason);
  }

  /** Data comes in time again. */
  caughtUp(reason: string): void {
    if (!this.late) return;
    this.late = false;
    if (this.isHalted) return;
    const built = this.environment.built();
    if (!built) return this.goesOn(reason);
    if (!built.keepsPast) this.enter('syncing', reason);
    built.begin();
  }

  /** The exchange pauses on the connection, and will have to be asked for the topic again. */
  paused(reason: string): void {
    this.silent = false;
    this.standstill.isPaused = true;
    this.forget();
    this.enter('halted', reason);
  }

  /** The pause is over: what comes from here on counts. */
  resumed(reason: string): void {
    if (!this.standstill.isPaused) return;
    this.standstill.isPaused = false;
    if (!this.standstill.isMarketHalted) this.enter('syncing', reason);
  }

  /** The market does not trade by the exchange's list of instruments, until data shows otherwise. */
  listedAsHalted(reason: string): void {
    if (this.standstill.list(reason)) this.enter('halted', reason);
  }

  /** The exchange has stopped the market, until it says otherwise. */
  marketHalted(reason: string): void {
    this.standstill.announce(reason);
    this.silent = this.late = false;
    this.environment.built()?.reset();
    this.enter('halted', reason);
  }

  /** Nobody would tell of the end of an announced halt any more: data shows it, like that of one that is only listed. */
  haltDoubted(): void {
    this.standstill.doubt();
  }

  /**
   * The exchange has opened the market again.
   * @param isConfirmed whether the topic is confirmed, so that its data may come
   */
  marketOpened(reason: string, isConfirmed: boolean): void {
    if (!this.standstill.open()) return;
    if (this.standstill.isPaused || this.status.state !== 'halted') return;
    this.enter('syncing', reason);
    if (!isConfirmed) return;
    const built = this.environment.built();
    if (this.environment.series() || built?.live) this.goesOn(reason);
    else built?.begin();
  }

  /** Data comes as before, unless some that is missing is waited for. */
  private goesOn(reason: string): void {
    const continuity = this.environment.continuity();
    if (continuity) continuity.begin(reason);
    else this.becomeLive(reason);
  }

  /** Data can be trusted from here on; what was missed since it could be trusted last is told first. */
  private becomeLive(reason: string): void {
    const series = this.environment.series();
    if (series && this.status.mayHaveMissed && !this.environment.continuity())
      this.broken(`${series} since the data was last live may be missing`, undefined);
    this.enter('live', reason);
  }

  /** Nothing that has been received counts any more. */
  private forget(): void {
    this.losses++;
    this.status.interrupted();
    this.late = false;
    this.environment.startsOver();
    this.environment.forgets();
    this.environment.built()?.reset();
    this.environment.continuity()?.interrupt();
  }

  private enter(state: DataState, reason: string, lost?: LostRange): void {
    this.status.enter(state, reason);
    this.environment.changed(reason, lost);
  }
}
