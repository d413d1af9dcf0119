import type { AccountOrigin } from './origin.ts';

/** A position of an account as it stands; sent again on every change, for the last time with an amount of zero. */
export interface PositionEvent extends AccountOrigin {
  readonly type: 'position';
  /** What tells it from other positions of the account: the symbol, and the side where both can be held at once. */
  readonly id: string;
  readonly side: 'long' | 'short';
  /** Never negative; zero when the position is closed. */
  readonly amount: string;
  /** Average, in quote currency. */
  readonly entryPrice?: string;
}
