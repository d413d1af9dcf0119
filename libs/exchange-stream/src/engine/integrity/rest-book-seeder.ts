import type { Timer } from '@exchange-stream/market-data';
import type { BookSeed, BookSeedQuery, ExchangeAdapter } from '../../contract/index.ts';
import { Backoff } from '../connection/backoff.ts';
import type { Platform } from '../platform/platform.ts';
import type { RestClient } from '../rest/rest-client.ts';
import { asError } from '../errors.ts';
import { Turns } from './turns.ts';

const RETRY_INITIAL_MS = 500;
const RETRY_MAX_MS = 30_000;

/** Books of one exchange that are asked for at once; the others wait, so that those which come are not too old by then. */
const AT_ONCE = 4;

/** Seeds from the exchange's REST interface, a few at a time. */
export class RestBookSeeder {
  private readonly turns = new Turns(AT_ONCE);

  constructor(
    private readonly adapter: Pick<ExchangeAdapter, 'exchange' | 'rest'>,
    private readonly rest: Pick<RestClient, 'call'>,
    private readonly platform: Pick<Platform, 'clock' | 'random'>,
  ) {}

  /**
   * Calls `done` with a seed, sooner or later, unless cancelled: what is under way then is given up, and its answer counts
   * for nothing. Failures on the way go to `failed` and are tried again.
   * @param waitMs before it is asked for first
   */
  request(
    query: BookSeedQuery,
    waitMs: number,
    done: (seed: BookSeed) => void,
    failed: (error: Error) => void,
  ): { cancel(): void } {
    const abort = new AbortController();
    const { signal } = abort;
    const { clock, random } = this.platform;
    const backoff = new Backoff(RETRY_INITIAL_MS, RETRY_MAX_MS, random);
    let timer: Timer | undefined;
    let leave = (): void => undefined;
    const fetch = (): void => {
      this.fetch(query, signal).then(
        (seed) => {
          leave();
          if (!signal.aborted) done(seed);
        },
        (error: unknown) => {
          leave();
          if (signal.aborted) return;
          timer = clock.after(backoff.next(), ask);
          failed(asError(error));
        },
      );
    };
    const ask = (): void => {
      leave = this.turns.take(fetch);
    };
    if (waitMs <= 0) ask();
    else timer = clock.after(waitMs, ask);
    return {
      cancel: () => {
        abort.abort();
        timer?.cancel();
        leave();
      },
    };
  }

  private async fetch(query: BookSeedQuery, signal: AbortSignal): Promise<BookSeed> {
    const operation = this.adapter.rest.bookSeed;
    if (!operation)
      throw new Error(`${this.adapter.exchange} declares books seeded by REST but no operation for it.`);
    // Whoever asked tries again, and for as long as it takes.
    return this.rest.call(operation, query, { attempts: 1, signal });
  }
}
