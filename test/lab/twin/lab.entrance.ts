import type { Clock } from '@exchange-stream/market-data';
import type { RestRequest, ViolationRule } from '@exchange-stream/simulator';
import { LabError } from './lab.errors.ts';
import { LabKeys, type Proof } from './lab.keys.ts';
import type { EntryDialect } from './lab.options.ts';
import type { LabRequest } from './lab.requests.ts';
import type { LabToken, LabTokens } from './lab.tokens.ts';

type LoginRequest = Extract<LabRequest, { op: 'login' }>;

/** Notes a rule that the client broke. */
export type Violate = (rule: ViolationRule, detail: string) => void;

/** Who comes in, and for which account: it is called by its key. */
export class LabEntrance {
  /** How often a wrong key or signature was shown: no rule is broken by that, unless somebody goes on and on. */
  wrongProofs = 0;
  private readonly keys = new LabKeys();

  constructor(
    private readonly clock: Clock,
    private readonly entry: EntryDialect,
    private readonly timeWindowMs: number,
    readonly tokens: LabTokens,
  ) {}

  /** Whether the URL has to bear a token. */
  get wantsToken(): boolean {
    return this.entry === 'token' || this.entry === 'listen';
  }

  /** Lets in by a message. @throws LabError 7, 9, 10 */
  login({ key, signed, signature }: LoginRequest, violate: Violate): string {
    this.verify({ key, signature, text: String(signed) });
    if (this.entry === 'nonce') this.count(key, signed, violate);
    else this.compareTime(signed, violate);
    return key;
  }

  /** Whose a signed REST request is. @throws LabError 6, 7, 10 */
  caller({ method, target, headers, body }: RestRequest, violate: Violate): string {
    const { 'lab-key': key = '', 'lab-nonce': nonce = '', 'lab-signature': signature = '' } = headers;
    const proof: Proof = { key, signature, text: [method, target, nonce, body].join('\n') };
    if (!/^[1-9]\d*$/.test(nonce) || !Number.isSafeInteger(Number(nonce)))
      throw new LabError(6, 'lab-nonce must be a positive integer');
    this.verify(proof);
    this.count(key, Number(nonce), violate);
    return key;
  }

  /** The token by which a URL lets in. @throws LabError 4, 11 */
  tokenIn(query: URLSearchParams, violate: Violate): LabToken {
    const text = query.get('token');
    if (text === null) {
      violate('not-logged-in', 'a handshake without a token');
      throw new LabError(4, 'not logged in');
    }
    return this.tokens.find(text) ?? this.refuseToken(text, violate);
  }

  /** @throws LabError 11 */
  prolong(text: string, key: string, violate: Violate): LabToken {
    return this.tokens.prolong(text, key) ?? this.refuseToken(text, violate);
  }

  /** The key is wrong from now on, and its tokens hold no more. */
  withdraw(key: string): void {
    this.keys.withdraw(key);
    this.tokens.revoke(key);
  }

  private verify(proof: Proof): void {
    try {
      this.keys.verify(proof);
    } catch (error) {
      this.wrongProofs++;
      throw error;
    }
  }

  private count(key: string, nonce: number, violate: Violate): void {
    try {
      this.keys.count(key, nonce);
    } catch (error) {
      violate('nonce-order', `the nonce ${nonce}: ${error instanceof LabError ? error.message : ''}`);
      throw error;
    }
  }

  private compareTime(time: number, violate: Violate): void {
    const offMs = time - this.clock.now();
    if (Math.abs(offMs) <= this.timeWindowMs) return;
    violate('time-window', `${offMs} ms from our time, ${this.timeWindowMs} are allowed`);
    throw new LabError(9, 'the time is too far from ours');
  }

  private refuseToken(text: string, violate: Violate): never {
    const end = this.tokens.endOf(text);
    if (end === 'expired') violate('expired-token', 'the time of the token is over');
    // Nobody tells of those that are revoked.
    if (end === undefined) violate('unknown-token', 'no such token was given to the account');
    throw new LabError(11, 'no such token');
  }
}
