import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { Timeframe } from '../market/timeframe.ts';
import { parseBar } from './okx.bars.ts';
import { doesNotExist, OkxError } from './okx.errors.ts';
import type { Payload } from './okx.frames.ts';
import type { InstType } from './okx.instruments.ts';

/** By the path of a socket. */
export type OkxPlace = 'public' | 'business' | 'private';

/** What a channel is subscribed by. */
type Key = 'instId' | 'index' | 'instType' | 'instFamily' | 'none';

interface ChannelRule {
  readonly place: 'public' | 'business';
  readonly by: Key;
  /** Of which it tells; without them of all. */
  readonly types?: readonly InstType[];
  /** What its arg has besides. */
  readonly besides?: Payload;
}

const DERIVATIVES: readonly InstType[] = ['SWAP', 'FUTURES', 'OPTION'];

/** Channels that are simulated, candles apart: they are one for each bar. */
const CHANNELS = {
  trades: { place: 'public', by: 'instId' },
  'trades-all': { place: 'business', by: 'instId' },
  tickers: { place: 'public', by: 'instId' },
  'bbo-tbt': { place: 'public', by: 'instId' },
  books5: { place: 'public', by: 'instId' },
  books: { place: 'public', by: 'instId' },
  'books-rpi': { place: 'public', by: 'instId' },
  'mark-price': { place: 'public', by: 'instId', types: DERIVATIVES },
  'index-tickers': { place: 'public', by: 'index' },
  'funding-rate': { place: 'public', by: 'instId', types: ['SWAP'] },
  'open-interest': { place: 'public', by: 'instId', types: DERIVATIVES },
  'price-limit': { place: 'public', by: 'instId', types: DERIVATIVES },
  'estimated-price': { place: 'public', by: 'instId', types: ['FUTURES', 'OPTION'] },
  'liquidation-orders': { place: 'public', by: 'instType', types: ['SWAP', 'FUTURES'] },
  'opt-summary': { place: 'public', by: 'instFamily', types: ['OPTION'] },
  'option-trades': {
    place: 'public',
    by: 'instFamily',
    types: ['OPTION'],
    besides: { instType: 'OPTION' },
  },
  instruments: { place: 'public', by: 'instType' },
  status: { place: 'public', by: 'none' },
} as const satisfies Record<string, ChannelRule>;

const NEEDS_LOGIN = ['books-l2-tbt', 'books50-l2-tbt'];
const PRIVATE = ['account', 'positions', 'balance_and_position', 'orders', 'fills', 'account-greeks'];
const INST_TYPES: readonly InstType[] = ['SPOT', 'SWAP', 'FUTURES', 'OPTION'];

export type ChannelKind = keyof typeof CHANNELS | 'candle';

/** One arg that somebody may subscribe. */
export interface OkxTopic {
  readonly kind: ChannelKind;
  /** `books:BTC-USDT`: by this, faults and tests name it. */
  readonly name: string;
  /** What it tells of: an instrument, an index, a type, a family, or nothing in particular. */
  readonly subject: string;
  /** As data frames repeat it. */
  readonly arg: Payload;
  /** Of candles. */
  readonly timeframe?: Timeframe;
}

/** Reads the path of a socket; undefined for others. */
export function okxPlace(path: string): OkxPlace | undefined {
  const [, place] = /^\/ws\/v5\/(public|business|private)$/.exec(path) ?? [];
  return place as OkxPlace | undefined;
}

/**
 * What an arg stands for.
 * @throws OkxError where there is no such thing at this place
 */
export function parseTopic(
  arg: Payload & { readonly channel: string },
  place: OkxPlace,
  market: SeededMarket,
): OkxTopic {
  const { channel } = arg;
  if (PRIVATE.includes(channel)) {
    if (place === 'private') throw new OkxError('60011', 'Please log in');
    throw new OkxError('60008', `${channel} is a private channel`);
  }
  if (NEEDS_LOGIN.includes(channel)) throw new OkxError('60011', 'Please log in');
  const timeframe = channel.startsWith('candle') ? parseBar(channel.slice('candle'.length)) : undefined;
  const rule: ChannelRule | undefined =
    timeframe === undefined ? ruleOf(channel) : { place: 'business', by: 'instId' };
  if (rule === undefined) throw doesNotExist(inWords(arg));
  if (place === 'private') throw new OkxError('60028', `${channel} is a public channel`);
  if (place === 'public' && rule.place === 'business') throw movedToBusiness();
  if (channel === 'opt-summary' && 'uly' in arg)
    throw new OkxError('64000', 'Subscription parameter uly is deprecated. Please use instFamily instead.');
  const subject = rule.by === 'none' ? '' : arg[rule.by === 'index' ? 'instId' : rule.by];
  if (place !== rule.place || typeof subject !== 'string' || !isListed(subject, rule, market))
    throw doesNotExist(inWords(arg));
  const kind = timeframe === undefined ? (channel as ChannelKind) : 'candle';
  return {
    kind,
    name: rule.by === 'none' ? channel : `${channel}:${subject}`,
    subject,
    arg: argOf(channel, rule, subject),
    ...(timeframe !== undefined && { timeframe }),
  };
}

/** The arg that a name of a topic stands for, whether or not there is such a topic. */
export function argNamed(name: string): Payload {
  const [channel = '', subject] = name.split(':');
  if (subject === undefined) return { channel };
  return argOf(channel, ruleOf(channel) ?? { by: 'instId' }, subject);
}

/** What an arg asks for, in the form of a topic's name. */
export function nameOf(arg: Payload & { readonly channel: string }): string {
  const by = ruleOf(arg.channel)?.by ?? 'instId';
  const subject = by === 'none' ? undefined : arg[by === 'index' ? 'instId' : by];
  return typeof subject === 'string' ? `${arg.channel}:${subject}` : arg.channel;
}

function ruleOf(channel: string): ChannelRule | undefined {
  return Object.hasOwn(CHANNELS, channel) ? CHANNELS[channel as keyof typeof CHANNELS] : undefined;
}

function argOf(
  channel: string,
  { by, besides }: Pick<ChannelRule, 'by' | 'besides'>,
  subject: string,
): Payload {
  return by === 'none' ? { channel } : { channel, ...besides, [by === 'index' ? 'instId' : by]: subject };
}

function isListed(subject: string, { by, types = INST_TYPES }: ChannelRule, market: SeededMarket): boolean {
  if (by === 'none') return true;
  if (by === 'instType') return types.some((type) => type === subject);
  const listed = market.markets.filter(({ status }) => status !== 'closed');
  if (by === 'index') return listed.some(({ contract }) => contract?.contract.index === subject);
  const named = listed.filter((one) => (by === 'instId' ? one.instrument.symbol : familyOf(one)) === subject);
  return named.some((one) => types.includes(instTypeOf(one)));
}

/** The underlying of a derivative; empty for spot. */
export function familyOf({ instrument: { contract } }: InstrumentMarket): string {
  return contract?.index ?? '';
}

export function instTypeOf({ instrument: { contract } }: InstrumentMarket): InstType {
  switch (contract?.kind) {
    case undefined:
      return 'SPOT';
    case 'perpetual':
      return 'SWAP';
    case 'future':
      return 'FUTURES';
    case 'option':
      return 'OPTION';
  }
}

/** `channel:trades,instId:BTC-USDT` */
export function inWords(arg: Payload): string {
  return Object.entries(arg)
    .map(([key, value]) => `${key}:${typeof value === 'string' ? value : '?'}`)
    .join(',');
}

function movedToBusiness(): OkxError {
  return new OkxError(
    '64001',
    "This channel has been migrated to the '/business' URL. Please subscribe using the new URL.",
  );
}
