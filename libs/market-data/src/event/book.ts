import type { EventOrigin } from './origin.ts';

/**
 * Who is first of those at one price. `id`: the smallest id, as a number of any length. `time`: the earliest; of one time,
 * and without any, who came first. `arrival`: who came first, where who asks for more goes to the end, and who asks for
 * less keeps the place.
 */
export type QueueRule = 'id' | 'time' | 'arrival';

/**
 * One level: price and amount, then how many orders stand there, where the exchange says so, and in funding books, whose
 * prices are rates, for how many days. A level is known by its price and its period. In an update what is told replaces
 * what was, and an amount of zero removes the level.
 */
export type BookLevel = readonly [price: string, amount: string, count?: number, periodDays?: number];

/**
 * One order of a book by order. In an update it replaces the one of the same id, wherever that stood, and an amount of zero
 * removes it, whatever the price.
 */
export interface BookOrder {
  /** Unique within the book. */
  readonly id: string;
  readonly price: string;
  readonly amount: string;
  /** When it got its place in the queue by the exchange's clock, milliseconds since the epoch. */
  readonly time?: number;
  /** Of funding: for how many days. */
  readonly periodDays?: number;
}

/** A whole book, or its top where the subscription asks for a depth. Best level first on both sides. */
export interface BookSnapshotEvent extends EventOrigin {
  readonly type: 'book-snapshot';
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

/** A whole book by order: each side by price, best first, and of one price the first in the queue first. */
export interface BookOrdersSnapshotEvent extends EventOrigin {
  readonly type: 'book-orders-snapshot';
  /** Who is first of those at one price. */
  readonly queue: QueueRule;
  readonly bids: readonly BookOrder[];
  readonly asks: readonly BookOrder[];
}

/** Orders that changed since the book event before this one. */
export interface BookOrdersUpdateEvent extends EventOrigin {
  readonly type: 'book-orders-update';
  readonly bids: readonly BookOrder[];
  readonly asks: readonly BookOrder[];
}

/** Levels that changed since the book event before this one. */
export interface BookUpdateEvent extends EventOrigin {
  readonly type: 'book-update';
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}
