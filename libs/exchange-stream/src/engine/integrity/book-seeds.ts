import type { BookSeedQuery, ExchangeAdapter } from '../../contract/index.ts';
import type { ExchangeStatistics } from '../lifecycle/exchange-statistics.ts';
import type { LifecycleListener } from '../lifecycle/lifecycle-event.ts';
import type { Platform } from '../platform/platform.ts';
import type { RestClient } from '../rest/rest-client.ts';
import type { Subscription } from '../subscription/subscription.ts';
import type { BookBreak } from './book-break.ts';
import { RestBookSeeder } from './book-seeder.ts';
import { StreamBookSeeder } from './stream-book-seeder.ts';

/** Levels a side, where an adapter asks for no other depth. */
const DEFAULT_DEPTH = 1000;

/** What the seeds of books need from around them. */
export interface BookSeedsEnvironment {
  readonly adapter: ExchangeAdapter;
  readonly rest: RestClient;
  readonly platform: Platform;
  readonly statistics: ExchangeStatistics;
  readonly report: LifecycleListener;
  /** Asks for a subscription's topic again. */
  renew(subscription: Subscription, reason: string): void;
}

/** The whole books that subscriptions of one exchange wait for, each from where the exchange has them. */
export class BookSeeds {
  private readonly waiting = new Map<Subscription, { cancel(): void }>();
  private stopped = false;
  private readonly rest: RestBookSeeder;
  private readonly stream: StreamBookSeeder;

  constructor(private readonly environment: BookSeedsEnvironment) {
    const { adapter, rest, platform } = environment;
    this.rest = new RestBookSeeder(adapter, rest, platform);
    this.stream = new StreamBookSeeder(platform);
  }

  /**
   * Asks for the whole book of a subscription; a later call replaces an earlier one.
   * @param broken why the book before is wrong
   */
  request(subscription: Subscription, attempt: number, broken: BookBreak | undefined): void {
    this.cancel(subscription);
    const { place } = subscription;
    if (this.stopped || place?.book?.kind !== 'linked') return;
    const { book, instrument } = place;
    const seed =
      book.seed === 'stream'
        ? this.stream.request({
            attempt,
            broken: broken?.reason,
            isAwaited: () => subscription.flow.isSeeding,
            renew: (reason) => this.environment.renew(subscription, reason),
          })
        : this.fromRest(
            subscription,
            { nativeSymbol: instrument.nativeSymbol, depth: book.seedDepth ?? DEFAULT_DEPTH },
            attempt,
          );
    this.waiting.set(subscription, seed);
  }

  /** Whether a whole book is asked for. */
  isAsked(subscription: Subscription): boolean {
    return this.waiting.has(subscription);
  }

  cancel(subscription: Subscription): void {
    this.waiting.get(subscription)?.cancel();
    this.waiting.delete(subscription);
  }

  cancelAll(): void {
    for (const subscription of [...this.waiting.keys()]) this.cancel(subscription);
  }

  /** Ends all waiting for good: requests from now on are in vain. */
  stop(): void {
    this.stopped = true;
    this.cancelAll();
  }

  private fromRest(subscription: Subscription, query: BookSeedQuery, attempt: number): { cancel(): void } {
    const { adapter, statistics, report } = this.environment;
    return this.rest.request(
      query,
      attempt,
      (seed) => {
        this.waiting.delete(subscription);
        statistics.seeds.loaded++;
        subscription.flow.seeded(seed);
      },
      (error) =>
        report({ type: 'seed-failed', exchange: adapter.exchange, subscription: subscription.key, error }),
    );
  }
}
