import type { EventOrigin } from './origin.ts';

/** Price and amount of one level, in this order. In an update the amount replaces the old one and zero removes the level. */
export type BookLevel = readonly [price: string, amount: string];

/** A whole book, or its top where the subscription asks for a depth. Best level first on both sides. */
export interface BookSnapshotEvent extends EventOrigin {
  readonly type: 'book-snapshot';
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

/** Levels that changed since the book event before this one. */
export interface BookUpdateEvent extends EventOrigin {
  readonly type: 'book-update';
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}
