import {
  subscriptionKey,
  type AnyRequest,
  type Channel,
  type MarketEvent,
  type SubscriptionRequest,
} from '@exchange-stream/market-data';
import { capabilitiesOf } from './capabilities/capabilities-of.ts';
import type { Capabilities } from './capabilities/capabilities.ts';
import { checkOptions, checkProxy } from './check-options.ts';
import { ConnectionManager } from './connection-manager.ts';
import type { AccountView, AuthenticatedUse } from './credentials/login-state.ts';
import type { ConnectionView } from './connection/connection-state.ts';
import type { CallbackView } from './dispatch/callback.ts';
import type { ConsumerView } from './dispatch/flow-consumers.ts';
import { ClosedError, SubscriptionRequestError } from './errors.ts';
import type { Inconsistency } from './audit/inconsistency.ts';
import { nearest } from './instruments/nearest.ts';
import type { LifecycleEvent } from './lifecycle/lifecycle-event.ts';
import { LifecycleFeed } from './lifecycle/lifecycle-feed.ts';
import { withDefaults, type ExchangeStreamOptions } from './options.ts';
import { createPlatform, type OwnedPlatform, type PlatformOverrides } from './platform/create-platform.ts';
import type { Platform } from './platform/platform.ts';
import type { RequestReporter } from './requests/request-report.ts';
import { checkedParams } from './subscription/canonical-request.ts';
import { DefaultSubscriptions, type SubscriptionDiff } from './subscription/default-subscriptions.ts';
import type { SubscriptionFilter } from './subscription/subscription-filter.ts';
import type { Subscription } from './subscription/subscription.ts';
import type {
  IterateOptions,
  ListenOptions,
  NameOption,
  SubscriptionHandle,
} from './subscription/subscription-handle.ts';
import type { SubscriptionView } from './subscription/subscription-state.ts';
import type { DefaultSubscription } from './subscription/subscription-template.ts';
import { WideListeners, type WideHandler } from './subscription/wide-listeners.ts';
import { LoggedSockets } from './transport-log/logged-sockets.ts';
import type { TransportLog } from './transport-log/transport-log.ts';

/**
 * Streams of several exchanges, kept alive and right. Nothing here waits for an exchange: subscriptions may be made
 * before the start, while an exchange is away, or while it comes back.
 */
export class ExchangeStream {
  /** Tells several instances of one application apart. */
  readonly name: string;
  /** Where time, randomness and the network come from. */
  readonly platform: Platform;
  private readonly ownPlatform: OwnedPlatform;
  private readonly managers = new Map<string, ConnectionManager>();
  private readonly lifecycleFeed: LifecycleFeed;
  private readonly wideListeners = new WideListeners();
  private readonly reporters = new Map<RequestReporter, RequestReporter>();
  private readonly defaults: DefaultSubscriptions;
  private closing: Promise<void> | undefined;

  /**
   * @param overrides parts of the platform to use in place of the real ones
   * @throws InvalidOptionsError
   * @throws SubscriptionRequestError for a default subscription that cannot work
   */
  constructor(options: ExchangeStreamOptions, overrides: PlatformOverrides = {}) {
    checkOptions(options);
    this.name = options.name ?? 'default';
    const tuning = withDefaults(options.tuning);
    this.ownPlatform = createPlatform(overrides);
    this.lifecycleFeed = new LifecycleFeed(this.ownPlatform.clock, tuning.consumerDeadlineMs);
    this.platform = options.transportLog
      ? this.logged(this.ownPlatform, options.transportLog)
      : this.ownPlatform;
    for (const adapter of options.exchanges) {
      const settings = options.settings?.[adapter.exchange] ?? {};
      const manager = new ConnectionManager(adapter, settings, {
        platform: this.platform,
        tuning,
        ...(options.proxy !== undefined && { proxy: options.proxy }),
        report: (event) => this.report(event),
        ...(options.credentialsProvider && { credentialsProvider: options.credentialsProvider }),
        ...(options.instrumentStore && { instrumentStore: options.instrumentStore }),
        ...(options.requestReporter && { requested: options.requestReporter }),
        guarded: (reporter) => this.guarded(reporter),
        created: (subscription) => this.wideListeners.join(subscription),
        instrumentsChanged: (...change) => this.instrumentsChanged(...change),
      });
      this.managers.set(adapter.exchange, manager);
    }
    this.defaults = new DefaultSubscriptions({
      canonical: (request) => this.canonical(request),
      subscribe: (request) => this.subscribe(request),
      checkChannel: (request) => void checkedParams(request, this.manager(request.exchange).adapter),
      slotOf: (request) => this.manager(request.exchange).exclusives.slotOf(request),
      conflictOf: (request, released) =>
        this.manager(request.exchange).exclusives.conflictOf(request, subscriptionKey(request), released),
      instrumentsOf: (exchange) => {
        const { instruments } = this.manager(exchange);
        const listed = instruments.list();
        return listed.length > 0 ? listed : undefined;
      },
    });
    this.defaults.replace(options.subscriptions ?? []);
  }

  /** Ids of the exchanges. */
  get exchanges(): readonly string[] {
    return [...this.managers.keys()];
  }

  /**
   * Everything of one exchange.
   * @throws SubscriptionRequestError for an exchange that is not configured
   */
  manager(exchange: string): ConnectionManager {
    const manager = this.managers.get(exchange);
    if (manager) return manager;
    const [suggestion] = nearest(exchange, this.managers.keys());
    const hint = suggestion === undefined ? '' : ` Did you mean "${suggestion}"?`;
    throw new SubscriptionRequestError(
      'UNKNOWN_EXCHANGE',
      `There is no exchange ${JSON.stringify(String(exchange).slice(0, 64))}. Configured: ${this.exchanges.join(', ') || 'none'}.${hint}`,
    );
  }

  /**
   * What can be had of an exchange, as its adapter declares it.
   * @throws SubscriptionRequestError for an exchange that is not configured
   */
  capabilities(exchange: string): Capabilities {
    return capabilitiesOf(this.manager(exchange).adapter);
  }

  /**
   * The one form of a request that all its spellings share, checked.
   * @throws SubscriptionRequestError which says what would work
   */
  canonical<C extends Channel>(request: AnyRequest<C>): SubscriptionRequest<C> {
    return this.manager(request.exchange).canonical(request);
  }

  /**
   * Takes a hold on a subscription. The first hold brings it about, further ones share it, the last one to be released
   * takes it off the wire.
   * @throws SubscriptionRequestError which says what would work
   * @throws ClosedError
   */
  subscribe<C extends Channel>(request: AnyRequest<C>): SubscriptionHandle<C> {
    if (this.closing) throw new ClosedError(`Exchange stream "${this.name}"`);
    return this.manager(request.exchange).subscribe(request);
  }

  /**
   * Replaces the default subscriptions, those of `options.subscriptions`. Only the difference is acted upon: what stays
   * is not touched, what is new is subscribed, what is gone is released. All or nothing: when one request cannot be met,
   * everything stays as it was. Templates follow what the exchange lists, as the lifecycle event `defaults-changed` tells.
   * @throws SubscriptionRequestError which says what would work
   * @throws ClosedError
   */
  setDefaults(requests: readonly DefaultSubscription[]): SubscriptionDiff {
    if (this.closing) throw new ClosedError(`Exchange stream "${this.name}"`);
    return this.defaults.replace(requests);
  }

  /**
   * Receives the events of all matching subscriptions that others make, now and later; subscribes nothing itself. Each of
   * them has a queue of its own; where the policy `merge` finds nothing to merge, every event waits. Returns a function
   * that ends it.
   * @throws InvalidOptionsError
   */
  listen(
    filter: SubscriptionFilter,
    listener: (event: MarketEvent) => unknown,
    options: ListenOptions = {},
  ): () => void {
    const { name = listener.name || 'listener', ...queue } = options;
    return this.listenTogether(name, [{ name, of: filter, ...queue, invoke: listener }]);
  }

  /**
   * The same for several handlers that belong together: of each subscription they see one sequence, and while the promise
   * of one is open, events wait for all of them. Returns a function that ends it.
   * @param name of all of them together, for what they share
   * @param capacity how many events may wait where none of them says; else the least that one says
   * @throws InvalidOptionsError
   */
  listenTogether(name: string, handlers: readonly WideHandler[], capacity?: number): () => void {
    return this.wideListeners.add(name, handlers, capacity, this.allSubscriptions());
  }

  subscriptions(): SubscriptionView[] {
    return [...this.managers.values()].flatMap((manager) => manager.subscriptions());
  }

  /** How those who receive events keep up: handlers, loops and observables. */
  consumers(): ConsumerView[] {
    return [...this.managers.values()].flatMap((manager) => manager.consumers());
  }

  connections(): ConnectionView[] {
    return [...this.managers.values()].flatMap((manager) => manager.connections());
  }

  /**
   * Is told what happens to connections and subscriptions. An error it throws or rejects with is told to the other
   * listeners and harms no one, and so is a promise that stays open. While one is open, further events wait for it, 10,000
   * at most. Returns a function that ends it.
   */
  onLifecycle(listener: (event: LifecycleEvent) => unknown, options: NameOption = {}): () => void {
    return this.lifecycleFeed.add(options.name ?? (listener.name || 'listener'), listener);
  }

  /**
   * The same for `for await`: what happens from now on, until the stream is closed. A loop that is too slow finds
   * `events-lost` in place of what it missed.
   */
  lifecycle(options: Pick<IterateOptions, 'capacity'> = {}): AsyncIterableIterator<LifecycleEvent> {
    return this.lifecycleFeed.iterate(options.capacity);
  }

  /** How those keep up who are told of other things than data: life-cycle listeners, request reporters, transport log. */
  listeners(): CallbackView[] {
    return this.lifecycleFeed.views();
  }

  /**
   * Goes through another proxy from now on, or without one: every exchange that has no setting of its own. Open
   * connections are rotated onto the new way, and stay if it fails; requests under way end where they began.
   * @throws InvalidOptionsError
   * @throws ClosedError
   */
  setProxy(url: string | undefined): void {
    if (this.closing) throw new ClosedError(`Exchange stream "${this.name}"`);
    if (url !== undefined) checkProxy('proxy', url);
    for (const manager of this.managers.values()) manager.commonProxyChanged(url);
  }

  /**
   * Whether what wants a login at an exchange can be used, and why, in words.
   * @throws SubscriptionRequestError for an exchange that is not configured, or an account that there is not
   */
  canUseAuthenticated(exchange: string, account?: string): AuthenticatedUse {
    return this.manager(exchange).canUseAuthenticated(account);
  }

  /** Our accounts at all exchanges, as they stand. */
  accounts(): AccountView[] {
    return [...this.managers.values()].flatMap((manager) => manager.accounts());
  }

  /** Whether an exchange is talked to. @throws SubscriptionRequestError for one that is not configured */
  isEnabled(exchange: string): boolean {
    return this.manager(exchange).enabled;
  }

  /**
   * Stops talking to an exchange: its connections close, its subscriptions stay wanted. Resolves when they are closed.
   * @throws SubscriptionRequestError for an exchange that is not configured
   */
  disable(exchange: string): Promise<void> {
    return this.manager(exchange).disable();
  }

  /**
   * Talks to a disabled exchange again, and brings back whatever is wanted of it; returns at once.
   * @throws SubscriptionRequestError for an exchange that is not configured
   */
  enable(exchange: string): void {
    this.manager(exchange).enable();
  }

  /** Looks in every exchange for what the event path has missed, mends it, and says so (`inconsistency`). */
  audit(): readonly Inconsistency[] {
    return [...this.managers.values()].flatMap((manager) => manager.audit());
  }

  /** Begins to talk to the exchanges; returns at once. */
  start(): void {
    if (this.closing) throw new ClosedError(`Exchange stream "${this.name}"`);
    for (const manager of this.managers.values()) manager.start();
  }

  /** Closes every connection within the close deadline, and leaves no timer. Again, it returns the same promise. */
  close(): Promise<void> {
    this.closing ??= this.closeAll();
    return this.closing;
  }

  private async closeAll(): Promise<void> {
    await Promise.all([...this.managers.values()].map((manager) => manager.close()));
    this.wideListeners.clear();
    await this.ownPlatform.close();
    this.lifecycleFeed.end();
  }

  /** The platform, with every socket telling the log what goes over it. */
  private logged(platform: Platform, log: TransportLog): Platform {
    const guarded = this.lifecycleFeed.guarded('transport log', log);
    return { ...platform, sockets: new LoggedSockets(platform.sockets, platform.clock, guarded) };
  }

  /** A reporter as it may be called, the same for everybody who has it. */
  private guarded(reporter: RequestReporter): RequestReporter {
    const known = this.reporters.get(reporter) ?? this.lifecycleFeed.guarded('request reporter', reporter);
    this.reporters.set(reporter, known);
    return known;
  }

  private report(event: LifecycleEvent): void {
    if (event.type === 'subscription' && event.subscription.state === 'unsubscribed')
      this.wideListeners.part(event.subscription.key);
    this.lifecycleFeed.deliver(event);
  }

  private instrumentsChanged(exchange: string, isFirst: boolean): void {
    const diff = this.defaults.instrumentsChanged(exchange);
    if (!diff) return;
    const isNews = diff.added.length + diff.released.length + diff.refused.length > 0;
    if (isNews || (isFirst && diff.unmatched.length > 0))
      this.report({ type: 'defaults-changed', exchange, diff });
  }

  private allSubscriptions(): Subscription[] {
    const all: Subscription[] = [];
    for (const manager of this.managers.values()) manager.forEach((subscription) => all.push(subscription));
    return all;
  }
}
