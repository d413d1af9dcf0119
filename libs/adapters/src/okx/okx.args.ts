import { isWireObject, type WireObject } from '../decoder/fields.ts';

/** What a subscription may name beside its channel, in the order in which topics have it. */
const NAMES = ['instType', 'instFamily', 'uly', 'instId', 'sprdId'] as const;

const MAX_TOPIC_LENGTH = 128;
const CHANNEL = /^[a-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*$/;
/** An id, a kind, a family. */
export const VALUE = /^[A-Za-z0-9]+(?:[_.-][A-Za-z0-9]+)*$/;

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

/**
 * Whether OKX has a channel of that name that no channel of ours is made of: then it is a name for the statistics.
 */
export function isOtherChannel(channel: string): boolean {
  return (
    PRIVATE.has(channel) ||
    OTHER_PUBLIC.has(channel) ||
    OTHER_PRIVATE.test(channel) ||
    OTHER_CANDLES.test(channel)
  );
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
