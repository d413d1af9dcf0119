import type { TopicDescription } from '@exchange-stream/nestjs/contract';

/** What stands behind the `@` of topics that all exchanges of the family have. */
const PLAIN: Readonly<Record<string, keyof typeof plainTopics>> = {
  trade: 'trades',
  aggTrade: 'trades',
  ticker: 'ticker',
  bookTicker: 'quotes',
};

/** Their builders. Symbols are lower case on the wire, may be of any script, and what follows `@` is not. */
export const plainTopics = {
  trades: (symbol: string, isAggregated: boolean): string =>
    `${symbol.toLowerCase()}@${isAggregated ? 'aggTrade' : 'trade'}`,
  ticker: (symbol: string): string => `${symbol.toLowerCase()}@ticker`,
  quotes: (symbol: string): string => `${symbol.toLowerCase()}@bookTicker`,
};

/** The channel of such a topic, by what stands behind its `@`. */
export function plainChannelOf(kind: string): keyof typeof plainTopics | undefined {
  return Object.hasOwn(PLAIN, kind) ? PLAIN[kind] : undefined;
}

/**
 * What a topic carries, by its two parts: the symbol, in upper case, and what stands behind its `@`.
 * @param build writes the topic of a description; what it would write differently is nothing that a channel builds
 */
export function describeBy<D extends TopicDescription>(
  topic: string,
  describe: (nativeSymbol: string, kind: string) => D | undefined,
  build: (description: D) => string,
): D | undefined {
  const at = topic.indexOf('@');
  if (at < 1) return undefined;
  const description = describe(topic.slice(0, at).toUpperCase(), topic.slice(at + 1));
  return description && build(description) === topic ? description : undefined;
}

/** Sizes of a partial book. */
export const DEPTHS = [5, 10, 20] as const;

/** Candle intervals, as Binance and we write them. `1m` is a minute, `1M` a month. */
export const INTERVALS = [
  ...['1m', '3m', '5m', '15m', '30m'],
  ...['1h', '2h', '4h', '6h', '8h', '12h'],
  ...['1d', '3d', '1w', '1M'],
] as const;

/** Longest name that is taken for a stream; those of Binance have 10 to 40 letters. */
const MAX_STREAM_NAME = 100;

/** A symbol of any script, or `!` and the name of a stream of all symbols; then `@` and what comes of it. */
const STREAM_NAME = /^(?:[\p{L}\p{N}_.-]+|![A-Za-z0-9_]+)(?:@[A-Za-z0-9_+:.-]+)+$/u;

/** A stream of all symbols that needs nothing behind its name, `!bookTicker`. */
const BARE_STREAM_NAME = /^![A-Za-z0-9_]+$/;

/**
 * Whether Binance may stream under this name. Symbols are lower case: it confirms `BTCUSDT@trade` like any other name, and
 * sends nothing.
 */
export function isStreamName(topic: string): boolean {
  if (topic.length > MAX_STREAM_NAME || !STREAM_NAME.test(topic)) return false;
  const [symbol = ''] = topic.split('@', 1);
  return symbol.startsWith('!') || symbol === symbol.toLowerCase();
}

/** Whether this may be the stream of all symbols that has nothing behind its name. */
export function isBareStreamName(topic: string): boolean {
  return topic.length <= MAX_STREAM_NAME && BARE_STREAM_NAME.test(topic);
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
