import type { Instrument, Timer } from '@exchange-stream/market-data';
import type { ExchangeAdapter } from '../../contract/index.ts';
import { Backoff } from '../connection/backoff.ts';
import type { LifecycleListener } from '../lifecycle/lifecycle-event.ts';
import type { Platform } from '../platform/platform.ts';
import type { RestClient } from '../rest/rest-client.ts';
import { nearest } from './nearest.ts';

const RETRY_INITIAL_MS = 1_000;
const RETRY_MAX_MS = 60_000;

/** What an exchange trades, asked of it at the start and again until it answers. */
export class InstrumentCatalog {
  private readonly bySymbol = new Map<string, Instrument>();
  private readonly byNativeSymbol = new Map<string, Instrument>();
  private readonly backoff: Backoff;
  private timer: Timer | undefined;
  /** Distinguishes the present attempt from its forerunners, whose late answers count for nothing. */
  private attempt = 0;
  private failure: Error | undefined;
  private isLoaded = false;

  constructor(
    private readonly adapter: ExchangeAdapter,
    private readonly rest: RestClient,
    private readonly platform: Platform,
    private readonly report: LifecycleListener,
  ) {
    this.backoff = new Backoff(RETRY_INITIAL_MS, RETRY_MAX_MS, platform.random);
  }

  /** Whether the exchange has told what it trades. */
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

  /** Finds an instrument by its unified symbol or by the exchange's own. */
  find(symbol: string): Instrument | undefined {
    return this.bySymbol.get(symbol) ?? this.byNativeSymbol.get(symbol);
  }

  /** Unified symbols most like what somebody wrote. */
  suggest(symbol: string): string[] {
    return nearest(symbol, this.bySymbol.keys());
  }

  /** Another world of the exchange, with instruments of its own: loads as at first, and keeps the old list until then. */
  reload(whenLoaded: () => void): void {
    this.timer?.cancel();
    this.backoff.reset();
    this.load(whenLoaded);
  }

  /** Loads, again and again until it succeeds; then calls back, once. */
  load(whenLoaded: () => void): void {
    const attempt = ++this.attempt;
    this.rest.call(this.adapter.rest.instruments, undefined).then(
      (instruments) => {
        if (attempt !== this.attempt) return;
        this.fill(instruments);
        this.report({
          type: 'instruments-loaded',
          exchange: this.adapter.exchange,
          count: this.bySymbol.size,
        });
        whenLoaded();
      },
      (error: unknown) => {
        if (attempt !== this.attempt) return;
        this.failure = error instanceof Error ? error : new Error(String(error));
        const retryInMs = this.backoff.next();
        this.timer = this.platform.clock.after(retryInMs, () => this.load(whenLoaded));
        this.report({
          type: 'instruments-failed',
          exchange: this.adapter.exchange,
          error: this.failure,
          retryInMs,
        });
      },
    );
  }

  /** Stops trying to load; what is loaded stays. `load` begins anew. */
  stop(): void {
    this.attempt++;
    this.timer?.cancel();
  }

  private fill(instruments: readonly Instrument[]): void {
    this.bySymbol.clear();
    this.byNativeSymbol.clear();
    for (const instrument of instruments) {
      this.bySymbol.set(instrument.symbol, instrument);
      this.byNativeSymbol.set(instrument.nativeSymbol, instrument);
    }
    this.failure = undefined;
    this.isLoaded = true;
  }
}
