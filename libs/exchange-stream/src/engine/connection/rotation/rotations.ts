import type { Timer } from '@exchange-stream/market-data';
import type { ExchangeStatistics } from '../../lifecycle/exchange-statistics.ts';
import type { LifecycleListener } from '../../lifecycle/lifecycle-event.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Subscription } from '../../subscription/subscription.ts';
import type { WirePlace } from '../../subscription/wire-place.ts';
import { Backoff } from '../backoff.ts';
import type { StreamingConnection } from '../streaming-connection.ts';
import { Rotation, type RotationResult } from './rotation.ts';

/** Bounds of the wait before a rotation that did not succeed is tried again; each is at least the shortest. */
const SHORTEST_RETRY_MS = 10_000;
const FIRST_RETRY_MS = 30_000;
const LAST_RETRY_MS = 600_000;

/** What rotations need from around them. */
export interface RotationsEnvironment {
  readonly exchange: string;
  readonly platform: Platform;
  readonly statistics: ExchangeStatistics;
  readonly report: LifecycleListener;
  readonly deadlineMs: number;
  /** Subscriptions that a connection carries. */
  carriedBy(connection: StreamingConnection): readonly Subscription[];
  /** A fresh connection would not be let in: the exchange has refused our credentials. */
  barred(connection: StreamingConnection): boolean;
  /** A fresh connection to the same endpoint. */
  successorOf(connection: StreamingConnection): StreamingConnection;
  /** Who asks for a subscription's topic is sent to this connection from here on. */
  carry(connection: StreamingConnection, subscription: Subscription, place: WirePlace): void;
  /** A connection that is not needed any more. */
  retire(connection: StreamingConnection): void;
}

/** Why a connection is to be replaced. */
interface Cause {
  readonly reason: string;
  /** Whether only the way that it goes is wrong, which may be right again by the time that it is tried again. */
  readonly isRoute: boolean;
}

/** A change under way, and why it is to be tried again if it fails. */
interface Attempt {
  readonly rotation: Rotation;
  cause: Cause;
}

interface Retry {
  readonly backoff: Backoff;
  cause: Cause;
  timer: Timer | undefined;
}

/** All planned changes of connections of one exchange: one at a time for each connection, tried again until it succeeds. */
export class Rotations {
  private readonly active = new Map<StreamingConnection, Attempt>();
  private readonly retries = new Map<StreamingConnection, Retry>();

  constructor(private readonly environment: RotationsEnvironment) {}

  /** Takes everything on a connection over to a fresh one. Returns whether that has begun, or is to be tried again. */
  begin(from: StreamingConnection, reason: string): boolean {
    return this.replace(from, { reason, isRoute: false });
  }

  /**
   * The way to the exchange has changed. Returns whether the connection is seen to: it goes that way already, or stays until
   * a fresh one goes it. One that carries nothing yet can just as well leave at once.
   */
  reroute(connection: StreamingConnection, reason: string): boolean {
    if (!connection.isOpen || this.environment.carriedBy(connection).length === 0) return false;
    // What failed before was another way.
    if (this.retries.get(connection)?.cause.isRoute) this.forgetRetry(connection);
    if (connection.isOnRoute) return true;
    return this.replace(connection, { reason, isRoute: true });
  }

  private replace(from: StreamingConnection, cause: Cause): boolean {
    const active = this.active.get(from);
    if (active) {
      active.cause = stronger(active.cause, cause);
      return true;
    }
    if (!from.isOpen) return false;
    if (cause.isRoute && from.isOnRoute) {
      this.forgetRetry(from);
      return true;
    }
    if (from.isPaused || this.isArriving(from)) {
      this.tryAgain(from, cause);
      return true;
    }
    // Seen to all the same: it stays for as long as the exchange lets it.
    if (this.environment.barred(from)) return true;
    const { reason } = cause;
    const subscriptions = this.environment.carriedBy(from);
    if (subscriptions.length === 0) {
      from.recycle(reason);
      return true;
    }
    const { platform, deadlineMs } = this.environment;
    const to = this.environment.successorOf(from);
    const rotation = new Rotation(from, to, subscriptions, {
      clock: platform.clock,
      deadlineMs,
      carry: (...carried) => this.environment.carry(...carried),
      ended: (result) => this.ended(attempt, result),
    });
    const attempt: Attempt = { rotation, cause };
    this.active.set(from, attempt);
    from.isLeaving = true;
    rotation.start();
    return true;
  }

  /** A connection has lost its socket, and the next one is a fresh one: call before its subscriptions hear of it. */
  lost(connection: StreamingConnection, reason: string): void {
    this.forgetRetry(connection);
    this.active.get(connection)?.rotation.sourceLost(reason);
  }

  /** A connection brings nothing for now, and is as old as it was afterwards: call before its subscriptions hear of it. */
  paused(connection: StreamingConnection, reason: string): void {
    this.active.get(connection)?.rotation.sourceLost(reason);
  }

  /** A subscription has left its connection. */
  release(subscription: Subscription): void {
    for (const { rotation } of [...this.active.values()]) rotation.release(subscription);
  }

  /** A connection is closed for good. */
  forget(connection: StreamingConnection): void {
    this.forgetRetry(connection);
    this.active.get(connection)?.rotation.cancel();
  }

  private isArriving(connection: StreamingConnection): boolean {
    return [...this.active.values()].some(({ rotation }) => rotation.to === connection);
  }

  private ended({ rotation: { from, to }, cause }: Attempt, result: RotationResult): void {
    const { exchange, report, statistics } = this.environment;
    this.active.delete(from);
    from.isLeaving = false;
    statistics.rotation(result.outcome);
    report({ type: 'rotation', exchange, from: from.id, to: to.id, reason: cause.reason, ...result });
    if (result.outcome === 'completed') this.environment.retire(from);
    else if (result.outcome === 'incomplete') this.tryAgain(from, cause);
  }

  private tryAgain(connection: StreamingConnection, cause: Cause): void {
    const { platform } = this.environment;
    const backoff = new Backoff(FIRST_RETRY_MS, LAST_RETRY_MS, platform.random);
    const retry = this.retries.get(connection) ?? { backoff, cause, timer: undefined };
    this.retries.set(connection, retry);
    retry.cause = stronger(retry.cause, cause);
    retry.timer?.cancel();
    retry.timer = platform.clock.after(retry.backoff.next(SHORTEST_RETRY_MS), () =>
      this.replace(connection, retry.cause),
    );
  }

  private forgetRetry(connection: StreamingConnection): void {
    this.retries.get(connection)?.timer?.cancel();
    this.retries.delete(connection);
  }
}

/** Of two causes the one that does not pass by itself, else the newer one. */
const stronger = (older: Cause, newer: Cause): Cause =>
  newer.isRoute ? (older.isRoute ? newer : older) : newer;
