import type { TypedChannel } from '@exchange-stream/market-data';
import type { TopicDescription } from '@exchange-stream/nestjs/contract';
import { isWireObject } from '../decoder/fields.ts';

/** Topic builders by channel. A topic is Kraken's feed and, behind a colon, its product. */
export const topics = {
  trades: (symbol) => `trade:${symbol}`,
  /** They are trades of a type. */
  liquidations: (symbol) => `trade:${symbol}`,
  ticker: (symbol) => `ticker:${symbol}`,
  quotes: (symbol) => `ticker:${symbol}`,
  derivatives: (symbol) => `ticker:${symbol}`,
  book: (symbol) => `book:${symbol}`,
} satisfies Partial<Record<TypedChannel, (symbol: string) => string>>;

/** What a topic asks for. */
export interface Wish {
  readonly feed: string;
  /** Undefined for a feed that has none. */
  readonly product?: string;
}

const MAX_TOPIC_LENGTH = 96;
const TOPIC = /^([a-z]+(?:_[a-z]+)*)(?::([A-Za-z0-9]+(?:[_.-][A-Za-z0-9]+)*))?$/;

/** What a topic asks for; undefined for a text that is none. */
export function wishOf(topic: string): Wish | undefined {
  if (topic.length > MAX_TOPIC_LENGTH) return undefined;
  const [, feed, product] = TOPIC.exec(topic) ?? [];
  if (feed === undefined) return undefined;
  return { feed, ...(product !== undefined && { product }) };
}

/** What a topic carries, of several channels the first; undefined for one that no channel builds. */
export function describeTopic(topic: string): TopicDescription | undefined {
  const { feed, product: nativeSymbol } = wishOf(topic) ?? {};
  if (nativeSymbol === undefined) return undefined;
  switch (feed) {
    case 'trade':
      return { channel: 'trades', nativeSymbol, params: {} };
    case 'ticker':
    case 'book':
      return { channel: feed, nativeSymbol, params: {} };
    default:
      return undefined;
  }
}

/** Feeds of an account, each with a snapshot. */
const PRIVATE: ReadonlySet<string> = new Set(
  ['open_orders', 'open_orders_verbose', 'open_positions', 'balances', 'fills', 'account_log'].concat(
    'notifications_auth',
  ),
);

const SNAPSHOT = /_snapshot$/;

/** Whether Kraken has a feed of that name that no channel of ours is made of: then it is a name for the statistics. */
export function isOtherFeed(feed: string): boolean {
  return feed === 'heartbeat' || feed === 'ticker_lite' || PRIVATE.has(feed.replace(SNAPSHOT, ''));
}

/** Key of the endpoint that serves a topic; undefined for what is none, or an account's. */
export function endpointOf(topic: string): 'public' | undefined {
  const wish = wishOf(topic);
  return wish === undefined || PRIVATE.has(wish.feed) || SNAPSHOT.test(wish.feed) ? undefined : 'public';
}

/** The topics that a frame sent by the client subscribes. */
export function topicsInFrame(frame: string): readonly string[] {
  let message: unknown;
  try {
    message = JSON.parse(frame);
  } catch {
    return []; // Kraken answers it with an error: it subscribes nothing.
  }
  if (!isWireObject(message) || message.event !== 'subscribe' || typeof message.feed !== 'string') return [];
  const { feed, product_ids: products } = message;
  return Array.isArray(products) ? products.map((product) => `${feed}:${String(product)}`) : [feed];
}
