import type { EventOrigin } from './origin.ts';

/**
 * How a derivative is valued and held, as far as the exchange tells: each field is the newest that is known, and absent
 * while it is not. Prices are in quote currency.
 */
export interface DerivativesEvent extends EventOrigin {
  readonly type: 'derivatives';
  /** What positions are valued at. */
  readonly markPrice?: string;
  /** Price of what the derivative is of, by the exchange's index. */
  readonly indexPrice?: string;
  /** Price at which it is estimated to be settled or delivered. */
  readonly estimatedSettlementPrice?: string;
  /** What longs pay shorts at `nextFundingTime`, as a fraction of the position's value: `0.0001` is 0.01 %. Negative: shorts pay. */
  readonly fundingRate?: string;
  /** When `fundingRate` is paid, milliseconds since the epoch. */
  readonly nextFundingTime?: number;
  /** From one payment to the next, in milliseconds. */
  readonly fundingIntervalMs?: number;
  /** The rate that is expected for the payment after `nextFundingTime`. */
  readonly predictedFundingRate?: string;
  /** Contracts that are open, one long and one short counted once, in base currency. */
  readonly openInterest?: string;
  /** The same as a number of contracts, where the exchange counts so. */
  readonly openInterestContracts?: string;
  /** The same as a value in quote currency. */
  readonly openInterestValue?: string;
}
