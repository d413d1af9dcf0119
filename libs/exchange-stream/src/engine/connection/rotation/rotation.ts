import type { Clock, Timer } from '@exchange-stream/market-data';
import type { Subscription } from '../../subscription/subscription.ts';
import type { WirePlace } from '../../subscription/wire-place.ts';
import type { StreamingConnection } from '../streaming-connection.ts';
import { Handover } from './handover.ts';

/** How often it is looked at which subscriptions can go over. */
const LOOK_MS = 250;

/**
 * What became of a rotation. `completed`: everything went over, and the old connection was closed. `overtaken`: the old
 * one was lost first, and the fresh one took over what was left. `incomplete`: some topics stay on the old one, until the
 * next try. `cancelled`: nobody wanted its topics any more.
 */
export type RotationOutcome = 'completed' | 'overtaken' | 'incomplete' | 'cancelled';

/** What a rotation has done. */
export interface RotationResult {
  readonly outcome: RotationOutcome;
  /** Subscriptions that went over without a break. */
  readonly seamless: number;
  readonly tookMs: number;
  /** What stood in the way of one that is `incomplete`, in words. */
  readonly obstacle?: string;
}

/** What a rotation needs from around it. */
export interface RotationEnvironment {
  readonly clock: Clock;
  readonly deadlineMs: number;
  /** Who asks for a subscription's topic is sent to this connection from here on. */
  carry(connection: StreamingConnection, subscription: Subscription, place: WirePlace): void;
  ended(result: RotationResult): void;
}

/**
 * Takes everything on one connection over to a fresh one, without a hole and without a repetition: each subscription goes
 * over by itself, as soon as both connections stand at the same place.
 */
export class Rotation {
  private readonly handovers = new Map<Subscription, Handover>();
  private readonly clock: Clock;
  private readonly startedAt: number;
  private readonly deadline: Timer;
  private timer: Timer | undefined;
  private moved = 0;
  private seamless = 0;
  /** Why the fresh connection did not get a topic, if it did not. */
  private refusal: string | undefined;
  private isOver = false;

  constructor(
    readonly from: StreamingConnection,
    readonly to: StreamingConnection,
    subscriptions: readonly Subscription[],
    private readonly environment: RotationEnvironment,
  ) {
    const { clock, deadlineMs } = environment;
    this.clock = clock;
    this.startedAt = clock.monotonic();
    for (const subscription of subscriptions) {
      const { place } = subscription;
      if (!place) continue;
      const handover = new Handover(subscription, place, clock, (refused, reason) =>
        this.refused(refused, reason),
      );
      this.handovers.set(subscription, handover);
    }
    this.deadline = clock.after(deadlineMs, () => this.giveUp());
  }

  /** Asks for everything on the fresh connection. */
  start(): void {
    for (const handover of [...this.handovers.values()]) {
      this.environment.carry(this.to, handover.subscription, handover.place);
      this.to.add(handover.place.topic, handover);
    }
    this.watch();
  }

  /** A subscription goes its own way: nobody wants it, or another connection has it. */
  release(subscription: Subscription): void {
    const handover = this.handovers.get(subscription);
    if (!handover) return;
    this.handovers.delete(subscription);
    this.withdraw(handover);
    if (this.handovers.size === 0) this.end(this.outcomeOfLast());
  }

  /** The old connection is gone: the fresh one takes what is left, as it is. */
  sourceLost(reason: string): void {
    for (const handover of [...this.handovers.values()]) {
      if (!this.handovers.has(handover.subscription)) continue;
      if (!this.isPresent(handover)) this.withdraw(handover);
      else if (handover.judge() === 'switch') this.goOver(handover);
      else this.takeOver(handover, reason);
    }
    this.end('overtaken');
  }

  /** Leaves everything where it is. */
  cancel(): void {
    const outcome = this.handovers.size === 0 ? this.outcomeOfLast() : 'cancelled';
    for (const handover of [...this.handovers.values()]) this.withdraw(handover);
    this.end(outcome);
  }

  private watch(): void {
    this.timer = this.clock.after(LOOK_MS, () => {
      this.watch();
      this.look();
    });
  }

  private look(): void {
    for (const handover of [...this.handovers.values()]) {
      if (!this.handovers.has(handover.subscription)) continue;
      if (!this.isPresent(handover)) {
        this.release(handover.subscription);
        continue;
      }
      const verdict = handover.judge();
      if (verdict === 'switch') this.goOver(handover);
      else if (verdict === 'break')
        this.takeOver(handover, 'the old connection is behind the one that replaces it');
    }
    if (this.handovers.size === 0) this.end(this.outcomeOfLast());
  }

  private goOver(handover: Handover): void {
    const { subscription } = handover;
    this.change(handover);
    this.seamless++;
    subscription.wentOver(this.to.id, handover.ackedAt ?? this.clock.now());
    handover.finish();
  }

  /** The subscription goes over with a break, which its consumers are told of. */
  private takeOver(handover: Handover, reason: string): void {
    const { subscription } = handover;
    const isConfirmed = handover.ackedAt !== undefined;
    this.change(handover);
    subscription.tookRefuge(this.to.id, reason);
    if (isConfirmed) {
      subscription.acked();
      handover.finish();
    } else {
      handover.abandon();
    }
  }

  private change(handover: Handover): void {
    const { subscription, place } = handover;
    this.moved++;
    this.handovers.delete(subscription);
    this.to.replace(place.topic, handover, subscription);
    this.from.remove(place.topic, subscription);
  }

  private isPresent({ subscription }: Handover): boolean {
    return subscription.connection === this.from.id;
  }

  private refused(handover: Handover, reason: string): void {
    this.refusal = `${handover.key}: ${reason}`;
    this.handovers.delete(handover.subscription);
    this.stays(handover);
    if (this.handovers.size === 0) this.end(this.outcomeOfLast());
  }

  private outcomeOfLast(): RotationOutcome {
    if (this.refusal !== undefined) return 'incomplete';
    return this.moved > 0 ? 'completed' : 'cancelled';
  }

  private giveUp(): void {
    this.refusal ??= this.delay();
    for (const handover of [...this.handovers.values()]) this.withdraw(handover);
    this.end('incomplete');
  }

  /** What it was that took too long. */
  private delay(): string {
    const { deadlineMs } = this.environment;
    const { failure, reason } = this.to.view();
    const last = failure ? `, the last attempt failed (${failure.kind})` : '';
    if (!this.to.isOpen) return `no open connection within ${deadlineMs} ms: ${reason}${last}`;
    const [{ key } = { key: '' }] = this.handovers.values();
    return `not all data has come on it within ${deadlineMs} ms: ${key}`;
  }

  private withdraw(handover: Handover): void {
    this.handovers.delete(handover.subscription);
    handover.abandon();
    this.to.remove(handover.place.topic, handover);
    this.stays(handover);
  }

  private stays(handover: Handover): void {
    if (this.isPresent(handover)) this.environment.carry(this.from, handover.subscription, handover.place);
  }

  private end(outcome: RotationOutcome): void {
    if (this.isOver) return;
    this.isOver = true;
    this.timer?.cancel();
    this.deadline.cancel();
    this.environment.ended({
      outcome,
      seamless: this.seamless,
      tookMs: this.clock.monotonic() - this.startedAt,
      ...(outcome === 'incomplete' && this.refusal !== undefined && { obstacle: this.refusal }),
    });
  }
}
