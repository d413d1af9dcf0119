import type { Clock, Random } from '@exchange-stream/market-data';
import type { BookBreak } from './book-break.ts';
import { Repetition } from './repetition.ts';

const INITIAL_MS = 500;
const MAX_MS = 30_000;

/** However well a book holds in between, it is not built anew more often than this. */
const RESYNCS = 10;
const RESYNCS_WINDOW_MS = 60_000;

/** A book that has held for so long breaks as if for the first time. */
const HEALTHY_MS = 5 * 60_000;

/** Bad checksums within the window after which a book is not to be had from the same connection. */
const BAD_CHECKSUMS = 3;
const BAD_CHECKSUMS_WINDOW_MS = 60_000;

/** When a book that broke may be asked for again. */
export interface Resync {
  readonly waitMs: number;
  /** How often it was built anew within the last minute, where it has to wait for no other reason. */
  readonly tooMany?: number;
  /** Its connection brings it wrong again and again: another one should. */
  readonly elsewhere: boolean;
}

/** How often one book is built anew: at once when it has held, else ever more slowly, and only so often a minute. */
export class ResyncPace {
  private times: number[] = [];
  private newest: number | undefined;
  private readonly badChecksums: Repetition;

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
  ) {
    this.badChecksums = new Repetition(clock, BAD_CHECKSUMS, BAD_CHECKSUMS_WINDOW_MS);
  }

  /** The book broke, or could not be built; `attempt` counts that since one has held, from 0. */
  next(attempt: number, { kind }: BookBreak): Resync {
    const now = this.clock.monotonic();
    const hasHeld = attempt === 0 || (this.newest !== undefined && now - this.newest >= HEALTHY_MS);
    const elsewhere = kind === 'checksum' && this.badChecksums.happened();
    this.times = this.times.filter((time) => now - time < RESYNCS_WINDOW_MS);
    const backoffMs = hasHeld ? 0 : resyncDelay(attempt, this.random);
    const [oldest = now] = this.times;
    const limitMs = this.times.length < RESYNCS ? 0 : oldest + RESYNCS_WINDOW_MS - now;
    const waitMs = Math.max(backoffMs, limitMs);
    const tooMany = limitMs > backoffMs ? this.times.length : undefined;
    if (this.times.length >= RESYNCS) this.times.shift();
    this.newest = now + waitMs;
    this.times.push(this.newest);
    return { waitMs, elsewhere, ...(tooMany !== undefined && { tooMany }) };
  }
}

/** Grows with every attempt, and never near zero: the exchange needs a moment to have a newer book. */
function resyncDelay(attempt: number, random: Random): number {
  const bound = Math.min(MAX_MS, INITIAL_MS * 2 ** Math.min(attempt - 1, 10));
  return bound / 2 + (random.next() * bound) / 2;
}
