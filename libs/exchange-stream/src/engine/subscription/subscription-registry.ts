import {
  hasNoSymbol,
  subscriptionKey,
  type Channel,
  type SubscriptionRequest,
} from '@exchange-stream/market-data';
import type { ExchangeAdapter, ListedSymbol } from '../../contract/index.ts';
import type { AccountCalls } from '../account-data/account-calls.ts';
import type { CandleCalls } from '../candles/candle-calls.ts';
import type { AuditedSubscription } from '../audit/audited.ts';
import type { Inconsistency } from '../audit/inconsistency.ts';
import type { ConnectionPool } from '../connection/connection-pool.ts';
import { DEFAULT_ACCOUNT } from '../credentials/credentials-source.ts';
import type { InstrumentCatalog, InstrumentsChange } from '../instruments/instrument-catalog.ts';
import { MarketHalts } from '../instruments/market-halts.ts';
import type { BookSeeds } from '../integrity/book-seeds.ts';
import { ExchangeStatistics } from '../lifecycle/exchange-statistics.ts';
import type { LifecycleListener } from '../lifecycle/lifecycle-event.ts';
import { LagMonitor, type LagClock } from '../liveness/lag-monitor.ts';
import { LivenessMonitor } from '../liveness/liveness-monitor.ts';
import { patienceFor } from '../liveness/silence-watch.ts';
import type { TradeCalls } from '../trades/trade-calls.ts';
import type { Platform } from '../platform/platform.ts';
import { unknownSymbol } from './canonical-request.ts';
import { ExclusiveSlots } from './exclusive-slots.ts';
import type { Polls } from './polls.ts';
import { LateRetries } from './late-retries.ts';
import { Subscription, type SubscriptionEnvironment } from './subscription.ts';
import type { SubscriptionHandle } from './subscription-handle.ts';
import { SubscriptionLease } from './subscription-lease.ts';
import { SubscriptionParts } from './subscription-parts.ts';
import type { SubscriptionFailure } from './subscription-state.ts';
import { isSameWire, placeOf, type WirePlace } from './wire-place.ts';

const DISABLED = 'the exchange is disabled by the user';

/** What a registry needs from around it. */
export interface RegistryEnvironment {
  readonly adapter: ExchangeAdapter;
  readonly platform: Platform;
  readonly exchangeTime: LagClock;
  /** Milliseconds since the epoch, as far as known. */
  exchangeNow(): number;
  readonly maxLagMs: number;
  readonly consumerDeadlineMs: number;
  readonly statistics: ExchangeStatistics;
  readonly report: LifecycleListener;
  readonly instruments: InstrumentCatalog;
  readonly pool: ConnectionPool;
  readonly seeds: BookSeeds;
  readonly accountCalls: AccountCalls;
  readonly candleCalls: CandleCalls;
  readonly tradeCalls: TradeCalls;
  readonly polls: Polls;
  /** Whether the exchange may be talked to. */
  isEnabled(): boolean;
  /** Whether it has been begun to talk to the exchange. */
  isStarted(): boolean;
  /** A subscription has come into being. */
  created(subscription: Subscription): void;
}

/** What should be streamed from one exchange, by canonical key; brings it onto the wire and takes it off again. */
export class SubscriptionRegistry {
  /** Which subscriptions cannot go side by side. */
  readonly exclusives: ExclusiveSlots;
  readonly halts: MarketHalts;
  private readonly byKey = new Map<string, Subscription>();
  private readonly liveness: LivenessMonitor;
  private readonly lag: LagMonitor;
  private readonly retries: LateRetries;
  /** Rows of parts are counted there, and as rows of their wholes. */
  private readonly partStatistics = new ExchangeStatistics();

  constructor(private readonly environment: RegistryEnvironment) {
    const { adapter, platform, pool, maxLagMs } = environment;
    const { clock, random } = platform;
    const all = (): Iterable<Subscription> => this.byKey.values();
    this.exclusives = new ExclusiveSlots(adapter);
    this.halts = new MarketHalts({
      clock,
      subscriptions: () => this.withParts(),
      renew: (subscription, reason) => pool.renew(subscription, reason),
    });
    this.liveness = new LivenessMonitor(clock, pool);
    this.lag = new LagMonitor(clock, environment.exchangeTime, maxLagMs, all, (subscription, reason) =>
      this.caughtUp(subscription, reason),
    );
    this.retries = new LateRetries(clock, random, (subscription) => {
      if (subscription.state === 'failed') this.activate(subscription);
    });
  }

  /** All there are at this moment: who goes through them may subscribe and release. */
  all(): Subscription[] {
    return [...this.byKey.values()];
  }

  find(key: string): Subscription | undefined {
    return this.byKey.get(key);
  }

  /** All that are on connections, or are to be: in place of those that several topics feed, their parts. */
  carried(): Subscription[] {
    return this.all().flatMap((subscription) => subscription.parts?.topics ?? [subscription]);
  }

  private withParts(): Subscription[] {
    return this.all().flatMap((subscription) => [subscription, ...(subscription.parts?.topics ?? [])]);
  }

  /**
   * Takes a hold on a subscription; the first one brings it about.
   * @throws SubscriptionRequestError when another variant is in its way
   */
  hold<C extends Channel>(canonical: SubscriptionRequest<C>): SubscriptionHandle<C> {
    const key = subscriptionKey(canonical);
    const subscription = this.byKey.get(key) ?? this.create(canonical, key);
    const lease = new SubscriptionLease<C>(canonical, subscription, () => this.release(subscription));
    if (subscription.state === 'inactive' || subscription.state === 'failed') this.activate(subscription);
    return lease;
  }

  /**
   * Brings a subscription onto the wire, once the instruments are known, which name what it is of, or at once where it needs
   * none.
   */
  activate(subscription: Subscription): void {
    const { adapter, instruments, pool } = this.environment;
    const { request } = subscription;
    if (!this.environment.isEnabled()) return subscription.suspended(DISABLED);
    if (!this.environment.isStarted() || (request.channel !== 'raw' && !instruments.loaded)) return;
    const place =
      subscription.part === undefined ? placeOf(request, adapter, instruments) : subscription.place;
    if (!place) return this.unknown(subscription);
    if (!subscription.place) subscription.placed(place);
    const instrument = request.channel === 'raw' ? undefined : instruments.find(request.symbol);
    if (instrument) this.halts.tell(subscription, instrument);
    if (place.candles?.source === 'rest') return subscription.polled();
    this.lag.start();
    if (place.parts) return this.activateParts(subscription, place.parts);
    pool.add(subscription);
    this.liveness.watch(subscription);
  }

  /** Brings every topic onto the wire that feeds the subscription. */
  private activateParts(whole: Subscription, places: readonly WirePlace[]): void {
    whole.parts ??= new SubscriptionParts(
      whole,
      places.map((place) => this.createPart(whole, place)),
    );
    whole.parts.begin(this.environment.polls);
    for (const part of whole.parts.topics)
      if (part.state === 'inactive' || part.state === 'failed') this.activate(part);
  }

  private createPart(whole: Subscription, place: WirePlace): Subscription {
    const { report, ...environment } = this.environmentOfOne();
    const part = new Subscription(
      whole.request,
      {
        ...environment,
        flowStatistics: this.partStatistics,
        report: (event) => {
          if (event.type === 'subscription') whole.parts?.changed();
          else report(event);
        },
      },
      `${place.endpoint} ${place.topic}`,
    );
    part.placed(place);
    return part;
  }

  /** Brings onto the wire whatever is not there yet. */
  activateInactive(): void {
    for (const subscription of this.all()) if (subscription.state === 'inactive') this.activate(subscription);
  }

  /** An account has other credentials: what failed for want of a login begins. */
  credentialsChanged(account: string): void {
    for (const subscription of this.carried()) {
      const { place } = subscription;
      if (subscription.view().failure === 'auth' && (place?.account ?? DEFAULT_ACCOUNT) === account)
        this.activate(subscription);
    }
  }

  /** The exchange is not talked to for a while: everything stays wanted, and is `inactive`. */
  suspendAll(): void {
    this.lag.stop();
    for (const subscription of this.all()) {
      for (const each of carriedOf(subscription)) {
        this.environment.pool.forget(each);
        each.suspended(DISABLED);
      }
      if (subscription.parts) subscription.suspended(DISABLED);
      // Last, as what has lost its connection may wish to be asked for by REST.
      this.leaveAlone(subscription);
    }
  }

  /** The exchange is talked to again; what is wanted begins with `activateInactive`. */
  reinstateAll(): void {
    for (const subscription of this.withParts()) subscription.reinstated();
  }

  /** The exchange has told its instruments, or some of them are gone. */
  instrumentsChanged({ isOtherWorld, gone, stopped }: InstrumentsChange): void {
    const { instruments } = this.environment;
    if (isOtherWorld) this.placeAnew();
    const symbols = new Set(gone.map(({ symbol }) => symbol));
    for (const subscription of this.all()) {
      const { channel, symbol } = subscription.request;
      if (channel !== 'raw' && symbols.has(symbol)) this.delisted(subscription);
      // What was not listed may be now.
      else if (subscription.view().failure === 'unknown-symbol' && instruments.find(symbol))
        this.activate(subscription);
    }
    this.activateInactive();
    this.halts.listed((symbol) => instruments.find(symbol), stopped);
  }

  /** A connection tells that a market has stopped, or opened. */
  marketStatus(connection: string, listed: ListedSymbol, status: 'halted' | 'trading', reason: string): void {
    const instrument = this.environment.instruments.listed(listed);
    // Nobody can have subscribed it; and the exchange's words alone must not fill our memory.
    if (!instrument) return this.environment.statistics.ignore('market status of an unknown symbol');
    if (status === 'halted') this.halts.halted(instrument.symbol, reason, connection);
    else this.halts.opened(instrument.symbol, reason);
  }

  /** Every subscription as it stands, for whoever looks from time to time whether all is well. */
  audited(): AuditedSubscription[] {
    return this.carried().map((subscription) => this.auditedOf(subscription));
  }

  /** Mends what the audit has found of a subscription. Returns what was done, in words; undefined when it is gone. */
  mend({ kind, subscription: key = '', found }: Inconsistency): string | undefined {
    const subscription = this.carried().find((carried) => carried.key === key);
    if (!subscription) return undefined;
    const { pool, seeds, accountCalls } = this.environment;
    switch (kind) {
      case 'live-without-connection':
        subscription.lost(found);
        return 'told its consumers that it is stale';
      case 'unseeded':
        if (subscription.place?.candles) subscription.flow.candles?.unavailable(found);
        else if (subscription.place?.trades) subscription.flow.trades?.unavailable(found);
        else if (subscription.place?.accountData) accountCalls.repeat(subscription, found);
        else seeds.request(subscription, 1, { kind: 'gap', reason: found });
        return 'asked for';
      case 'silent':
        subscription.fellSilent(found);
        pool.renew(subscription, found);
        return 'told its consumers that it is stale, and asked for again';
      case 'stranded':
        this.activate(subscription);
        return 'asked for';
      default:
        subscription.lost(found);
        pool.withdraw(subscription);
        // Whatever holds true of its market is told it again.
        subscription.flow.presence.marketOpened(found, false);
        this.activate(subscription);
        return 'asked for again';
    }
  }

  /** Ends all waiting, while connections close. */
  stop(): void {
    this.liveness.stop();
    this.lag.stop();
    this.retries.stop();
    this.environment.seeds.stop();
    this.environment.accountCalls.stop();
    this.environment.candleCalls.stop();
    this.environment.tradeCalls.stop();
    this.environment.polls.stop();
  }

  /** The connections are closed: everything ends. */
  end(): void {
    this.halts.stop();
    for (const subscription of this.all()) {
      subscription.parts?.rest();
      subscription.unsubscribed('closed');
      for (const part of subscription.parts?.topics ?? []) part.unsubscribed('closed');
    }
    this.byKey.clear();
  }

  private auditedOf(subscription: Subscription): AuditedSubscription {
    const { environment } = this;
    const { instruments, seeds, accountCalls, candleCalls, tradeCalls } = environment;
    const mayBegin = environment.isEnabled() && environment.isStarted();
    const { request, place, flow } = subscription;
    const isRaw = request.channel === 'raw';
    const instrument = isRaw ? undefined : instruments.find(request.symbol);
    const hasPlace = instrument !== undefined || hasNoSymbol(request.channel);
    const { everyMs, provenBy } = place?.cadence ?? {};
    return {
      view: subscription.view(),
      canBegin: mayBegin && (isRaw || (instruments.loaded && hasPlace)),
      isRetried: this.retries.isScheduled(subscription),
      isSeeding:
        flow.isSeeding &&
        (place?.book?.kind === 'linked' ||
          (place?.accountData ?? place?.candles ?? place?.trades) !== undefined),
      isSeedAsked: [seeds, accountCalls, candleCalls, tradeCalls].some((calls) =>
        calls.isAsked(subscription),
      ),
      isPolled: place?.candles?.source === 'rest',
      isPolledMeanwhile: flow.candles?.isPolled ?? false,
      isHaltKnown:
        instrument !== undefined && (instrument.status !== 'trading' || this.halts.has(instrument.symbol)),
      // A proof by others is a matter of moments; what is promised at rest can be looked for at any time.
      ...(everyMs !== undefined && !provenBy && { silenceMs: 2 * patienceFor(everyMs) }),
    };
  }

  private create(request: SubscriptionRequest, key: string): Subscription {
    const conflict = this.exclusives.conflictOf(request, key);
    if (conflict) throw conflict;
    const subscription = new Subscription(request, this.environmentOfOne());
    this.byKey.set(key, subscription);
    this.exclusives.take(subscription);
    this.environment.created(subscription);
    return subscription;
  }

  private environmentOfOne(): SubscriptionEnvironment {
    const { platform, statistics, report, seeds, accountCalls, candleCalls, tradeCalls } = this.environment;
    return {
      clock: platform.clock,
      statistics,
      report,
      consumerDeadlineMs: this.environment.consumerDeadlineMs,
      requestSeed: (...seed) => {
        if (this.environment.isEnabled()) seeds.request(...seed);
      },
      requestAccountData: (...need) => {
        if (this.environment.isEnabled()) accountCalls.request(...need);
      },
      candles: (of) => ({
        exchangeNow: () => this.environment.exchangeNow(),
        random: platform.random,
        need: (range) => {
          if (this.environment.isEnabled()) candleCalls.request(of, range);
        },
        wakeAfter: (delayMs) => candleCalls.wakeAfter(of, delayMs),
        history: (...asked) => candleCalls.history(of, ...asked),
      }),
      requestTrades: (of, need) =>
        (need === undefined || this.environment.isEnabled()) && tradeCalls.request(of, need),
      askForFills: (...fills) => accountCalls.askForFills(...fills),
      gaveUp: (...failure) => this.gaveUp(...failure),
      displaced: (displaced) => this.activate(displaced),
    };
  }

  private release(subscription: Subscription): void {
    this.byKey.delete(subscription.key);
    if (this.byKey.size === 0) this.lag.stop();
    this.exclusives.leave(subscription);
    this.leaveAlone(subscription);
    subscription.unsubscribed('nobody wants it any more');
    for (const part of subscription.parts?.topics ?? []) part.unsubscribed('nobody wants it any more');
    this.takeOffWire(subscription);
  }

  private takeOffWire(subscription: Subscription): void {
    for (const carried of carriedOf(subscription)) this.environment.pool.remove(carried);
  }

  /** Nothing is waited for on behalf of a subscription. */
  private leaveAlone(subscription: Subscription): void {
    subscription.parts?.rest();
    for (const part of subscription.parts?.topics ?? []) this.leaveAlone(part);
    this.environment.seeds.cancel(subscription);
    this.environment.accountCalls.cancel(subscription);
    this.environment.candleCalls.cancel(subscription);
    this.environment.tradeCalls.cancel(subscription);
    this.liveness.forget(subscription);
    this.retries.forget(subscription);
  }

  /** The exchange will never send anything again, nor is it asked to. */
  private delisted(subscription: Subscription): void {
    this.takeOffWire(subscription);
    const { exchange, symbol } = subscription.request;
    const reason = `${exchange} does not list ${symbol} any more`;
    for (const part of subscription.parts?.topics ?? []) part.failed('unknown-symbol', reason);
    subscription.failed('unknown-symbol', reason);
    // Last, as what has lost its connection may wish to be asked for by REST.
    this.leaveAlone(subscription);
  }

  /** Another of the exchange's worlds has told its instruments: what it does not know fails, what it knows begins. */
  private placeAnew(): void {
    const { adapter, instruments } = this.environment;
    for (const subscription of this.all()) {
      const place = placeOf(subscription.request, adapter, instruments);
      const isOnWire = subscription.state !== 'inactive' && subscription.state !== 'failed';
      if (isOnWire && place && isSameWire(place, subscription.place)) continue;
      if (isOnWire) {
        this.takeOffWire(subscription);
        this.liveness.forget(subscription);
      }
      this.dissolve(subscription);
      if (!place) {
        if (isOnWire) this.unknown(subscription);
        continue;
      }
      subscription.placed(place);
      this.activate(subscription);
    }
  }

  /** What feeds it is another set of topics from here on. */
  private dissolve(subscription: Subscription): void {
    const { parts } = subscription;
    if (!parts) return;
    parts.rest();
    for (const part of parts.topics) {
      this.leaveAlone(part);
      part.unsubscribed('the exchange is another world');
    }
    subscription.parts = undefined;
  }

  private unknown(subscription: Subscription): void {
    const { exchange, symbol } = subscription.request;
    const { message } = unknownSymbol(exchange, symbol, this.environment.instruments);
    subscription.failed('unknown-symbol', message);
  }

  private caughtUp(subscription: Subscription, reason: string): void {
    const { flow, place } = subscription;
    flow.presence.caughtUp(reason);
    // Its whole book comes with the subscription and not by itself.
    if (place?.book?.kind === 'linked' && place.book.seed === 'stream')
      this.environment.pool.renew(subscription, reason);
  }

  /** The exchange does not take it, or does not answer: what may pass is asked for again, much later. */
  private gaveUp(
    subscription: Subscription,
    failure: SubscriptionFailure,
    reason: string,
    temporary: boolean,
  ): void {
    if (!temporary) return subscription.failed(failure, reason);
    const delayMs = this.retries.schedule(subscription);
    subscription.failed(failure, `${reason}; asking again in ${Math.round(delayMs / 1000)} s`);
  }
}

/** What of a subscription is on connections: itself, or its parts. */
function carriedOf(subscription: Subscription): readonly Subscription[] {
  return subscription.parts?.topics ?? [subscription];
}
