import type { Timer } from '@exchange-stream/market-data';
import type { Platform } from '../platform/platform.ts';

/** A confirmed topic should have brought its whole book by then. */
const SNAPSHOT_WITHIN_MS = 10_000;

/** A market that has no book to send is not asked for it more often in the long run. */
const SNAPSHOT_WITHIN_MAX_MS = 5 * 60_000;

/** A book that waits for the whole book that comes with its subscription. */
export interface AwaitedSnapshot {
  /** How long to wait before it is asked for, in milliseconds, where the book before is wrong. */
  readonly waitMs: number;
  /** Why the book before is wrong; undefined where the topic is fresh and its snapshot on its way. */
  readonly broken: string | undefined;
  /** Whether it is still waited for. */
  isAwaited(): boolean;
  /** Gives the topic back and asks for it again. */
  renew(reason: string): void;
}

/** Gets whole books where the exchange sends them with the subscription only: by asking for the topic again. */
export class StreamBookSeeder {
  constructor(private readonly platform: Pick<Platform, 'clock'>) {}

  /** Asks again and again, ever more slowly, until the book has come or nobody waits for it, unless cancelled. */
  request(snapshot: AwaitedSnapshot): { cancel(): void } {
    const { waitMs: firstWaitMs, broken } = snapshot;
    const { clock } = this.platform;
    let withinMs = SNAPSHOT_WITHIN_MS;
    let timer: Timer | undefined;
    const wait = (): void => {
      const waitedMs = withinMs;
      timer = clock.after(waitedMs, () => ask(`no snapshot came within ${waitedMs / 1000} s`));
      withinMs = Math.min(withinMs * 2, SNAPSHOT_WITHIN_MAX_MS);
    };
    const ask = (reason: string): void => {
      if (!snapshot.isAwaited()) return;
      snapshot.renew(reason);
      wait();
    };
    if (broken === undefined) wait();
    // Never within the call that found the break: the rest of its frame has yet to be read.
    else timer = clock.after(firstWaitMs, () => ask(broken));
    return { cancel: () => timer?.cancel() };
  }
}
