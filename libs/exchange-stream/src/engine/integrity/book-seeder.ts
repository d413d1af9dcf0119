import type { Random, Timer } from '@exchange-stream/market-data';
import type { BookSeed, BookSeedQuery, ExchangeAdapter } from '../../contract/index.ts';
import { Backoff } from '../connection/backoff.ts';
import type { Platform } from '../platform/platform.ts';
import type { RestClient } from '../rest/rest-client.ts';
import { asError } from '../errors.ts';

const RETRY_INITIAL_MS = 500;
const RETRY_MAX_MS = 30_000;

/** Gets whole books for the synchroniser. */
export interface BookSeeder {
  /**
   * Calls `done` with a seed, sooner or later, unless cancelled. From the second attempt on it waits a while before it
   * asks. Failures on the way go to `failed` and are tried again.
   */
  request(
    query: BookSeedQuery,
    attempt: number,
    done: (seed: BookSeed) => void,
    failed: (error: Error) => void,
  ): { cancel(): void };
}

/** Seeds from the exchange's REST interface. */
export class RestBookSeeder implements BookSeeder {
  constructor(
    private readonly adapter: ExchangeAdapter,
    private readonly rest: RestClient,
    private readonly platform: Platform,
  ) {}

  request(
    query: BookSeedQuery,
    attempt: number,
    done: (seed: BookSeed) => void,
    failed: (error: Error) => void,
  ): { cancel(): void } {
    let cancelled = false;
    let timer: Timer | undefined;
    const backoff = new Backoff(RETRY_INITIAL_MS, RETRY_MAX_MS, this.platform.random);
    const ask = (): void => {
      this.fetch(query).then(
        (seed) => {
          if (!cancelled) done(seed);
        },
        (error: unknown) => {
          if (cancelled) return;
          timer = this.platform.clock.after(backoff.next(), ask);
          failed(asError(error));
        },
      );
    };
    if (attempt === 0) ask();
    else timer = this.platform.clock.after(resyncDelay(attempt, this.platform.random), ask);
    return {
      cancel: () => {
        cancelled = true;
        timer?.cancel();
      },
    };
  }

  private async fetch(query: BookSeedQuery): Promise<BookSeed> {
    const operation = this.adapter.rest.bookSeed;
    if (!operation)
      throw new Error(`${this.adapter.exchange} declares books seeded by REST but no operation for it.`);
    // Whoever asked tries again, and for as long as it takes.
    return this.rest.call(operation, query, { attempts: 1 });
  }
}

/** Grows with every attempt, and never near zero: the exchange needs a moment to have a newer book. */
export function resyncDelay(attempt: number, random: Random): number {
  const bound = Math.min(RETRY_MAX_MS, RETRY_INITIAL_MS * 2 ** Math.min(attempt - 1, 10));
  return bound / 2 + (random.next() * bound) / 2;
}
