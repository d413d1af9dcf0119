import {
  isSymbol,
  type Channel,
  type ParamValue,
  type SubscriptionParams,
  type SubscriptionRequest,
} from '@exchange-stream/market-data';
import type { ChannelDeclaration, ExchangeAdapter, ParamDeclaration } from '../../contract/index.ts';
import { SubscriptionRequestError } from '../errors.ts';
import type { InstrumentCatalog } from '../instruments/instrument-catalog.ts';
import { nearest } from '../instruments/nearest.ts';

/**
 * The one form of a request that all its spellings share: unified symbol, parameters in their declared types, those at
 * their default left out. Whether the exchange trades the symbol is known once its instruments are.
 * @throws SubscriptionRequestError which says what would work
 */
export function canonicalRequest<C extends Channel>(
  request: SubscriptionRequest<C>,
  adapter: ExchangeAdapter,
  instruments: InstrumentCatalog,
): SubscriptionRequest<C> {
  const params = canonicalParams(request, channelOf(request, adapter));
  const symbol = canonicalSymbol(request, instruments);
  const hasParams = Object.keys(params).length > 0;
  return { exchange: request.exchange, channel: request.channel, symbol, ...(hasParams ? { params } : {}) };
}

/**
 * The declaration of the channel that a request names.
 * @throws SubscriptionRequestError
 */
export function channelOf(request: SubscriptionRequest, adapter: ExchangeAdapter): ChannelDeclaration {
  const channel = Object.hasOwn(adapter.channels, request.channel)
    ? adapter.channels[request.channel]
    : undefined;
  if (!channel) {
    throw new SubscriptionRequestError(
      'UNSUPPORTED_CHANNEL',
      `${adapter.exchange} has no channel ${quote(request.channel)}. It has: ${Object.keys(adapter.channels).join(', ')}.`,
    );
  }
  return channel;
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

/**
 * Only unified symbols, whether the instruments are known by now or not: a second spelling would be a second
 * subscription to the same topic.
 */
function canonicalSymbol({ exchange, symbol }: SubscriptionRequest, instruments: InstrumentCatalog): string {
  if (!isSymbol(symbol)) {
    const known = instruments.find(symbol)?.symbol;
    const hint =
      known === undefined ? 'Symbols look like "BTC/USDT".' : `${exchange} means ${quote(known)} by it.`;
    throw new SubscriptionRequestError('UNKNOWN_SYMBOL', `${quote(symbol)} is no unified symbol. ${hint}`);
  }
  if (instruments.loaded && !instruments.find(symbol)) throw unknownSymbol(exchange, symbol, instruments);
  return symbol;
}

function canonicalParams(request: SubscriptionRequest, channel: ChannelDeclaration): SubscriptionParams {
  const given = request.params ?? {};
  const where = `${request.exchange} ${request.channel}`;
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
  if (value === undefined)
    throw invalidParam(`${where} does not take ${quote(given)} for "${name}".`, declaration);
  return value;
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

function invalidParam(what: string, declaration: ParamDeclaration): SubscriptionRequestError {
  return new SubscriptionRequestError(
    'INVALID_PARAMETER',
    `${what} Allowed: ${declaration.values.map(String).join(', ')}.`,
  );
}

function quote(value: unknown): string {
  return JSON.stringify(typeof value === 'string' ? value.slice(0, 64) : value) ?? String(value);
}
