import { isPromise } from './consumer-lane.ts';

/**
 * What a user's code has returned where nobody can wait for it.
 * @throws TypeError for a promise; what becomes of that is told to nobody, and ends no process
 */
export function atOnce<T>(result: T): T {
  if (!isPromise(result)) return result;
  Promise.resolve(result).catch(() => undefined);
  throw new TypeError('It has returned a promise, but its answer is needed at once.');
}
