/** Days of the offers and bids at a rate. */
const PERIODS = [2, 2, 30, 2, 7, 120, 14, 2] as const;
const SHORTEST = 2;
const USUAL_LONG = 30;

/** For how many days money is lent at a rate, in ticks. */
export function periodOf(ticks: number): number {
  return PERIODS[Math.abs(ticks) % PERIODS.length] ?? SHORTEST;
}

/** Whether a native symbol is one of lending, such as `fUSD`. */
export function isFunding(symbol: string): boolean {
  return symbol.startsWith('f');
}

/** What rests at a rate, by its days, the fewest first: at some rates for two periods. */
export function byPeriod(ticks: number, lots: number): readonly (readonly [period: number, lots: number])[] {
  const period = periodOf(ticks);
  const half = ticks % 4 === 0 ? Math.floor(lots / 2) : 0;
  if (half === 0) return [[period, lots]];
  const other = otherThan(period);
  const parts = [
    [period, lots - half],
    [other, half],
  ] as const;
  return period < other ? parts : [parts[1], parts[0]];
}

/** For how many days a single order at a rate is. */
export function periodOfOrder(ticks: number, id: number): number {
  const period = periodOf(ticks);
  return ticks % 4 === 0 && id % 2 === 0 ? otherThan(period) : period;
}

function otherThan(period: number): number {
  return period === SHORTEST ? USUAL_LONG : SHORTEST;
}
