import type { CandleRange, Timer } from '@exchange-stream/market-data';
import type { CandleRow, ExchangeAdapter } from '../../contract/index.ts';
import { ClosedError, SubscriptionRequestError } from '../errors.ts';
import type { LifecycleListener } from '../lifecycle/lifecycle-event.ts';
import type { Platform } from '../platform/platform.ts';
import { callUntilAnswered } from '../rest/persistent-call.ts';
import type { RestClient } from '../rest/rest-client.ts';
import type { Subscription } from '../subscription/subscription.ts';
import { listedOf } from '../subscription/wire-place.ts';
import { candleHistory, type CandleHistory } from './candle-history.ts';
import { CandlePages } from './candle-pages.ts';

/** Candles that one answer has at most, where an adapter does not say. */
const PAGE = 500;

/** How often candles are asked for in vain before the series goes on without them. */
const ATTEMPTS = 5;

/** How often each page of a history is asked for that a user wants. */
const HISTORY_ATTEMPTS = 3;

/** What calls for candles need from around them. */
export interface CandleCallsEnvironment {
  readonly adapter: ExchangeAdapter;
  readonly platform: Platform;
  readonly report: LifecycleListener;
  readonly rest: Pick<RestClient, 'call'>;
  /** The time of the exchange as far as it is known. */
  exchangeNow(): number;
}

interface Answer {
  readonly rows: readonly CandleRow[];
  /** Time of the exchange when it was asked. */
  readonly asOf: number;
  readonly rejected: number;
}

/** Asks for the candles that series of one exchange need, within its limits, and wakes series when they wish. */
export class CandleCalls {
  private readonly asked = new Map<Subscription, { cancel(): void }>();
  private readonly timers = new Map<Subscription, Timer>();
  private stopped = false;

  constructor(private readonly environment: CandleCallsEnvironment) {}

  /** Asks for candles of a subscription; a later call replaces an earlier one. */
  request(subscription: Subscription, range: CandleRange): void {
    this.asked.get(subscription)?.cancel();
    if (this.stopped) return;
    const { place } = subscription;
    if (!place?.candles) return;
    const pages = new CandlePages(range, place.candles.interval, this.pageLimit);
    this.next(subscription, pages);
  }

  /** Wakes a series after so long; a later wish replaces an earlier one. */
  wakeAfter(subscription: Subscription, delayMs: number): void {
    this.timers.get(subscription)?.cancel();
    if (this.stopped) return;
    const timer = this.environment.platform.clock.after(delayMs, () => {
      this.timers.delete(subscription);
      subscription.flow.candles?.wake();
    });
    this.timers.set(subscription, timer);
  }

  /** Whether something is asked for. */
  isAsked(subscription: Subscription): boolean {
    return this.asked.has(subscription);
  }

  /** Nothing is asked for a subscription any more, nor is it woken. */
  cancel(subscription: Subscription): void {
    this.asked.get(subscription)?.cancel();
    this.asked.delete(subscription);
    this.timers.get(subscription)?.cancel();
    this.timers.delete(subscription);
    subscription.flow.candles?.withdrawn();
  }

  /** Ends all of it for good. */
  stop(): void {
    this.stopped = true;
    for (const subscription of [...this.asked.keys(), ...this.timers.keys()]) this.cancel(subscription);
  }

  /** Closed candles of a range; see `candleHistory`. */
  history(
    subscription: Subscription,
    range: CandleRange,
    signal: AbortSignal | undefined,
  ): Promise<CandleHistory> {
    const { adapter, platform } = this.environment;
    const rules = subscription.place?.candles;
    if (this.stopped) return Promise.reject(new ClosedError(adapter.exchange));
    if (!rules?.canFetch) {
      const refusal = `${adapter.exchange} has no candles by REST.`;
      return Promise.reject(new SubscriptionRequestError('UNSUPPORTED_CHANNEL', refusal));
    }
    const { interval, settlesWithinMs } = rules;
    return candleHistory(range, rules.whole, {
      interval,
      pageLimit: this.pageLimit,
      closedUntil: this.environment.exchangeNow() - settlesWithinMs,
      now: () => platform.clock.now(),
      page: (page) => this.page(subscription, page, this.pageLimit, signal, HISTORY_ATTEMPTS),
    });
  }

  /**
   * One page of candles.
   * @throws RestError, BudgetError and ClosedError as `RestClient.call` does
   */
  private async page(
    subscription: Subscription,
    range: CandleRange,
    limit: number,
    signal: AbortSignal | undefined,
    attempts: number,
  ): Promise<Answer> {
    const { adapter, rest } = this.environment;
    const { place } = subscription;
    const operation = adapter.rest.candles;
    if (!operation || !place?.candles) throw new Error(`${adapter.exchange} has no candles by REST.`);
    const asOf = this.environment.exchangeNow();
    let rejected = 0;
    const counting: typeof operation = {
      ...operation,
      parse: (body, query, reject) =>
        operation.parse(body, query, (reason) => {
          rejected++;
          reject(reason);
        }),
    };
    const query = {
      ...listedOf(place),
      interval: place.candles.interval.text,
      params: place.candles.params,
      from: range.from,
      to: range.to,
      limit,
      asOf,
    };
    const rows = await rest.call(counting, query, { attempts, ...(signal && { signal }) });
    return { rows, asOf, rejected };
  }

  private get pageLimit(): number {
    return this.environment.adapter.channels.candles?.candles?.pageLimit ?? PAGE;
  }

  private next(subscription: Subscription, pages: CandlePages): void {
    const { page } = pages;
    const { adapter, platform, report } = this.environment;
    if (!page) return;
    const call = callUntilAnswered<Answer>(platform, {
      // Never within the call that needs it: the rest of its frame has yet to be read.
      afterMs: 0,
      ask: (signal) => this.page(subscription, page, pages.limit, signal, 1),
      answered: ({ rows, asOf, rejected }) => {
        const told = pages.answered(rows) ?? page;
        const isLast = pages.page === undefined;
        if (isLast) this.asked.delete(subscription);
        const { candles } = subscription.flow;
        candles?.found(rows, told, asOf, isLast && rejected === 0, rejected === 0);
        if (rejected > 0) return this.givesUp(subscription, 'the answer has rows that cannot be read');
        // Who was told may have ended it, or asked for something else.
        if (!isLast && this.asked.get(subscription) === call) this.next(subscription, pages);
      },
      failed: (error, failures) => {
        report({ type: 'seed-failed', exchange: adapter.exchange, subscription: subscription.key, error });
        const goesOn = failures < ATTEMPTS;
        if (!goesOn) this.givesUp(subscription, error.message);
        return goesOn;
      },
    });
    this.asked.set(subscription, call);
  }

  private givesUp(subscription: Subscription, reason: string): void {
    this.asked.delete(subscription);
    subscription.flow.candles?.unavailable(reason);
  }
}
