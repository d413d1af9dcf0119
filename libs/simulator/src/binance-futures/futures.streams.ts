import { isBinanceInterval } from '../binance-platform/intervals.ts';
import { Timeframe } from '../market/timeframe.ts';

export type DepthSpeed = 100 | 250 | 500;
export type MarkPriceSpeed = 1000 | 3000;

/** What a stream name asks for. `symbol` and `pair` are the exchange's own, upper case. */
export type FuturesStream = SymbolStream | StreamOfMany;

export type SymbolStream =
  | Of<'trade'>
  | Of<'aggTrade'>
  | Of<'bookTicker'>
  | Of<'ticker'>
  | Of<'miniTicker'>
  | Of<'forceOrder'>
  | (Of<'kline'> & { readonly timeframe: Timeframe })
  /** `withRpi`: the book with the orders that only retail takers meet. */
  | (Of<'depth'> & { readonly speedMs: DepthSpeed; readonly withRpi: boolean })
  | (Of<'partialDepth'> & { readonly levels: number; readonly speedMs: DepthSpeed })
  | (Of<'markPrice'> & { readonly everyMs: MarkPriceSpeed });

interface Of<K extends string> {
  readonly kind: K;
  readonly symbol: string;
}

export type StreamOfMany =
  | OfAll<'allBookTickers'>
  | OfAll<'allTickers'>
  | OfAll<'allMiniTickers'>
  | OfAll<'allForceOrders'>
  | OfAll<'contractInfo'>
  | (OfAll<'allMarkPrices'> & { readonly everyMs: MarkPriceSpeed })
  | OfPair<'indexPrice'>
  | OfPair<'pairMarkPrice'>
  | {
      readonly kind: 'continuousKline';
      readonly pair: string;
      readonly contractType: string;
      readonly timeframe: Timeframe;
    };

interface OfAll<K extends string> {
  readonly kind: K;
}

interface OfPair<K extends string> {
  readonly kind: K;
  readonly pair: string;
  readonly everyMs: MarkPriceSpeed;
}

const OF_ALL: Readonly<Record<string, StreamOfMany>> = {
  '!bookTicker': { kind: 'allBookTickers' },
  '!ticker@arr': { kind: 'allTickers' },
  '!miniTicker@arr': { kind: 'allMiniTickers' },
  '!forceOrder@arr': { kind: 'allForceOrders' },
  '!contractInfo': { kind: 'contractInfo' },
  '!markPrice@arr': { kind: 'allMarkPrices', everyMs: 3000 },
  '!markPrice@arr@1s': { kind: 'allMarkPrices', everyMs: 1000 },
};

/** Reads a stream name; undefined for what is not streamed, which is acknowledged in silence all the same. */
export function parseFuturesStream(name: string): FuturesStream | undefined {
  if (Object.hasOwn(OF_ALL, name)) return OF_ALL[name];
  const at = name.indexOf('@');
  const subject = name.slice(0, Math.max(0, at));
  const channel = name.slice(at + 1);
  const continuous = parseContinuous(subject, channel);
  if (continuous !== undefined) return continuous;
  // Stream names are lower case: a name in capitals is a misspelt one.
  if (subject === '' || subject !== subject.toLowerCase()) return undefined;
  return parseChannel(subject.toUpperCase(), channel);
}

function parseChannel(symbol: string, channel: string): FuturesStream | undefined {
  switch (channel) {
    case 'trade':
    case 'aggTrade':
    case 'bookTicker':
    case 'ticker':
    case 'miniTicker':
    case 'forceOrder':
      return { kind: channel, symbol };
    case 'rpiDepth@500ms':
      return { kind: 'depth', symbol, speedMs: 500, withRpi: true };
    default:
      return parseKline(symbol, channel) ?? parseDepth(symbol, channel) ?? parsePrice(symbol, channel);
  }
}

function parseKline(symbol: string, channel: string): SymbolStream | undefined {
  const timeframe = timeframeOf(/^kline_(\w+)$/.exec(channel)?.[1]);
  return timeframe && { kind: 'kline', symbol, timeframe };
}

/** `btcusdt_perpetual@continuousKline_1m`; the type of the contract in either case. */
function parseContinuous(subject: string, channel: string): FuturesStream | undefined {
  const timeframe = timeframeOf(/^continuousKline_(\w+)$/.exec(channel)?.[1]);
  const [, pair, contractType] = /^([^_]+)_(\w+)$/.exec(subject.toUpperCase()) ?? [];
  if (timeframe === undefined || pair === undefined || contractType === undefined) return undefined;
  return { kind: 'continuousKline', pair, contractType, timeframe };
}

function parseDepth(symbol: string, channel: string): SymbolStream | undefined {
  const match = /^depth(5|10|20)?(?:@(100|500)ms)?$/.exec(channel);
  if (match === null) return undefined;
  const [, levels, speed] = match;
  const speedMs = speed === '100' ? 100 : speed === '500' ? 500 : 250;
  return levels === undefined
    ? { kind: 'depth', symbol, speedMs, withRpi: false }
    : { kind: 'partialDepth', symbol, levels: Number(levels), speedMs };
}

/** A pair of coin-margined contracts has no underscore: what is said of it is said of each contract on it. */
function parsePrice(symbol: string, channel: string): FuturesStream | undefined {
  const [, what, fast] = /^(markPrice|indexPrice)(@1s)?$/.exec(channel) ?? [];
  if (what === undefined) return undefined;
  const everyMs = fast === undefined ? 3000 : 1000;
  if (what === 'indexPrice') return { kind: 'indexPrice', pair: symbol, everyMs };
  return symbol.endsWith('USD')
    ? { kind: 'pairMarkPrice', pair: symbol, everyMs }
    : { kind: 'markPrice', symbol, everyMs };
}

/** Futures have no candles of a second. */
function timeframeOf(interval: string = ''): Timeframe | undefined {
  return isBinanceInterval(interval) && interval !== '1s' ? new Timeframe(interval) : undefined;
}
