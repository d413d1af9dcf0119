import type { MarketEvent } from '@exchange-stream/market-data';
import type { ListedSymbol } from '../../contract/index.ts';
import { isFieldChannel, type FieldRows } from '../dispatch/latest-fields.ts';
import type { PollTaker, Polls } from './polls.ts';
import type { Subscription } from './subscription.ts';
import type { PartView, SubscriptionCounters } from './subscription-state.ts';
import { listedOf } from './wire-place.ts';

type Fields = FieldRows[keyof FieldRows];

/**
 * What feeds a subscription together: topics, each of which is a subscription of its own to everybody who has to do with
 * connections, and polls. The whole has no connection. Its state is theirs, and its events have the fields that each of them
 * knows at that moment.
 */
export class SubscriptionParts {
  /** What topics and polls have told; whoever told last comes last, for fields that several tell. */
  private readonly known = new Map<object, Fields>();
  private readonly ends: (() => void)[] = [];
  private isAtWork = false;

  constructor(
    private readonly whole: Subscription,
    readonly topics: readonly Subscription[],
  ) {
    for (const part of topics) part.flow.consumers.add('the whole', (event) => this.received(part, event));
  }

  /** What they do counts from here on, and what is polled is asked for. */
  begin(polls: Polls): void {
    const { place } = this.whole;
    if (this.isAtWork || !place) return;
    this.isAtWork = true;
    const listed: ListedSymbol = listedOf(place);
    for (const poll of place.polls ?? []) {
      const taker: PollTaker = {
        // When it was so tells nothing of how late we are told.
        told: (receivedAt, row) => this.tell(taker, receivedAt, undefined, row),
        lost: () => this.lost(taker, poll.name),
        failed: (error) => this.whole.pollFailed(error),
      };
      this.ends.push(polls.want(poll, listed, taker));
    }
    if (this.topics.length === 0) this.whole.fedByRest();
  }

  /** Nothing is asked for any more, and what becomes of the parts says nothing of the whole. */
  rest(): void {
    this.isAtWork = false;
    for (const end of this.ends.splice(0)) end();
    this.known.clear();
  }

  views(): PartView[] {
    return this.topics.map((part) => {
      const { endpoint = '', topic = '', state, reason, connection, failure } = part.view();
      return {
        endpoint,
        topic,
        state,
        reason,
        ...(connection !== undefined && { connection }),
        ...(failure && { failure }),
      };
    });
  }

  /** Counts of the whole with what became of rows that their topics did not tell by an event each. */
  counted(whole: SubscriptionCounters): SubscriptionCounters {
    const sum = { ...whole };
    for (const part of this.topics) {
      const { counters } = part.view();
      sum.received += counters.received - counters.delivered;
      for (const name of ['rejected', 'dropped', 'conflated', 'lost', 'resubscribes'] as const)
        sum[name] += counters[name];
    }
    return sum;
  }

  /** Something has become of a topic. */
  changed(): void {
    const { whole, topics } = this;
    // While all of them are taken off, or have yet to be asked for, there is nothing to say of the whole.
    if (!this.isAtWork || topics.some(({ state }) => state === 'inactive' || state === 'unsubscribed'))
      return;
    const views = topics.map((part) => part.view());
    const failed = views.filter(({ state }) => state === 'failed');
    const [failure] = failed;
    const isFailed = failure !== undefined && failed.length === topics.length;
    if (isFailed && whole.place?.polls?.length === 0)
      return whole.failed(failure.failure ?? 'rejected', reasonOf(failure));
    const refusals = failed.map((view) => `; without ${reasonOf(view)}`).join('');
    const pending = views.find(({ state }) => state !== 'subscribed' && state !== 'failed');
    if (pending) whole.subscribing(reasonOf(pending));
    else whole.confirmedInAll(`confirmed by the exchange${refusals}`);
    this.judgeData();
  }

  /** Only when all are there that are not refused can what the whole tells be taken for all there is. */
  private judgeData(): void {
    const { presence } = this.whole.flow;
    const { isHalted } = presence;
    let lacking: string | undefined;
    for (const { state, acks, place, flow } of this.topics) {
      const { state: data, reason } = flow.status;
      const isAway = data === 'stale' || data === 'gap' || (data === 'halted' && !isHalted);
      if (isAway || state === 'failed') this.known.delete(flow);
      const isYetToCome = acks === 0 && state !== 'subscribed';
      if (state !== 'failed' && (isAway || isYetToCome)) lacking ??= `${place?.topic}: ${reason}`;
    }
    presence.lacks(lacking, this.known.size > 0);
  }

  private received({ flow }: Subscription, event: MarketEvent): void {
    if (!this.isAtWork) return;
    if (event.type !== 'ticker' && event.type !== 'derivatives' && event.type !== 'option') return;
    const {
      type: _type,
      exchange: _exchange,
      symbol: _symbol,
      nativeSymbol: _native,
      sequence: _sequence,
      receivedAt,
      exchangeTime,
      ...fields
    } = event;
    this.tell(flow, receivedAt, exchangeTime, fields);
  }

  /** What was polled counts no more; where nothing else feeds the whole, that is all there was. */
  private lost(taker: PollTaker, name: string): void {
    this.known.delete(taker);
    const { presence } = this.whole.flow;
    if (this.topics.length === 0 && presence.status.state === 'live')
      presence.lost(`REST does not tell the ${name} any more`);
  }

  private tell(source: object, receivedAt: number, exchangeTime: number | undefined, fields: Fields): void {
    const { flow } = this.whole;
    const { channel } = flow;
    if (!isFieldChannel(channel)) return;
    this.known.delete(source);
    this.known.set(source, fields);
    let all: Fields = {};
    for (const known of this.known.values()) all = { ...all, ...known };
    flow.fields(channel, receivedAt, exchangeTime, all, true);
  }
}

function reasonOf({ topic, reason }: { readonly topic?: string; readonly reason: string }): string {
  return `${topic}: ${reason}`;
}
