import type { MarketEvent } from '@exchange-stream/market-data';
import type { SubscriptionHandle } from '@exchange-stream/nestjs/engine';
import { Replica } from '../world/replica.ts';
import type { BookChronicle } from './book-chronicle.ts';

/** As many as say enough. */
const KEPT = 5;

/**
 * Compares the books of lab that consumers are told to be live with lab's own at that sequence, level by level, text
 * included, at every event: what a careful consumer makes of the events, and the engine's own.
 */
export class BookReferee {
  /** What was wrong, the first of it. */
  readonly wrong: string[] = [];
  compared = 0;
  private readonly topics = new Map<SubscriptionHandle, string>();

  constructor(private readonly chronicle: BookChronicle) {}

  /** Follows a book from here on. Whoever follows no book is not heard. */
  follow(handle: SubscriptionHandle): void {
    if (handle.request.channel !== 'book') return;
    const replica = new Replica();
    handle.on((event) => this.receive(handle, replica, event));
  }

  private receive(handle: SubscriptionHandle, replica: Replica, event: MarketEvent): void {
    const broken = replica.broken.length;
    replica.receive(event);
    for (const promise of replica.broken.slice(broken)) this.note(handle, promise);
    if (event.type === 'status') {
      if (event.state === 'live' && !replica.isTrusted) this.note(handle, 'live without a book');
    } else if (replica.isTrusted) {
      const { bids, asks } = replica.levels();
      this.compare(handle, 'the consumer', event.sequence, bids, asks);
    }
    const latest = handle.latest();
    if (latest?.type === 'book-snapshot')
      this.compare(handle, 'the engine', latest.sequence, latest.bids, latest.asks);
  }

  private compare(
    handle: SubscriptionHandle,
    whose: string,
    sequence: unknown,
    bids: readonly unknown[],
    asks: readonly unknown[],
  ): void {
    this.compared++;
    const topic = this.topicOf(handle);
    const objection = this.chronicle.objectionTo(topic, sequence, bids, asks);
    if (objection !== undefined) this.note(handle, `${whose} has ${objection}`);
  }

  /** Asked once: a view takes longer to make than a book to compare. */
  private topicOf(handle: SubscriptionHandle): string {
    const topic = this.topics.get(handle) ?? handle.view().topic;
    if (topic !== undefined) this.topics.set(handle, topic);
    return topic ?? '';
  }

  private note(handle: SubscriptionHandle, problem: string): void {
    if (this.wrong.length < KEPT) this.wrong.push(`${handle.key}: ${problem}`);
  }
}
