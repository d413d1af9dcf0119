import type { EventOrigin } from './origin.ts';

/**
 * How an option is valued, as far as the exchange tells: each field is the newest that is known, and absent while it is
 * not. Volatilities are a year's, as a fraction: `0.65` is 65 %. Greeks are those of Black and Scholes.
 */
export interface OptionEvent extends EventOrigin {
  readonly type: 'option';
  /** What positions are valued at, in the currency in which the option is quoted. */
  readonly markPrice?: string;
  /** Price of the underlying with which it is valued: of the future that expires with it where there is one. */
  readonly underlyingPrice?: string;
  /** Price of the underlying by the exchange's index. */
  readonly indexPrice?: string;
  readonly markImpliedVolatility?: string;
  readonly bidImpliedVolatility?: string;
  readonly askImpliedVolatility?: string;
  /** Change of its price with that of the underlying. */
  readonly delta?: string;
  /** Change of `delta` with the price of the underlying. */
  readonly gamma?: string;
  /** Change of its price with the volatility. */
  readonly vega?: string;
  /** Change of its price with time. */
  readonly theta?: string;
  /** Change of its price with the rate of interest. */
  readonly rho?: string;
  /** Contracts that are open, in base currency. */
  readonly openInterest?: string;
  /** The same as a number of contracts, where the exchange counts so. */
  readonly openInterestContracts?: string;
}
