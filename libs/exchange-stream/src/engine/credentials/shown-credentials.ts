import type { Clock, Timer } from '@exchange-stream/market-data';
import type { Credentials } from '../../contract/index.ts';
import { asError, CredentialsError, kindOf } from '../errors.ts';
import type { Account, CredentialsPlace } from './account.ts';

/** How the credentials of an account are asked for. */
export interface CredentialsRequest {
  readonly exchange: string;
  readonly account: Account;
  /** Where they are to be shown. */
  readonly place: CredentialsPlace;
  /** How long their source may take. */
  readonly deadlineMs: number;
  readonly clock: Clock;
  /** Gives up waiting; the error is its reason. */
  readonly signal: AbortSignal;
}

/**
 * The credentials of an account, to be shown to the exchange at a place.
 * @throws CredentialsError when there are none, when they were refused there, or when whoever has them does not tell
 */
export async function shownCredentials(request: CredentialsRequest): Promise<Credentials> {
  const { exchange, account, place } = request;
  const credentials = await inTime(request);
  if (!credentials)
    throw new CredentialsError(
      `${exchange} wants credentials here and there are none: ${account.missing}`,
      false,
    );
  const objection = account.objection(place, credentials);
  if (objection !== undefined) throw new CredentialsError(objection, false);
  return credentials;
}

async function inTime({
  account,
  deadlineMs,
  clock,
  signal,
}: CredentialsRequest): Promise<Credentials | undefined> {
  let timer: Timer | undefined;
  let aborted = (): void => undefined;
  const cutShort = new Promise<never>((_, reject) => {
    timer = clock.after(deadlineMs, () =>
      reject(new CredentialsError(`the credentials did not come within ${deadlineMs} ms`, true)),
    );
    aborted = () => reject(asError(signal.reason));
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) aborted();
  });
  try {
    return await Promise.race([askFor(account), cutShort]);
  } finally {
    timer?.cancel();
    signal.removeEventListener('abort', aborted);
  }
}

async function askFor(account: Account): Promise<Credentials | undefined> {
  try {
    return await account.credentials();
  } catch (error) {
    // Only the kind of the error: its words are the user's own, and may quote what must not be shown.
    throw new CredentialsError(`the credentials could not be had (${kindOf(error)})`, true);
  }
}
