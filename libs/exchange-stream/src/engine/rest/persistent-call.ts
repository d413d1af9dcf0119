import type { Timer } from '@exchange-stream/market-data';
import { Backoff } from '../connection/backoff.ts';
import { asError } from '../errors.ts';
import type { Platform } from '../platform/platform.ts';

const RETRY_INITIAL_MS = 500;
const RETRY_MAX_MS = 30_000;

/** A call that is made until it is answered. */
export interface PersistentCall<Result> {
  /** Makes the call once. The signal tells that nobody waits for it any more. */
  readonly ask: (signal: AbortSignal) => Promise<Result>;
  readonly answered: (result: Result) => void;
  /** Told of each failure, with how many there were in a row. Returns whether to go on. */
  readonly failed: (error: Error, failures: number) => boolean;
  /** Before it is made first, in milliseconds; without it, it is made at once, within the call. */
  readonly afterMs?: number;
}

/** Makes a call, ever more slowly, until it is answered, nobody wants to go on, or it is cancelled. */
export function callUntilAnswered<Result>(
  platform: Pick<Platform, 'clock' | 'random'>,
  { ask, answered, failed, afterMs }: PersistentCall<Result>,
): { cancel(): void } {
  const backoff = new Backoff(RETRY_INITIAL_MS, RETRY_MAX_MS, platform.random);
  const unwanted = new AbortController();
  let timer: Timer | undefined;
  let failures = 0;
  const call = (): void => {
    ask(unwanted.signal).then(
      (result) => {
        if (!unwanted.signal.aborted) answered(result);
      },
      (error: unknown) => {
        if (unwanted.signal.aborted) return;
        if (failed(asError(error), ++failures) && !unwanted.signal.aborted)
          timer = platform.clock.after(backoff.next(), call);
      },
    );
  };
  if (afterMs === undefined) call();
  else timer = platform.clock.after(afterMs, call);
  return {
    cancel: () => {
      unwanted.abort();
      timer?.cancel();
    },
  };
}
