import { subscriptionKey, type Clock, type SubscriptionRequest } from '@exchange-stream/market-data';
import type { AccountNeed, FillsAsked } from '../account-data/account-data.ts';
import type { TopicHolder } from '../connection/topic-holder.ts';
import type { CandleSource } from '../candles/candle-flow.ts';
import { DataFlow } from '../dispatch/data-flow.ts';
import { excerpt } from '../connection/redaction.ts';
import type { RowTarget } from '../dispatch/row-target.ts';
import type { BookBreak } from '../integrity/book-break.ts';
import type { ExchangeStatistics } from '../lifecycle/exchange-statistics.ts';
import type { LifecycleListener } from '../lifecycle/lifecycle-event.ts';
import type { TradesNeed } from '../trades/trade-series.ts';
import { LiveTime } from './live-time.ts';
import type { SubscriptionFailure, SubscriptionState, SubscriptionView } from './subscription-state.ts';
import { isLegalTransition } from './subscription-transitions.ts';
import type { SubscriptionParts } from './subscription-parts.ts';
import { listedOf, type WirePlace } from './wire-place.ts';

const NO_INSTRUMENTS = 'waiting for the instruments of the exchange';

/** Beginning of a notice that is shown. */
const NOTICE_CHARACTERS = 200;

/** What a subscription needs from around it. */
export interface SubscriptionEnvironment {
  readonly clock: Clock;
  readonly statistics: ExchangeStatistics;
  /** Where its rows are counted, if not there: those of a part count as rows of the whole. */
  readonly flowStatistics?: ExchangeStatistics;
  readonly report: LifecycleListener;
  /** How long the promise of a consumer may be open before that is told. */
  readonly consumerDeadlineMs: number;
  /** Asks for a REST seed of the subscription's book; a later call replaces an earlier one. */
  requestSeed(subscription: Subscription, attempt: number, broken: BookBreak | undefined): void;
  /** Asks for what an account has, or for missed fills; a later call replaces an earlier one. */
  requestAccountData(subscription: Subscription, need: AccountNeed): void;
  /**
   * Asks for missed trades; a later call replaces an earlier one, and `undefined` ends it. Returns whether they are asked for.
   */
  requestTrades(subscription: Subscription, need: TradesNeed | undefined): boolean;
  /** Asks for fills on behalf of one consumer. Returns a function that gives up. */
  askForFills(subscription: Subscription, ...fills: Parameters<FillsAsked>): ReturnType<FillsAsked>;
  /** Who asks for its candles. */
  candles(subscription: Subscription): CandleSource;
  /** The connection that carried the subscription has no room for it. */
  displaced(subscription: Subscription): void;
  /** The connection that carried the subscription has given it up. */
  gaveUp(subscription: Subscription, failure: SubscriptionFailure, reason: string, temporary: boolean): void;
}

/** Somebody who keeps a subscription alive, and is told when it ends all the same. */
export interface SubscriptionHolder {
  end(): void;
}

/**
 * One canonical subscription and where it stands at the exchange. All handles, observables and decorated handlers of the
 * same request share it, and with it one topic on the wire.
 */
export class Subscription implements TopicHolder {
  readonly key: string;
  readonly flow: DataFlow;
  /** Who keeps it alive. */
  readonly holders = new Set<SubscriptionHolder>();
  /** Requests sent since the last ack. */
  attempts = 0;
  /** Times that the exchange has confirmed it. */
  acks = 0;

  /** Where several topics feed it, or polls do. */
  parts: SubscriptionParts | undefined;

  private wirePlace: WirePlace | undefined;
  private connectionId: string | undefined;
  private wireState: SubscriptionState = 'inactive';
  private since: number;
  private failure: SubscriptionFailure | undefined;
  private reason = NO_INSTRUMENTS;
  private lastAckAt: number | undefined;
  private resubscribes = 0;
  private readonly liveTime: LiveTime;

  constructor(
    readonly request: SubscriptionRequest,
    private readonly environment: SubscriptionEnvironment,
    /** Which part it is of another subscription. */
    readonly part?: string,
  ) {
    this.key = subscriptionKey(request) + (part === undefined ? '' : ` ${part}`);
    this.since = environment.clock.now();
    this.liveTime = new LiveTime(environment.clock);
    this.flow = new DataFlow(request, this.key, {
      clock: environment.clock,
      statistics: environment.flowStatistics ?? environment.statistics,
      changed: (reason) => {
        this.reason = reason;
        this.liveTime.enter(this.flow.status.state);
        this.reportView();
      },
      noticed: (notice) =>
        environment.report({ type: 'platform-status', exchange: request.exchange, notice }),
      consumerFailed: (consumer, error) =>
        environment.report({
          type: 'consumer-failed',
          exchange: request.exchange,
          subscription: this.key,
          consumer,
          error,
        }),
      consumerDeadlineMs: environment.consumerDeadlineMs,
      consumerOverdue: (consumer, tookMs, waiting) =>
        environment.report({
          type: 'consumer-overdue',
          exchange: request.exchange,
          subscription: this.key,
          consumer,
          tookMs,
          waiting,
        }),
      consumerOverflowed: (consumer, lost) =>
        environment.report({
          type: 'consumer-overflowed',
          exchange: request.exchange,
          subscription: this.key,
          consumer,
          lost,
        }),
      needSeed: (attempt, broken) => environment.requestSeed(this, attempt, broken),
      needAccountData: (need) => environment.requestAccountData(this, need),
      needTrades: (need) => environment.requestTrades(this, need),
      askForFills: (...fills) => environment.askForFills(this, ...fills),
      candles: environment.candles(this),
    });
  }

  get state(): SubscriptionState {
    return this.wireState;
  }

  get place(): WirePlace | undefined {
    return this.wirePlace;
  }

  get nativeSymbol(): string | undefined {
    return this.wirePlace?.instrument.nativeSymbol;
  }

  get rows(): RowTarget {
    return this.flow;
  }

  get isHalted(): boolean {
    return this.flow.presence.isHalted;
  }

  /** Id of the connection that carries it. */
  get connection(): string | undefined {
    return this.connectionId;
  }

  view(): SubscriptionView {
    const { request, wirePlace, flow } = this;
    const { ongoing } = flow;
    const parts = this.parts?.views() ?? [];
    const counters = { ...flow.counters, resubscribes: this.resubscribes };
    const connection = this.connectionId ?? parts[0]?.connection;
    return {
      key: this.key,
      exchange: request.exchange,
      channel: request.channel,
      symbol: request.symbol,
      params: request.params ?? {},
      ...(wirePlace ? { ...listedOf(wirePlace), endpoint: wirePlace.endpoint, topic: wirePlace.topic } : {}),
      state: this.wireState,
      stateSince: this.since,
      ...(this.failure ? { failure: this.failure } : {}),
      data: flow.status.state,
      dataSince: flow.status.since,
      reason: this.reason,
      ...(ongoing && { notice: excerpt(ongoing.text, NOTICE_CHARACTERS) }),
      attempts: this.attempts,
      references: this.holders.size,
      ...(connection === undefined ? {} : { connection }),
      ...(parts.length > 0 && { parts }),
      ...(this.lastAckAt === undefined ? {} : { lastAckAt: this.lastAckAt }),
      ...(flow.lastEventAt === undefined ? {} : { lastEventAt: flow.lastEventAt }),
      ...this.liveTime.view(),
      counters: this.parts?.counted(counters) ?? counters,
    };
  }

  /** The instruments are known: what it is called on the wire, and who serves it. */
  placed(place: WirePlace): void {
    this.wirePlace = place;
    this.flow.place(place.instrument, place.book, place.accountData, place.candles, place.trades);
  }

  /** It is asked for by REST: no connection carries it. */
  polled(): void {
    this.subscribing('asked for by REST');
    if (!this.enter('subscribed', 'asked for by REST after each bucket')) return;
    this.acks++;
    this.flow.presence.confirmed();
  }

  /** All of its parts are confirmed that the exchange does not refuse. */
  confirmedInAll(reason: string): void {
    if (this.wireState === 'subscribed') {
      if (this.reason !== reason) this.explain(reason);
      return;
    }
    if (!this.enter('subscribed', reason)) return;
    this.lastAckAt = this.environment.clock.now();
    this.acks++;
    this.flow.presence.confirmed();
  }

  /** No topic feeds it: REST is asked from time to time. */
  fedByRest(): void {
    this.subscribing('asked for by REST');
    this.confirmedInAll('asked for by REST from time to time');
  }

  /** REST has not told what it is asked for on its behalf. */
  pollFailed(error: Error): void {
    const { exchange } = this.request;
    this.environment.report({ type: 'seed-failed', exchange, subscription: this.key, error });
  }

  /** A connection has taken it up. */
  assigned(connection: string): void {
    this.connectionId = connection;
    this.attempts = 0;
    this.subscribing('waiting for the connection');
  }

  subscribing(reason: string): void {
    this.enter(this.acks > 0 ? 'resubscribing' : 'subscribing', reason);
  }

  /** The exchange has confirmed the topic. */
  acked(): void {
    const { flow } = this;
    const since = flow.presence.isSilent ? `; before that: ${flow.status.reason}` : '';
    if (!this.enter('subscribed', `confirmed by the exchange${since}`)) return;
    this.lastAckAt = this.environment.clock.now();
    this.attempts = 0;
    this.acks++;
    flow.presence.confirmed();
  }

  gaveUp(failure: SubscriptionFailure, reason: string, temporary: boolean): void {
    this.environment.gaveUp(this, failure, reason, temporary);
  }

  displaced(): void {
    this.environment.displaced(this);
  }

  failed(failure: SubscriptionFailure, reason: string): void {
    this.flow.presence.lost(reason);
    this.connectionId = undefined;
    this.enter('failed', reason, failure);
  }

  /** The exchange is not to be talked to; it stays wanted. */
  suspended(reason: string): void {
    this.flow.presence.lost(reason);
    this.connectionId = undefined;
    this.liveTime.suspend();
    this.enter('inactive', reason);
  }

  /** The exchange is talked to again. */
  reinstated(): void {
    this.liveTime.resume();
    if (this.wireState === 'inactive') this.enter('inactive', NO_INSTRUMENTS);
  }

  /** The connection that carried it is gone. */
  lost(reason: string): void {
    this.flow.presence.lost(reason);
    this.subscribing(reason);
  }

  missed(reason: string): boolean {
    return this.flow.missed(reason);
  }

  unreadable(reason: string): void {
    this.flow.unreadable(reason);
  }

  paused(reason: string): void {
    this.flow.presence.paused(reason);
  }

  resumed(reason: string): void {
    this.flow.presence.resumed(reason);
  }

  /** Another connection carries it from here on, where it is confirmed already. */
  wentOver(connection: string, ackedAt: number): void {
    this.connectionId = connection;
    this.lastAckAt = ackedAt;
    this.attempts = 0;
    // The old one may not have confirmed it, though it sent data: the ack was lost, or is yet to come.
    if (this.wireState === 'subscribed') return this.reportView();
    if (this.enter('subscribed', 'confirmed by the exchange on another connection')) this.acks++;
  }

  /** The connection that carried it is gone; another has its topic already, or will. */
  tookRefuge(connection: string, reason: string): void {
    this.flow.presence.lost(reason);
    this.connectionId = connection;
    this.attempts = 0;
    this.subscribing(reason);
  }

  /** Nothing comes although the connection lives. */
  fellSilent(reason: string): void {
    this.flow.presence.fellSilent(reason);
  }

  /** Says more of a silence that lasts. */
  remainsSilent(reason: string): void {
    this.explain(reason);
  }

  /** Says why its book is not built anew yet. */
  remainsBroken(reason: string): void {
    this.explain(reason);
  }

  /** What its connection brings is not to be trusted: another one has to. */
  distrusted(reason: string): void {
    this.flow.presence.lost(reason);
  }

  /** It is about to be asked for again because it is silent. */
  countResubscribe(): void {
    this.resubscribes++;
    this.environment.statistics.resubscribes++;
  }

  /** It has ended: nobody wants it any more, or everything closes. */
  unsubscribed(reason: string): void {
    for (const holder of this.holders) holder.end();
    this.holders.clear();
    this.liveTime.end();
    this.enter('unsubscribed', reason);
    this.flow.consumers.clear();
  }

  /** Returns whether it did: what there is no way to is reported and refused, for no mistake here may end a process. */
  private enter(state: SubscriptionState, reason: string, failure?: SubscriptionFailure): boolean {
    const from = this.wireState;
    if (!isLegalTransition(from, state)) {
      const { exchange } = this.request;
      this.environment.report({
        type: 'illegal-transition',
        exchange,
        subscription: this.key,
        from,
        to: state,
        reason,
      });
      return false;
    }
    if (state !== from) this.since = this.environment.clock.now();
    this.failure = failure;
    this.wireState = state;
    this.reason = reason;
    this.reportView();
    return true;
  }

  private explain(reason: string): void {
    this.reason = reason;
    this.reportView();
  }

  private reportView(): void {
    this.environment.report({ type: 'subscription', subscription: this.view() });
  }
}
