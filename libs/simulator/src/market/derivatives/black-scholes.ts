export const YEAR_MS = 365 * 86_400_000;

export interface OptionTerms {
  readonly right: 'call' | 'put';
  readonly strike: number;
  /** Price of what the option is on. */
  readonly price: number;
  /** Until it ends, in milliseconds. */
  readonly leftMs: number;
  /** For a year, as a fraction. */
  readonly volatility: number;
}

/** The value of an option and how it changes; without interest. */
export interface OptionValue {
  /** In the asset of the strike. */
  readonly value: number;
  readonly delta: number;
  readonly gamma: number;
  /** For a change of volatility by one percent point. */
  readonly vega: number;
  /** For a day. */
  readonly theta: number;
  /** For a change of the interest rate by one percent point. */
  readonly rho: number;
}

/** Black and Scholes, by their formula. */
export function optionValue({ right, strike, price, leftMs, volatility }: OptionTerms): OptionValue {
  const sign = right === 'call' ? 1 : -1;
  const years = leftMs / YEAR_MS;
  if (years <= 0) {
    const value = Math.max(0, sign * (price - strike));
    return { value, delta: value > 0 ? sign : 0, gamma: 0, vega: 0, theta: 0, rho: 0 };
  }
  const spread = volatility * Math.sqrt(years);
  const d1 = Math.log(price / strike) / spread + spread / 2;
  const d2 = d1 - spread;
  const density = Math.exp((-d1 * d1) / 2) / Math.sqrt(2 * Math.PI);
  const delta = sign * normalCumulative(sign * d1);
  const exercised = normalCumulative(sign * d2);
  return {
    value: Math.max(0, price * delta - sign * strike * exercised),
    delta,
    gamma: density / (price * spread),
    vega: (price * density * Math.sqrt(years)) / 100,
    theta: (-price * density * volatility) / (2 * Math.sqrt(years)) / 365,
    rho: (sign * strike * years * exercised) / 100,
  };
}

/** Abramowitz and Stegun, 26.2.17: right to 7 decimal places. */
function normalCumulative(x: number): number {
  if (x < 0) return 1 - normalCumulative(-x);
  const t = 1 / (1 + 0.2316419 * x);
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
}
