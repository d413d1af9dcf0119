import type { SubscriptionParams, TypedChannel } from '@exchange-stream/market-data';
import type { TopicDescription } from '@exchange-stream/nestjs/contract';
import {
  INTERVALS,
  describeBy,
  isBareStreamName,
  isStreamName,
  plainChannelOf,
  plainTopics,
} from '../binance-family/stream-names.ts';
import type { FuturesKind } from './rows.ts';

/** Milliseconds between two updates of a book; a name without any means 250. */
export const BOOK_SPEEDS = [100, 250, 500] as const;

/** Milliseconds between two mark prices; a name without any means 3000. */
export const MARK_PRICE_SPEEDS = [1000, 3000] as const;

const DEFAULT_BOOK_SPEED = 100;
const UNNAMED_BOOK_SPEED = 250;

/** Topic builders by channel. */
export const topics = {
  ...plainTopics,
  // What is documented is the default: single trades are on no list of streams.
  trades: (symbol, { aggregated = true }) => plainTopics.trades(symbol, aggregated === true),
  book: (symbol, { depth = '', speed = DEFAULT_BOOK_SPEED }) =>
    `${symbol.toLowerCase()}@depth${depth}${speed === UNNAMED_BOOK_SPEED ? '' : `@${speed}ms`}`,
  candles: (symbol, { interval }) => `${symbol.toLowerCase()}@kline_${interval}`,
  derivatives: (symbol, { speed }) => `${symbol.toLowerCase()}@markPrice${speed === 3000 ? '' : '@1s'}`,
  liquidations: (symbol) => `${symbol.toLowerCase()}@forceOrder`,
} satisfies Partial<Record<TypedChannel, (symbol: string, params: SubscriptionParams) => string>>;

const BOOK = /^depth(5|10|20)?(?:@(100|500)ms)?$/;
const CANDLES = new RegExp(`^kline_(${INTERVALS.join('|')})$`);

/** What a topic of one of these builders carries. */
interface Described extends TopicDescription {
  readonly channel: keyof typeof topics;
}

/** What a topic carries: the reverse of `topics`, undefined for anything that they would write differently. */
export function describeTopic(topic: string): Described | undefined {
  return describeBy(topic, describe, ({ channel, nativeSymbol, params }) =>
    topics[channel](nativeSymbol, params),
  );
}

function describe(nativeSymbol: string, kind: string): Described | undefined {
  const plain = plainChannelOf(kind);
  if (plain) return { channel: plain, nativeSymbol, params: kind === 'trade' ? { aggregated: false } : {} };
  switch (kind) {
    case 'markPrice@1s':
      return { channel: 'derivatives', nativeSymbol, params: {} };
    case 'markPrice':
      return { channel: 'derivatives', nativeSymbol, params: { speed: 3000 } };
    case 'forceOrder':
      return { channel: 'liquidations', nativeSymbol, params: {} };
  }
  const book = BOOK.exec(kind);
  if (book) {
    const [, depth, named] = book;
    const speed = named === undefined ? UNNAMED_BOOK_SPEED : Number(named);
    const params = {
      ...(depth === undefined ? {} : { depth: Number(depth) }),
      ...(speed === DEFAULT_BOOK_SPEED ? {} : { speed }),
    };
    return { channel: 'book', nativeSymbol, params };
  }
  const [, interval] = CANDLES.exec(kind) ?? [];
  return interval === undefined ? undefined : { channel: 'candles', nativeSymbol, params: { interval } };
}

/** Streams of all symbols that have a name of one word. */
const TRADING_SESSION = 'tradingSession';
const CONTRACT_INFO = '!contractInfo';

/** Whether the exchange may stream under this name. */
export function isFuturesStreamName(topic: string): boolean {
  return isStreamName(topic) || isBareStreamName(topic) || topic === TRADING_SESSION;
}

/** The form of what comes on a topic; undefined where nobody here reads it. */
export function payloadKindOf(topic: string): FuturesKind | undefined {
  if (topic === CONTRACT_INFO) return 'contractInfo';
  const description = describeTopic(topic);
  if (!description) return undefined;
  const { channel, params } = description;
  switch (channel) {
    case 'trades':
      return params.aggregated === false ? 'trade' : 'aggTrade';
    case 'ticker':
      return '24hrTicker';
    case 'quotes':
      return 'bookTicker';
    case 'book':
      // Both look the same on the wire: only the name of the topic tells a whole top from a change.
      return params.depth === undefined ? 'depthUpdate' : 'wholeDepthUpdate';
    case 'candles':
      return 'kline';
    case 'derivatives':
      return 'markPriceUpdate';
    case 'liquidations':
      return 'forceOrder';
  }
}
