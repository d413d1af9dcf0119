import type { Timer } from '@exchange-stream/market-data';
import type { ExchangeAdapter, TradesOperation } from '../../contract/index.ts';
import { asError } from '../errors.ts';
import type { LifecycleListener } from '../lifecycle/lifecycle-event.ts';
import type { Platform } from '../platform/platform.ts';
import type { RestClient } from '../rest/rest-client.ts';
import type { Subscription } from '../subscription/subscription.ts';
import { listedOf } from '../subscription/wire-place.ts';
import type { TradesNeed } from './trade-series.ts';

/** How long the exchange may take to greet with its latest trades, from its confirmation. */
const GREETING_MS = 5_000;

/** Before the same is asked for again, in milliseconds; doubles each time. */
const RETRY_MS = 250;

/** Holes of one subscription that are asked for within the window; beyond, they are told and left open. */
const MAX_HOLES = 20;
const HOLES_WINDOW_MS = 60_000;

/** What calls for missed trades need from around them. */
export interface TradeCallsEnvironment {
  readonly adapter: ExchangeAdapter;
  readonly platform: Platform;
  readonly report: LifecycleListener;
  readonly rest: Pick<RestClient, 'call'>;
  /** How long trades may wait for missed ones; 0: they never do. */
  readonly backfillMs: number;
}

/** What one subscription waits for. */
interface Waiting {
  readonly kind: TradesNeed['kind'];
  /** By the monotonic clock. */
  readonly endsAt: number;
  readonly deadline: Timer;
  asking: { cancel(): void } | undefined;
}

/** Asks for the trades that subscriptions of one exchange have missed, within its limits and a deadline for each hole. */
export class TradeCalls {
  private readonly waiting = new Map<Subscription, Waiting>();
  /** When the latest holes were begun to be asked for, by the monotonic clock. */
  private readonly holes = new WeakMap<Subscription, number[]>();
  private leaving: Subscription | undefined;
  private stopped = false;

  constructor(private readonly environment: TradeCallsEnvironment) {}

  /**
   * Asks for what a subscription needs; a later need replaces an earlier one, and `undefined` ends it. Returns whether it is
   * asked for.
   */
  request(subscription: Subscription, need: TradesNeed | undefined): boolean {
    const { adapter, backfillMs } = this.environment;
    if (need === undefined) {
      this.end(subscription);
      return false;
    }
    if (this.stopped || this.leaving === subscription || backfillMs === 0) return false;
    if (need.kind === 'rest' && !adapter.rest.trades) return false;
    const waiting = this.waitingFor(subscription, need.kind);
    if (!waiting) return false;
    waiting.asking?.cancel();
    waiting.asking = need.kind === 'rest' ? this.ask(subscription, need, waiting) : undefined;
    return true;
  }

  /** Whether something is asked for, or waited for. */
  isAsked(subscription: Subscription): boolean {
    return this.waiting.has(subscription);
  }

  /** Nothing is asked for a subscription any more: what waits goes on without. */
  cancel(subscription: Subscription): void {
    if (!this.waiting.has(subscription)) return;
    this.end(subscription);
    const { leaving } = this;
    this.leaving = subscription;
    try {
      subscription.flow.trades?.unavailable('nobody asks for them any more');
    } finally {
      this.leaving = leaving;
    }
  }

  /** Ends all waiting for good. */
  stop(): void {
    this.stopped = true;
    for (const subscription of [...this.waiting.keys()]) this.cancel(subscription);
  }

  private waitingFor(subscription: Subscription, kind: TradesNeed['kind']): Waiting | undefined {
    const known = this.waiting.get(subscription);
    if (known?.kind === kind) return known;
    if (kind === 'rest' && !this.mayAskAgain(subscription)) return undefined;
    this.end(subscription);
    const { clock } = this.environment.platform;
    const lastsMs = kind === 'recent' ? GREETING_MS : this.environment.backfillMs;
    const deadline = clock.after(lastsMs, () => {
      this.failed(
        subscription,
        kind === 'recent'
          ? 'the exchange has not told its latest ones'
          : `the exchange has not told them within ${lastsMs} ms`,
      );
    });
    const waiting = { kind, endsAt: clock.monotonic() + lastsMs, deadline, asking: undefined };
    this.waiting.set(subscription, waiting);
    return waiting;
  }

  private mayAskAgain(subscription: Subscription): boolean {
    const now = this.environment.platform.clock.monotonic();
    const lately = (this.holes.get(subscription) ?? []).filter((at) => now - at < HOLES_WINDOW_MS);
    if (lately.length >= MAX_HOLES) return false;
    this.holes.set(subscription, [...lately, now]);
    return true;
  }

  private ask(
    subscription: Subscription,
    { after, attempt }: Extract<TradesNeed, { kind: 'rest' }>,
    waiting: Waiting,
  ): { cancel(): void } {
    const { adapter, platform, report, rest } = this.environment;
    const operation = adapter.rest.trades;
    const giveUp = new AbortController();
    const call = (): void => {
      const leftMs = Math.max(1, waiting.endsAt - platform.clock.monotonic());
      const { place, flow } = subscription;
      if (!operation || !place) return;
      const { mostPerCall: limit, pagesBy } = operation;
      const query = {
        ...listedOf(place),
        params: place.params ?? {},
        after,
        limit,
      };
      let rejected = 0;
      const counting: TradesOperation = {
        ...operation,
        parse: (body, asked, reject) =>
          operation.parse(body, asked, (reason) => {
            rejected++;
            reject(reason);
          }),
      };
      rest.call(counting, query, { deadlineMs: leftMs, signal: giveUp.signal }).then(
        (rows) => {
          if (giveUp.signal.aborted) return;
          flow.trades?.found({ rows, isAll: rows.length + rejected < limit, pagesBy });
        },
        (error: unknown) => {
          if (giveUp.signal.aborted) return;
          const failure = asError(error);
          const { exchange } = adapter;
          report({ type: 'seed-failed', exchange, subscription: subscription.key, error: failure });
          this.failed(subscription, failure.message);
        },
      );
    };
    // Never within the call that needs it: the rest of its frame has yet to be read.
    const delayMs = attempt === 0 ? 0 : RETRY_MS * 2 ** attempt;
    const timer = platform.clock.after(delayMs, call);
    return {
      cancel: () => {
        timer.cancel();
        giveUp.abort();
      },
    };
  }

  private failed(subscription: Subscription, reason: string): void {
    this.end(subscription);
    subscription.flow.trades?.unavailable(reason);
  }

  private end(subscription: Subscription): void {
    const waiting = this.waiting.get(subscription);
    this.waiting.delete(subscription);
    waiting?.deadline.cancel();
    waiting?.asking?.cancel();
  }
}
