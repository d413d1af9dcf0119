import type { Channel } from '@exchange-stream/market-data';
import type { Cadence } from '../../contract/index.ts';
import type { Subscription } from '../subscription/subscription.ts';
import type { WirePlace } from '../subscription/wire-place.ts';
import { LearntPace } from './learnt-pace.ts';
import { ResubscribeAllowance } from './resubscribe-allowance.ts';

/** Rows that may be missing in a row before the topic counts as silent… */
const MISSED_ROWS = 5;
/** …and the least patience, for topics with many rows a second: a burst elsewhere may hold them up. */
const LEAST_PATIENCE_MS = 10_000;

/**
 * Rounds in which a witness must have moved before its word counts. Nothing orders the rows of two topics, so that the
 * row which a single trade leads to may have come just before the trade itself.
 */
const WITNESS_ROUNDS = 3;

/**
 * Whether one subscription is silent, judged round by round. It compares counts that the flow keeps anyway, so that
 * frames cost nothing more.
 */
export class SilenceWatch {
  /** Whether rows have come since the last round. */
  hasMoved = false;
  /** Whether it waits for the next hour's allowance. */
  isOutOfAllowance = false;
  readonly allowance = new ResubscribeAllowance();
  private readonly cadence: Cadence | undefined;
  private readonly pace: Pick<LearntPace, 'learn' | 'patienceMs'>;
  private readonly firstDataWithinMs: number | undefined;
  private received = 0;
  /** Acks that the allowance has been told of. */
  private ackedBefore: number;
  /** The ack that the present judgement is about. */
  private ack = 0;
  private ackedAt = 0;
  /** Whether rows have come since the topic was last asked for. */
  private isAnswered = false;
  private wasSubscribed = false;
  /** From when a row has been due. */
  private dueSince = 0;
  private witnessRounds = 0;

  constructor(
    readonly subscription: Subscription,
    { cadence, firstDataWithinMs }: WirePlace,
  ) {
    this.cadence = cadence;
    this.firstDataWithinMs = firstDataWithinMs;
    this.pace =
      cadence?.everyMs === undefined
        ? new LearntPace(LEAST_PATIENCE_MS)
        : { learn: () => undefined, patienceMs: patienceFor(cadence.everyMs) };
    this.received = subscription.flow.received;
    this.ackedBefore = subscription.acks;
  }

  /** Whether silence can ever prove anything here; the others are watched as witnesses. */
  get canBeSilent(): boolean {
    return this.cadence !== undefined || this.firstDataWithinMs !== undefined;
  }

  /**
   * Begins a round, for all subscriptions of a symbol before any of them is judged.
   * @param nowMs by the monotonic clock
   */
  look(nowMs: number): void {
    const { acks, flow } = this.subscription;
    if (acks !== this.ackedBefore) this.allowance.confirmed(nowMs);
    this.ackedBefore = acks;
    const { received } = flow;
    this.hasMoved = received !== this.received;
    this.received = received;
  }

  /**
   * Why it counts as silent; undefined when it does not.
   * @param nowMs time on which the rounds agree
   * @param ofSymbol all watches of the symbol, this one included
   */
  judge(nowMs: number, ofSymbol: readonly SilenceWatch[]): string | undefined {
    if (this.subscription.state !== 'subscribed') {
      this.isAnswered = !this.wasSubscribed && (this.isAnswered || this.hasMoved);
      this.wasSubscribed = false;
      return undefined;
    }
    if (this.ack !== this.subscription.acks) this.beginAnew(nowMs);
    this.wasSubscribed = true;
    if (this.subscription.flow.presence.isHalted) {
      // Nothing is due, and when that ends everything is due anew.
      this.ackedAt = this.dueSince = nowMs;
      this.witnessRounds = 0;
      return undefined;
    }
    if (this.hasMoved) {
      this.pace.learn(nowMs - this.dueSince);
      this.isAnswered = true;
      this.dueSince = nowMs;
      this.witnessRounds = 0;
      return undefined;
    }
    return this.unanswered(nowMs) ?? this.overdue(nowMs, ofSymbol);
  }

  private beginAnew(nowMs: number): void {
    if (this.wasSubscribed) this.isAnswered = false;
    this.ack = this.subscription.acks;
    this.ackedAt = this.dueSince = nowMs;
    this.witnessRounds = 0;
  }

  private unanswered(nowMs: number): string | undefined {
    const { firstDataWithinMs } = this;
    if (this.isAnswered || firstDataWithinMs === undefined || nowMs - this.ackedAt < firstDataWithinMs)
      return undefined;
    return `confirmed by the exchange, but no data within ${seconds(firstDataWithinMs)}`;
  }

  private overdue(nowMs: number, ofSymbol: readonly SilenceWatch[]): string | undefined {
    const { cadence } = this;
    if (!cadence) return undefined;
    if (cadence.provenBy && this.witnessRounds < WITNESS_ROUNDS) {
      if (!hasMovedAny(ofSymbol, cadence.provenBy)) return undefined;
      this.witnessRounds++;
      this.dueSince = nowMs;
      return undefined;
    }
    const { patienceMs } = this.pace;
    if (patienceMs === undefined || nowMs - this.dueSince < patienceMs) return undefined;
    return cadence.provenBy
      ? `no data for ${seconds(patienceMs)} while the market moves (${cadence.provenBy.join(', ')})`
      : `no data for ${seconds(patienceMs)}; the exchange promises some every ${cadence.everyMs ?? patienceMs} ms`;
  }
}

/** How long a topic may bring nothing that promises a row so often. */
export function patienceFor(everyMs: number): number {
  return Math.max(MISSED_ROWS * everyMs, LEAST_PATIENCE_MS);
}

function hasMovedAny(watches: readonly SilenceWatch[], channels: readonly Channel[]): boolean {
  for (const { hasMoved, subscription } of watches) {
    if (hasMoved && channels.includes(subscription.request.channel)) return true;
  }
  return false;
}

function seconds(durationMs: number): string {
  return `${Math.round(durationMs / 1_000)} s`;
}
