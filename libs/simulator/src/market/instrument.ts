import { multiplyDecimals } from '@exchange-stream/market-data';
import type { SimulatedContract } from './derivatives/contract.ts';
import { Increment, type DecimalPlaces } from './increment.ts';

/**
 * Whether an instrument trades: `halt` and `break` are listed, with a book that stands still; `closed` are those that
 * were delivered or taken off while the exchange ran.
 */
export type InstrumentStatus = 'trading' | 'halt' | 'break' | 'closed';

/** One thing that is traded on a simulated exchange, and how lively it is. */
export interface SimulatedInstrument {
  /** The exchange's own symbol, such as `BTCUSDT`. */
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly status: InstrumentStatus;
  /** Price increment, such as `0.01`. */
  readonly tickSize: string;
  /** Amount increment: in the base asset, of a derivative in its contracts. */
  readonly lotSize: string;
  /** Smallest order value, in the quote asset. */
  readonly minNotional: string;
  /** Price at which the simulation starts, in the quote asset. Of a derivative: that of its index. */
  readonly startPrice: number;
  /** Standard deviation of a day's price change, as a fraction: 0.03 is 3 %. */
  readonly dailyVolatility: number;
  /** Mean number of taker orders a second. */
  readonly ordersPerSecond: number;
  /** Median amount of a taker order: in the base asset, of a derivative in its contracts. */
  readonly medianAmount: number;
  /** What makes it a derivative; absent for spot. */
  readonly contract?: SimulatedContract;
  /** How the exchange prints the decimal places of this one, where that is not the same for all. */
  readonly places?: DecimalPlaces;
}

/** How an instrument's whole numbers of ticks and lots are written on the wire. */
export interface InstrumentFormat {
  readonly price: Increment;
  readonly amount: Increment;
  /** What was paid, as `turnover` counts it: in the quote asset, of inverse contracts in the base asset. */
  readonly notional: Increment;
  /** Lots as what they stand for: the base asset, of inverse contracts the quote asset. Of spot the amount. */
  readonly face: Increment;
  /** What so many lots cost at a price, in increments of `notional`. */
  readonly turnover: (ticks: number, lots: number) => bigint;
}

/** Inverse contracts divide by the price, which no increment does exactly. */
const INVERSE_NOTIONAL = '0.00000001';

/** @param allPlaces how the exchange prints decimal places; without it, as many as each increment has */
export function instrumentFormat(
  instrument: SimulatedInstrument,
  allPlaces?: DecimalPlaces,
): InstrumentFormat {
  const { tickSize, lotSize, places = allPlaces } = instrument;
  const faceSize = multiplyDecimals(lotSize, instrument.contract?.contractSize ?? '1');
  const numbers = {
    price: new Increment(tickSize, places),
    amount: new Increment(lotSize, places),
    face: new Increment(faceSize, places),
  };
  if (!isInverse(instrument)) {
    const notional = new Increment(multiplyDecimals(tickSize, faceSize), places);
    return { ...numbers, notional, turnover: (ticks, lots) => BigInt(ticks) * BigInt(lots) };
  }
  const perTick = Number(faceSize) / Number(tickSize) / Number(INVERSE_NOTIONAL);
  return {
    ...numbers,
    notional: new Increment(INVERSE_NOTIONAL, places),
    turnover: (ticks, lots) => BigInt(Math.round((lots * perTick) / ticks)),
  };
}

/** Whether contracts count the quote asset and are settled in the base asset. */
export function isInverse({ base, contract }: SimulatedInstrument): boolean {
  return contract !== undefined && contract.kind !== 'option' && contract.settle === base;
}
