import type { Channel, SubscriptionRequest } from '@exchange-stream/market-data';
import { subscriptionKey } from '@exchange-stream/market-data';
import type { Environment, ExchangeAdapter } from '../contract/index.ts';
import { checkSettings } from './check-options.ts';
import { ConnectionPool } from './connection/connection-pool.ts';
import type { StreamingSettings } from './connection/streaming-connection.ts';
import type { ConnectionView } from './connection/connection-state.ts';
import type { EndpointView } from './connection/endpoint-connections.ts';
import type {
  ConnectionDefinition,
  DefinedConnectionHandle,
} from './custom-connection/connection-definition.ts';
import { checkDefinition } from './custom-connection/check-definition.ts';
import { DefinedConnections } from './custom-connection/defined-connections.ts';
import { ClosedError } from './errors.ts';
import { audit, type Inconsistency } from './health/audit.ts';
import { InstrumentCatalog, type InstrumentsChange } from './instruments/instrument-catalog.ts';
import { MarketHalts } from './instruments/market-halts.ts';
import { RestBookSeeder } from './integrity/book-seeder.ts';
import { StreamBookSeeder } from './integrity/stream-book-seeder.ts';
import type { ExchangeCounters } from './lifecycle/exchange-counters.ts';
import { ExchangeStatistics } from './lifecycle/exchange-statistics.ts';
import { FrameProblems } from './lifecycle/frame-problems.ts';
import type { LifecycleListener } from './lifecycle/lifecycle-event.ts';
import { LagMonitor } from './liveness/lag-monitor.ts';
import { LivenessMonitor } from './liveness/liveness-monitor.ts';
import type { EngineTuning, ExchangeSettings } from './options.ts';
import type { Platform } from './platform/platform.ts';
import { ExchangeRoute, type RouteSettings } from './route/exchange-route.ts';
import { RestClient } from './rest/rest-client.ts';
import { canonicalRequest, unknownSymbol } from './subscription/canonical-request.ts';
import { ExclusiveSlots } from './subscription/exclusive-slots.ts';
import { LateRetries } from './subscription/late-retries.ts';
import { Subscription } from './subscription/subscription.ts';
import type { SubscriptionHandle } from './subscription/subscription-handle.ts';
import type { SubscriptionFailure, SubscriptionView } from './subscription/subscription-state.ts';
import { SubscriptionLease } from './subscription/subscription-lease.ts';
import { placeOf } from './subscription/wire-place.ts';

const DISABLED = 'the exchange is disabled';

/** What a manager tells the stream that it belongs to. */
export interface ManagerEnvironment {
  readonly platform: Platform;
  readonly tuning: Required<EngineTuning>;
  /** The proxy for exchanges whose settings name none. */
  readonly proxy?: string;
  readonly report: LifecycleListener;
  /** A subscription has come into being: those who listen to everything join it. */
  created(subscription: Subscription): void;
  /** The exchange has told what it trades. */
  instrumentsChanged(exchange: string, isFirst: boolean): void;
}

/** Everything of one exchange in one instance: its connections, subscriptions and instruments. */
export class ConnectionManager {
  /** What the exchange trades. */
  readonly instruments: InstrumentCatalog;
  /** Which subscriptions cannot go side by side. */
  readonly exclusives: ExclusiveSlots;
  private readonly subscriptionsByKey = new Map<string, Subscription>();
  private readonly seeds = new Map<Subscription, { cancel(): void }>();
  private readonly statistics = new ExchangeStatistics();
  private readonly environment: ManagerEnvironment;
  private readonly problems: FrameProblems;
  private readonly route: ExchangeRoute;
  private readonly rest: RestClient;
  private readonly seeder: RestBookSeeder;
  private readonly streamSeeder: StreamBookSeeder;
  private readonly pool: ConnectionPool;
  private readonly liveness: LivenessMonitor;
  private readonly lag: LagMonitor;
  private readonly retries: LateRetries;
  private readonly defined: DefinedConnections;
  private readonly halts: MarketHalts;
  private started = false;
  private closed = false;
  private isEnabled = true;

  constructor(
    readonly adapter: ExchangeAdapter,
    settings: ExchangeSettings,
    environment: ManagerEnvironment,
  ) {
    const { platform, tuning } = environment;
    const report: LifecycleListener = (event) => {
      this.statistics.happened(event);
      environment.report(event);
    };
    this.environment = { ...environment, report };
    this.problems = new FrameProblems(adapter.exchange, platform.clock, report);
    this.route = new ExchangeRoute(adapter, settings, environment.proxy);
    this.rest = new RestClient(
      adapter.exchange,
      () => this.route.rest(),
      adapter.rest.requests,
      tuning.restTimeoutMs,
      tuning.healthyAfterMs,
      platform,
      (reason) => this.rejectedRow(reason),
    );
    this.seeder = new RestBookSeeder(adapter, this.rest, platform);
    this.streamSeeder = new StreamBookSeeder(platform);
    this.instruments = new InstrumentCatalog(
      adapter,
      this.rest,
      platform,
      report,
      tuning.instrumentsRefreshMs,
    );
    this.exclusives = new ExclusiveSlots(adapter);
    this.pool = new ConnectionPool(
      {
        adapter,
        platform,
        report,
        problems: this.problems,
        statistics: this.statistics,
        marketStatus: (...status) => this.marketStatus(...status),
        subscriptions: () => this.subscriptionsByKey.values(),
        silenced: (connection) => this.halts.lost(connection),
        left: (connection, { place }) => {
          if (place) this.halts.left(connection, place.instrument.nativeSymbol);
        },
      },
      this.route,
      settings.credentials,
      tuningOf(tuning, settings),
    );
    this.defined = this.createDefined(settings.connections ?? []);
    this.halts = new MarketHalts({
      clock: platform.clock,
      subscriptions: () => this.subscriptionsByKey.values(),
      renew: (subscription, reason) => this.pool.renew(subscription, reason),
    });
    this.liveness = new LivenessMonitor(platform.clock, this.pool);
    this.lag = new LagMonitor(
      platform.clock,
      tuning.maxLagMs,
      () => this.subscriptionsByKey.values(),
      (subscription, reason) => this.caughtUp(subscription, reason),
    );
    this.retries = new LateRetries(platform.clock, platform.random, (subscription) => {
      if (subscription.state === 'failed') this.activate(subscription);
    });
  }

  /** Id of the exchange. */
  get exchange(): string {
    return this.adapter.exchange;
  }

  subscriptions(): SubscriptionView[] {
    return [...this.subscriptionsByKey.values()].map((subscription) => subscription.view());
  }

  connections(): ConnectionView[] {
    return [...this.pool.views(), ...this.defined.views()];
  }

  /** Connections there are, in whatever state. */
  get connectionCount(): number {
    return this.pool.size;
  }

  /** Topics that still fit on the connections there are; beyond, further ones are opened. */
  get availableCapacity(): number {
    return this.pool.availableCapacity;
  }

  /** Every endpoint that the exchange declares, and how its connections are filled. */
  endpoints(): EndpointView[] {
    return this.pool.endpointViews();
  }

  /**
   * Gives up the present socket of one connection for a fresh one, as after a loss; whatever it carried is asked for again.
   * Returns whether there is a connection of this id.
   */
  recycle(connection: string, reason = 'asked for by the user'): boolean {
    return this.pool.recycle(connection, reason) || this.defined.recycle(connection, reason);
  }

  /**
   * Adds a connection of the user's own; `open` opens it, or a first topic does.
   * @throws InvalidOptionsError for what cannot work, such as a name that a definition or an endpoint already has
   * @throws ClosedError
   */
  define(definition: ConnectionDefinition): DefinedConnectionHandle {
    this.refuseIfClosed();
    checkDefinition('define', definition, this.adapter);
    return this.defined.define(definition);
  }

  /**
   * Opens a user-defined connection; returns at once.
   * @throws InvalidOptionsError when there is none of that name
   * @throws ClosedError
   */
  open(name: string): DefinedConnectionHandle {
    this.refuseIfClosed();
    return this.defined.open(name);
  }

  /** The first user-defined connection with this filter. */
  connection(filter: string | symbol): DefinedConnectionHandle | undefined {
    return this.find((connection) => connection.filter === filter);
  }

  /** The first user-defined connection that the predicate wants. */
  find(predicate: (connection: DefinedConnectionHandle) => boolean): DefinedConnectionHandle | undefined {
    return this.defined.find(predicate);
  }

  counters(): ExchangeCounters {
    return this.statistics;
  }

  /**
   * The one form of a request that all its spellings share, checked.
   * @throws SubscriptionRequestError which says what would work
   */
  canonical<C extends Channel>(request: SubscriptionRequest<C>): SubscriptionRequest<C> {
    return canonicalRequest(request, this.adapter, this.instruments);
  }

  /**
   * Takes a hold on a subscription; the first one brings it about.
   * @throws SubscriptionRequestError which says what would work
   * @throws ClosedError
   */
  subscribe<C extends Channel>(request: SubscriptionRequest<C>): SubscriptionHandle<C> {
    this.refuseIfClosed();
    const canonical = this.canonical(request);
    const key = subscriptionKey(canonical);
    let subscription = this.subscriptionsByKey.get(key);
    if (!subscription) {
      const conflict = this.exclusives.conflictOf(canonical, key);
      if (conflict) throw conflict;
      subscription = this.create(canonical);
      this.subscriptionsByKey.set(key, subscription);
      this.exclusives.take(subscription);
      this.environment.created(subscription);
    }
    const held = subscription;
    const lease = new SubscriptionLease<C>(canonical, held, () => this.release(held));
    if (held.state === 'inactive' || held.state === 'failed') this.activate(held);
    return lease;
  }

  /** Calls back for every subscription there is. */
  forEach(visit: (subscription: Subscription) => void): void {
    for (const subscription of this.subscriptionsByKey.values()) visit(subscription);
  }

  /** Which of the exchange's worlds it talks to. */
  get exchangeEnvironment(): Environment {
    return this.route.environment;
  }

  /**
   * Goes through another proxy from now on, or without one (`direct`); without an argument by what the whole stream has.
   * Connections move at once, requests under way end where they began.
   * @throws InvalidOptionsError
   */
  setProxy(url?: string): void {
    this.changeRoute({ proxy: url }, 'another proxy was set');
  }

  /**
   * Base URLs from now on, by endpoint key or `rest`; what is left out keeps the exchange's own. Connections whose URLs
   * changed move at once.
   * @throws InvalidOptionsError
   */
  setUrls(urls: NonNullable<ExchangeSettings['urls']>): void {
    this.changeRoute({ urls }, 'other URLs were set');
  }

  /**
   * Talks to another of the exchange's worlds from now on. Connections move at once and instruments are loaded anew; a
   * subscription whose symbol is not traded there fails, one that waited for its symbol begins. URLs that were set are the
   * user's word for either world: they stay until `setUrls` changes them.
   * @throws InvalidOptionsError
   */
  setEnvironment(environment: Environment): void {
    if (environment === this.route.environment) return;
    this.changeRoute({ environment }, `the environment was set to ${environment}`);
    for (const subscription of [...this.seeds.keys()]) this.cancelSeed(subscription);
    this.instruments.leaveWorld();
    if (this.started && this.isEnabled) this.loadInstruments();
  }

  /** The proxy for exchanges whose settings name none has changed. */
  commonProxyChanged(url: string | undefined): void {
    const before = this.route.proxy;
    this.route.changeCommonProxy(url);
    if (this.route.proxy === before) return;
    this.rerouted('another proxy was set');
    this.defined.reroute('another proxy was set');
  }

  /** Begins to talk to the exchange; returns at once. */
  start(): void {
    if (this.started) return;
    this.started = true;
    this.defined.start();
    this.begin();
  }

  /** Whether the exchange is talked to, once started. */
  get enabled(): boolean {
    return this.isEnabled;
  }

  /**
   * Stops talking to the exchange: its connections close, REST rests. Subscriptions stay wanted (`inactive`, their data
   * `stale`), and new ones are taken. Again, it does nothing more. Resolves when the connections are closed.
   */
  async disable(): Promise<void> {
    if (this.isEnabled && !this.closed) {
      this.isEnabled = false;
      this.instruments.stop();
      const closed = this.pool.close();
      for (const subscription of [...this.subscriptionsByKey.values()]) this.suspend(subscription);
      this.rest.withdraw();
      this.environment.report({ type: 'exchange', exchange: this.exchange, change: 'disabled' });
      await Promise.all([closed, this.defined.suspend()]);
    } else await this.pool.closed();
  }

  /** Talks to the exchange again, and brings back whatever is wanted of it; returns at once. */
  enable(): void {
    if (this.isEnabled || this.closed) return;
    this.isEnabled = true;
    this.environment.report({ type: 'exchange', exchange: this.exchange, change: 'enabled' });
    this.defined.resume();
    if (this.started) this.begin();
  }

  /**
   * Replaces a connection by a fresh one that is open and subscribed before the old one closes. Returns whether there is
   * such a connection, and it is open; what becomes of it is told as a `rotation` lifecycle event.
   */
  rotate(connectionId: string): boolean {
    return this.pool.rotate(connectionId, 'asked for by the user');
  }

  /** Closes every connection, within the close deadline. */
  async close(): Promise<void> {
    this.closed = true;
    this.instruments.stop();
    this.rest.close();
    this.liveness.stop();
    this.lag.stop();
    this.retries.stop();
    for (const seed of this.seeds.values()) seed.cancel();
    this.seeds.clear();
    await Promise.all([this.pool.close(), this.defined.close()]);
    this.halts.stop();
    for (const subscription of this.subscriptionsByKey.values()) subscription.unsubscribed('closed');
    this.subscriptionsByKey.clear();
  }

  private begin(): void {
    if (!this.isEnabled) return;
    this.activateInactive();
    this.loadInstruments();
  }

  private loadInstruments(): void {
    this.instruments.load((change) => this.instrumentsChanged(change));
  }

  private suspend(subscription: Subscription): void {
    this.lag.stop();
    this.cancelSeed(subscription);
    this.liveness.forget(subscription);
    this.retries.forget(subscription);
    this.pool.forget(subscription);
    subscription.suspended(DISABLED);
  }

  private refuseIfClosed(): void {
    if (this.closed) throw new ClosedError(`The connection manager of ${this.exchange}`);
  }

  private createDefined(definitions: readonly ConnectionDefinition[]): DefinedConnections {
    const { platform, tuning, report } = this.environment;
    const [endpoint] = Object.values(this.adapter.endpoints);
    const defined = new DefinedConnections({
      exchange: this.exchange,
      platform,
      tuning,
      report,
      problems: this.problems,
      statistics: this.statistics,
      proxy: () => this.route.proxy,
      connects: endpoint?.limits.connects ?? [],
    });
    for (const definition of definitions) defined.define(definition);
    return defined;
  }

  private changeRoute(change: Partial<RouteSettings>, reason: string): void {
    this.refuseIfClosed();
    checkSettings(`settings.${this.exchange}`, change, this.adapter);
    const { route } = this;
    const keys = Object.keys(this.adapter.endpoints);
    const before = keys.map((key) => JSON.stringify(route.socket(key)));
    const proxyBefore = route.proxy;
    route.change(change);
    if (route.proxy !== proxyBefore) this.defined.reroute(reason);
    this.rerouted(
      reason,
      keys.filter((key, index) => JSON.stringify(route.socket(key)) !== before[index]),
    );
  }

  private rerouted(reason: string, endpointKeys?: readonly string[]): void {
    this.rest.rerouted();
    this.pool.reroute(reason, endpointKeys);
  }

  /**
   * Looks for what the event path has missed: connections and subscriptions that contradict each other. What is found is
   * mended and told as `inconsistency`.
   */
  audit(): readonly Inconsistency[] {
    if (this.closed) return [];
    const found = audit(this.connections(), this.subscriptions());
    for (const inconsistency of found) this.mend(inconsistency);
    return found;
  }

  private mend({ kind, subscription: key, found }: Inconsistency): void {
    const subscription = this.subscriptionsByKey.get(key);
    if (!subscription) return;
    subscription.lost(found);
    if (kind === 'no-connection') this.activate(subscription);
    const done = kind === 'no-connection' ? 'asked for again' : 'told its consumers that it is stale';
    this.environment.report({
      type: 'inconsistency',
      exchange: this.exchange,
      subscription: key,
      kind,
      found,
      done,
    });
  }

  private create(request: SubscriptionRequest): Subscription {
    return new Subscription(request, {
      clock: this.environment.platform.clock,
      statistics: this.statistics,
      report: this.environment.report,
      requestSeed: (...request) => this.requestSeed(...request),
      gaveUp: (...failure) => this.gaveUp(...failure),
      displaced: (subscription) => this.activate(subscription),
    });
  }

  private instrumentsChanged({ isFirst, isOtherWorld, gone }: InstrumentsChange): void {
    if (isOtherWorld) this.placeAnew();
    const symbols = new Set(gone.map(({ symbol }) => symbol));
    for (const subscription of [...this.subscriptionsByKey.values()]) {
      const { channel, symbol } = subscription.request;
      if (channel !== 'raw' && symbols.has(symbol)) this.delisted(subscription);
      // What was not listed may be now.
      else if (subscription.view().failure === 'unknown-symbol' && this.instruments.find(symbol))
        this.activate(subscription);
    }
    this.activateInactive();
    this.halts.listed((symbol) => this.instruments.find(symbol));
    this.environment.instrumentsChanged(this.exchange, isFirst);
  }

  /** The exchange will never send anything again, nor is it asked to. */
  private delisted(subscription: Subscription): void {
    this.cancelSeed(subscription);
    this.liveness.forget(subscription);
    this.retries.forget(subscription);
    this.pool.remove(subscription);
    const { symbol } = subscription.request;
    subscription.failed('unknown-symbol', `${this.exchange} does not list ${symbol} any more`);
  }

  private activateInactive(): void {
    for (const subscription of [...this.subscriptionsByKey.values()])
      if (subscription.state === 'inactive') this.activate(subscription);
  }

  /** The exchange has told its instruments again: what it does not know any more fails, what it knows now begins. */
  private placeAnew(): void {
    for (const subscription of [...this.subscriptionsByKey.values()]) {
      const place = placeOf(subscription.request, this.adapter, this.instruments);
      const isOnWire = subscription.state !== 'inactive' && subscription.state !== 'failed';
      if (isOnWire && place?.topic === subscription.place?.topic) continue;
      if (isOnWire) {
        this.pool.remove(subscription);
        this.liveness.forget(subscription);
      }
      if (!place) {
        if (isOnWire) this.unknown(subscription);
        continue;
      }
      subscription.placed(place);
      this.activate(subscription);
    }
  }

  /** Brings a subscription onto the wire, once the instruments are known, or at once where it needs none. */
  private activate(subscription: Subscription): void {
    const { request } = subscription;
    if (!this.isEnabled) return subscription.suspended(DISABLED);
    if (!this.started || (request.channel !== 'raw' && !this.instruments.loaded)) return;
    const place = placeOf(request, this.adapter, this.instruments);
    if (!place) return this.unknown(subscription);
    if (!subscription.place) subscription.placed(place);
    const instrument = request.channel === 'raw' ? undefined : this.instruments.find(request.symbol);
    if (instrument) this.halts.tell(subscription, instrument);
    this.pool.add(subscription);
    this.liveness.watch(subscription);
    this.lag.start();
  }

  private unknown(subscription: Subscription): void {
    const { message } = unknownSymbol(this.exchange, subscription.request.symbol, this.instruments);
    subscription.failed('unknown-symbol', message);
  }

  private marketStatus(
    connection: string,
    nativeSymbol: string,
    status: 'halted' | 'trading',
    reason: string,
  ): void {
    const instrument = this.instruments.find(nativeSymbol);
    // Nobody can have subscribed it; and the exchange's words alone must not fill our memory.
    if (instrument?.nativeSymbol !== nativeSymbol)
      return this.statistics.ignore('market status of an unknown symbol');
    if (status === 'halted') this.halts.halted(nativeSymbol, reason, connection);
    else this.halts.opened(nativeSymbol, reason);
  }

  private caughtUp(subscription: Subscription, reason: string): void {
    const { flow, place } = subscription;
    flow.caughtUp(reason);
    // Its whole book comes with the subscription and not by itself.
    if (place?.book?.kind === 'linked' && place.book.seed === 'stream') this.pool.renew(subscription, reason);
  }

  private release(subscription: Subscription): void {
    this.subscriptionsByKey.delete(subscription.key);
    if (this.subscriptionsByKey.size === 0) this.lag.stop();
    this.exclusives.leave(subscription);
    this.cancelSeed(subscription);
    this.liveness.forget(subscription);
    this.retries.forget(subscription);
    subscription.unsubscribed('nobody wants it any more');
    this.pool.remove(subscription);
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

  private requestSeed(subscription: Subscription, attempt: number, broken: string | undefined): void {
    this.cancelSeed(subscription);
    const { place } = subscription;
    if (this.closed || !this.isEnabled || place?.book?.kind !== 'linked') return;
    if (place.book.seed === 'stream') {
      const snapshot = this.streamSeeder.request({
        attempt,
        broken,
        isAwaited: () => subscription.flow.isSeeding,
        renew: (reason) => this.pool.renew(subscription, reason),
      });
      this.seeds.set(subscription, snapshot);
      return;
    }
    const seed = this.seeder.request(
      { nativeSymbol: place.instrument.nativeSymbol, depth: place.book.seedDepth ?? 1000 },
      attempt,
      (book) => {
        this.seeds.delete(subscription);
        this.statistics.seeds.loaded++;
        subscription.flow.seeded(book);
      },
      (error) =>
        this.environment.report({
          type: 'seed-failed',
          exchange: this.exchange,
          subscription: subscription.key,
          error,
        }),
    );
    this.seeds.set(subscription, seed);
  }

  private rejectedRow(reason: string): void {
    this.statistics.rejected++;
    this.problems.add(`${this.exchange}/rest`, 'rejected', () => reason);
  }

  private cancelSeed(subscription: Subscription): void {
    this.seeds.get(subscription)?.cancel();
    this.seeds.delete(subscription);
  }
}

/** How patient connections of an exchange are whose settings say that its market always moves. */
function tuningOf(
  tuning: Required<EngineTuning>,
  { trafficTimeoutMs }: ExchangeSettings,
): Required<EngineTuning> & Pick<StreamingSettings, 'isTrafficSteady'> {
  return trafficTimeoutMs === undefined ? tuning : { ...tuning, trafficTimeoutMs, isTrafficSteady: true };
}
