import type { AccountOrigin } from './origin.ts';

/** What an account has of one asset; sent again on every change. `symbol` and `nativeSymbol` are empty. */
export interface BalanceEvent extends AccountOrigin {
  readonly type: 'balance';
  readonly asset: string;
  /** What can be used. */
  readonly free: string;
  /** What open orders and the like hold. */
  readonly locked: string;
}
