import type { Channel, SubscriptionParams, TypedChannel } from '@exchange-stream/market-data';
import type { TopicDescription } from '@exchange-stream/nestjs/contract';
import { isAccountTopic } from './lab.account.ts';

export const INTERVALS = ['1m', '5m', '1h'] as const;

/** Topic builders by channel. */
export const topics = {
  trades: (symbol) => `trades:${symbol}`,
  ticker: (symbol) => `ticker:${symbol}`,
  quotes: (symbol) => `quotes:${symbol}`,
  book: (symbol, { depth }) => (depth === 10 ? `book10:${symbol}` : `book:${symbol}`),
  candles: (symbol, { interval }) => `candles.${interval}:${symbol}`,
  derivatives: (symbol) => `values:${symbol}`,
  options: (symbol) => `values:${symbol}`,
  liquidations: (symbol) => `liquidations:${symbol}`,
  status: () => 'notices',
} satisfies Partial<Record<Channel, (symbol: string, params: SubscriptionParams) => string>>;

/** Topics of values in parts, by channel: of one symbol, or of all. */
export const partTopics = {
  prices: (symbol) => `prices:${symbol}`,
  fundings: () => 'fundings',
  greeks: () => 'greeks',
  liquidations: () => 'liquidations',
} satisfies Record<string, (symbol: string) => string>;

/** Topics of all symbols together, and what they carry. */
const SHARED = new Map<string, { readonly channel: TypedChannel; readonly kind: DataKind }>([
  ['fundings', { channel: 'derivatives', kind: 'values of all' }],
  ['greeks', { channel: 'options', kind: 'values of all' }],
  ['liquidations', { channel: 'liquidations', kind: 'liquidations of all' }],
]);

/** Forms of market data, each with a reader of its own. */
export type DataKind =
  | 'trades'
  | 'ticker'
  | 'quotes'
  | 'book'
  | 'book10'
  | 'candles'
  | 'values'
  | 'values of all'
  | 'liquidations'
  | 'liquidations of all'
  | 'notices';

/** The form of what comes on a topic; undefined for a name that cannot be a topic. */
export function dataKindOf(topic: string): DataKind | undefined {
  const shared = SHARED.get(topic);
  if (shared) return shared.kind;
  const description = describeTopic(topic);
  if (description === undefined) return undefined;
  const { channel, params } = description;
  switch (channel) {
    case 'trades':
    case 'ticker':
    case 'quotes':
    case 'candles':
    case 'liquidations':
      return channel;
    case 'derivatives':
      return 'values';
    case 'status':
      return 'notices';
    case 'book':
      return params.depth === undefined ? 'book' : 'book10';
    default:
      return undefined;
  }
}

/** Who serves a topic, by its name. */
export function endpointOf(topic: string): 'public' | 'market' | 'private' | undefined {
  if (isAccountTopic(topic)) return 'private';
  if (topic === partTopics.fundings()) return 'market';
  switch (dataKindOf(topic)) {
    case undefined:
      return undefined;
    case 'candles':
      return 'market';
    default:
      return 'public';
  }
}

/** What a topic carries, of one that is of several channels the first: the reverse of `topics`. */
export function describeTopic(topic: string): TopicDescription | undefined {
  if (topic === 'notices') return { channel: 'status', nativeSymbol: '', params: {} };
  const shared = SHARED.get(topic);
  if (shared) return { channel: shared.channel, nativeSymbol: '', params: {} };
  const colon = topic.indexOf(':');
  const nativeSymbol = topic.slice(colon + 1);
  if (colon < 1 || !/^[^\s:]+$/.test(nativeSymbol)) return undefined;
  const kind = topic.slice(0, colon);
  switch (kind) {
    case 'trades':
    case 'ticker':
    case 'quotes':
    case 'book':
    case 'liquidations':
      return { channel: kind, nativeSymbol, params: {} };
    case 'values':
    case 'prices':
      return { channel: 'derivatives', nativeSymbol, params: {} };
    case 'book10':
      return { channel: 'book', nativeSymbol, params: { depth: 10 } };
  }
  const interval = INTERVALS.find((known) => kind === `candles.${known}`);
  return interval === undefined ? undefined : { channel: 'candles', nativeSymbol, params: { interval } };
}

/** The topics that a frame sent by the client subscribes. */
export function topicsInFrame(frame: string): readonly string[] {
  let message: unknown;
  try {
    message = JSON.parse(frame);
  } catch {
    return []; // Such as `ping`.
  }
  if (typeof message !== 'object' || message === null) return [];
  if (!('op' in message) || message.op !== 'subscribe') return [];
  if (!('topics' in message) || !Array.isArray(message.topics)) return [];
  return message.topics.filter((topic) => typeof topic === 'string');
}
