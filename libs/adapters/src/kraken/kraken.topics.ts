import type { SubscriptionParams, TypedChannel } from '@exchange-stream/market-data';
import type { TopicDescription } from '@exchange-stream/nestjs/contract';
import { isWireObject } from '../decoder/fields.ts';
import { DEPTHS, USUAL_DEPTH } from './kraken.book.ts';

/** Kraken's candles, in minutes, by our names of them. */
const MINUTES: ReadonlyMap<string, number> = new Map([
  ...([
    ['1m', 1],
    ['5m', 5],
    ['15m', 15],
    ['30m', 30],
  ] as const),
  ...([
    ['1h', 60],
    ['4h', 240],
    ['1d', 1_440],
    ['1w', 10_080],
    ['15d', 21_600],
  ] as const),
]);
const INTERVALS_BY_MINUTES = new Map([...MINUTES].map(([interval, minutes]) => [minutes, interval]));

/** Candle intervals, as we write them. */
export const INTERVALS: readonly string[] = [...MINUTES.keys()];

export function minutesOf(interval: unknown): number {
  return MINUTES.get(String(interval)) ?? 1;
}

/** Undefined for so many minutes as no candle of ours has. */
export function intervalOf(minutes: number): string | undefined {
  return INTERVALS_BY_MINUTES.get(minutes);
}

/**
 * Topic builders by channel. A topic is Kraken's channel, behind a colon its symbol, and behind a question mark what else a
 * request says, other than usual.
 */
export const topics = {
  trades: (symbol) => `trade:${symbol}`,
  ticker: (symbol) => `ticker:${symbol}`,
  quotes: (symbol) => `ticker:${symbol}?event_trigger=bbo`,
  book: (symbol, { depth = USUAL_DEPTH }) =>
    depth === USUAL_DEPTH ? `book:${symbol}` : `book:${symbol}?depth=${depth}`,
  candles: (symbol, { interval }) => `ohlc:${symbol}?interval=${minutesOf(interval)}`,
  /** Comes unasked, on every connection. */
  status: () => STATUS,
} satisfies Partial<Record<TypedChannel, (symbol: string, params: SubscriptionParams) => string>>;

export const STATUS = 'status';

/** What a topic asks for. */
export interface Wish {
  readonly channel: string;
  /** Undefined for a channel that has none. */
  readonly symbol?: string;
  /** What a request says beside that. */
  readonly params: Readonly<Record<string, string | number | boolean>>;
}

const MAX_TOPIC_LENGTH = 128;
const TOPIC = /^([a-z][a-z0-9_]*)(?::([^\s:?&=]+))?(?:\?([a-z0-9_=&.-]+))?$/;

/** What a topic asks for; undefined for a text that is none. */
export function wishOf(topic: string): Wish | undefined {
  if (topic.length > MAX_TOPIC_LENGTH) return undefined;
  const [, channel = '', symbol, query] = TOPIC.exec(topic) ?? [];
  if (channel === '') return undefined;
  const params: Record<string, string | number | boolean> = {};
  for (const pair of query?.split('&') ?? []) {
    const [name = '', value = '', ...more] = pair.split('=');
    if (name === '' || value === '' || more.length > 0 || !/^[a-z]/.test(name)) return undefined;
    params[name] = /^\d{1,9}$/.test(value)
      ? Number(value)
      : value === 'true'
        ? true
        : value === 'false'
          ? false
          : value;
  }
  return { channel, ...(symbol !== undefined && { symbol }), params };
}

/** What a request says of a topic. Everything that has a default is said, so that the default of today is what counts. */
export function paramsOf({ channel, params }: Wish): Wish['params'] {
  switch (channel) {
    case 'trade':
      // The latest fifty, which fill what was missed.
      return { snapshot: true, ...params };
    case 'ticker':
      return { event_trigger: 'trades', ...params };
    case 'book':
      return { depth: USUAL_DEPTH, ...params };
    case 'ohlc':
      return { interval: 1, ...params };
    default:
      return params;
  }
}

/**
 * What rows of a channel are told apart by: the symbol, and of candles their length. Depth of a book and trigger of a ticker
 * do not stand in their rows: of these a connection can have one each.
 */
export function feedOf({ channel, symbol = '', params }: Wish): string {
  return channel === 'ohlc' ? candleFeed(symbol, Number(params.interval ?? 1)) : symbol;
}

export function candleFeed(symbol: string, minutes: number): string {
  return `${symbol} ${minutes}`;
}

/** What a topic carries: the reverse of `topics`, undefined for anything that they would write differently. */
export function describeTopic(topic: string): TopicDescription | undefined {
  if (topic === STATUS) return { channel: 'status', nativeSymbol: '', params: {} };
  const wish = wishOf(topic);
  if (wish?.symbol === undefined) return undefined;
  const description = describe(wish, wish.symbol);
  if (!description) return undefined;
  const { channel, nativeSymbol, params } = description;
  return topics[channel](nativeSymbol, params) === topic ? description : undefined;
}

function describe(
  { channel, params }: Wish,
  nativeSymbol: string,
): (TopicDescription & { readonly channel: keyof typeof topics }) | undefined {
  switch (channel) {
    case 'trade':
      return { channel: 'trades', nativeSymbol, params: {} };
    case 'ticker':
      return { channel: params.event_trigger === 'bbo' ? 'quotes' : 'ticker', nativeSymbol, params: {} };
    case 'book': {
      const { depth = USUAL_DEPTH } = params;
      if (!DEPTHS.some((known) => known === depth)) return undefined;
      return { channel: 'book', nativeSymbol, params: depth === USUAL_DEPTH ? {} : { depth } };
    }
    case 'ohlc': {
      const interval = intervalOf(Number(params.interval));
      return interval === undefined ? undefined : { channel: 'candles', nativeSymbol, params: { interval } };
    }
    default:
      return undefined;
  }
}

/** Channels of an account, which are on another host and want a token, as does `level3`. */
const PRIVATE: ReadonlySet<string> = new Set(['executions', 'balances', 'level3']);

/** Whether Kraken has a channel of that name that no channel of ours is made of: then it is a name for the statistics. */
export function isOtherChannel(channel: string): boolean {
  return PRIVATE.has(channel);
}

/** Key of the endpoint that serves a topic; undefined for what is none, or needs a token. */
export function endpointOf(topic: string): 'public' | 'quotes' | undefined {
  const wish = wishOf(topic);
  if (!wish || PRIVATE.has(wish.channel)) return undefined;
  return wish.channel === 'ticker' && wish.params.event_trigger === 'bbo' ? 'quotes' : 'public';
}

/** The topics that a frame sent by the client subscribes. */
export function topicsInFrame(frame: string): readonly string[] {
  let message: unknown;
  try {
    message = JSON.parse(frame);
  } catch {
    return []; // Kraken answers it with an error: it subscribes nothing.
  }
  if (!isWireObject(message) || message.method !== 'subscribe' || !isWireObject(message.params)) return [];
  const { channel, symbol, ...params } = message.params;
  if (typeof channel !== 'string') return [];
  if (!Array.isArray(symbol)) return [channel];
  return symbol.map((name) => topicOf(channel, String(name), params));
}

/** The topic as we write it. */
function topicOf(channel: string, symbol: string, params: Readonly<Record<string, unknown>>): string {
  switch (channel) {
    case 'ticker':
      return params.event_trigger === 'bbo' ? topics.quotes(symbol) : topics.ticker(symbol);
    case 'book':
      return topics.book(symbol, { depth: Number(params.depth ?? USUAL_DEPTH) });
    case 'ohlc':
      return `ohlc:${symbol}?interval=${Number(params.interval ?? 1)}`;
    default:
      return `${channel}:${symbol}`;
  }
}
