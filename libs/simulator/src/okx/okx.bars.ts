import { Timeframe, type CandleInterval } from '../market/timeframe.ts';

const UTC8_MS = 8 * 3_600_000;
const BARS_BY_UTC8 = ['6h', '12h', '1d', '2d', '3d', '5d', '1w', '1M', '3M'];

/** By OKX's own names of them. */
const BARS: Readonly<Record<string, CandleInterval>> = {
  '1s': '1s',
  '1m': '1m',
  '3m': '3m',
  '5m': '5m',
  '15m': '15m',
  '30m': '30m',
  '1H': '1h',
  '2H': '2h',
  '4H': '4h',
  '6H': '6h',
  '12H': '12h',
  '1D': '1d',
  '2D': '2d',
  '3D': '3d',
  '5D': '5d',
  '1W': '1w',
  '1M': '1M',
  '3M': '3M',
};

/** Reads `1m`, `1D`, `1Dutc`: without `utc`, bars of six hours and more are those of UTC+8. Undefined for others. */
export function parseBar(text: string): Timeframe | undefined {
  const name = text.replace(/utc$/, '');
  const interval = Object.hasOwn(BARS, name) ? BARS[name] : undefined;
  if (interval === undefined) return undefined;
  const isByUtc8 = name === text && BARS_BY_UTC8.includes(interval);
  return new Timeframe(interval, isByUtc8 ? UTC8_MS : 0);
}
