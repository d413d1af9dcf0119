import type { SubscriptionParams, TypedChannel } from '@exchange-stream/market-data';
import type { TopicDescription } from '@exchange-stream/nestjs/contract';

/** Divisions of Bybit's instruments, each with a socket of its own. `BTCUSDT` is in `spot` and in `linear`. */
export const CATEGORIES = ['spot', 'linear', 'inverse', 'option'] as const;

export type Category = (typeof CATEGORIES)[number];

export function isCategory(name: string | undefined): name is Category {
  return (CATEGORIES as readonly (string | undefined)[]).includes(name);
}

/** Candle intervals, as we write them and as Bybit does. */
const WIRE_INTERVALS: Readonly<Record<string, string>> = {
  '1m': '1',
  '3m': '3',
  '5m': '5',
  '15m': '15',
  '30m': '30',
  '1h': '60',
  '2h': '120',
  '4h': '240',
  '6h': '360',
  '12h': '720',
  '1d': 'D',
  '1w': 'W',
  '1M': 'M',
};

export const INTERVALS = Object.keys(WIRE_INTERVALS);

const INTERVAL_OF = new Map(Object.entries(WIRE_INTERVALS).map(([ours, theirs]) => [theirs, ours]));

/** How Bybit writes an interval of ours. */
export function wireInterval(interval: unknown): string {
  return WIRE_INTERVALS[String(interval)] ?? String(interval);
}

/** How we write an interval of Bybit's; undefined for one that it does not have. */
export function intervalOf(wire: string): string | undefined {
  return INTERVAL_OF.get(wire);
}

/** Levels of a book; the deepest is what a subscription without `depth` means. Of 500 there are none any more. */
export const DEPTHS = [1, 50, 200, 1000] as const;
export const DEEPEST = 1000;
export const OPTION_DEPTHS = [25, 100] as const;
export const DEEPEST_OF_OPTIONS = 100;

export const STATUS_TOPIC = 'system.status';

type Topic = (nativeSymbol: string, params: SubscriptionParams, category?: string) => string;

/** Topic builders by channel. */
export const topics = {
  trades: (symbol, _params, category) =>
    // All options of one coin share a topic.
    `publicTrade.${category === 'option' ? (symbol.split('-', 1)[0] ?? symbol) : symbol}`,
  ticker: (symbol) => `tickers.${symbol}`,
  // There is no book of one level of options, but their ticker has the best prices.
  quotes: (symbol, _params, category) => (category === 'option' ? 'tickers' : 'orderbook.1') + `.${symbol}`,
  book: (symbol, { depth }, category) =>
    `orderbook.${depth ?? (category === 'option' ? DEEPEST_OF_OPTIONS : DEEPEST)}.${symbol}`,
  candles: (symbol, { interval }) => `kline.${wireInterval(interval)}.${symbol}`,
  derivatives: (symbol) => `tickers.${symbol}`,
  liquidations: (symbol) => `allLiquidation.${symbol}`,
  options: (symbol) => `tickers.${symbol}`,
  status: () => STATUS_TOPIC,
} satisfies Partial<Record<TypedChannel, Topic>>;

/** Forms of payload, each with a reader of its own. */
export type PayloadKind = 'trades' | 'ticker' | 'best' | 'book' | 'candles' | 'liquidations' | 'status';

/** A topic that some channel reads, in its parts. */
interface TopicParts {
  readonly kind: PayloadKind;
  /** Empty for that of notices; a coin in that of trades of options. */
  readonly symbol: string;
  /** What stands between kind and symbol: levels of a book, interval of candles. */
  readonly detail: string;
}

const SYMBOL = '([A-Za-z0-9-]+)';
const PLAIN = new RegExp(`^(publicTrade|tickers|allLiquidation)\\.${SYMBOL}$`);
const BOOK = new RegExp(`^orderbook\\.(\\d+)\\.${SYMBOL}$`);
const CANDLES = new RegExp(`^kline\\.(\\w+)\\.${SYMBOL}$`);

const KIND_OF = { publicTrade: 'trades', tickers: 'ticker', allLiquidation: 'liquidations' } as const;

function partsOf(topic: string): TopicParts | undefined {
  if (topic === STATUS_TOPIC) return { kind: 'status', symbol: '', detail: '' };
  const [, name, plain] = PLAIN.exec(topic) ?? [];
  if (name !== undefined && plain !== undefined) {
    const kind = KIND_OF[name as keyof typeof KIND_OF];
    return { kind, symbol: plain, detail: '' };
  }
  const [, depth, bookSymbol] = BOOK.exec(topic) ?? [];
  if (depth !== undefined && bookSymbol !== undefined)
    return { kind: depth === '1' ? 'best' : 'book', symbol: bookSymbol, detail: depth };
  const [, interval, symbol] = CANDLES.exec(topic) ?? [];
  if (interval === undefined || symbol === undefined) return undefined;
  return { kind: 'candles', symbol, detail: interval };
}

/** The form of what comes on a topic; undefined where no channel reads it. */
export function payloadKindOf(topic: string): PayloadKind | undefined {
  return partsOf(topic)?.kind;
}

/**
 * What a topic of an endpoint carries, first of all: the reverse of `topics`, undefined for anything that they would write
 * differently. Of a ticker that is the statistics of 24 hours, of a best level the quote.
 */
export function describeTopic(topic: string, endpoint: string): TopicDescription | undefined {
  const parts = partsOf(topic);
  if (!parts) return undefined;
  const { kind, symbol: nativeSymbol } = parts;
  if (kind === 'status')
    return endpoint === 'status' ? { channel: 'status', nativeSymbol: '', params: {} } : undefined;
  if (!isCategory(endpoint)) return undefined;
  // Of all options of the coin that it names.
  if (kind === 'trades' && endpoint === 'option')
    return nativeSymbol.includes('-')
      ? undefined
      : { channel: 'trades', nativeSymbol: '', category: endpoint, params: {} };
  const channelAndParams = describe(parts, endpoint);
  if (!channelAndParams) return undefined;
  const { channel, params } = channelAndParams;
  const description = { channel, nativeSymbol, category: endpoint, params };
  return topics[channel](nativeSymbol, params, endpoint) === topic ? description : undefined;
}

function describe(
  { kind, detail }: TopicParts,
  category: Category,
): { channel: keyof typeof topics; params: SubscriptionParams } | undefined {
  const isOption = category === 'option';
  switch (kind) {
    case 'trades':
      return { channel: 'trades', params: {} };
    case 'ticker':
      return { channel: 'ticker', params: {} };
    case 'best':
      return isOption ? undefined : { channel: 'quotes', params: {} };
    case 'book': {
      const depth = Number(detail);
      const depths: readonly number[] = isOption ? OPTION_DEPTHS : DEPTHS;
      if (!depths.includes(depth)) return undefined;
      const isDeepest = depth === (isOption ? DEEPEST_OF_OPTIONS : DEEPEST);
      return { channel: 'book', params: isDeepest ? {} : { depth } };
    }
    case 'candles': {
      const interval = intervalOf(detail);
      return interval === undefined || isOption ? undefined : { channel: 'candles', params: { interval } };
    }
    case 'liquidations':
      return category === 'linear' || category === 'inverse'
        ? { channel: 'liquidations', params: {} }
        : undefined;
    case 'status':
      return undefined;
  }
}

/** The topics that a frame sent by the client subscribes. */
export function topicsInFrame(frame: string): readonly string[] {
  let message: unknown;
  try {
    message = JSON.parse(frame);
  } catch {
    return []; // Bybit answers such a frame with an error: it subscribes nothing.
  }
  if (typeof message !== 'object' || message === null) return [];
  if (!('op' in message) || message.op !== 'subscribe') return [];
  if (!('args' in message) || !Array.isArray(message.args)) return [];
  return message.args.filter((topic) => typeof topic === 'string');
}
