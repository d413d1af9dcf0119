import { multiplyDecimals } from '@exchange-stream/market-data';
import { Increment, type DecimalPlaces } from './increment.ts';

/** Whether an instrument trades: `halt` and `break` are listed, with a book that stands still. */
export type InstrumentStatus = 'trading' | 'halt' | 'break';

/** One thing that is traded on a simulated exchange, and how lively it is. */
export interface SimulatedInstrument {
  /** The exchange's own symbol, such as `BTCUSDT`. */
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly status: InstrumentStatus;
  /** Price increment, such as `0.01`. */
  readonly tickSize: string;
  /** Amount increment, in the base asset. */
  readonly lotSize: string;
  /** Smallest order value, in the quote asset. */
  readonly minNotional: string;
  /** Price at which the simulation starts, in the quote asset. */
  readonly startPrice: number;
  /** Standard deviation of a day's price change, as a fraction: 0.03 is 3 %. */
  readonly dailyVolatility: number;
  /** Mean number of taker orders a second. */
  readonly ordersPerSecond: number;
  /** Median amount of a taker order, in the base asset. */
  readonly medianAmount: number;
}

/** How an instrument's whole numbers of ticks and lots are written on the wire. */
export interface InstrumentFormat {
  readonly price: Increment;
  readonly amount: Increment;
  /** Price times amount: counts ticks times lots. */
  readonly notional: Increment;
}

export function instrumentFormat(instrument: SimulatedInstrument, places?: DecimalPlaces): InstrumentFormat {
  return {
    price: new Increment(instrument.tickSize, places),
    amount: new Increment(instrument.lotSize, places),
    notional: new Increment(multiplyDecimals(instrument.tickSize, instrument.lotSize), places),
  };
}
