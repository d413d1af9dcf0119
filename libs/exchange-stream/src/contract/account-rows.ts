import type { OrderStatus, Side } from '@exchange-stream/market-data';

/** What rows of an account have in common. */
interface StampedRow {
  /** When it came to be so by the exchange's clock, milliseconds since the epoch. */
  readonly time?: number;
}

/** The same for states, of which the newest of an id counts. */
interface StateRow extends StampedRow {
  /** The exchange's own count of the states of this id; a number up to 2^53, decimal digits beyond. */
  readonly version?: number | string;
}

/** The exchange's statement about one order. */
export interface OrderRow extends StateRow {
  readonly type: 'order';
  readonly nativeSymbol: string;
  /** Unique within account and symbol. */
  readonly id: string;
  readonly clientId?: string;
  readonly side: Side;
  readonly price?: string;
  readonly amount: string;
  readonly filled: string;
  readonly averagePrice?: string;
  readonly status: OrderStatus;
  readonly reason?: string;
}

/** One fill. */
export interface FillRow extends StampedRow {
  readonly type: 'fill';
  readonly nativeSymbol: string;
  /** Unique within account and symbol. */
  readonly id: string;
  readonly orderId: string;
  readonly side: Side;
  readonly price: string;
  readonly amount: string;
  readonly fee?: string;
  readonly feeAsset?: string;
  readonly liquidity?: 'maker' | 'taker';
}

/** The exchange's statement about one asset. */
export interface BalanceRow extends StateRow {
  readonly type: 'balance';
  readonly asset: string;
  readonly free: string;
  readonly locked: string;
}

/** The exchange's statement about one position. */
export interface PositionRow extends StateRow {
  readonly type: 'position';
  readonly nativeSymbol: string;
  /** What tells it from other positions of the account: the symbol, and the side where both can be held at once. */
  readonly id: string;
  readonly side: 'long' | 'short';
  /** Zero closes it. */
  readonly amount: string;
  readonly entryPrice?: string;
}

/** A state of an account. */
export type AccountStateRow = OrderRow | BalanceRow | PositionRow;

/** What private topics carry. */
export type AccountRow = AccountStateRow | FillRow;
