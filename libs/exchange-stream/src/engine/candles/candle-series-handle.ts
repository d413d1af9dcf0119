import type { Candle, CandleEvent, CandleRange } from '@exchange-stream/market-data';
import { SubscriptionRequestError } from '../errors.ts';
import type { CandleHistory } from './candle-history.ts';
import type { CandleKeeper } from './candle-keeper.ts';

/** The candles of a subscription as they stand, and those before them. */
export interface CandleSeriesHandle {
  /** Whether it reaches as far back as was asked for, and nothing is missing in it. */
  readonly ready: boolean;
  /** Buckets that it keeps. */
  readonly capacity: number;
  /** The newest candles, oldest first, the running one included; those that begin within the times, where they are given. */
  candles(range?: Partial<CandleRange>): readonly CandleEvent[];
  /** What is missing between them, by open time, both included. */
  holes(): readonly CandleRange[];
  /**
   * Closed candles that the exchange has by REST, 10,000 buckets at most: in pages, within its limits, ordered, each once.
   * @throws InvalidOptionsError for a range that cannot be asked for
   * @throws SubscriptionRequestError where the exchange has none by REST, or its instruments are not known yet
   * @throws RestError, BudgetError and ClosedError as the calls do
   */
  history(
    range: CandleRange,
    options?: { readonly signal?: AbortSignal },
  ): Promise<CandleHistory<CandleEvent>>;
}

/** What a series is read from. */
export interface SeriesSource {
  /** Undefined until it is known how it is kept. */
  candles(): CandleKeeper | undefined;
  event(candle: Candle): CandleEvent;
  history(range: CandleRange, signal: AbortSignal | undefined): Promise<CandleHistory>;
}

/** Reads the series of a subscription. */
export class CandleSeriesReader implements CandleSeriesHandle {
  constructor(private readonly source: SeriesSource) {}

  get ready(): boolean {
    return this.source.candles()?.isReady ?? false;
  }

  get capacity(): number {
    return this.source.candles()?.series.capacity ?? 0;
  }

  candles({ from, to }: Partial<CandleRange> = {}): readonly CandleEvent[] {
    const candles = this.source.candles()?.series.candles(from, to) ?? [];
    return candles.map((candle) => this.source.event(candle));
  }

  holes(): readonly CandleRange[] {
    return this.source.candles()?.series.holes() ?? [];
  }

  async history(
    range: CandleRange,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<CandleHistory<CandleEvent>> {
    if (!this.source.candles())
      throw new SubscriptionRequestError(
        'UNKNOWN_SYMBOL',
        'The instruments of the exchange are not known yet: wait until the subscription is live.',
      );
    const { candles, ...rest } = await this.source.history(range, signal);
    return { candles: candles.map((candle) => this.source.event(candle)), ...rest };
  }
}
