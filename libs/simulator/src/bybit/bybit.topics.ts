import { Timeframe, type CandleInterval } from '../market/timeframe.ts';
import { isFutures, type SocketKind } from './bybit.category.ts';

/** What a topic asks for. `symbol` is the exchange's own. */
export type Topic =
  /** Of options `symbol` is a base coin: all options on it. */
  | { readonly kind: 'trades'; readonly symbol: string }
  | { readonly kind: 'ticker'; readonly symbol: string }
  | { readonly kind: 'book'; readonly symbol: string; readonly depth: number }
  | { readonly kind: 'rpiBook'; readonly symbol: string }
  | { readonly kind: 'fullBook'; readonly symbol: string }
  | KlineTopic
  | { readonly kind: 'liquidations'; readonly symbol: string }
  | { readonly kind: 'priceLimit'; readonly symbol: string }
  /** Insurance pools and alerts of deleveraging, which nothing here brings about. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'status' };

export interface KlineTopic {
  readonly kind: 'kline';
  readonly symbol: string;
  /** As the exchange writes it. */
  readonly interval: KlineInterval;
  readonly timeframe: Timeframe;
}

const INTERVALS = {
  '1': '1m',
  '3': '3m',
  '5': '5m',
  '15': '15m',
  '30': '30m',
  '60': '1h',
  '120': '2h',
  '240': '4h',
  '360': '6h',
  '720': '12h',
  D: '1d',
  W: '1w',
  M: '1M',
} as const satisfies Record<string, CandleInterval>;

export type KlineInterval = keyof typeof INTERVALS;

export function isKlineInterval(text: string): text is KlineInterval {
  return Object.hasOwn(INTERVALS, text);
}

export function timeframeOf(interval: KlineInterval): Timeframe {
  return new Timeframe(INTERVALS[interval]);
}

/** How fast the depths of a category's books are published, in milliseconds. */
const FUTURES_DEPTHS: ReadonlyMap<number, number> = new Map([
  [1, 10],
  [50, 20],
  [200, 100],
  [1000, 200],
]);
const OPTION_DEPTHS: ReadonlyMap<number, number> = new Map([
  [25, 20],
  [100, 100],
]);
const SPREAD_DEPTHS: ReadonlyMap<number, number> = new Map([[25, 20]]);

export const RPI_DEPTH = 50;
export const RPI_PERIOD_MS = 100;
export const FULL_PERIOD_MS = 200;

export function bookDepths(kind: SocketKind): ReadonlyMap<number, number> {
  switch (kind) {
    case 'spot':
    case 'linear':
    case 'inverse':
      return FUTURES_DEPTHS;
    case 'option':
      return OPTION_DEPTHS;
    case 'spread':
      return SPREAD_DEPTHS;
    case 'status':
      return new Map();
  }
}

/** Reads a topic of a socket; undefined for what nothing there handles. Whether its symbol is listed is not looked at. */
export function parseTopic(kind: SocketKind, name: string): Topic | undefined {
  if (kind === 'status') return name === 'system.status' ? { kind: 'status' } : undefined;
  const [channel = '', ...rest] = name.split('.');
  const [first = '', symbol] = rest;
  if (rest.some((part) => part === '') || rest.length === 0 || rest.length > 2) return undefined;
  if (symbol === undefined) return plainTopic(kind, channel, first);
  if (channel === 'orderbook') return bookTopic(kind, first, symbol);
  if (channel !== 'kline' || !isKlineInterval(first) || kind === 'option' || kind === 'spread')
    return undefined;
  return { kind: 'kline', symbol, interval: first, timeframe: timeframeOf(first) };
}

function plainTopic(kind: SocketKind, channel: string, symbol: string): Topic | undefined {
  switch (channel) {
    case 'publicTrade':
      return { kind: 'trades', symbol };
    case 'tickers':
      return { kind: 'ticker', symbol };
    case 'allLiquidation':
      return isFutures(kind) ? { kind: 'liquidations', symbol } : undefined;
    case 'priceLimit':
      return kind === 'spot' || isFutures(kind) ? { kind: 'priceLimit', symbol } : undefined;
    case 'insurance':
    case 'adlAlert':
      return isFutures(kind) ? { kind: 'silent' } : undefined;
    default:
      return undefined;
  }
}

function bookTopic(kind: SocketKind, depth: string, symbol: string): Topic | undefined {
  if (kind === 'spot' || isFutures(kind)) {
    if (depth === 'rpi') return { kind: 'rpiBook', symbol };
    if (depth === 'full') return { kind: 'fullBook', symbol };
  }
  const levels = Number(depth);
  if (String(levels) !== depth || !bookDepths(kind).has(levels)) return undefined;
  return { kind: 'book', symbol, depth: levels };
}
