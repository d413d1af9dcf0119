import type { RestOperation, SignedOperation } from './rest.ts';

/** What the exchange gives out that opens its sockets for a while. Shown nowhere. */
export interface Token {
  readonly value: string;
  /** How long it holds from now on, in milliseconds; without it, as long as its connection. */
  readonly lifetimeMs?: number;
}

/** What is asked for with a request for a token. */
export interface TokenQuery {
  /** The token to prolong. */
  readonly token?: Token;
}

/** A call that yields a token: signed where only who has credentials gets one, plain where anybody does. */
export type TokenOperation = RestOperation<TokenQuery, Token> | SignedOperation<TokenQuery, Token>;

/** The token that every socket of an endpoint needs: had before each dial. */
export interface TokenDeclaration {
  /** Where it is signed, connections to the endpoint belong to accounts, and none is opened without credentials. */
  readonly issue: TokenOperation;
  /**
   * Makes the present token hold longer. Without it, a fresh connection with a fresh token takes over before the old one
   * expires.
   */
  readonly prolong?: TokenOperation;
  /**
   * Whose token it is: each `connection` has one of its own, or all connections of an `account` to the endpoint have the
   * same, where the exchange gives each account only one, or takes one for several sockets. Default `connection`.
   */
  readonly per?: 'connection' | 'account';
  /** Where to dial with it, where it stands in the URL; sessions find it in `SessionContext.token` in any case. */
  readonly url?: (url: string, token: Token) => string;
  /** What a token opens: `dial`, and a socket that is open outlives it; or `connection`, which is dead without it. */
  readonly opens: 'dial' | 'connection';
}
