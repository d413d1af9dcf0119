import type { SeededMarket } from '../market/seeded-market.ts';
import { Timeframe, type CandleInterval } from '../market/timeframe.ts';
import { KrakenError } from './kraken.errors.ts';
import { BOOK_DEPTHS } from './kraken.limits.ts';

export type ChannelKind = 'trade' | 'ticker' | 'ohlc' | 'book' | 'instrument' | 'status';

/** Names and values as a request has them. */
export type Params = Readonly<Record<string, unknown>>;

/** One channel of one symbol that somebody may subscribe. */
export interface KrakenTopic {
  readonly kind: ChannelKind;
  /** `book:BTC/USD?depth=25`, `book:BTC/USD` where the depth is the usual one: by this, faults and tests name it. */
  readonly name: string;
  /** Empty for what is of no symbol. */
  readonly symbol: string;
  /** Of books. */
  readonly depth?: number;
  /** Of tickers: what makes one be sent. */
  readonly trigger?: 'trades' | 'bbo';
  /** Of candles, in minutes. */
  readonly minutes?: number;
  readonly timeframe?: Timeframe;
  /** What an answer repeats beside channel and symbol. */
  readonly besides: Params;
}

/** Minutes of a candle. */
export const INTERVALS: ReadonlyMap<number, CandleInterval> = new Map([
  [1, '1m'],
  [5, '5m'],
  [15, '15m'],
  [30, '30m'],
  [60, '1h'],
  [240, '4h'],
  [1440, '1d'],
  [10_080, '1w'],
]);
const USUAL_DEPTH = 10;
/** From the first Thursday, with which the epoch begins, to the Monday with which other weeks do. */
const THURSDAY_TO_MONDAY_MS = 4 * 86_400_000;
/** Fifteen days: served by the exchange, and not simulated. */
const LONGEST_INTERVAL = 21_600;

/**
 * Buckets of candles. Where weeks begin nobody documents; candles of 15 days can only be counted from the epoch, and so weeks are, too.
 */
export function timeframeOf(interval: CandleInterval): Timeframe {
  return interval === '1w' ? new Timeframe(interval, THURSDAY_TO_MONDAY_MS) : new Timeframe(interval);
}

const CHANNELS: readonly string[] = ['trade', 'ticker', 'ohlc', 'book', 'instrument', 'status'];
const PRIVATE: readonly string[] = ['executions', 'balances', 'level3'];

/** @throws KrakenError where there is no such channel, or one that has to be asked for with a token */
export function channelOf(params: Params): ChannelKind {
  const { channel } = params;
  if (typeof channel !== 'string') throw new KrakenError('Channel is missing');
  if (PRIVATE.includes(channel)) throw new KrakenError('ESession:Invalid session');
  if (!CHANNELS.includes(channel)) throw new KrakenError(`Channel ${channel} not supported`);
  return channel as ChannelKind;
}

/** Whether a channel is asked for without symbols. */
export function isOfAll(kind: ChannelKind): boolean {
  return kind === 'instrument' || kind === 'status';
}

/**
 * What is asked for of one symbol.
 * @throws KrakenError
 */
export function parseTopic(
  kind: ChannelKind,
  symbol: string,
  params: Params,
  market: SeededMarket,
): KrakenTopic {
  if (isOfAll(kind)) return { kind, name: kind, symbol: '', besides: {} };
  const listed = market.find(symbol);
  if (listed === undefined || listed.status === 'closed')
    throw new KrakenError(`Currency pair not supported ${symbol}`, symbol);
  switch (kind) {
    case 'book':
      return book(symbol, params['depth'] ?? USUAL_DEPTH);
    case 'ohlc':
      return candles(symbol, params['interval'] ?? 1);
    case 'ticker':
      return ticker(symbol, params['event_trigger'] ?? 'trades');
    default:
      return { kind, name: `${kind}:${symbol}`, symbol, besides: {} };
  }
}

/** All channels begin with how things stand, unless it is not wanted; trades where it is. */
export function beginsWithSnapshot({ kind }: KrakenTopic, { snapshot = kind !== 'trade' }: Params): boolean {
  return snapshot === true;
}

function book(symbol: string, depth: unknown): KrakenTopic {
  if (typeof depth !== 'number' || !BOOK_DEPTHS.includes(depth))
    throw new KrakenError('Subscription depth not supported', symbol);
  const name = depth === USUAL_DEPTH ? `book:${symbol}` : `book:${symbol}?depth=${depth}`;
  return { kind: 'book', name, symbol, depth, besides: { depth } };
}

function ticker(symbol: string, trigger: unknown): KrakenTopic {
  if (trigger !== 'trades' && trigger !== 'bbo')
    throw new KrakenError('Subscription event_trigger not supported', symbol);
  const name = trigger === 'trades' ? `ticker:${symbol}` : `ticker:${symbol}?event_trigger=${trigger}`;
  return { kind: 'ticker', name, symbol, trigger, besides: { event_trigger: trigger } };
}

function candles(symbol: string, minutes: unknown): KrakenTopic {
  const interval = typeof minutes === 'number' ? INTERVALS.get(minutes) : undefined;
  if (typeof minutes !== 'number' || (interval === undefined && minutes !== LONGEST_INTERVAL))
    throw new KrakenError('Subscription ohlc interval not supported', symbol);
  const name = `ohlc:${symbol}?interval=${minutes}`;
  return {
    kind: 'ohlc',
    name,
    symbol,
    minutes,
    ...(interval !== undefined && { timeframe: timeframeOf(interval) }),
    besides: { interval: minutes },
  };
}
