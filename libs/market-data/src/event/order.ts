import type { AccountOrigin } from './origin.ts';
import type { Side } from './trade.ts';

/**
 * Where an order stands. `closed`: it is no longer open, and how it ended was not seen; `reason` says why that is known.
 * All but `open` are final.
 */
export type OrderStatus = 'open' | 'filled' | 'cancelled' | 'rejected' | 'expired' | 'closed';

/** An order of an account as it stands; sent again on every change, until it is no longer open. */
export interface OrderEvent extends AccountOrigin {
  readonly type: 'order';
  /** The exchange's id of the order. */
  readonly id: string;
  /** The id that whoever placed it gave it. */
  readonly clientId?: string;
  readonly side: Side;
  /** Limit price in quote currency; an order that takes any price has none. */
  readonly price?: string;
  /** In base currency, as ordered. */
  readonly amount: string;
  /** In base currency, of `amount`. */
  readonly filled: string;
  /** Average price of what is filled. */
  readonly averagePrice?: string;
  readonly status: OrderStatus;
  /** Why it stands so, in words, where that is not plain. */
  readonly reason?: string;
}
