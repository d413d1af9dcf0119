import type { RestOperation } from './rest.ts';
import type { Credentials } from './session.ts';

/** What the exchange gives out that opens its sockets for a while. Shown nowhere. */
export interface Token {
  readonly value: string;
  /** How long it holds from now on, in milliseconds; without it, as long as its connection. */
  readonly lifetimeMs?: number;
}

/** What a request for a token is made of. */
export interface TokenQuery {
  /** Absent where anybody gets a token. */
  readonly credentials?: Credentials;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** The next nonce of the key; sockets share them. */
  nextNonce(): number;
  /** The token to prolong. */
  readonly token?: Token;
}

/** The token that every socket of an endpoint needs: fetched before each dial. */
export interface TokenDeclaration {
  /** Anybody gets one; otherwise only who has credentials, and 401 or 403 mean that these are refused. */
  readonly isPublic?: boolean;
  readonly issue: RestOperation<TokenQuery, Token>;
  /**
   * Makes the present token hold longer. Without it, a fresh connection with a fresh token takes over before the old one
   * expires.
   */
  readonly prolong?: RestOperation<TokenQuery, Token>;
  /** Where to dial with it, where it stands in the URL; sessions find it in `SessionContext.token` in any case. */
  readonly url?: (url: string, token: Token) => string;
  /** What a token opens: `dial`, and a socket that is open outlives it; or `connection`, which is dead without it. */
  readonly opens: 'dial' | 'connection';
}
