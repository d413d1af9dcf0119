import { isBinanceInterval } from '../binance-platform/intervals.ts';
import { Timeframe } from '../market/timeframe.ts';

/** What a stream name asks for. `symbol` is the exchange's own, upper case. */
export type Stream =
  | PlainStream<'trade'>
  | PlainStream<'aggTrade'>
  | PlainStream<'bookTicker'>
  | PlainStream<'ticker'>
  | PlainStream<'miniTicker'>
  | { readonly kind: 'windowTicker'; readonly symbol: string; readonly window: TickerWindow }
  | { readonly kind: 'kline'; readonly symbol: string; readonly timeframe: Timeframe }
  | { readonly kind: 'depth'; readonly symbol: string; readonly speedMs: DepthSpeed }
  | {
      readonly kind: 'partialDepth';
      readonly symbol: string;
      readonly levels: number;
      readonly speedMs: DepthSpeed;
    }
  | { readonly kind: 'allMiniTickers' };

/** A stream that its channel and symbol describe. */
interface PlainStream<K extends string> {
  readonly kind: K;
  readonly symbol: string;
}

export type DepthSpeed = 100 | 1000;
export type TickerWindow = keyof typeof TICKER_WINDOWS;

export const TICKER_WINDOWS = { '1h': 3_600_000, '4h': 14_400_000, '1d': 86_400_000 } as const;

const UTC8_MS = 8 * 3_600_000;
/** Reads a stream name; undefined for what Binance does not stream, which it acknowledges in silence all the same. */
export function parseStream(name: string): Stream | undefined {
  if (name === '!miniTicker@arr') return { kind: 'allMiniTickers' };
  const at = name.indexOf('@');
  const lowerSymbol = name.slice(0, Math.max(0, at));
  // Stream names are lower case: a name in capitals is a misspelt one.
  if (lowerSymbol === '' || lowerSymbol !== lowerSymbol.toLowerCase()) return undefined;
  const symbol = lowerSymbol.toUpperCase();
  const channel = name.slice(at + 1);
  switch (channel) {
    case 'trade':
    case 'aggTrade':
    case 'bookTicker':
    case 'ticker':
    case 'miniTicker':
      return { kind: channel, symbol };
    default:
      return parseKline(symbol, channel) ?? parseDepth(symbol, channel) ?? parseWindowTicker(symbol, channel);
  }
}

function parseKline(symbol: string, channel: string): Stream | undefined {
  const [, interval = '', zone] = /^kline_(\w+)(@\+08:00)?$/.exec(channel) ?? [];
  if (!isBinanceInterval(interval)) return undefined;
  return { kind: 'kline', symbol, timeframe: new Timeframe(interval, zone === undefined ? 0 : UTC8_MS) };
}

function parseDepth(symbol: string, channel: string): Stream | undefined {
  const match = /^depth(5|10|20)?(?:@(100|1000)ms)?$/.exec(channel);
  if (match === null) return undefined;
  const [, levels, speed] = match;
  const speedMs = speed === '100' ? 100 : 1000;
  return levels === undefined
    ? { kind: 'depth', symbol, speedMs }
    : { kind: 'partialDepth', symbol, levels: Number(levels), speedMs };
}

function parseWindowTicker(symbol: string, channel: string): Stream | undefined {
  const window = /^ticker_(.+)$/.exec(channel)?.[1] ?? '';
  return isTickerWindow(window) ? { kind: 'windowTicker', symbol, window } : undefined;
}

function isTickerWindow(text: string): text is TickerWindow {
  return Object.hasOwn(TICKER_WINDOWS, text);
}
