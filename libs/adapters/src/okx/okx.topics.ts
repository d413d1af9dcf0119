import type { SubscriptionParams, TypedChannel } from '@exchange-stream/market-data';
import type { TopicDescription } from '@exchange-stream/nestjs/contract';
import { isWireObject, type WireObject } from '../decoder/fields.ts';

/** OKX's names of candles, by ours. */
const BARS: ReadonlyMap<string, string> = new Map([
  ...['1s', '1m', '3m', '5m', '15m', '30m'].map((interval) => [interval, interval] as const),
  ...['1h', '2h', '4h', '6h', '12h'].map((interval) => [interval, interval.toUpperCase()] as const),
  ...['1d', '2d', '3d', '5d', '1w'].map((interval) => [interval, interval.toUpperCase()] as const),
  ...['1M', '3M'].map((interval) => [interval, interval] as const),
]);
const INTERVALS_BY_BAR = new Map([...BARS].map(([interval, bar]) => [bar, interval]));

/** Candle intervals, as we write them. `1m` is a minute, `1M` a month. */
export const INTERVALS: readonly string[] = [...BARS.keys()];

/** Bars that open at midnight UTC+8, unless their name ends in `utc`; shorter ones open alike in both. */
const BARS_OF_THE_DAY = /^(6H|12H|\d+D|\d+W|\d+M)$/;

/** OKX's name of a candle, `1m` or `1Dutc`. */
export function barOf({ interval, timezone }: SubscriptionParams): string {
  const bar = BARS.get(String(interval)) ?? '';
  return BARS_OF_THE_DAY.test(bar) && timezone !== '+08:00' ? `${bar}utc` : bar;
}

/** Topic builders by channel. A topic is the channel and, behind a colon, what it is of. */
export const topics = {
  trades: (symbol, { aggregated }) => `${aggregated === false ? 'trades-all' : 'trades'}:${symbol}`,
  ticker: (symbol) => `tickers:${symbol}`,
  quotes: (symbol) => `bbo-tbt:${symbol}`,
  book: (symbol, { depth, rpi }) =>
    `${depth === undefined ? (rpi === true ? 'books-rpi' : 'books') : `books${depth}`}:${symbol}`,
  candles: (symbol, params) => `candle${barOf(params)}:${symbol}`,
} satisfies Partial<Record<TypedChannel, (symbol: string, params: SubscriptionParams) => string>>;

/** Sizes of a book that comes whole every time. */
export const DEPTHS = [5] as const;

const CANDLES = /^candle([0-9]+[smHDWM])(utc)?$/;

/** What a topic carries: the reverse of `topics`, undefined for anything that they would write differently. */
export function describeTopic(topic: string): TopicDescription | undefined {
  const colon = topic.indexOf(':');
  const nativeSymbol = topic.slice(colon + 1);
  if (colon < 1 || !VALUE.test(nativeSymbol)) return undefined;
  const description = describe(topic.slice(0, colon), nativeSymbol);
  if (!description) return undefined;
  const write = topics[description.channel];
  return write(nativeSymbol, description.params) === topic ? description : undefined;
}

function describe(
  channel: string,
  nativeSymbol: string,
): (TopicDescription & { readonly channel: keyof typeof topics }) | undefined {
  switch (channel) {
    case 'trades':
      return { channel: 'trades', nativeSymbol, params: {} };
    case 'trades-all':
      return { channel: 'trades', nativeSymbol, params: { aggregated: false } };
    case 'tickers':
      return { channel: 'ticker', nativeSymbol, params: {} };
    case 'bbo-tbt':
      return { channel: 'quotes', nativeSymbol, params: {} };
    case 'books':
      return { channel: 'book', nativeSymbol, params: {} };
    case 'books-rpi':
      return { channel: 'book', nativeSymbol, params: { rpi: true } };
    case 'books5':
      return { channel: 'book', nativeSymbol, params: { depth: 5 } };
  }
  const [, bar = '', utc] = CANDLES.exec(channel) ?? [];
  const interval = INTERVALS_BY_BAR.get(bar);
  if (interval === undefined) return undefined;
  const isAsianDay = utc === undefined && BARS_OF_THE_DAY.test(bar);
  const params = { interval, ...(isAsianDay && { timezone: '+08:00' }) };
  return { channel: 'candles', nativeSymbol, params };
}

/** What a subscription may name beside its channel, in the order in which topics have it. */
const NAMES = ['instType', 'instFamily', 'uly', 'instId', 'sprdId'] as const;

const MAX_TOPIC_LENGTH = 128;
const CHANNEL = /^[a-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*$/;
const VALUE = /^[A-Za-z0-9]+(?:[_.-][A-Za-z0-9]+)*$/;

/** What OKX calls a subscription. */
export type Arg = Readonly<Record<string, string>>;

/**
 * The topic of what OKX calls `arg`: `books:BTC-USDT`, `status`, `liquidation-orders:instType=SWAP`; undefined where that
 * names no channel.
 */
export function topicOf(arg: unknown): string | undefined {
  if (!isWireObject(arg) || typeof arg.channel !== 'string') return undefined;
  const named = NAMES.filter((name) => typeof arg[name] === 'string');
  if (named.length === 0) return arg.channel;
  const [first] = named;
  if (named.length === 1 && first === 'instId') return `${arg.channel}:${String(arg.instId)}`;
  return `${arg.channel}:${named.map((name) => `${name}=${String(arg[name])}`).join('&')}`;
}

/** What OKX calls the subscription of a topic; undefined for a text that is none. */
export function argOf(topic: string): Arg | undefined {
  if (topic.length > MAX_TOPIC_LENGTH) return undefined;
  const [channel = '', names, ...rest] = topic.split(':');
  if (!CHANNEL.test(channel) || rest.length > 0) return undefined;
  if (names === undefined) return { channel };
  if (VALUE.test(names)) return { channel, instId: names };
  const arg: Record<string, string> = { channel };
  for (const pair of names.split('&')) {
    const [name = '', value = '', ...more] = pair.split('=');
    if (!isName(name) || !VALUE.test(value) || more.length > 0) return undefined;
    arg[name] = value;
  }
  return topicOf(arg) === topic ? arg : undefined;
}

/** The topic as most subscriptions name it: OKX may name the kind of an instrument beside its id. */
export function plainTopicOf(arg: WireObject): string | undefined {
  return typeof arg.channel === 'string' && typeof arg.instId === 'string'
    ? `${arg.channel}:${arg.instId}`
    : undefined;
}

function isName(name: string): name is (typeof NAMES)[number] {
  return NAMES.some((known) => known === name);
}

/** Served on `/business` alone; the same name on `/public` is refused. */
const BUSINESS = /^(?:(?:mark-price-|index-)?candle[0-9]|trades-all$|sprd-)/;

/** Channels of an account, all but those on spreads and grids. */
const PRIVATE: ReadonlySet<string> = new Set([
  ...['account', 'positions', 'balance_and_position', 'orders', 'fills', 'account-greeks'],
  ...['liquidation-warning', 'orders-algo', 'algo-advance', 'algo-recurring-buy', 'deposit-info'],
  ...['withdrawal-info', 'rfqs', 'quotes', 'struc-block-trades'],
]);
const OTHER_PRIVATE = /^(?:grid-.+|sprd-orders|sprd-trades)$/;

/** Public channels that no channel of ours is made of. */
const OTHER_PUBLIC: ReadonlySet<string> = new Set([
  ...['books-l2-tbt', 'books50-l2-tbt', 'option-trades', 'price-limit', 'estimated-price', 'adl-warning'],
  ...['public-block-trades', 'public-struc-block-trades', 'block-tickers', 'economic-calendar'],
  ...['sprd-books5', 'sprd-public-trades', 'sprd-tickers', 'sprd-bbo-tbt', 'sprd-books-l2-tbt'],
  ...['mark-price', 'index-tickers', 'funding-rate', 'open-interest', 'liquidation-orders'],
  ...['opt-summary', 'status', 'instruments'],
]);
const OTHER_CANDLES = /^(?:mark-price-|index-)candle[0-9]+[A-Z a-z]{1,5}$/;

/** Key of the endpoint that serves a topic; undefined for what is none, or an account's. */
export function endpointOf(topic: string): 'public' | 'business' | undefined {
  const arg = argOf(topic);
  if (!arg) return undefined;
  const { channel = '' } = arg;
  if (PRIVATE.has(channel) || OTHER_PRIVATE.test(channel)) return undefined;
  return BUSINESS.test(channel) ? 'business' : 'public';
}

/** Whether OKX has a channel of that name, whatever we make of it: then it is a name for the statistics. */
export function isKnownChannel(channel: string): boolean {
  return (
    PRIVATE.has(channel) ||
    OTHER_PUBLIC.has(channel) ||
    OTHER_PRIVATE.test(channel) ||
    OTHER_CANDLES.test(channel) ||
    payloadKindOf(channel) !== undefined
  );
}

/** Forms of payload, each with a reader of its own. */
export type PayloadKind = 'trades' | 'ticker' | 'quote' | 'linkedBook' | 'wholeBook' | 'candles';

/** The form of what comes on a channel; undefined where no channel of ours is made of it. */
export function payloadKindOf(channel: string): PayloadKind | undefined {
  switch (channel) {
    case 'trades':
    case 'trades-all':
      return 'trades';
    case 'tickers':
      return 'ticker';
    case 'bbo-tbt':
      return 'quote';
    case 'books':
    case 'books-rpi':
      return 'linkedBook';
    case 'books5':
      return 'wholeBook';
  }
  return CANDLES.test(channel) ? 'candles' : undefined;
}

/** The topics that a frame sent by the client subscribes. */
export function topicsInFrame(frame: string): readonly string[] {
  let message: unknown;
  try {
    message = JSON.parse(frame);
  } catch {
    return []; // `ping`, or what OKX answers with an error: it subscribes nothing.
  }
  if (!isWireObject(message) || message.op !== 'subscribe' || !Array.isArray(message.args)) return [];
  return message.args.map(topicOf).filter((topic) => topic !== undefined);
}
