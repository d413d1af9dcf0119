import type { Clock, Timer } from '@exchange-stream/market-data';
import type { Budget, Lane } from './budget.ts';
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
export interface Admission {
  /** For the message of the error: `GET /depth of binance`. */
  readonly what: string;
  readonly weight: number;
  readonly lane: Lane;
  /** 0 refuses to wait. Default: as long as it takes. */
  readonly maxWaitMs?: number;
  /** Gives up waiting; the error is its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Resolves once the budget grants what is asked for, with whether that had to be waited for.
 * @throws BudgetError at once when the wait is known to be longer than wanted, else when that time is over
 */
export function admission(budget: Budget, asked: Admission, clock: Clock): Promise<boolean> {
  const { what, weight, lane, maxWaitMs, signal } = asked;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(asError(signal.reason));
    const knownMs = maxWaitMs === undefined ? undefined : budget.waitMs?.(weight, lane);
    if (maxWaitMs !== undefined && knownMs !== undefined && knownMs > maxWaitMs)
      return reject(new BudgetError(what, maxWaitMs, knownMs));
    let isGranted = false;
    let hasWaited = false;
    let timer: Timer | undefined;
    let stopWaiting = (): void => undefined;
    const leave = budget.request(weight, lane, () => {
      isGranted = true;
      stopWaiting();
      resolve(hasWaited);
    });
    if (isGranted) return;
    hasWaited = true;
    const giveUp = (error: Error): void => {
      leave();
      stopWaiting();
      reject(error);
    };
    const aborted = (): void => giveUp(asError(signal?.reason));
    stopWaiting = (): void => {
      timer?.cancel();
      signal?.removeEventListener('abort', aborted);
    };
    if (maxWaitMs !== undefined)
      timer = clock.after(maxWaitMs, () => giveUp(new BudgetError(what, maxWaitMs)));
    signal?.addEventListener('abort', aborted, { once: true });
  });
}
