import type { Clock } from '@exchange-stream/market-data';
import { createHandover } from '../../dispatch/create-handover.ts';
import type { FlowHandover, HandoverVerdict } from '../../dispatch/flow-handover.ts';
import type { RowTarget } from '../../dispatch/row-target.ts';
import type { Subscription } from '../../subscription/subscription.ts';
import type { SubscriptionFailure } from '../../subscription/subscription-state.ts';
import type { WirePlace } from '../../subscription/wire-place.ts';
import type { TopicHolder } from '../topic-holder.ts';

/** Holds the topic of one subscription on a fresh connection, until the subscription itself can. */
export class Handover implements TopicHolder {
  attempts = 0;
  private readonly flow: FlowHandover;
  private confirmedAt: number | undefined;

  /** @param refused called when the fresh connection does not get the topic */
  constructor(
    readonly subscription: Subscription,
    readonly place: WirePlace,
    private readonly clock: Clock,
    private readonly refused: (handover: Handover, reason: string) => void,
  ) {
    this.flow = createHandover(subscription.flow, place.book, clock);
  }

  get key(): string {
    return this.subscription.key;
  }

  get nativeSymbol(): string {
    return this.place.instrument.nativeSymbol;
  }

  get rows(): RowTarget {
    return this.flow;
  }

  get isHalted(): boolean {
    return this.subscription.isHalted;
  }

  /** When the exchange confirmed the topic on the fresh connection, milliseconds since the epoch. */
  get ackedAt(): number | undefined {
    return this.confirmedAt;
  }

  subscribing(): void {
    this.confirmedAt = undefined;
    this.flow.begin();
  }

  acked(): void {
    this.confirmedAt = this.clock.now();
    this.flow.confirmed();
  }

  lost(): void {
    this.confirmedAt = undefined;
    this.flow.reset();
  }

  /** What waits here may have a hole: it begins anew on the same connection. */
  missed(): boolean {
    this.lost();
    return true;
  }

  unreadable(reason: string): void {
    this.flow.unreadable(reason);
  }

  paused(): void {
    this.lost();
  }

  resumed(): void {
    // It is asked for again.
  }

  gaveUp(_failure: SubscriptionFailure, reason: string): void {
    this.abandon();
    this.refused(this, reason);
  }

  displaced(): void {
    this.abandon();
    this.refused(this, 'the fresh connection takes no more topics');
  }

  judge(): HandoverVerdict {
    return this.confirmedAt === undefined ? 'wait' : this.flow.judge();
  }

  /** Gives the flow what it lacks; its rows come from the fresh connection already. */
  finish(): void {
    this.flow.finish();
  }

  abandon(): void {
    this.flow.abandon();
  }
}
