import type { SubscriptionParams, TypedChannel } from '@exchange-stream/market-data';
import type { TopicDescription } from '@exchange-stream/nestjs/contract';

/** Candle intervals, as Binance and we write them. `1m` is a minute, `1M` a month. */
export const INTERVALS = [
  ...['1s', '1m', '3m', '5m', '15m', '30m'],
  ...['1h', '2h', '4h', '6h', '8h', '12h'],
  ...['1d', '3d', '1w', '1M'],
] as const;

/** Sizes of a partial book. */
export const DEPTHS = [5, 10, 20] as const;

/** Topic builders by channel. Symbols are lower case on the wire, may be of any script, and what follows `@` is not. */
export const topics = {
  trades: (symbol, params) => `${symbol.toLowerCase()}@${params.aggregated === true ? 'aggTrade' : 'trade'}`,
  ticker: (symbol) => `${symbol.toLowerCase()}@ticker`,
  quotes: (symbol) => `${symbol.toLowerCase()}@bookTicker`,
  book: (symbol, { depth = '', speed }) =>
    `${symbol.toLowerCase()}@depth${depth}${speed === 1000 ? '' : '@100ms'}`,
  candles: (symbol, { interval, timezone }) =>
    `${symbol.toLowerCase()}@kline_${interval}${timezone === '+08:00' ? '@+08:00' : ''}`,
} satisfies Record<TypedChannel, (symbol: string, params: SubscriptionParams) => string>;

const BOOK = /^depth(5|10|20)?(@100ms)?$/;
const CANDLES = new RegExp(`^kline_(${INTERVALS.join('|')})(@\\+08:00)?$`);

/** What a topic carries: the reverse of `topics`, undefined for anything that they would write differently. */
export function describeTopic(topic: string): TopicDescription | undefined {
  const at = topic.indexOf('@');
  if (at < 1) return undefined;
  const description = describe(topic.slice(0, at).toUpperCase(), topic.slice(at + 1));
  if (!description) return undefined;
  const { channel, nativeSymbol, params } = description;
  return topics[channel](nativeSymbol, params) === topic ? description : undefined;
}

function describe(nativeSymbol: string, kind: string): TopicDescription | undefined {
  switch (kind) {
    case 'trade':
      return { channel: 'trades', nativeSymbol, params: {} };
    case 'aggTrade':
      return { channel: 'trades', nativeSymbol, params: { aggregated: true } };
    case 'ticker':
      return { channel: 'ticker', nativeSymbol, params: {} };
    case 'bookTicker':
      return { channel: 'quotes', nativeSymbol, params: {} };
  }
  const book = BOOK.exec(kind);
  if (book) {
    const [, depth, fast] = book;
    const params = {
      ...(depth === undefined ? {} : { depth: Number(depth) }),
      ...(fast === undefined ? { speed: 1000 } : {}),
    };
    return { channel: 'book', nativeSymbol, params };
  }
  const [, interval, timezone] = CANDLES.exec(kind) ?? [];
  if (interval === undefined) return undefined;
  const params = { interval, ...(timezone === undefined ? {} : { timezone: '+08:00' }) };
  return { channel: 'candles', nativeSymbol, params };
}

/** Longest name that is taken for a stream; those of Binance have 10 to 40 letters. */
const MAX_STREAM_NAME = 100;

/** A symbol of any script, or `!` and the name of a stream of all symbols; then `@` and what comes of it. */
const STREAM_NAME = /^(?:[\p{L}\p{N}_.-]+|![A-Za-z0-9_]+)(?:@[A-Za-z0-9_+:.-]+)+$/u;

/**
 * Whether Binance may stream under this name. Symbols are lower case: it confirms `BTCUSDT@trade` like any other name, and
 * sends nothing.
 */
export function isStreamName(topic: string): boolean {
  if (topic.length > MAX_STREAM_NAME || !STREAM_NAME.test(topic)) return false;
  const [symbol = ''] = topic.split('@', 1);
  return symbol.startsWith('!') || symbol === symbol.toLowerCase();
}

/** Forms of payload, each with a reader of its own. */
export type PayloadKind =
  'trade' | 'aggTrade' | '24hrTicker' | 'bookTicker' | 'depthUpdate' | 'partialDepth' | 'kline';

/** The form of what comes on a topic; undefined where no channel builds it. */
export function payloadKindOf(topic: string): PayloadKind | undefined {
  const description = describeTopic(topic);
  if (!description) return undefined;
  const { channel, params } = description;
  switch (channel) {
    case 'trades':
      return params.aggregated === true ? 'aggTrade' : 'trade';
    case 'ticker':
      return '24hrTicker';
    case 'quotes':
      return 'bookTicker';
    case 'book':
      return params.depth === undefined ? 'depthUpdate' : 'partialDepth';
    case 'candles':
      return 'kline';
  }
}

/**
 * The topics that the URL of a connection subscribes: `/ws/a/b` (raw) and `/stream?streams=a/b` (combined). The query
 * is not read as a form, where the `+` of `@kline_1d@+08:00` would become a space.
 */
export function topicsInUrl(url: URL): readonly string[] {
  const [, raw] = /\/ws\/(.+)$/.exec(url.pathname) ?? [];
  const [, combined] = /[?&]streams=([^&]*)/.exec(url.search) ?? [];
  return [...names(raw), ...names(combined)];
}

/** The topics that a frame sent by the client subscribes. */
export function topicsInFrame(frame: string): readonly string[] {
  let message: unknown;
  try {
    message = JSON.parse(frame);
  } catch {
    return []; // Binance answers such a frame with an error: it subscribes nothing.
  }
  if (typeof message !== 'object' || message === null) return [];
  if (!('method' in message) || message.method !== 'SUBSCRIBE') return [];
  if (!('params' in message) || !Array.isArray(message.params)) return [];
  return message.params.filter((topic) => typeof topic === 'string');
}

function names(joined: string | undefined): string[] {
  return (joined ?? '')
    .split('/')
    .filter((name) => name !== '')
    .map(decode);
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // A stray `%`: then the name is what it says.
  }
}
