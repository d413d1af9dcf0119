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
  /** A fresh connection to the same endpoint. */
  successorOf(connection: StreamingConnection): StreamingConnection;
  /** Who asks for a subscription's topic is sent to this connection from here on. */
  carry(connection: StreamingConnection, subscription: Subscription, place: WirePlace): void;
  /** A connection that is not needed any more. */
  retire(connection: StreamingConnection): void;
}

interface Retry {
  readonly backoff: Backoff;
  timer: Timer | undefined;
}

/** All planned changes of connections of one exchange: one at a time for each connection, tried again until it succeeds. */
export class Rotations {
  private readonly active = new Map<StreamingConnection, Rotation>();
  private readonly retries = new Map<StreamingConnection, Retry>();

  constructor(private readonly environment: RotationsEnvironment) {}

  /** Takes everything on a connection over to a fresh one. Returns whether that has begun, or is to be tried again. */
  begin(from: StreamingConnection, reason: string): boolean {
    if (this.active.has(from)) return true;
    if (!from.isOpen) return false;
    if (from.isPaused || this.isArriving(from)) {
      this.tryAgain(from, reason);
      return true;
    }
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
      ended: (result) => this.ended(from, to, reason, result),
    });
    this.active.set(from, rotation);
    from.isLeaving = true;
    rotation.start();
    return true;
  }

  /** A connection has lost its socket, or will bring nothing more: call before its subscriptions hear of it. */
  lost(connection: StreamingConnection, reason: string): void {
    this.forgetRetry(connection);
    this.active.get(connection)?.sourceLost(reason);
  }

  /** A subscription has left its connection. */
  release(subscription: Subscription): void {
    for (const rotation of [...this.active.values()]) rotation.release(subscription);
  }

  /** A connection is closed for good. */
  forget(connection: StreamingConnection): void {
    this.forgetRetry(connection);
    this.active.get(connection)?.cancel();
  }

  private isArriving(connection: StreamingConnection): boolean {
    return [...this.active.values()].some(({ to }) => to === connection);
  }

  private ended(
    from: StreamingConnection,
    to: StreamingConnection,
    reason: string,
    result: RotationResult,
  ): void {
    const { exchange, report, statistics } = this.environment;
    this.active.delete(from);
    from.isLeaving = false;
    statistics.rotation(result.outcome);
    report({ type: 'rotation', exchange, from: from.id, to: to.id, reason, ...result });
    if (result.outcome === 'completed') this.environment.retire(from);
    else if (result.outcome === 'incomplete') this.tryAgain(from, reason);
  }

  private tryAgain(connection: StreamingConnection, reason: string): void {
    const { platform } = this.environment;
    const backoff = new Backoff(FIRST_RETRY_MS, LAST_RETRY_MS, platform.random);
    const retry = this.retries.get(connection) ?? { backoff, timer: undefined };
    this.retries.set(connection, retry);
    retry.timer?.cancel();
    retry.timer = platform.clock.after(retry.backoff.next(SHORTEST_RETRY_MS), () =>
      this.begin(connection, reason),
    );
  }

  private forgetRetry(connection: StreamingConnection): void {
    this.retries.get(connection)?.timer?.cancel();
    this.retries.delete(connection);
  }
}
