import type { ExchangeAdapter, ListedSymbol } from '../../contract/index.ts';
import type { ExchangeStatistics } from '../lifecycle/exchange-statistics.ts';
import type { LifecycleListener } from '../lifecycle/lifecycle-event.ts';
import type { Platform } from '../platform/platform.ts';
import type { RestClient } from '../rest/rest-client.ts';
import type { Subscription } from '../subscription/subscription.ts';
import { listedOf } from '../subscription/wire-place.ts';
import type { BookBreak } from './book-break.ts';
import { RestBookSeeder } from './rest-book-seeder.ts';
import { ResyncPace, type Resync } from './resync-pace.ts';
import { StreamBookSeeder } from './stream-book-seeder.ts';

/** Levels a side, where an adapter asks for no other depth. */
const DEFAULT_DEPTH = 1000;

const AT_ONCE: Resync = { waitMs: 0, elsewhere: false };

/** What the seeds of books need from around them. */
export interface BookSeedsEnvironment {
  readonly adapter: ExchangeAdapter;
  readonly rest: Pick<RestClient, 'call'>;
  readonly platform: Pick<Platform, 'clock' | 'random'>;
  readonly statistics: Pick<ExchangeStatistics, 'seeds' | 'bookResyncs'>;
  readonly report: LifecycleListener;
  /** Asks for a subscription's topic again. */
  renew(subscription: Subscription, reason: string): void;
  /** Takes a subscription to another connection. */
  move(subscription: Subscription): void;
}

/** The whole books that subscriptions of one exchange wait for, each from where the exchange has them. */
export class BookSeeds {
  private readonly waiting = new Map<Subscription, { cancel(): void }>();
  private readonly paces = new WeakMap<Subscription, ResyncPace>();
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
    if (this.stopped || subscription.place?.book?.kind !== 'linked') return;
    const resync = broken ? this.paceOf(subscription).next(attempt, broken) : AT_ONCE;
    if (broken) this.count(subscription, broken, resync);
    const waiting = resync.elsewhere
      ? this.elsewhere(subscription)
      : this.ask(subscription, resync.waitMs, broken?.reason);
    if (waiting) this.waiting.set(subscription, waiting);
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

  private paceOf(subscription: Subscription): ResyncPace {
    const { clock, random } = this.environment.platform;
    const pace = this.paces.get(subscription) ?? new ResyncPace(clock, random);
    this.paces.set(subscription, pace);
    return pace;
  }

  private count(subscription: Subscription, { reason }: BookBreak, { waitMs, tooMany }: Resync): void {
    const { bookResyncs } = this.environment.statistics;
    bookResyncs.begun++;
    if (tooMany === undefined) return;
    bookResyncs.delayed++;
    const seconds = Math.ceil(waitMs / 1_000);
    subscription.remainsBroken(
      `${reason}; built anew ${tooMany} times within a minute, the next try is in ${seconds} s`,
    );
  }

  private ask(
    subscription: Subscription,
    waitMs: number,
    broken: string | undefined,
  ): { cancel(): void } | undefined {
    const { place } = subscription;
    if (place?.book?.kind !== 'linked') return undefined;
    if (place.book.seed === 'rest')
      return this.fromRest(subscription, listedOf(place), place.book.seedDepth, waitMs);
    const stream = this.stream.request({
      waitMs,
      broken,
      isAwaited: () => subscription.flow.isSeeding,
      renew: (reason) => this.environment.renew(subscription, reason),
    });
    const { restSeedAfterMs } = place.book;
    if (restSeedAfterMs === undefined) return stream;
    const rest = this.fromRestAfter(
      subscription,
      listedOf(place),
      place.book.seedDepth,
      waitMs + restSeedAfterMs,
    );
    return {
      cancel: () => {
        stream.cancel();
        rest.cancel();
      },
    };
  }

  /** From REST after so long, should nothing have come by then. */
  private fromRestAfter(
    subscription: Subscription,
    listed: ListedSymbol,
    depth: number | undefined,
    waitMs: number,
  ): { cancel(): void } {
    let asked: { cancel(): void } = this.environment.platform.clock.after(waitMs, () => {
      if (subscription.flow.isSeeding) asked = this.fromRest(subscription, listed, depth, 0);
    });
    return { cancel: () => asked.cancel() };
  }

  /** Where its connection brings a book wrong again and again, another one may bring it right. */
  private elsewhere(subscription: Subscription): { cancel(): void } {
    // Never within the call that found the break: the rest of its frame has yet to be read.
    return this.environment.platform.clock.after(0, () => {
      this.waiting.delete(subscription);
      subscription.distrusted('its connection has brought several bad checksums within a minute');
      this.environment.move(subscription);
    });
  }

  private fromRest(
    subscription: Subscription,
    listed: ListedSymbol,
    depth = DEFAULT_DEPTH,
    waitMs: number,
  ): { cancel(): void } {
    const { adapter, statistics, report } = this.environment;
    return this.rest.request(
      { ...listed, depth },
      waitMs,
      (seed) => {
        this.cancel(subscription);
        statistics.seeds.loaded++;
        subscription.flow.seeded(seed);
      },
      (error) =>
        report({ type: 'seed-failed', exchange: adapter.exchange, subscription: subscription.key, error }),
    );
  }
}
