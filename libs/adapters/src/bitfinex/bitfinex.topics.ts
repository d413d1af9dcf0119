import type { SubscriptionParams, TypedChannel } from '@exchange-stream/market-data';
import type { TopicDescription } from '@exchange-stream/nestjs/contract';
import { isWireObject } from '../decoder/fields.ts';

/** Bitfinex's names of candles, by ours. */
const TIME_FRAMES: ReadonlyMap<string, string> = new Map([
  ...['1m', '5m', '15m', '30m', '1h', '3h', '6h', '12h'].map((interval) => [interval, interval] as const),
  ...([
    ['1d', '1D'],
    ['1w', '1W'],
    ['2w', '14D'],
    ['1M', '1M'],
  ] as const),
]);
const INTERVALS_BY_FRAME = new Map([...TIME_FRAMES].map(([interval, frame]) => [frame, interval]));

/** Candle intervals, as we write them. `1m` is a minute, `1M` a month. */
export const INTERVALS: readonly string[] = [...TIME_FRAMES.keys()];

export const DEPTHS = [1, 25, 100, 250] as const;
/** Bitfinex's own, and as many as its checksums prove. */
export const DEFAULT_DEPTH = 25;
export const PRECISIONS = ['P0', 'P1', 'P2', 'P3', 'P4'] as const;
/** Milliseconds between changes; 0 is as they happen. */
export const SPEEDS = [0, 2_000] as const;

/** Days for which money is lent. */
export const DEFAULT_PERIOD = 30;
/** Those from 2 to 120. */
export const PERIOD_DAYS = /^(?:[2-9]|[1-9][0-9]|1[01][0-9]|120)$/;
export const AGGREGATIONS = [10, 30] as const;
/** The shortest period: candles of several begin with it. */
const SHORTEST = 'p2';

/** How the platform is, as the first frame of every socket and the notices after it tell: no channel of Bitfinex's. */
export const PLATFORM = 'platform';

/** Liquidations of all positions. */
export const LIQUIDATIONS = 'status:liq:global';

/** Whether a symbol is of lending: `fUSD`. */
export function isFunding(nativeSymbol: string): boolean {
  return nativeSymbol.startsWith('f');
}

/**
 * Topic builders by channel. Bitfinex has no names for what it streams: a topic is the channel and, behind colons, what it
 * is of.
 */
export const topics = {
  trades: (symbol) => `trades:${symbol}`,
  ticker: (symbol) => `ticker:${symbol}`,
  quotes: (symbol) => bookTopic(symbol, { depth: 1 }),
  book: bookTopic,
  candles: (symbol, params) => `candles:${candleKey(symbol, params)}`,
  derivatives: (symbol) => `status:deriv:${symbol}`,
  liquidations: () => LIQUIDATIONS,
  status: () => PLATFORM,
} satisfies Partial<Record<TypedChannel, (symbol: string, params: SubscriptionParams) => string>>;

function bookTopic(symbol: string, params: SubscriptionParams): string {
  const { depth = DEFAULT_DEPTH, precision = 'P0', speed = 0, level } = params;
  if (level === 'order') return `book:R0:${depth}:${symbol}`;
  return `book:${precision}:${speed === 0 ? 'F0' : 'F1'}:${depth}:${symbol}`;
}

/** `trade:1m:tBTCUSD`; of funding `trade:1m:fUSD:p30`, or of all periods up to that one `trade:1m:fUSD:a30:p2:p30`. */
export function candleKey(symbol: string, params: SubscriptionParams): string {
  const key = `trade:${TIME_FRAMES.get(String(params.interval)) ?? ''}:${symbol}`;
  if (!isFunding(symbol)) return key;
  const { period = DEFAULT_PERIOD, aggregation } = params;
  return aggregation === undefined ? `${key}:p${period}` : `${key}:a${aggregation}:${SHORTEST}:p${period}`;
}

/** Forms of payload, each with a reader of its own. */
export type PayloadKind =
  'trades' | 'ticker' | 'book' | 'orders' | 'candles' | 'derivatives' | 'liquidations';

/** A topic taken apart. */
export interface Topic extends TopicDescription {
  readonly kind: PayloadKind;
}

const SYMBOL = /^(?:t[A-Z0-9]{2,}(?::[A-Z0-9]+)?|f[A-Z0-9]+)$/;
const BOOK = /^(P[0-4]):(F[01]):(1|25|100|250):(.+)$/;
const ORDERS = /^R0:(1|25|100|250):(.+)$/;
const CANDLES = /^trade:([0-9]+[mhDWM]):(t[A-Z0-9]{2,}(?::[A-Z0-9]+)?|f[A-Z0-9]+)(?::(.+))?$/;
const PERIOD = /^(?:a(10|30):p2:)?p([0-9]{1,3})$/;

/** What a topic carries: the reverse of `topics`, undefined for anything that they would write differently. */
export function describeTopic(topic: string): TopicDescription | undefined {
  if (topic === PLATFORM) return { channel: 'status', nativeSymbol: '', params: {} };
  const parsed = parseTopic(topic);
  if (!parsed) return undefined;
  const { channel, nativeSymbol, params } = parsed;
  return { channel, nativeSymbol, params };
}

/** The same with the form of its payload; undefined for what is no topic that a channel of ours is made of. */
export function parseTopic(topic: string): Topic | undefined {
  if (topic === LIQUIDATIONS)
    return { channel: 'liquidations', kind: 'liquidations', nativeSymbol: '', params: {} };
  const colon = topic.indexOf(':');
  const rest = topic.slice(colon + 1);
  switch (topic.slice(0, Math.max(colon, 0))) {
    case 'trades':
      return ofSymbol(rest, { channel: 'trades', kind: 'trades', params: {} });
    case 'ticker':
      return ofSymbol(rest, { channel: 'ticker', kind: 'ticker', params: {} });
    case 'book':
      return parseBook(rest);
    case 'candles':
      return parseCandles(rest);
    case 'status': {
      const symbol = rest.startsWith('deriv:') ? rest.slice('deriv:'.length) : '';
      return ofSymbol(symbol, { channel: 'derivatives', kind: 'derivatives', params: {} });
    }
    default:
      return undefined;
  }
}

function ofSymbol(nativeSymbol: string, topic: Omit<Topic, 'nativeSymbol'>): Topic | undefined {
  return SYMBOL.test(nativeSymbol) ? { ...topic, nativeSymbol } : undefined;
}

function parseBook(rest: string): Topic | undefined {
  const [, ordersDepth, ordersSymbol = ''] = ORDERS.exec(rest) ?? [];
  if (ordersDepth !== undefined) {
    const params = { ...depthOf(ordersDepth), level: 'order' };
    return ofSymbol(ordersSymbol, { channel: 'book', kind: 'orders', params });
  }
  const [, precision, frequency, depth = '', symbol = ''] = BOOK.exec(rest) ?? [];
  if (precision === undefined) return undefined;
  const params = {
    ...depthOf(depth),
    ...(precision !== 'P0' && { precision }),
    ...(frequency === 'F1' && { speed: 2_000 }),
  };
  return ofSymbol(symbol, { channel: 'book', kind: 'book', params });
}

function depthOf(text: string): SubscriptionParams {
  return Number(text) === DEFAULT_DEPTH ? {} : { depth: Number(text) };
}

function parseCandles(key: string): Topic | undefined {
  const [, frame = '', nativeSymbol = '', periods] = CANDLES.exec(key) ?? [];
  const interval = INTERVALS_BY_FRAME.get(frame);
  if (interval === undefined) return undefined;
  const params = isFunding(nativeSymbol) ? periodsOf(periods) : periods === undefined ? {} : undefined;
  if (!params) return undefined;
  const topic: Topic = {
    channel: 'candles',
    kind: 'candles',
    nativeSymbol,
    params: { interval, ...params },
  };
  return candleKey(nativeSymbol, topic.params) === key ? topic : undefined;
}

function periodsOf(text = ''): SubscriptionParams | undefined {
  const [, aggregation, period] = PERIOD.exec(text) ?? [];
  if (period === undefined || !PERIOD_DAYS.test(period)) return undefined;
  return {
    ...(Number(period) !== DEFAULT_PERIOD && { period }),
    ...(aggregation !== undefined && { aggregation: Number(aggregation) }),
  };
}

/** What a topic is in a request; undefined for a text that is none. */
export type RequestFields = Readonly<Record<string, string>>;

const MAX_TOPIC_LENGTH = 128;
const KEY = /^[A-Za-z0-9]+(?::[A-Za-z0-9]+)+$/;

/** How Bitfinex is asked for a topic; undefined for a text that cannot be one. */
export function requestOf(topic: string): RequestFields | undefined {
  if (topic.length > MAX_TOPIC_LENGTH) return undefined;
  const colon = topic.indexOf(':');
  const [channel, rest] = [topic.slice(0, Math.max(colon, 0)), topic.slice(colon + 1)];
  switch (channel) {
    case 'trades':
    case 'ticker':
      return SYMBOL.test(rest) ? { channel, symbol: rest } : undefined;
    case 'candles':
    case 'status':
      return KEY.test(rest) ? { channel, key: rest } : undefined;
    case 'book':
      return bookRequest(rest);
    default:
      return undefined;
  }
}

function bookRequest(rest: string): RequestFields | undefined {
  const [, ordersLen, ordersSymbol = ''] = ORDERS.exec(rest) ?? [];
  if (ordersLen !== undefined && SYMBOL.test(ordersSymbol))
    return { channel: 'book', symbol: ordersSymbol, prec: 'R0', len: ordersLen };
  const [, prec, freq = '', len = '', symbol = ''] = BOOK.exec(rest) ?? [];
  return prec !== undefined && SYMBOL.test(symbol) ? { channel: 'book', symbol, prec, freq, len } : undefined;
}

/** The topic that a request, or an answer to one, names; undefined where it names none. */
export function topicOf({
  channel,
  symbol,
  key,
  prec,
  freq,
  len,
}: Readonly<Record<string, unknown>>): string | undefined {
  switch (channel) {
    case 'trades':
    case 'ticker':
      return typeof symbol === 'string' ? `${channel}:${symbol}` : undefined;
    case 'candles':
    case 'status':
      return typeof key === 'string' ? `${channel}:${key}` : undefined;
    case 'book': {
      if (typeof symbol !== 'string') return undefined;
      const depth = typeof len === 'string' || typeof len === 'number' ? len : 25;
      const precision = typeof prec === 'string' ? prec : 'P0';
      if (precision === 'R0') return `book:R0:${depth}:${symbol}`;
      return `book:${precision}:${typeof freq === 'string' ? freq : 'F0'}:${depth}:${symbol}`;
    }
    default:
      return undefined;
  }
}

/** The topics that a frame sent by the client subscribes. */
export function topicsInFrame(frame: string): readonly string[] {
  let message: unknown;
  try {
    message = JSON.parse(frame);
  } catch {
    return []; // `ping` as bare text, which Bitfinex ignores: it subscribes nothing.
  }
  if (!isWireObject(message) || message.event !== 'subscribe') return [];
  const topic = topicOf(message);
  return topic === undefined ? [] : [topic];
}
