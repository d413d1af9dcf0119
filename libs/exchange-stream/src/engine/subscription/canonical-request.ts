import {
  CHANNELS,
  isPrivateChannel,
  isSymbol,
  type AnyRequest,
  type Channel,
  type ParamValue,
  type PrivateChannel,
  type SubscriptionParams,
  type SubscriptionRequest,
} from '@exchange-stream/market-data';
import { candleChannel } from '../candles/candle-params.ts';
import type { ChannelDeclaration, ExchangeAdapter, ParamDeclaration } from '../../contract/index.ts';
import {
  ACCOUNT_NAME_FORM,
  ACCOUNT_PARAM,
  DEFAULT_ACCOUNT,
  isAccountName,
} from '../credentials/credentials-source.ts';
import { anyLogsIn, logsIn } from '../credentials/logs-in.ts';
import { SubscriptionRequestError } from '../errors.ts';
import type { InstrumentCatalog } from '../instruments/instrument-catalog.ts';
import { nearest } from '../instruments/nearest.ts';
import { channelForKind, endpointKeysOf, kindOf } from './channel-variants.ts';

/** Names the endpoint of a `raw` topic, where several may serve it. */
export const ENDPOINT_PARAM = 'endpoint';

/**
 * The one form of a request that all its spellings share: unified symbol, parameters in their declared types, those at
 * their default left out. Whether the exchange trades the symbol is known once its instruments are.
 * @throws SubscriptionRequestError which says what would work
 */
export function canonicalRequest<C extends Channel>(
  request: AnyRequest<C>,
  adapter: ExchangeAdapter,
  instruments: InstrumentCatalog,
): SubscriptionRequest<C> {
  const { channel } = request;
  if (isPrivateChannel(channel)) return { ...canonicalPrivate(request, channel, adapter), channel };
  if (channel === 'status') return { ...canonicalStatus(request, adapter), channel };
  if (!('symbol' in request))
    throw new SubscriptionRequestError('UNKNOWN_SYMBOL', `${request.exchange} ${channel} needs a symbol.`);
  if (request.channel === 'raw') return canonicalRaw(request, adapter);
  const params = checkedParams(request, adapter);
  const symbol = canonicalSymbol(request, instruments);
  const hasParams = Object.keys(params).length > 0;
  return { exchange: request.exchange, channel: request.channel, symbol, ...(hasParams ? { params } : {}) };
}

/** A request, or what all requests of a template have in common. */
type AnySymbol = Omit<SubscriptionRequest, 'symbol'> & Partial<Pick<SubscriptionRequest, 'symbol'>>;

/**
 * The parameters in their declared types, those at their default left out. Without a symbol, what can be had of any.
 * @throws SubscriptionRequestError for a channel, too, that the exchange does not have, or not of such an instrument
 */
export function checkedParams(request: AnySymbol, adapter: ExchangeAdapter): SubscriptionParams {
  if (isPrivateChannel(request.channel)) return privateParams(request, request.channel, adapter);
  if (request.channel !== 'raw') {
    const declared = channelOf(request, adapter);
    const kind = request.symbol === undefined ? undefined : kindOf(request.symbol);
    const channel =
      request.channel === 'candles' ? candleChannel(declared, adapter, request.params ?? {}, kind) : declared;
    const mayLogIn = endpointKeysOf(declared, adapter).some((key) => logsIn(adapter, key));
    const { account, others } = splitAccount(request, mayLogIn);
    return { ...account, ...canonicalParams({ ...request, params: others }, channel, adapter) };
  }
  if (!adapter.raw) throw unsupportedChannel('raw', adapter);
  // Which endpoint serves a topic is known by its name only, which templates lack.
  const { account, others } = splitAccount(request, anyLogsIn(adapter));
  const { [ENDPOINT_PARAM]: endpoint, ...unknown } = others;
  const [param] = Object.keys(unknown);
  if (param !== undefined) throw unknownParam(`${request.exchange} raw`, param, []);
  return { ...account, ...(endpoint !== undefined && { [ENDPOINT_PARAM]: String(endpoint) }) };
}

/** Whose subscription it is, apart from the other parameters; the default account is left out, like any default. */
function splitAccount(
  { exchange, channel, params = {} }: Omit<SubscriptionRequest, 'symbol'>,
  isPrivate: boolean,
): { readonly account: SubscriptionParams; readonly others: SubscriptionParams } {
  const { [ACCOUNT_PARAM]: given, ...others } = params;
  if (given === undefined || !isPrivate) return { account: {}, others: params };
  const account = String(given);
  if (!isAccountName(account)) {
    throw new SubscriptionRequestError(
      'INVALID_PARAMETER',
      `${exchange} ${channel} does not take ${quote(given)} for "${ACCOUNT_PARAM}". Allowed: ${ACCOUNT_NAME_FORM}.`,
    );
  }
  return { account: account === DEFAULT_ACCOUNT ? {} : { [ACCOUNT_PARAM]: account }, others };
}

/**
 * The key of the endpoint that serves a `raw` topic, which stands where other channels have their symbol.
 * @throws SubscriptionRequestError
 */
export function rawEndpointOf(request: SubscriptionRequest, adapter: ExchangeAdapter): string {
  const { exchange, symbol, params } = request;
  const endpoints = rawEndpointsOf(request, adapter);
  const given = params?.[ENDPOINT_PARAM];
  const endpoint = given === undefined ? endpoints[0] : endpoints.find((key) => key === String(given));
  if (endpoint !== undefined) return endpoint;
  throw new SubscriptionRequestError(
    'INVALID_PARAMETER',
    `${exchange} raw ${quote(symbol)} does not take ${quote(given)} for "${ENDPOINT_PARAM}". Allowed: ${endpoints.join(', ')}.`,
  );
}

/** All that may serve it, the one that is meant by default first. */
function rawEndpointsOf({ symbol: topic }: SubscriptionRequest, adapter: ExchangeAdapter): readonly string[] {
  const { raw, exchange } = adapter;
  if (!raw) throw unsupportedChannel('raw', adapter);
  const served = typeof topic === 'string' ? raw.endpoint(topic) : undefined;
  const endpoints = typeof served === 'string' ? [served] : (served ?? []);
  if (endpoints.length > 0) return endpoints;
  throw new SubscriptionRequestError(
    'UNKNOWN_SYMBOL',
    `${quote(topic)} cannot be a topic of ${exchange}. Channel raw takes ${raw.form ?? "the exchange's own wire names"} in place of a symbol.`,
  );
}

/** The channels of an exchange, in the order in which listings show them. */
export function channelsOf(adapter: ExchangeAdapter): Channel[] {
  return CHANNELS.filter((channel) => {
    if (channel === 'raw') return adapter.raw !== undefined;
    return isPrivateChannel(channel)
      ? adapter.privateChannels?.[channel] !== undefined
      : Object.hasOwn(adapter.channels, channel);
  });
}

/**
 * The declaration of the channel that a request names, with what its parameters take for such an instrument.
 * @throws SubscriptionRequestError
 */
export function channelOf(
  request: Pick<AnySymbol, 'channel' | 'symbol'>,
  adapter: ExchangeAdapter,
): ChannelDeclaration {
  const { channel, symbol } = request;
  const isTyped = channel !== 'raw' && !isPrivateChannel(channel) && Object.hasOwn(adapter.channels, channel);
  const declaration = isTyped ? adapter.channels[channel] : undefined;
  if (!declaration) throw unsupportedChannel(channel, adapter);
  const kind = symbol === undefined ? undefined : kindOf(symbol);
  if (kind === undefined) return declaration;
  const { kinds } = declaration;
  if (!kinds || kinds.includes(kind)) return channelForKind(declaration, kind);
  const others = Object.entries(adapter.channels).flatMap(([name, other]) =>
    !other.kinds || other.kinds.includes(kind) ? [name] : [],
  );
  throw new SubscriptionRequestError(
    'UNSUPPORTED_CHANNEL',
    `${adapter.exchange} has no channel ${quote(channel)} of ${quote(symbol)}, which is of kind ${kind}: it has it of ${kinds.join(', ')}. Of ${quote(symbol)} it has: ${others.join(', ')}.`,
  );
}

/** Says that an exchange has no such channel, and which it has. */
export function unsupportedChannel(channel: string, adapter: ExchangeAdapter): SubscriptionRequestError {
  return new SubscriptionRequestError(
    'UNSUPPORTED_CHANNEL',
    `${adapter.exchange} has no channel ${quote(channel)}. It has: ${channelsOf(adapter).join(', ')}.`,
  );
}

/** Says that a symbol does not exist, with those that look like it. */
export function unknownSymbol(
  exchange: string,
  symbol: string,
  instruments: InstrumentCatalog,
): SubscriptionRequestError {
  const suggestions = instruments.suggest(symbol);
  const hint =
    suggestions.length > 0
      ? `Did you mean ${suggestions.join(', ')}?`
      : 'Symbols look like "BTC/USDT"; list the instruments to see all.';
  return new SubscriptionRequestError(
    'UNKNOWN_SYMBOL',
    `${exchange} does not trade ${quote(symbol)}. ${hint}`,
  );
}

/** A private channel is of a whole account, which `account` names; in canonical form that is a parameter, as everywhere. */
function canonicalPrivate(
  request: AnyRequest,
  channel: PrivateChannel,
  adapter: ExchangeAdapter,
): Omit<SubscriptionRequest, 'channel'> {
  const { exchange } = request;
  if ('symbol' in request && request.symbol !== '') {
    throw new SubscriptionRequestError(
      'INVALID_PARAMETER',
      `${exchange} ${channel} is of a whole account and takes no symbol: got ${quote(request.symbol)}. Leave it out, and look at the symbol of each event.`,
    );
  }
  const own = 'account' in request ? request.account : undefined;
  const params = 'params' in request ? request.params : undefined;
  const account = own ?? params?.[ACCOUNT_PARAM];
  const checked = privateParams(
    { exchange, params: { ...params, ...(account !== undefined && { [ACCOUNT_PARAM]: account }) } },
    channel,
    adapter,
  );
  const isDefault = Object.keys(checked).length === 0;
  return { exchange, symbol: '', ...(isDefault ? {} : { params: checked }) };
}

/** Notices are of the whole exchange. */
function canonicalStatus(
  request: AnyRequest,
  adapter: ExchangeAdapter,
): Omit<SubscriptionRequest, 'channel'> {
  const { exchange } = request;
  const params = checkedParams(
    { exchange, channel: 'status', ...('params' in request && { params: request.params }) },
    adapter,
  );
  if ('symbol' in request && request.symbol !== '') {
    throw new SubscriptionRequestError(
      'INVALID_PARAMETER',
      `${exchange} status is of the whole exchange and takes no symbol: got ${quote(request.symbol)}. Leave it out.`,
    );
  }
  return { exchange, symbol: '', ...(Object.keys(params).length > 0 ? { params } : {}) };
}

function privateParams(
  request: Pick<SubscriptionRequest, 'exchange' | 'params'>,
  channel: PrivateChannel,
  adapter: ExchangeAdapter,
): SubscriptionParams {
  if (!adapter.privateChannels?.[channel]) throw unsupportedChannel(channel, adapter);
  const { account, others } = splitAccount({ ...request, channel }, true);
  const [param] = Object.keys(others);
  if (param !== undefined) throw unknownParam(`${request.exchange} ${channel}`, param, [ACCOUNT_PARAM]);
  return account;
}

/** A topic is its own canonical form: the exchange alone knows what it means. */
function canonicalRaw<C extends Channel>(
  request: SubscriptionRequest<C>,
  adapter: ExchangeAdapter,
): SubscriptionRequest<C> {
  const { exchange, channel, symbol } = request;
  const { [ENDPOINT_PARAM]: named, ...account } = checkedParams(request, adapter);
  const endpoint = rawEndpointOf(request, adapter);
  const endpoints = rawEndpointsOf(request, adapter);
  const where = `${exchange} raw ${quote(symbol)}`;
  if (named !== undefined && endpoints.length === 1) throw unknownParam(where, ENDPOINT_PARAM, []);
  if (ACCOUNT_PARAM in account && !logsIn(adapter, endpoint)) throw unknownParam(where, ACCOUNT_PARAM, []);
  const params = { ...account, ...(endpoint !== endpoints[0] && { [ENDPOINT_PARAM]: endpoint }) };
  return { exchange, channel, symbol, ...(Object.keys(params).length > 0 && { params }) };
}

/**
 * Only unified symbols, whether the instruments are known by now or not: a second spelling would be a second
 * subscription to the same topic.
 */
function canonicalSymbol({ exchange, symbol }: SubscriptionRequest, instruments: InstrumentCatalog): string {
  if (!isSymbol(symbol)) {
    const known = instruments.named(symbol).map((instrument) => quote(instrument.symbol));
    const hint =
      known.length === 0 ? 'Symbols look like "BTC/USDT".' : `${exchange} means ${known.join(' or ')} by it.`;
    throw new SubscriptionRequestError('UNKNOWN_SYMBOL', `${quote(symbol)} is no unified symbol. ${hint}`);
  }
  if (instruments.loaded && !instruments.find(symbol)) throw unknownSymbol(exchange, symbol, instruments);
  return symbol;
}

function canonicalParams(
  request: AnySymbol,
  channel: ChannelDeclaration,
  adapter: ExchangeAdapter,
): SubscriptionParams {
  const given = request.params ?? {};
  const kind = request.symbol === undefined ? undefined : kindOf(request.symbol);
  const isPerKind = kind !== undefined && hasParamsPerKind(request, adapter);
  const where = `${request.exchange} ${request.channel}${isPerKind ? ` of kind ${kind}` : ''}`;
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(channel.params, name)) throw unknownParam(where, name, Object.keys(channel.params));
  }
  const params: Record<string, ParamValue> = {};
  for (const [name, declaration] of Object.entries(channel.params)) {
    const value = canonicalValue(
      where,
      name,
      Object.hasOwn(given, name) ? given[name] : undefined,
      declaration,
    );
    if (value !== undefined && value !== declaration.default) params[name] = value;
  }
  return params;
}

function hasParamsPerKind({ channel }: AnySymbol, { channels }: ExchangeAdapter): boolean {
  if (channel === 'raw' || isPrivateChannel(channel)) return false;
  return Object.values(channels[channel]?.params ?? {}).some(({ perKind, kinds }) => perKind ?? kinds);
}

/** Text is taken for the value it spells, so that query strings and environment variables work. */
function canonicalValue(
  where: string,
  name: string,
  given: ParamValue | undefined,
  declaration: ParamDeclaration,
): ParamValue | undefined {
  if (given === undefined) {
    if (!declaration.required) return undefined;
    throw invalidParam(`${where} needs "${name}" (${declaration.description}).`, declaration);
  }
  const value = declaration.values.find((allowed) => String(allowed) === String(given));
  if (value !== undefined) return value;
  const text = String(given);
  if (declaration.form && declaration.form.exec(text)?.[0] === text) return text;
  throw invalidParam(`${where} does not take ${quote(given)} for "${name}".`, declaration);
}

function unknownParam(where: string, name: string, known: readonly string[]): SubscriptionRequestError {
  const [suggestion] = nearest(name, known);
  const takes = known.length > 0 ? `It takes: ${known.join(', ')}.` : 'It takes none.';
  const hint = suggestion === undefined ? '' : ` Did you mean ${quote(suggestion)}?`;
  return new SubscriptionRequestError(
    'INVALID_PARAMETER',
    `${where} has no parameter ${quote(name)}. ${takes}${hint}`,
  );
}

function invalidParam(what: string, { values, also }: ParamDeclaration): SubscriptionRequestError {
  const listed = values.length === 0 ? [] : [values.map(String).join(', ')];
  const allowed = [...listed, ...(also === undefined ? [] : [also])].join('; ');
  return new SubscriptionRequestError('INVALID_PARAMETER', `${what} Allowed: ${allowed}.`);
}

function quote(value: unknown): string {
  return JSON.stringify(typeof value === 'string' ? value.slice(0, 64) : value) ?? String(value);
}
