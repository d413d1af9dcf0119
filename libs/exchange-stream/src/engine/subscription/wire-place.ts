import {
  isPrivateChannel,
  type Instrument,
  type PrivateChannel,
  type SubscriptionParams,
  type SubscriptionRequest,
} from '@exchange-stream/market-data';
import type {
  BookRules,
  Cadence,
  ChannelDeclaration,
  ExchangeAdapter,
  ListedSymbol,
  Poll,
  TopicDeclaration,
  TradeRules,
} from '../../contract/index.ts';
import { candleRulesOf } from '../candles/candle-params.ts';
import type { CandleRules } from '../candles/candle-rules.ts';
import type { AccountRules } from '../account-data/account-rules.ts';
import { ACCOUNT_PARAM, DEFAULT_ACCOUNT } from '../credentials/credentials-source.ts';
import type { InstrumentCatalog } from '../instruments/instrument-catalog.ts';
import { channelOf, rawEndpointOf, unsupportedChannel } from './canonical-request.ts';
import { bookForKind, kindOf } from './channel-variants.ts';

/** A subscription's place at the exchange. */
export interface WirePlace {
  /** What the exchange calls the instrument; of the channel `raw`, the topic in its place; of a whole account or exchange, nothing. */
  readonly instrument: Pick<Instrument, 'symbol' | 'nativeSymbol' | 'category'>;
  /** Key of the endpoint that serves it. */
  readonly endpoint: string;
  readonly topic: string;
  /** Parameters of its topic; of a typed channel. */
  readonly params?: SubscriptionParams;
  /** Whose connections carry it, where they log in; those of the default account without it. */
  readonly account?: string;
  /** For `book`: how it is kept right. */
  readonly book?: BookRules;
  /** For `trades`, and candles made of them: how they are told. */
  readonly trades?: TradeRules;
  /** For private channels: how what they tell is kept right. */
  readonly accountData?: AccountRules;
  /** For `candles`: how they are kept right. Those of REST alone are on no connection, and have no topic. */
  readonly candles?: CandleRules;
  /** What the exchange promises of its rows. */
  readonly cadence?: Cadence;
  /** Milliseconds from an ack to the first row, where the exchange promises that. */
  readonly firstDataWithinMs?: number;
  /** Where several topics feed it, or polls do: the place of each topic. It is on no connection itself then. */
  readonly parts?: readonly WirePlace[];
  /** What is asked of REST on its behalf. */
  readonly polls?: readonly Poll[];
  /** A connection carries only one topic of those that have this in common. */
  readonly rivalry?: string;
}

/** Of what is of a whole account or exchange. */
const NO_INSTRUMENT: WirePlace['instrument'] = { symbol: '', nativeSymbol: '' };

/** What identifies the instrument of a place to the exchange. */
export function listedOf({ instrument }: WirePlace): ListedSymbol {
  const { nativeSymbol, category } = instrument;
  return { nativeSymbol, ...(category !== undefined && { category }) };
}

/** Whether both are the same topic on the wire. */
export function isSameWire(one: WirePlace, other: WirePlace | undefined): boolean {
  if (one.topic !== other?.topic || one.endpoint !== other.endpoint) return false;
  const parts = other.parts ?? [];
  return (one.parts ?? []).every((part, index) => isSameWire(part, parts[index]));
}

/**
 * Where a canonical request belongs; undefined when the exchange does not trade its symbol. A `raw` topic needs no
 * instrument, and stands for one in events.
 */
export function placeOf(
  request: SubscriptionRequest,
  adapter: ExchangeAdapter,
  instruments: InstrumentCatalog,
): WirePlace | undefined {
  if (request.channel === 'raw') {
    const { symbol: topic } = request;
    return {
      instrument: { symbol: topic, nativeSymbol: topic },
      endpoint: rawEndpointOf(request, adapter),
      topic,
      ...accountOf(request),
    };
  }
  if (isPrivateChannel(request.channel)) {
    const declaration = adapter.privateChannels?.[request.channel];
    if (!declaration) throw unsupportedChannel(request.channel, adapter);
    const { endpoint, topic } = declaration;
    return {
      instrument: NO_INSTRUMENT,
      endpoint,
      topic,
      ...accountOf(request),
      accountData: accountRulesOf(request.channel, adapter, {
        account: accountOf(request).account ?? DEFAULT_ACCOUNT,
        symbolOf: (nativeSymbol) => instruments.find(nativeSymbol)?.symbol ?? nativeSymbol,
      }),
    };
  }
  const instrument = request.channel === 'status' ? NO_INSTRUMENT : instruments.find(request.symbol);
  if (!instrument) return undefined;
  const declaration = channelOf(request, adapter);
  const kind = kindOf(request.symbol);
  const own = request.params ?? {};
  const candles = request.channel === 'candles' ? candleRulesOf(declaration, own, adapter, kind) : undefined;
  const isOfTrades = request.channel === 'trades' || candles?.rules.isMadeOfTrades === true;
  const { endpoint, topic, book, trades, cadence, firstDataWithinMs, exclusive } =
    (isOfTrades ? adapter.channels.trades : undefined) ?? declaration;
  const params = candles?.topicParams ?? own;
  const { nativeSymbol, category } = instrument;
  const promised = cadence?.(params, category);
  const firstWithinMs = firstDataWithinMs?.(params, category);
  return {
    instrument,
    endpoint: typeof endpoint === 'string' ? endpoint : endpoint(params, category),
    topic: candles?.rules.source === 'rest' ? '' : topic(nativeSymbol, params, category),
    params,
    ...accountOf(request),
    ...(candles && { candles: candles.rules }),
    ...(book ? { book: bookForKind(book(params, category), kind) } : {}),
    ...(isOfTrades && { trades: trades?.(params, category) ?? { ids: 'arbitrary' } }),
    ...(promised && { cadence: promised }),
    ...(exclusive === 'connection' && { rivalry: `${request.channel} ${nativeSymbol}` }),
    ...(firstWithinMs === undefined ? {} : { firstDataWithinMs: firstWithinMs }),
    ...partsOf(request, declaration, instrument),
  };
}

/** The topics that feed a subscription together, and the polls; nothing where one topic alone does. */
function partsOf(
  { params = {}, ...request }: SubscriptionRequest,
  { further = [], polls = [], ...first }: ChannelDeclaration,
  instrument: WirePlace['instrument'] & Partial<Pick<Instrument, 'kind'>>,
): Pick<WirePlace, 'parts' | 'polls'> {
  if (further.length === 0 && polls.length === 0) return {};
  const { nativeSymbol, category, kind } = instrument;
  const place = ({ endpoint, topic, cadence, firstDataWithinMs }: TopicDeclaration): WirePlace => {
    const promised = cadence?.(params, category);
    const firstWithinMs = firstDataWithinMs?.(params, category);
    return {
      instrument,
      endpoint: typeof endpoint === 'string' ? endpoint : endpoint(params, category),
      topic: topic(nativeSymbol, params, category),
      ...accountOf({ ...request, params }),
      ...(promised && { cadence: promised }),
      ...(firstWithinMs !== undefined && { firstDataWithinMs: firstWithinMs }),
    };
  };
  return {
    parts: [first, ...further].map(place).filter(({ topic }) => topic !== ''),
    polls: polls.filter(({ kinds }) => !kinds || (kind !== undefined && kinds.includes(kind))),
  };
}

function accountRulesOf(
  channel: PrivateChannel,
  { privateChannels, rest }: ExchangeAdapter,
  of: Pick<AccountRules, 'account' | 'symbolOf'>,
): AccountRules {
  if (channel !== 'fills')
    return { kind: 'states', snapshot: privateChannels?.[channel]?.snapshot ?? 'stream', ...of };
  return {
    kind: 'fills',
    hasConsecutiveIds: privateChannels?.fills?.hasConsecutiveIds ?? false,
    canRecover: rest.account?.fills !== undefined,
    ...of,
  };
}

function accountOf({ params }: SubscriptionRequest): Pick<WirePlace, 'account'> {
  const account = params?.[ACCOUNT_PARAM];
  return account === undefined ? {} : { account: String(account) };
}
