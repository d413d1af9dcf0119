/** Days of the offers and bids at a rate: the simulated market has one period for each. */
const PERIODS = [2, 2, 30, 2, 7, 120, 14, 2] as const;

/** For how many days money is lent at a rate, in ticks. */
export function periodOf(ticks: number): number {
  return PERIODS[Math.abs(ticks) % PERIODS.length] ?? 2;
}

/** Whether a native symbol is one of lending, such as `fUSD`. */
export function isFunding(symbol: string): boolean {
  return symbol.startsWith('f');
}
