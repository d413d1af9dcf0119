import type { SubscriptionParams, TypedChannel } from '@exchange-stream/market-data';
import type { TopicDescription } from '@exchange-stream/nestjs/contract';
import { VALUE } from './okx.args.ts';

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
  /** The first of several: see `valueTopics`. */
  derivatives: (symbol) => valueTopics.markPrice(symbol),
  /** Of all instruments of a kind. */
  liquidations: (symbol) => `liquidation-orders:instType=${instTypeOf(symbol)}`,
  /** Of all options of a family. */
  options: (symbol) => `opt-summary:instFamily=${familyOf(symbol)}`,
  status: () => 'status',
} satisfies Partial<Record<TypedChannel, (symbol: string, params: SubscriptionParams) => string>>;

/** What derivatives and options are valued at, in a topic each. */
export const valueTopics = {
  markPrice: (symbol) => `mark-price:${symbol}`,
  /** Of the index that all derivatives of an underlying share. */
  indexPrice: (symbol) => `index-tickers:${underlyingOf(symbol)}`,
  /** Of perpetuals only. */
  fundingRate: (symbol) => (instTypeOf(symbol) === 'SWAP' ? `funding-rate:${symbol}` : ''),
  openInterest: (symbol) => `open-interest:${symbol}`,
} satisfies Record<string, (symbol: string) => string>;

/** The kind of a derivative by its id: `BTC-USD-SWAP`, `BTC-USD-251226-60000-C`, and futures. */
export function instTypeOf(nativeSymbol: string): 'SWAP' | 'OPTION' | 'FUTURES' {
  if (nativeSymbol.endsWith('-SWAP')) return 'SWAP';
  return /-[CP]$/.test(nativeSymbol) ? 'OPTION' : 'FUTURES';
}

/** `BTC-USD` of `BTC-USD-251226-60000-C`. */
function familyOf(nativeSymbol: string): string {
  return nativeSymbol.split('-', 2).join('-');
}

/** `BTC-USD`, whose index it is, of `BTC-USD_UM-SWAP` as well as of `BTC-USD-SWAP`. */
function underlyingOf(nativeSymbol: string): string {
  return familyOf(nativeSymbol).replace(/_.*$/, '');
}

/** Sizes of a book that comes whole every time. */
export const DEPTHS = [5] as const;

/** Topics of many instruments, whose rows name theirs. */
const SHARED = /^(?:(liquidation-orders):instType=(?:SWAP|FUTURES|OPTION)|(opt-summary):instFamily=.+)$/;

/** Topics of which several feed one subscription. */
const VALUES = /^(?:mark-price|index-tickers|funding-rate|open-interest):/;

const CANDLES = /^candle([0-9]+[smHDWM])(utc)?$/;

/** What a topic carries: the reverse of `topics`, undefined for anything that they would write differently. */
export function describeTopic(topic: string): TopicDescription | undefined {
  if (topic === 'status') return { channel: 'status', nativeSymbol: '', params: {} };
  const [, liquidations, options] = SHARED.exec(topic) ?? [];
  if (liquidations) return { channel: 'liquidations', nativeSymbol: '', params: {} };
  if (options) return { channel: 'options', nativeSymbol: '', params: {} };
  const colon = topic.indexOf(':');
  const nativeSymbol = topic.slice(colon + 1);
  if (colon < 1 || !VALUE.test(nativeSymbol)) return undefined;
  const description = describe(topic.slice(0, colon), nativeSymbol);
  if (!description) return undefined;
  if (VALUES.test(topic)) return description;
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
    case 'mark-price':
    case 'open-interest':
      return {
        channel: instTypeOf(nativeSymbol) === 'OPTION' ? 'options' : 'derivatives',
        nativeSymbol,
        params: {},
      };
    case 'funding-rate':
      return { channel: 'derivatives', nativeSymbol, params: {} };
    case 'index-tickers':
      // Of many instruments, and its rows name none of them.
      return { channel: 'derivatives', nativeSymbol: '', params: {} };
  }
  const [, bar = '', utc] = CANDLES.exec(channel) ?? [];
  const interval = INTERVALS_BY_BAR.get(bar);
  if (interval === undefined) return undefined;
  const isAsianDay = utc === undefined && BARS_OF_THE_DAY.test(bar);
  const params = { interval, ...(isAsianDay && { timezone: '+08:00' }) };
  return { channel: 'candles', nativeSymbol, params };
}

/** Forms of payload, each with a reader of its own. */
export type PayloadKind =
  | 'trades'
  | 'ticker'
  | 'quote'
  | 'linkedBook'
  | 'wholeBook'
  | 'candles'
  | 'markPrice'
  | 'indexPrice'
  | 'fundingRate'
  | 'openInterest'
  | 'liquidations'
  | 'options'
  | 'status';

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
    case 'mark-price':
      return 'markPrice';
    case 'index-tickers':
      return 'indexPrice';
    case 'funding-rate':
      return 'fundingRate';
    case 'open-interest':
      return 'openInterest';
    case 'liquidation-orders':
      return 'liquidations';
    case 'opt-summary':
      return 'options';
    case 'status':
      return 'status';
  }
  return CANDLES.test(channel) ? 'candles' : undefined;
}
