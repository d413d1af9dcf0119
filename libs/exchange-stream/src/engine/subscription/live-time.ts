import type { Clock, DataState } from '@exchange-stream/market-data';

const BUCKET_MS = 300_000;

/** Buckets of the sliding hour, the one being filled included. */
const BUCKETS = 12;

/** How much of its time a subscription was live. */
export interface LiveTimeView {
  /** Milliseconds since it was wanted, without those in which its exchange was disabled. */
  readonly wantedMs: number;
  /** Of these: its data was `live`. */
  readonly liveMs: number;
  /** Of these: the exchange had stopped the market, so that nothing could be live. */
  readonly haltedMs: number;
  /** Live time by all time but the halted, from 0 to 1; absent before any has passed. */
  readonly liveShare?: number;
  /** The same of the last hour, in steps of five minutes: of the last 55 to 60. */
  readonly liveShareLastHour?: number;
}

interface Bucket {
  live: number;
  halted: number;
  away: number;
}

/**
 * Counts how long a subscription was wanted, live and halted. By the monotonic clock, and at changes of its state alone:
 * rows cost nothing. Time in which its exchange was disabled is nobody's.
 */
export class LiveTime {
  /** Up to when everything is counted. */
  private countedTo: number;
  private state: keyof Bucket | 'ended' = 'away';
  private isSuspended = false;
  private readonly total: Bucket = { live: 0, halted: 0, away: 0 };
  private readonly buckets: Bucket[] = [{ live: 0, halted: 0, away: 0 }];
  /** When the newest bucket is full. */
  private bucketEnd: number;

  constructor(private readonly clock: Clock) {
    this.countedTo = clock.monotonic();
    this.bucketEnd = this.countedTo + BUCKET_MS;
  }

  /** The data is in this state from now on. */
  enter(state: DataState): void {
    if (this.state === 'ended') return;
    const next = state === 'live' || state === 'halted' ? state : 'away';
    if (next === this.state) return;
    this.count();
    this.state = next;
  }

  /** Its exchange is disabled: no time passes until `resume`. */
  suspend(): void {
    this.count();
    this.isSuspended = true;
  }

  resume(): void {
    this.count();
    this.isSuspended = false;
  }

  /** Nobody wants it any more: from now on no time passes. */
  end(): void {
    this.count();
    this.state = 'ended';
  }

  view(): LiveTimeView {
    this.count();
    const { live, halted, away } = this.total;
    const hour: Bucket = { live: 0, halted: 0, away: 0 };
    for (const bucket of this.buckets) {
      hour.live += bucket.live;
      hour.away += bucket.away;
    }
    return {
      wantedMs: live + halted + away,
      liveMs: live,
      haltedMs: halted,
      ...(live + away > 0 && { liveShare: live / (live + away) }),
      ...(hour.live + hour.away > 0 && { liveShareLastHour: hour.live / (hour.live + hour.away) }),
    };
  }

  private count(): void {
    const { state } = this;
    if (state === 'ended') return;
    const now = this.clock.monotonic();
    if (!this.isSuspended) this.total[state] += now - this.countedTo;
    // Nothing happened for hours: all but the last one is past.
    const oldest = now - BUCKETS * BUCKET_MS;
    if (this.bucketEnd < oldest) {
      const skipped = Math.floor((oldest - this.bucketEnd) / BUCKET_MS);
      this.bucketEnd += skipped * BUCKET_MS;
      this.countedTo = Math.max(this.countedTo, this.bucketEnd - BUCKET_MS);
    }
    while (now >= this.bucketEnd) {
      this.fill(state, this.bucketEnd);
      this.buckets.push({ live: 0, halted: 0, away: 0 });
      if (this.buckets.length > BUCKETS) this.buckets.shift();
      this.bucketEnd += BUCKET_MS;
    }
    this.fill(state, now);
  }

  private fill(state: keyof Bucket, until: number): void {
    const newest = this.buckets.at(-1);
    if (newest && !this.isSuspended) newest[state] += until - this.countedTo;
    this.countedTo = until;
  }
}
