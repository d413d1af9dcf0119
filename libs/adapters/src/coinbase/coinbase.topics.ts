import type { SubscriptionParams, TypedChannel } from '@exchange-stream/market-data';
import type { TopicDescription } from '@exchange-stream/nestjs/contract';

/** The one interval that the stream has. */
export const STREAMED_INTERVAL = '5m';

/** Coinbase's names of the intervals that REST has, by ours. */
const GRANULARITIES: ReadonlyMap<string, string> = new Map([
  ['1m', 'ONE_MINUTE'],
  ['5m', 'FIVE_MINUTE'],
  ['15m', 'FIFTEEN_MINUTE'],
  ['30m', 'THIRTY_MINUTE'],
  ['1h', 'ONE_HOUR'],
  ['2h', 'TWO_HOUR'],
  ['6h', 'SIX_HOUR'],
  ['1d', 'ONE_DAY'],
]);

/** Intervals that only REST has. */
export const REST_INTERVALS = [...GRANULARITIES.keys()].filter((interval) => interval !== STREAMED_INTERVAL);

export function granularityOf(interval: string): string | undefined {
  return GRANULARITIES.get(interval);
}

/**
 * Whether an instrument has a book of its own, or shows that of another one under another name: `BTC-USDC` is `BTC-USD`.
 * Nothing in its name tells: `USDT-USDC` has a book of its own.
 */
export const CATEGORIES = ['product', 'alias'] as const;
export type Category = (typeof CATEGORIES)[number];

const ALIAS = /-USDC$/;

/** The product whose data an alias has, by its name. */
export function productOf(alias: string): string {
  return alias.replace(ALIAS, '-USD');
}

/** The alias of a product, if it has one. */
export function aliasOf(product: string): string | undefined {
  return product.endsWith('-USD') ? `${product}C` : undefined;
}

/** What carries an instrument's data on the stream: frames bear the product's name, whichever was asked for. */
function streamed(nativeSymbol: string, category: string | undefined): string {
  return category === 'alias' ? productOf(nativeSymbol) : nativeSymbol;
}

/** Seconds between the rows of a ticker, and the channel that has it so. */
export const TICKER_SPEEDS = ['trade', '5s'] as const;

/** Topic builders by channel. A topic is a channel and, behind a colon, the product. */
export const topics = {
  trades: (symbol, _params, category) => `market_trades:${streamed(symbol, category)}`,
  ticker: (symbol, { speed }, category) =>
    `${speed === '5s' ? 'ticker_batch' : 'ticker'}:${streamed(symbol, category)}`,
  /** The ticker has the best prices, too. */
  quotes: (symbol, _params, category) => `ticker:${streamed(symbol, category)}`,
  book: (symbol, _params, category) => `level2:${streamed(symbol, category)}`,
  candles: (symbol, _params, category) => `candles:${streamed(symbol, category)}`,
  status: () => 'status',
} satisfies Partial<
  Record<TypedChannel, (symbol: string, params: SubscriptionParams, category?: string) => string>
>;

/** Channels that are of the whole connection or exchange, and of no product. */
const WHOLE: ReadonlySet<string> = new Set(['status', 'heartbeats']);
const OF_PRODUCTS: ReadonlySet<string> = new Set([
  'market_trades',
  'ticker',
  'ticker_batch',
  'level2',
  'candles',
]);

const MAX_TOPIC_LENGTH = 96;
const PRODUCT = /^[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)+$/;

/** Channel and product of a topic; undefined for what is none that can be had without a login. */
export function partsOf(
  topic: string,
): { readonly channel: string; readonly product: string | undefined } | undefined {
  if (topic.length > MAX_TOPIC_LENGTH) return undefined;
  if (WHOLE.has(topic)) return { channel: topic, product: undefined };
  const colon = topic.indexOf(':');
  const channel = topic.slice(0, colon);
  const product = topic.slice(colon + 1);
  return OF_PRODUCTS.has(channel) && PRODUCT.test(product) ? { channel, product } : undefined;
}

/** What a topic carries: the reverse of `topics`. */
export function describeTopic(topic: string): TopicDescription | undefined {
  if (topic === 'status') return { channel: 'status', nativeSymbol: '', params: {} };
  const { channel, product: nativeSymbol } = partsOf(topic) ?? {};
  if (nativeSymbol === undefined) return undefined;
  const of = { nativeSymbol, category: 'product' };
  switch (channel) {
    case 'market_trades':
      return { channel: 'trades', ...of, params: {} };
    case 'ticker':
      return { channel: 'ticker', ...of, params: {} };
    case 'ticker_batch':
      return { channel: 'ticker', ...of, params: { speed: '5s' } };
    case 'level2':
      return { channel: 'book', ...of, params: {} };
    case 'candles':
      return { channel: 'candles', ...of, params: { interval: STREAMED_INTERVAL } };
    default:
      return undefined;
  }
}
