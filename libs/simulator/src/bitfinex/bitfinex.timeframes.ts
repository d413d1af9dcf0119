import type { CandleInterval } from '../market/timeframe.ts';

/** Lengths of candles by Bitfinex's names; `7D` is the older one of a week. */
const INTERVALS: Readonly<Record<string, CandleInterval>> = {
  '1m': '1m',
  '5m': '5m',
  '15m': '15m',
  '30m': '30m',
  '1h': '1h',
  '3h': '3h',
  '6h': '6h',
  '12h': '12h',
  '1D': '1d',
  '1W': '1w',
  '7D': '1w',
  '14D': '14d',
  '1M': '1M',
};

const TRADING = /^trade:([0-9]+[mhDWM]):(t[^:]+(?::[^:]+)?)$/;
/** Of one period, or of all from one to another; what `a` counts is not documented for us. */
const FUNDING = /^trade:([0-9]+[mhDWM]):(f[^:]+):(?:p(\d{1,3})|a\d{1,3}:p(\d{1,3}):p(\d{1,3}))$/;

/** What a key of candles asks for. */
export interface CandleKey {
  readonly symbol: string;
  readonly interval: CandleInterval;
}

/** Reads `trade:1m:tBTCUSD`, `trade:1m:fUSD:p30` or `trade:1m:fUSD:a30:p2:p30`; undefined for anything else. */
export function parseCandleKey(key: string): CandleKey | undefined {
  const [, name = '', symbol = '', ...periods] = TRADING.exec(key) ?? FUNDING.exec(key) ?? [];
  if (!Object.hasOwn(INTERVALS, name)) return undefined;
  const interval = INTERVALS[name];
  const days = periods.filter((period) => period !== undefined).map(Number);
  if (interval === undefined || days.some((period) => period < 2 || period > 120)) return undefined;
  return { symbol, interval };
}
