import type { SeededMarket } from '../market/seeded-market.ts';
import type { Payload } from './kraken-futures.frames.ts';

/** Feeds that are told product by product. */
const PRODUCT_FEEDS = ['trade', 'book', 'ticker', 'ticker_lite'] as const;
const PRIVATE_FEEDS: readonly string[] = [
  'open_orders',
  'open_orders_verbose',
  'open_positions',
  'balances',
  'fills',
  'account_log',
  'notifications_auth',
];

export type FeedKind = (typeof PRODUCT_FEEDS)[number] | 'heartbeat';

/** One feed, of one product where it is told by product. */
export interface Feed {
  readonly kind: FeedKind;
  /** Empty where the feed has none. */
  readonly product: string;
  /** `book:PI_XBTUSD`: by this, faults and tests name it. */
  readonly name: string;
}

/** A request that is not taken, in the exchange's words. */
export class FeedError extends Error {
  override readonly name = 'FeedError';
}

/** What a client asks on its socket. */
export type FeedRequest =
  | { readonly event: 'challenge' }
  | {
      readonly event: 'subscribe' | 'unsubscribe';
      readonly feed: string;
      /** As they were asked for; absent where the feed has none. */
      readonly products: readonly string[] | undefined;
    };

/** @throws FeedError */
export function parseRequest(text: string): FeedRequest {
  const { event, feed, product_ids: products } = parseObject(text);
  if (event === 'challenge') return { event };
  if (event !== 'subscribe' && event !== 'unsubscribe') throw new FeedError('Invalid event');
  if (typeof feed !== 'string') throw new FeedError('Invalid feed');
  if (products !== undefined && !isListOfTexts(products)) throw new FeedError('Invalid product id');
  return { event, feed, products };
}

/**
 * What is asked for, product by product.
 * @throws FeedError one product that there is not, and none of them is had
 */
export function feedsOf(
  feed: string,
  products: readonly string[] | undefined,
  market: SeededMarket,
): readonly Feed[] {
  if (feed === 'heartbeat') return [{ kind: 'heartbeat', product: '', name: 'heartbeat' }];
  if (PRIVATE_FEEDS.includes(feed)) throw new FeedError('Invalid challenge');
  const kind = PRODUCT_FEEDS.find((known) => known === feed);
  if (kind === undefined) throw new FeedError('Invalid feed');
  if (products === undefined || products.length === 0) throw new FeedError('Invalid product id');
  return products.map((product) => {
    const listed = market.find(product);
    if (listed === undefined || listed.status === 'closed') throw new FeedError('Invalid product id');
    return { kind, product, name: `${kind}:${product}` };
  });
}

/** What is asked for, whether or not there is such a thing. */
export function namesOf(feed: string, products: readonly string[] | undefined): readonly string[] {
  return products === undefined ? [feed] : products.map((product) => `${feed}:${product}`);
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function parseObject(text: string): Payload {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FeedError('Json Error');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new FeedError('Json Error');
  return value as Payload;
}
