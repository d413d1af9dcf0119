import type { Instrument, Timer } from '@exchange-stream/market-data';
import type { ExchangeAdapter, ListedSymbol } from '../../contract/index.ts';
import { Backoff } from '../connection/backoff.ts';
import type { LifecycleListener } from '../lifecycle/lifecycle-event.ts';
import type { Platform } from '../platform/platform.ts';
import type { RestClient } from '../rest/rest-client.ts';
import { listInstruments } from './instrument-list.ts';
import { nearest } from './nearest.ts';
import { asError } from '../errors.ts';

const RETRY_INITIAL_MS = 1_000;
const RETRY_MAX_MS = 60_000;

/** How soon to look again when an instrument is missing: one answer may lack a row that could not be read. */
const LOOK_AGAIN_MS = 60_000;
/** Part of the interval by which each refresh may come sooner or later, so that many instances do not ask at once. */
const JITTER = 0.1;

/** What outlives the process of what an exchange trades. */
export interface InstrumentMemory {
  /** What was saved last; empty where nothing was. */
  load(): Promise<readonly Instrument[]>;
  save(instruments: readonly Instrument[]): Promise<void>;
}

/** What a look at the exchange's list has changed. */
export interface InstrumentsChange {
  /** Whether the list was unknown before. */
  readonly isFirst: boolean;
  /** Whether it is the first of another world of the exchange, whose instruments have nothing to do with those before. */
  readonly isOtherWorld: boolean;
  /** Instruments that are no longer listed. */
  readonly gone: readonly Instrument[];
  /** Instruments that traded by the list before, and do not by this one. */
  readonly stopped: readonly Instrument[];
}

/**
 * What an exchange trades, asked of it at the start, again until it answers, and from then on every now and then. While it
 * does not answer, or answers nonsense, what was known stays, if only from an earlier process.
 */
export class InstrumentCatalog {
  private bySymbol = new Map<string, Instrument>();
  /** Several, where the exchange has categories. */
  private byNativeSymbol: ReadonlyMap<string, readonly Instrument[]> = new Map();
  /** Symbols that the last list lacked; without them in the next one, too, they are gone. */
  private missing: ReadonlySet<string> = new Set();
  private readonly backoff: Backoff;
  private timer: Timer | undefined;
  /** Distinguishes the present attempt from its forerunners, whose late answers count for nothing. */
  private attempt = 0;
  private failure: Error | undefined;
  private isLoaded = false;
  /** Whether what is known is of a world that the exchange has left. */
  private leftWorld = false;
  private isRecalling = false;

  constructor(
    private readonly adapter: ExchangeAdapter,
    private readonly rest: RestClient,
    private readonly platform: Platform,
    private readonly report: LifecycleListener,
    private readonly refreshMs: number,
    private readonly memory?: InstrumentMemory,
  ) {
    this.backoff = new Backoff(RETRY_INITIAL_MS, RETRY_MAX_MS, platform.random);
  }

  /** Whether the exchange, in its present environment, has told what it trades, to this process or to an earlier one. */
  get loaded(): boolean {
    return this.isLoaded;
  }

  /** Why the last attempt to load failed; absent once one succeeded. */
  get error(): Error | undefined {
    return this.failure;
  }

  list(): readonly Instrument[] {
    return [...this.bySymbol.values()];
  }

  /** Finds an instrument by its unified symbol or by the exchange's own; of those that have it, in categories, the first. */
  find(symbol: string): Instrument | undefined {
    return this.bySymbol.get(symbol) ?? this.listedAs(symbol)[0];
  }

  /** Finds an instrument by what identifies it to its exchange. */
  listed({ nativeSymbol, category }: ListedSymbol): Instrument | undefined {
    return this.listedAs(nativeSymbol).find((instrument) => instrument.category === category);
  }

  /** The instrument of a unified symbol, or all that the exchange itself calls so: one of each category that has it. */
  named(symbol: string): readonly Instrument[] {
    const one = this.bySymbol.get(symbol);
    return one ? [one] : this.listedAs(symbol);
  }

  private listedAs(nativeSymbol: string): readonly Instrument[] {
    return this.byNativeSymbol.get(nativeSymbol) ?? [];
  }

  /** Unified symbols most like what somebody wrote. */
  suggest(symbol: string): string[] {
    return nearest(symbol, this.bySymbol.keys());
  }

  /** The exchange is another world from now on, with instruments of its own: the next list replaces everything. */
  leaveWorld(): void {
    this.stop();
    this.backoff.reset();
    this.leftWorld = this.isLoaded || this.leftWorld;
    this.isLoaded = false;
  }

  /** Loads until it succeeds, and from time to time from then on; calls back after every list that came. */
  load(changed: (change: InstrumentsChange) => void): void {
    const attempt = ++this.attempt;
    listInstruments(this.rest, this.adapter.rest.instruments).then(
      (instruments) => {
        if (attempt !== this.attempt) return;
        if (instruments.length === 0) return this.failed(new Error('the list is empty'), changed);
        const change = this.fill(instruments);
        this.backoff.reset();
        this.loadAfter(this.missing.size > 0 ? LOOK_AGAIN_MS : this.jittered(), changed);
        this.report({
          type: 'instruments-loaded',
          exchange: this.adapter.exchange,
          count: this.bySymbol.size,
        });
        this.memorize(instruments);
        changed(change);
      },
      (error: unknown) => {
        if (attempt !== this.attempt) return;
        this.failed(asError(error), changed);
      },
    );
  }

  /** Stops trying to load; what is loaded stays. `load` begins anew. */
  stop(): void {
    this.attempt++;
    this.timer?.cancel();
  }

  private failed(error: Error, changed: (change: InstrumentsChange) => void): void {
    this.failure = error;
    const retryInMs = this.backoff.next();
    this.loadAfter(retryInMs, changed);
    this.report({ type: 'instruments-failed', exchange: this.adapter.exchange, error, retryInMs });
    if (!this.isLoaded) this.recall(changed);
  }

  private memorize(instruments: readonly Instrument[]): void {
    // It has told its operator; what is known does not depend on it.
    void Promise.resolve()
      .then(() => this.memory?.save(instruments))
      .catch(() => undefined);
  }

  /** Takes what an earlier process was told, unless the exchange tells meanwhile. */
  private recall(changed: (change: InstrumentsChange) => void): void {
    const { memory } = this;
    if (!memory || this.isRecalling) return;
    this.isRecalling = true;
    const { attempt } = this;
    // A store of the user's that fails, by throwing too, has nothing to tell.
    const remembered = Promise.resolve()
      .then(() => memory.load())
      .catch(() => []);
    void remembered.then((instruments) => {
      this.isRecalling = false;
      if (attempt !== this.attempt || instruments.length === 0) return;
      const { failure } = this;
      const change = this.fill(instruments);
      this.failure = failure;
      this.report({
        type: 'instruments-recalled',
        exchange: this.adapter.exchange,
        count: instruments.length,
      });
      changed(change);
    });
  }

  private loadAfter(delayMs: number, changed: (change: InstrumentsChange) => void): void {
    this.timer = this.platform.clock.after(delayMs, () => this.load(changed));
  }

  private jittered(): number {
    return this.refreshMs * (1 + JITTER * (2 * this.platform.random.next() - 1));
  }

  private fill(instruments: readonly Instrument[]): InstrumentsChange {
    const isOtherWorld = this.leftWorld;
    const isFirst = !this.isLoaded && !isOtherWorld;
    if (isOtherWorld) this.forget();
    const listed = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
    const absent = [...this.bySymbol.values()].filter(({ symbol }) => !listed.has(symbol));
    const gone = absent.filter(({ symbol }) => this.missing.has(symbol));
    const missing = absent.filter((instrument) => !gone.includes(instrument));
    const known = [...instruments, ...missing];
    const stopped = instruments.filter(
      ({ symbol, status }) => status !== 'trading' && this.bySymbol.get(symbol)?.status === 'trading',
    );
    this.missing = new Set(missing.map(({ symbol }) => symbol));
    this.bySymbol = new Map(known.map((instrument) => [instrument.symbol, instrument]));
    this.byNativeSymbol = byNativeSymbol(known);
    this.failure = undefined;
    this.isLoaded = true;
    return { isFirst, isOtherWorld, gone, stopped };
  }

  private forget(): void {
    this.leftWorld = false;
    this.bySymbol.clear();
    this.byNativeSymbol = new Map();
    this.missing = new Set();
  }
}

function byNativeSymbol(instruments: readonly Instrument[]): ReadonlyMap<string, readonly Instrument[]> {
  const found = new Map<string, Instrument[]>();
  for (const instrument of instruments) {
    const others = found.get(instrument.nativeSymbol);
    if (others) others.push(instrument);
    else found.set(instrument.nativeSymbol, [instrument]);
  }
  return found;
}
