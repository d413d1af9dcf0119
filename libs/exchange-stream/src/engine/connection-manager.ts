import {
  TYPED_CHANNELS,
  type AnyRequest,
  type Channel,
  type SubscriptionRequest,
} from '@exchange-stream/market-data';
import type { Environment, ExchangeAdapter } from '../contract/index.ts';
import { AccountCalls } from './account-data/account-calls.ts';
import { CandleCalls } from './candles/candle-calls.ts';
import { ExchangeAudit } from './audit/exchange-audit.ts';
import type { Inconsistency } from './audit/inconsistency.ts';
import { checkCredentials, checkSettings } from './check-options.ts';
import type { PoolTuning } from './connection/connection-factory.ts';
import { ConnectionPool } from './connection/connection-pool.ts';
import type { StreamingConnection } from './connection/streaming-connection.ts';
import type { ConnectionView } from './connection/connection-state.ts';
import type { EndpointView } from './connection/endpoint-connections.ts';
import type {
  ConnectionDefinition,
  DefinedConnectionHandle,
} from './custom-connection/connection-definition.ts';
import { checkDefinition } from './custom-connection/check-definition.ts';
import { DefinedConnections } from './custom-connection/defined-connections.ts';
import type { ConsumerView } from './dispatch/flow-consumers.ts';
import { isFieldChannel } from './dispatch/latest-fields.ts';
import { ClosedError, ConnectionClosedError, InvalidOptionsError } from './errors.ts';
import { Accounts } from './credentials/accounts.ts';
import {
  ACCOUNT_PARAM,
  ACCOUNT_NAME_FORM,
  DEFAULT_ACCOUNT,
  isAccountName,
  type CredentialsProvider,
  type CredentialsSource,
} from './credentials/credentials-source.ts';
import type { AccountView, AuthenticatedUse } from './credentials/login-state.ts';
import { anyLogsIn } from './credentials/logs-in.ts';
import type { InstrumentStore } from './instrument-store/instrument-store.ts';
import {
  InstrumentCatalog,
  type InstrumentMemory,
  type InstrumentsChange,
} from './instruments/instrument-catalog.ts';
import { sortingUpdates } from './integrity/update-sorting.ts';
import { BookSeeds } from './integrity/book-seeds.ts';
import type { ExchangeCounters } from './lifecycle/exchange-counters.ts';
import { ExchangeStatistics } from './lifecycle/exchange-statistics.ts';
import { FrameProblems } from './lifecycle/frame-problems.ts';
import type { LifecycleListener } from './lifecycle/lifecycle-event.ts';
import { budgetViews, type BudgetView } from './limits/budget-view.ts';
import type { EngineTuning, ExchangeSettings } from './options.ts';
import type { Platform } from './platform/platform.ts';
import type { Match, Reply } from './requests/match.ts';
import type { EndpointHandle } from './requests/message-connection.ts';
import type { RequestReport, RequestReporter } from './requests/request-report.ts';
import type { ExpectOptions, RequestOptions, SendOptions } from './requests/user-requests.ts';
import { ExchangeRoute, type RouteSettings } from './route/exchange-route.ts';
import { ExchangeClock, type ClockOffset } from './rest/exchange-clock.ts';
import { RestClient } from './rest/rest-client.ts';
import { RestHosts } from './rest/rest-hosts.ts';
import { TradeCalls } from './trades/trade-calls.ts';
import { canonicalRequest } from './subscription/canonical-request.ts';
import type { ExclusiveSlots } from './subscription/exclusive-slots.ts';
import { Polls } from './subscription/polls.ts';
import type { Subscription } from './subscription/subscription.ts';
import type { SubscriptionHandle } from './subscription/subscription-handle.ts';
import { SubscriptionRegistry } from './subscription/subscription-registry.ts';
import type { SubscriptionView } from './subscription/subscription-state.ts';

/** What a manager tells the stream that it belongs to. */
export interface ManagerEnvironment {
  readonly platform: Platform;
  readonly tuning: Required<EngineTuning>;
  /** The proxy for exchanges whose settings name none. */
  readonly proxy?: string;
  /** Who has the credentials of accounts for which the settings have none. */
  readonly credentialsProvider?: CredentialsProvider;
  readonly report: LifecycleListener;
  readonly instrumentStore?: InstrumentStore;
  /** Is told of every request that has ended. */
  readonly requested?: RequestReporter;
  /** A reporter as it may be called: what it throws is told, and while a promise of it is open, reports wait. */
  guarded(reporter: RequestReporter): RequestReporter;
  /** A subscription has come into being: those who listen to everything join it. */
  created(subscription: Subscription): void;
  /** The exchange has told what it trades. */
  instrumentsChanged(exchange: string, isFirst: boolean): void;
}

/** Everything of one exchange in one instance: its connections, subscriptions and instruments. */
export class ConnectionManager {
  /** What the exchange trades. */
  readonly instruments: InstrumentCatalog;
  private readonly statistics = new ExchangeStatistics();
  private readonly environment: ManagerEnvironment;
  private readonly problems: FrameProblems;
  private readonly route: ExchangeRoute;
  private readonly rest: RestClient;
  private readonly time: ExchangeClock;
  private readonly accountsByName: Accounts;
  private readonly pool: ConnectionPool;
  private readonly defined: DefinedConnections;
  private readonly seeds: BookSeeds;
  private readonly accountCalls: AccountCalls;
  private readonly candleCalls: CandleCalls;
  private readonly tradeCalls: TradeCalls;
  private readonly polls: Polls;
  private readonly registry: SubscriptionRegistry;
  private readonly auditing: ExchangeAudit;
  private started = false;
  private closed = false;
  private isEnabled = true;

  readonly adapter: ExchangeAdapter;

  constructor(declared: ExchangeAdapter, settings: ExchangeSettings, environment: ManagerEnvironment) {
    const adapter = (this.adapter = sortingUpdates(declared, settings.sortBookUpdates));
    checkParts(adapter);
    const { platform, tuning } = environment;
    const report: LifecycleListener = (event) => {
      this.statistics.happened(event);
      environment.report(event);
    };
    const requested = settings.requestReporter ?? environment.requested;
    this.environment = { ...environment, report, ...(requested && { requested }) };
    this.problems = new FrameProblems(adapter.exchange, platform.clock, report);
    this.route = new ExchangeRoute(adapter, settings, environment.proxy);
    this.rest = new RestClient({
      exchange: adapter.exchange,
      declaration: adapter.rest,
      platform,
      hosts: new RestHosts(() => this.route.rest(), tuning.healthyAfterMs, platform.clock),
      timeoutMs: tuning.restTimeoutMs,
      time: { now: () => this.time.now(), refresh: () => this.time.refresh() },
      rejected: (reason) => this.rejectedRow(reason),
      requested: (request) => this.requested(request),
    });
    this.time = this.createClock();
    this.instruments = new InstrumentCatalog(
      adapter,
      this.rest,
      platform,
      report,
      tuning.instrumentsRefreshMs,
      this.memoryOf(environment.instrumentStore),
    );
    this.accountsByName = this.createAccounts(settings);
    this.pool = new ConnectionPool(
      {
        adapter,
        rest: this.rest,
        platform,
        report,
        problems: this.problems,
        statistics: this.statistics,
        requested: (request) => this.requested(request),
        find: (connection) => this.carrier(connection),
        exchangeNow: () => this.time.now(),
        exchangeTimeIsWrong: () => void this.time.refresh(),
        marketStatus: (...status) => this.registry.marketStatus(...status),
        subscriptions: () => this.registry.carried(),
        silenced: (connection) => this.registry.halts.lost(connection),
        left: (connection, { place }) => {
          if (place) this.registry.halts.left(connection, place.instrument.symbol);
        },
      },
      this.route,
      this.accountsByName,
      tuningOf(tuning, settings),
    );
    this.defined = this.createDefined(settings.connections ?? []);
    this.seeds = new BookSeeds({
      adapter,
      platform,
      report,
      rest: this.rest,
      statistics: this.statistics,
      renew: (subscription, reason) => this.pool.renew(subscription, reason),
      move: (subscription) => this.pool.move(subscription),
    });
    this.accountCalls = new AccountCalls({
      adapter,
      platform,
      report,
      rest: this.rest,
      accounts: this.accountsByName,
      renew: (subscription, reason) => this.pool.renew(subscription, reason),
    });
    this.tradeCalls = new TradeCalls({
      adapter,
      platform,
      report,
      rest: this.rest,
      backfillMs: tuning.tradeBackfillMs,
    });
    this.polls = new Polls({ platform, rest: this.rest });
    this.candleCalls = new CandleCalls({
      adapter,
      platform,
      report,
      rest: this.rest,
      exchangeNow: () => this.time.now(),
    });
    this.registry = new SubscriptionRegistry({
      adapter,
      platform,
      report,
      pool: this.pool,
      statistics: this.statistics,
      ...{
        seeds: this.seeds,
        accountCalls: this.accountCalls,
        candleCalls: this.candleCalls,
        tradeCalls: this.tradeCalls,
        polls: this.polls,
        exchangeTime: this.time,
      },
      exchangeNow: () => this.time.now(),
      maxLagMs: tuning.maxLagMs,
      consumerDeadlineMs: tuning.consumerDeadlineMs,
      instruments: this.instruments,
      isEnabled: () => this.isEnabled,
      isStarted: () => this.started,
      created: (subscription) => environment.created(subscription),
    });
    this.auditing = new ExchangeAudit({
      exchange: adapter.exchange,
      clock: platform.clock,
      report,
      pool: this.pool,
      registry: this.registry,
      defined: this.defined,
    });
  }

  /** Which subscriptions cannot go side by side. */
  get exclusives(): ExclusiveSlots {
    return this.registry.exclusives;
  }

  /** Id of the exchange. */
  get exchange(): string {
    return this.adapter.exchange;
  }

  subscriptions(): SubscriptionView[] {
    return this.registry.all().map((subscription) => subscription.view());
  }

  /** How those who receive events keep up. */
  consumers(): ConsumerView[] {
    const ofData = this.registry.all().flatMap(({ flow }) => flow.consumers.views());
    return [...ofData, ...this.defined.consumers()];
  }

  connections(): ConnectionView[] {
    return [...this.pool.views(), ...this.defined.views()];
  }

  /** Connections there are, in whatever state; those that the user has defined among them, which `endpoints` leaves out. */
  get connectionCount(): number {
    return this.pool.size + this.defined.size;
  }

  /** Topics that still fit on the connections there are; beyond, further ones are opened. */
  get availableCapacity(): number {
    return this.pool.availableCapacity;
  }

  /** Every endpoint that the exchange declares, and how its connections are filled. */
  endpoints(): EndpointView[] {
    return this.pool.endpointViews();
  }

  /** How far the limits of the exchange are used at this moment, and how much waits for them. */
  budgets(): BudgetView[] {
    return budgetViews(this.exchange, this.environment.platform.budgets, [
      ...this.pool.messageBudgets(),
      ...this.defined.messageBudgets(),
    ]);
  }

  /** How far the exchange's clock is from ours; undefined until it has told, and where it does not. */
  get clockOffset(): ClockOffset | undefined {
    return this.time.offset;
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

  /**
   * Keeps a connection to one of the exchange's endpoints open, whether topics are wanted there or not, to say something
   * on it. Returns at once; the connection opens with the stream.
   * @throws InvalidOptionsError for an endpoint that there is not, or that wants a login for which there are no credentials
   * @param account whose connection, where the endpoint wants a login; that of the default account without it
   * @throws SubscriptionRequestError for an account that there is not
   * @throws ClosedError
   */
  hold(endpoint: string, account?: string): EndpointHandle {
    this.refuseIfClosed();
    const handle = this.pool.hold(endpoint, account);
    if (this.started && this.isEnabled) this.pool.openHeld();
    return handle;
  }

  /**
   * Says something on a connection, by its id, or on the first open one to `exchange/endpoint`; user-defined ones likewise.
   * See `MessageConnection.send`.
   */
  send(connection: string, frame: string, options: RequestOptions): Promise<readonly Reply[]>;
  send(connection: string, frame: string, options?: SendOptions): Promise<void>;
  send(connection: string, frame: string, options: RequestOptions | SendOptions = {}): Promise<unknown> {
    const carrier = this.carrier(connection);
    return carrier?.requests.say(frame, options) ?? Promise.reject(new ConnectionClosedError(connection));
  }

  /** Waits for answers on a connection, named as for `send`. See `MessageConnection.expect`. */
  expect(
    connection: string,
    match: Match | readonly Match[],
    options: ExpectOptions = {},
  ): Promise<readonly Reply[]> {
    const carrier = this.carrier(connection);
    return carrier?.requests.expect(match, options) ?? Promise.reject(new ConnectionClosedError(connection));
  }

  counters(): ExchangeCounters {
    return this.statistics;
  }

  /**
   * The one form of a request that all its spellings share, checked.
   * @throws SubscriptionRequestError which says what would work
   */
  canonical<C extends Channel>(request: AnyRequest<C>): SubscriptionRequest<C> {
    const canonical = canonicalRequest(request, this.adapter, this.instruments);
    const account = canonical.params?.[ACCOUNT_PARAM];
    if (account !== undefined) this.accountsByName.check(String(account));
    return canonical;
  }

  /**
   * Takes a hold on a subscription; the first one brings it about.
   * @throws SubscriptionRequestError which says what would work
   * @throws ClosedError
   */
  subscribe<C extends Channel>(request: AnyRequest<C>): SubscriptionHandle<C> {
    this.refuseIfClosed();
    return this.registry.hold(this.canonical(request));
  }

  /** Calls back for every subscription there is. */
  forEach(visit: (subscription: Subscription) => void): void {
    for (const subscription of this.registry.all()) visit(subscription);
  }

  /** Our accounts there, as they stand: those of the settings, and those that a provider was asked for. */
  accounts(): AccountView[] {
    const views = this.accountsByName.views();
    if (anyLogsIn(this.adapter)) return views;
    return views.map((view) => (view.state === 'none' ? { ...view, reason: this.wantsNoLogin } : view));
  }

  /**
   * Whether what wants a login can be used, and why, in words: no credentials, rejected by the exchange, disabled … With
   * credentials that nobody has tried yet, it can.
   * @throws SubscriptionRequestError for an account that there is not
   */
  canUseAuthenticated(account: string = DEFAULT_ACCOUNT): AuthenticatedUse {
    const { use } = this.accountsByName.of(account);
    if (!anyLogsIn(this.adapter)) return { canUse: false, state: 'none', reason: this.wantsNoLogin };
    if (!this.isEnabled) return { ...use, canUse: false, reason: 'the exchange is disabled' };
    return use;
  }

  /**
   * Logs in with these credentials from now on: as another key, or once more after the exchange has refused this one. Open
   * connections of the account go over to fresh ones that are logged in with them, and stay if these are refused; what
   * failed for want of a login is asked for again. Undefined asks the provider, if there is one; otherwise the connections
   * close.
   * @throws InvalidOptionsError which does not repeat what came
   * @throws ClosedError
   */
  setCredentials(credentials: CredentialsSource | undefined, account: string = DEFAULT_ACCOUNT): void {
    this.refuseIfClosed();
    if (!isAccountName(account))
      throw new InvalidOptionsError(`setCredentials: no name of an account. Allowed: ${ACCOUNT_NAME_FORM}.`);
    checkCredentials('setCredentials', credentials);
    const changed = this.accountsByName.set(account, credentials);
    this.pool.credentialsChanged(
      changed,
      credentials === undefined ? 'the credentials were taken away' : 'other credentials were set',
    );
    if (!changed.hasSource) return;
    this.registry.credentialsChanged(account);
    if (this.started && this.isEnabled) this.pool.openHeld();
  }

  /** Which of the exchange's worlds it talks to. */
  get exchangeEnvironment(): Environment {
    return this.route.environment;
  }

  /**
   * Goes through another proxy from now on, or without one (`direct`); without an argument by what the whole stream has.
   * Open connections are rotated onto the new way, and stay if it fails; requests under way end where they began.
   * @throws InvalidOptionsError
   */
  setProxy(url?: string): void {
    this.changeRoute({ proxy: url }, 'another proxy was set');
  }

  /**
   * Base URLs of the same world from now on, by endpoint key or `rest`; what is left out keeps the exchange's own. Open
   * connections whose preferred URL changed are rotated onto it, and stay if it fails.
   * @throws InvalidOptionsError
   */
  setUrls(urls: NonNullable<ExchangeSettings['urls']>): void {
    this.changeRoute({ urls }, 'other URLs were set');
  }

  /**
   * Talks to another of the exchange's worlds from now on. As nothing of the one goes on in the other, connections leave at
   * once, and their subscriptions are `stale` until the other world speaks. Instruments are loaded anew; a subscription
   * whose symbol is not traded there fails, one that waited for its symbol begins. URLs that were set are the user's word
   * for either world: they stay until `setUrls` changes them.
   * @throws InvalidOptionsError
   */
  setEnvironment(environment: Environment): void {
    if (environment === this.route.environment) return;
    this.changeRoute({ environment }, `the environment was set to ${environment}`, true);
    this.seeds.cancelAll();
    this.accountCalls.cancelAll();
    this.polls.leaveWorld();
    for (const { flow } of this.registry.all()) {
      flow.accountData?.leaveWorld();
      flow.candles?.leaveWorld();
      flow.trades?.leaveWorld();
    }
    this.instruments.leaveWorld();
    if (this.started && this.isEnabled) this.loadInstruments();
  }

  /** The proxy for exchanges whose settings name none has changed. */
  commonProxyChanged(url: string | undefined): void {
    const before = this.route.proxy;
    this.route.changeCommonProxy(url);
    if (this.route.proxy === before) return;
    this.rerouted('another proxy was set', Object.keys(this.adapter.endpoints), false);
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
      this.time.stop();
      const closed = this.pool.close();
      this.registry.suspendAll();
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
    this.registry.reinstateAll();
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
    this.time.stop();
    this.rest.close();
    this.registry.stop();
    await Promise.all([this.pool.close(), this.defined.close()]);
    this.registry.end();
  }

  private begin(): void {
    if (!this.isEnabled) return;
    this.registry.activateInactive();
    this.pool.openHeld();
    this.loadInstruments();
    this.time.start();
  }

  private loadInstruments(): void {
    this.instruments.load((change) => this.instrumentsChanged(change));
  }

  private carrier(connection: string): StreamingConnection | undefined {
    return this.pool.find(connection) ?? this.defined.socket(connection);
  }

  private requested(request: RequestReport, reporter = this.environment.requested): void {
    this.statistics.requested(request);
    if (reporter) this.environment.guarded(reporter)(request);
  }

  private refuseIfClosed(): void {
    if (this.closed) throw new ClosedError(`The connection manager of ${this.exchange}`);
  }

  private createAccounts({ credentials, accounts = {} }: ExchangeSettings): Accounts {
    const { platform, report, credentialsProvider } = this.environment;
    const { exchange, nonces: nonceUnit = 'milliseconds' } = this.adapter;
    return new Accounts(
      { [DEFAULT_ACCOUNT]: credentials, ...accounts },
      {
        exchange,
        nonceUnit,
        clock: platform.clock,
        nonces: platform.nonces,
        ...(credentialsProvider && { provider: credentialsProvider }),
        changed: (account) => report({ type: 'account', account }),
      },
    );
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
      requested: (request, reporter) => this.requested(request, reporter),
      find: (connection) => this.carrier(connection),
      proxy: () => this.route.proxy,
      connects: endpoint?.limits.connects ?? [],
    });
    for (const definition of definitions) defined.define(definition);
    return defined;
  }

  private changeRoute(change: Partial<RouteSettings>, reason: string, isOtherWorld = false): void {
    this.refuseIfClosed();
    checkSettings(
      `settings.${this.exchange}`,
      { urls: this.route.current.urls ?? {}, ...change },
      this.adapter,
    );
    const { route } = this;
    const keys = Object.keys(this.adapter.endpoints);
    const before = keys.map((key) => JSON.stringify(route.socket(key)));
    const proxyBefore = route.proxy;
    route.change(change);
    if (route.proxy !== proxyBefore) this.defined.reroute(reason);
    this.rerouted(
      reason,
      keys.filter((key, index) => JSON.stringify(route.socket(key)) !== before[index]),
      isOtherWorld,
    );
  }

  private rerouted(reason: string, endpointKeys: readonly string[], isOtherWorld: boolean): void {
    this.rest.rerouted();
    this.time.restart();
    this.pool.reroute(reason, endpointKeys, isOtherWorld);
  }

  /**
   * Looks for what the event path has missed: what contradicts itself, and what stays where a deadline should have taken it
   * from. Call it from time to time: what is too old is believed at the second look that finds it so. What is found is
   * mended and told as `inconsistency`, the same thing at most once in five minutes.
   */
  audit(): readonly Inconsistency[] {
    return this.closed ? [] : this.auditing.run();
  }

  private instrumentsChanged(change: InstrumentsChange): void {
    this.registry.instrumentsChanged(change);
    this.environment.instrumentsChanged(this.exchange, change.isFirst);
  }

  private get wantsNoLogin(): string {
    return `nothing of ${this.exchange} wants a login`;
  }

  private createClock(): ExchangeClock {
    const { clock, random } = this.environment.platform;
    const { serverTime } = this.adapter.rest;
    // Whoever waits for the limits measures the wait.
    const ask = serverTime && (() => this.rest.call(serverTime, undefined, { attempts: 1, maxWaitMs: 0 }));
    return new ExchangeClock(clock, random, ask);
  }

  /** The store, for this exchange and the environment of the moment. */
  private memoryOf(store: InstrumentStore | undefined): InstrumentMemory | undefined {
    if (!store) return undefined;
    const { exchange, route } = this;
    return {
      load: () => store.load(exchange, route.environment),
      save: (instruments) => store.save(exchange, route.environment, instruments),
    };
  }

  private rejectedRow(reason: string): void {
    this.statistics.rejected++;
    this.problems.add(`${this.exchange}/rest`, 'rejected', () => reason);
  }
}

/** How patient connections of an exchange are whose settings say that its market always moves. */
function tuningOf(
  tuning: Required<EngineTuning>,
  { trafficTimeoutMs, requireMatch = true }: ExchangeSettings,
): PoolTuning {
  const own = { ...tuning, requireMatch };
  return trafficTimeoutMs === undefined ? own : { ...own, trafficTimeoutMs, isTrafficSteady: true };
}

/** Rows of other channels have nothing by which what several sources tell could be put together. */
function checkParts({ exchange, channels }: ExchangeAdapter): void {
  for (const channel of TYPED_CHANNELS) {
    const { further, polls } = channels[channel] ?? {};
    if ((further ?? polls) && !isFieldChannel(channel))
      throw new InvalidOptionsError(
        `${exchange} declares further topics or polls of ${channel}: only ticker, derivatives and options have them.`,
      );
  }
}
