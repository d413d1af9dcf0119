import type { EventOrigin } from './origin.ts';
import type { Side } from './trade.ts';

/** A deal of an account: one of its orders was filled, in whole or in part. Comes once for each id. */
export interface FillEvent extends EventOrigin {
  readonly type: 'fill';
  /** Name of the account in the settings. */
  readonly account: string;
  /** The exchange's id of the fill. */
  readonly id: string;
  readonly orderId: string;
  /** The account's side. */
  readonly side: Side;
  /** In quote currency per unit of base currency. */
  readonly price: string;
  /** In base currency. */
  readonly amount: string;
  /** What it cost; negative where the exchange paid. */
  readonly fee?: string;
  readonly feeAsset?: string;
  /** Whether the account's order had been resting. */
  readonly liquidity?: 'maker' | 'taker';
  /** It was missed on the stream and asked for afterwards. */
  readonly recovered: boolean;
}
