import { InvalidOptionsError } from '../errors.ts';
import type { Match } from './match.ts';

/** The longest time that timers take, in milliseconds. */
const MAX_DEADLINE_MS = 2 ** 31 - 1;

/**
 * Refuses what could never be answered, or would be given up at once.
 * @throws InvalidOptionsError which names the key, what came, and what is allowed
 */
export function checkRequest(matches: readonly Match[], deadlineMs: number): void {
  if (matches.length === 0)
    throw new InvalidOptionsError('match: got an empty list. Allowed: a match, or a list of at least one.');
  if (!(deadlineMs > 0 && deadlineMs <= MAX_DEADLINE_MS))
    throw new InvalidOptionsError(
      `deadlineMs: got ${String(deadlineMs)}. Allowed: a number above 0, at most ${MAX_DEADLINE_MS}.`,
    );
  for (const match of matches) checkMatch(match);
}

/**
 * Refuses what no limit could grant.
 * @throws InvalidOptionsError which names the key, what came, and what is allowed
 */
export function checkSend({ weight = 1, maxWaitMs = 0 }: { weight?: number; maxWaitMs?: number }): void {
  if (!(weight > 0 && Number.isFinite(weight)))
    throw new InvalidOptionsError(`weight: got ${String(weight)}. Allowed: a number above 0.`);
  if (!(maxWaitMs >= 0 && maxWaitMs <= MAX_DEADLINE_MS))
    throw new InvalidOptionsError(
      `maxWaitMs: got ${String(maxWaitMs)}. Allowed: a number from 0 to ${MAX_DEADLINE_MS}.`,
    );
}

function checkMatch(match: Match): void {
  const { count } = match;
  if (count !== undefined && !(Number.isSafeInteger(count) && count > 0))
    throw new InvalidOptionsError(`match.count: got ${String(count)}. Allowed: a whole number above 0.`);
  const known: unknown = 'key' in match ? match.key : match.when;
  if (typeof known === 'function' || typeof known === 'string' || typeof known === 'number') return;
  throw new InvalidOptionsError(
    'match: got neither. Allowed: `key` with text or a number, or `when` with a function.',
  );
}
