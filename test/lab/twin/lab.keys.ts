import { createHmac } from 'node:crypto';
import { LabError } from './lab.errors.ts';

const SECRETS = { 'lab-key': 'lab-secret', 'lab-key-2': 'lab-secret-2' };

/** The keys of the accounts; each account has one. */
export const LAB_KEYS: readonly string[] = Object.keys(SECRETS);

interface Key {
  readonly secret: string;
  isWithdrawn: boolean;
  /** The largest nonce that came with it. */
  nonce: number;
}

/** What proves that somebody speaks for an account. */
export interface Proof {
  readonly key: string;
  readonly signature: string;
  /** What was signed. */
  readonly text: string;
}

/** Which keys are right, and how far each of them has counted. */
export class LabKeys {
  private readonly keys = new Map<string, Key>(
    Object.entries(SECRETS).map(([key, secret]) => [key, { secret, isWithdrawn: false, nonce: 0 }]),
  );

  /** @throws LabError 7 */
  verify({ key, signature, text }: Proof): void {
    const known = this.keys.get(key);
    if (known === undefined || known.isWithdrawn || signature !== signed(text, known.secret))
      throw new LabError(7, 'wrong key or signature');
  }

  /** Counts a nonce that came with the right signature. @throws LabError 10 */
  count(key: string, nonce: number): void {
    const known = this.keys.get(key);
    if (known === undefined) return;
    if (nonce <= known.nonce) throw new LabError(10, `the nonce must be larger than ${known.nonce}`);
    known.nonce = nonce;
  }

  /** The key is wrong from now on. */
  withdraw(key: string): void {
    const known = this.keys.get(key);
    if (known === undefined) throw new TypeError(`There is no key ${key}.`);
    known.isWithdrawn = true;
  }
}

function signed(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}
