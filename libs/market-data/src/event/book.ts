import type { EventOrigin } from './origin.ts';

/**
 * One level: price and amount, then how many orders stand there, where the exchange says so, and in funding books, whose
 * prices are rates, for how many days. A level is known by its price and its period. In an update what is told replaces
 * what was, and an amount of zero removes the level.
 */
export type BookLevel = readonly [price: string, amount: string, count?: number, period?: number];

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
  /** Days, in books of funding. */
  readonly period?: number;
}

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
