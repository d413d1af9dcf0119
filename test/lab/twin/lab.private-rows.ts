// What is told of an account, field by field as in the sheet.

export interface LabOrder {
  readonly orderId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly price: string;
  readonly amount: string;
  readonly filled: string;
  readonly status: 'open' | 'filled' | 'cancelled';
  /** Counts the states of the order from 1. */
  readonly version: number;
  readonly time: number;
}

export interface LabFill {
  readonly fillId: string;
  readonly orderId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly price: string;
  readonly amount: string;
  readonly fee: string;
  readonly feeAsset: string;
  readonly time: number;
}

export interface LabBalance {
  readonly asset: string;
  readonly free: string;
  readonly locked: string;
  readonly time: number;
}

export interface LabPosition {
  readonly symbol: string;
  readonly side: 'long' | 'short';
  /** `0` when it is closed. */
  readonly amount: string;
  readonly entryPrice: string;
  readonly time: number;
}

/** The rows of each private topic. */
export interface PrivateRows {
  readonly orders: readonly LabOrder[];
  readonly fills: readonly LabFill[];
  readonly balances: readonly LabBalance[];
  readonly positions: readonly LabPosition[];
}

export type PrivateKind = keyof PrivateRows;

export const PRIVATE_KINDS: readonly PrivateKind[] = ['orders', 'fills', 'balances', 'positions'];
