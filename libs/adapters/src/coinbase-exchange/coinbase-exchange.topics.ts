import type { SubscriptionParams, TypedChannel } from '@exchange-stream/market-data';
import type { TopicDescription } from '@exchange-stream/nestjs/contract';

/** Seconds of each interval that REST has: the feed has no candles. */
const GRANULARITIES: ReadonlyMap<string, number> = new Map([
  ['1m', 60],
  ['5m', 300],
  ['15m', 900],
  ['1h', 3_600],
  ['6h', 21_600],
  ['1d', 86_400],
]);

export const INTERVALS: readonly string[] = [...GRANULARITIES.keys()];

export function granularityOf(interval: string): number | undefined {
  return GRANULARITIES.get(interval);
}

/** When tickers come. */
export const TICKER_SPEEDS = ['trade', '5s'] as const;

/** The channels of books: the first needs no key; of the second there are recordings from before it needed one. */
export const BOOK = 'level2_batch';
export const OLD_BOOK = 'level2';

/** Topic builders by channel. A topic is a channel and, behind a colon, the product. */
export const topics = {
  trades: (symbol) => `matches:${symbol}`,
  ticker: (symbol, { speed }) => `${speed === '5s' ? 'ticker_batch' : 'ticker'}:${symbol}`,
  book: (symbol) => `${BOOK}:${symbol}`,
  /** The feed has none. */
  candles: () => '',
  status: () => 'status',
} satisfies Partial<Record<TypedChannel, (symbol: string, params: SubscriptionParams) => string>>;

/** Channels of no product. */
const WHOLE: ReadonlySet<string> = new Set(['status', 'rfq_matches']);
const OF_PRODUCTS: ReadonlySet<string> = new Set([
  ...['matches', 'ticker', 'ticker_batch', BOOK, 'heartbeat', 'auctionfeed'],
]);

const MAX_TOPIC_LENGTH = 96;
const PRODUCT = /^[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)+$/;

/** Channel and product of a topic; undefined for what is none. */
export function partsOf(
  topic: string,
): { readonly channel: string; readonly product: string | undefined } | undefined {
  if (topic.length > MAX_TOPIC_LENGTH) return undefined;
  if (WHOLE.has(topic)) return { channel: topic, product: undefined };
  const colon = topic.indexOf(':');
  const channel = topic.slice(0, colon);
  const product = topic.slice(colon + 1);
  const isOfProducts = OF_PRODUCTS.has(channel) || channel === OLD_BOOK;
  return isOfProducts && PRODUCT.test(product) ? { channel, product } : undefined;
}

/** Whether a topic can be had without a key. */
export function isPublic(topic: string): boolean {
  const channel = partsOf(topic)?.channel;
  return channel !== undefined && channel !== OLD_BOOK;
}

/** What a topic carries: the reverse of `topics`, and of what recordings have in the place of those. */
export function describeTopic(topic: string): TopicDescription | undefined {
  if (topic === 'status') return { channel: 'status', nativeSymbol: '', params: {} };
  const { channel, product: nativeSymbol } = partsOf(topic) ?? {};
  if (nativeSymbol === undefined) return undefined;
  switch (channel) {
    case 'matches':
      return { channel: 'trades', nativeSymbol, params: {} };
    case 'ticker':
      return { channel: 'ticker', nativeSymbol, params: {} };
    case 'ticker_batch':
      return { channel: 'ticker', nativeSymbol, params: { speed: '5s' } };
    case BOOK:
    case OLD_BOOK:
      return { channel: 'book', nativeSymbol, params: {} };
    default:
      return undefined;
  }
}
