import type { SubscriptionParams, TypedChannel } from '@exchange-stream/market-data';
import type { TopicDescription } from '@exchange-stream/nestjs/contract';
import type { PayloadKind } from '../binance-family/rows.ts';
import {
  INTERVALS as FAMILY_INTERVALS,
  describeBy,
  plainChannelOf,
  plainTopics,
} from '../binance-family/stream-names.ts';

/** Candle intervals: here there are candles of a second, too. */
export const INTERVALS = ['1s', ...FAMILY_INTERVALS] as const;

/** Topic builders by channel. */
export const topics = {
  ...plainTopics,
  trades: (symbol, { aggregated }) => plainTopics.trades(symbol, aggregated === true),
  book: (symbol, { depth = '', speed }) =>
    `${symbol.toLowerCase()}@depth${depth}${speed === 1000 ? '' : '@100ms'}`,
  candles: (symbol, { interval, timezone }) =>
    `${symbol.toLowerCase()}@kline_${interval}${timezone === '+08:00' ? '@+08:00' : ''}`,
} satisfies Partial<Record<TypedChannel, (symbol: string, params: SubscriptionParams) => string>>;

const BOOK = /^depth(5|10|20)?(@100ms)?$/;
const CANDLES = new RegExp(`^kline_(${INTERVALS.join('|')})(@\\+08:00)?$`);

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
  if (plain) return { channel: plain, nativeSymbol, params: kind === 'aggTrade' ? { aggregated: true } : {} };
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
