import type { Clock, Timer } from '@exchange-stream/market-data';
import type { Budget, Grant, Lane } from './budget.ts';
import { asError } from '../errors.ts';

/** The limits of an exchange leave no room in the time that somebody is ready to wait. */
export class BudgetError extends Error {
  readonly code = 'BUDGET';

  constructor(
    what: string,
    /** How long it was to wait at most, in milliseconds. */
    readonly maxWaitMs: number,
    /** How long it would have had to wait at least, as far as known. */
    readonly waitMs?: number,
  ) {
    const wait =
      waitMs === undefined ? 'there was no room in time' : `there is room in ${Math.ceil(waitMs)} ms`;
    super(
      `${what} is not sent: the limits of the exchange are used up, and ${wait}, later than the ${maxWaitMs} ms that it may wait.`,
    );
    this.name = 'BudgetError';
  }
}

/** What is asked of a budget, and how patiently. */
export interface BudgetRequest {
  readonly weight: number;
  readonly lane: Lane;
  /** 0 refuses to wait. Default: as long as it takes. */
  readonly maxWaitMs?: number;
}

/**
 * Calls `granted` once the budget grants what is asked for, at once if it does now; or `refused`, at once when the wait is
 * known to be longer than wanted (with how long it would be), else when that time is over. Returns a function that gives up
 * waiting and leaves the place to the next.
 */
export function admit(
  budget: Budget,
  { weight, lane, maxWaitMs }: BudgetRequest,
  clock: Clock,
  granted: (granted?: Grant) => void,
  refused: (waitMs: number | undefined) => void,
): () => void {
  if (maxWaitMs === undefined || maxWaitMs === Infinity) return budget.request(weight, lane, granted);
  const waitMs = budget.waitMs?.(weight, lane);
  if (waitMs !== undefined && waitMs > maxWaitMs) {
    refused(waitMs);
    return () => undefined;
  }
  let isGranted = false;
  let timer: Timer | undefined;
  const leave = budget.request(weight, lane, (grant) => {
    isGranted = true;
    timer?.cancel();
    granted(grant);
  });
  const giveUp = (): void => {
    timer?.cancel();
    leave();
  };
  if (!isGranted)
    timer = clock.after(maxWaitMs, () => {
      leave();
      refused(undefined);
    });
  return giveUp;
}

/** What is asked of a budget by somebody who waits for a promise. */
export interface Admission extends BudgetRequest {
  /** For the message of the error: `GET /depth of binance`. */
  readonly what: string;
  /** Gives up waiting; the error is its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Resolves once the budget grants what is asked for, with whether that had to be waited for.
 * @throws BudgetError at once when the wait is known to be longer than wanted, else when that time is over
 */
export function admission(budget: Budget, asked: Admission, clock: Clock): Promise<boolean> {
  const { what, maxWaitMs = Infinity, signal } = asked;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(asError(signal.reason));
    let hasWaited = false;
    const aborted = (): void => {
      leave();
      reject(asError(signal?.reason));
    };
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
      signal?.removeEventListener('abort', aborted);
    };
    const leave = admit(
      budget,
      asked,
      clock,
      () => {
        settle();
        resolve(hasWaited);
      },
      (waitMs) => {
        settle();
        reject(new BudgetError(what, maxWaitMs, waitMs));
      },
    );
    if (isSettled) return;
    hasWaited = true;
    signal?.addEventListener('abort', aborted, { once: true });
  });
}
