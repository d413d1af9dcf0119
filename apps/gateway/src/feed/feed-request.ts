import {
  PUBLIC_CHANNELS,
  hasNoSymbol,
  isPublicChannel,
  type ParamValue,
  type PublicChannel,
  type SubscriptionRequest,
} from '@exchange-stream/market-data';
import { FeedError } from './feed-error.ts';

/** Longest of any text in a request. */
const MAX_TEXT = 128;
/** Longest topic of the `raw` channel, and longest name of a channel that may hold one. */
const MAX_TOPIC = 200;
const MAX_NAME = 400;
const MAX_PARAMS = 16;
/** How many channels one request may name. */
export const MAX_CHANNELS_PER_REQUEST = 1_000;

export type RequestId = string | number;

/** A request that holds; each of its channels is judged on its own. */
export interface FeedRequest {
  readonly id?: RequestId;
  readonly channels: readonly unknown[];
}

/**
 * The outer form of a request: `{id?, channels}`, or `{id?}` where no channels are wanted.
 * @throws FeedError 4400
 */
export function parseRequest(body: unknown, wants: 'channels' | 'nothing'): FeedRequest {
  const known = wants === 'channels' ? ['id', 'channels'] : ['id'];
  if (body === undefined || body === null) {
    if (wants === 'nothing') return { channels: [] };
    throw new FeedError(
      4400,
      'The request must be an object {id?, channels: [{exchange, channel, symbol, params?}]}.',
    );
  }
  const fields = fieldsOf(body, known, 'The request');
  const id = parseId(fields.get('id'));
  const channels = fields.get('channels') ?? [];
  if (!Array.isArray(channels)) throw new FeedError(4400, 'channels must be a list.');
  if (wants === 'channels' && channels.length === 0) {
    throw new FeedError(4400, 'channels must name at least one {exchange, channel, symbol, params?}.');
  }
  if (channels.length > MAX_CHANNELS_PER_REQUEST) {
    throw new FeedError(4400, `One request names at most ${MAX_CHANNELS_PER_REQUEST} channels.`);
  }
  return { ...(id !== undefined && { id }), channels: channels as unknown[] };
}

/** The id of a request that may be malformed otherwise, so that even its refusal can be matched. */
export function idOf(body: unknown): RequestId | undefined {
  if (typeof body !== 'object' || body === null || !('id' in body)) return undefined;
  const { id } = body;
  return isId(id) ? id : undefined;
}

/**
 * One channel of a request.
 * @throws FeedError 4400, 4404
 */
export function parseChannel(item: unknown): SubscriptionRequest<PublicChannel> {
  const fields = fieldsOf(item, ['exchange', 'channel', 'symbol', 'params'], 'A channel');
  const exchange = parseText(fields.get('exchange'), 'exchange', 'binance');
  const channel = parseText(fields.get('channel'), 'channel', 'trades');
  if (!isPublicChannel(channel)) {
    throw new FeedError(
      4404,
      `There is no channel "${channel}"; there are ${PUBLIC_CHANNELS.join(', ')}, and none of an account.`,
    );
  }
  const longest = channel === 'raw' ? MAX_TOPIC : MAX_TEXT;
  const given = fields.get('symbol');
  const isOfNone = hasNoSymbol(channel) && (given === undefined || given === '');
  const symbol = isOfNone ? '' : parseText(given, 'symbol', 'BTC/USDT', longest);
  const params = parseParams(fields.get('params'));
  return { exchange, channel, symbol, ...(params && { params }) };
}

/**
 * A channel of an `unsubscribe`: as in `subscribe`, or by the `ch` of its messages.
 * @throws FeedError 4400, 4404
 */
export function parseChannelOrName(item: unknown): SubscriptionRequest<PublicChannel> | string {
  if (typeof item !== 'object' || item === null || !('ch' in item)) return parseChannel(item);
  return parseText(
    fieldsOf(item, ['ch'], 'A channel named by ch').get('ch'),
    'ch',
    'binance trades BTC/USDT',
    MAX_NAME,
  );
}

function fieldsOf(value: unknown, known: readonly string[], what: string): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || Buffer.isBuffer(value)) {
    throw new FeedError(4400, `${what} must be an object with ${known.join(', ')}.`);
  }
  const fields = new Map<string, unknown>(Object.entries(value));
  for (const name of fields.keys()) {
    if (known.includes(name)) continue;
    const shown = JSON.stringify(name.slice(0, 32));
    throw new FeedError(4400, `${what} has no field ${shown}; there are ${known.join(', ')}.`);
  }
  return fields;
}

function parseId(id: unknown): RequestId | undefined {
  if (id === undefined) return undefined;
  if (isId(id)) return id;
  throw new FeedError(4400, `id must be a number, or a text of at most ${MAX_TEXT} characters.`);
}

function isId(id: unknown): id is RequestId {
  return (typeof id === 'string' && id.length <= MAX_TEXT) || (typeof id === 'number' && Number.isFinite(id));
}

function parseText(value: unknown, name: string, example: string, longest = MAX_TEXT): string {
  if (typeof value === 'string' && value !== '' && value.length <= longest) return value;
  throw new FeedError(4400, `${name} must be a text such as "${example}", of at most ${longest} characters.`);
}

function parseParams(value: unknown): Record<string, ParamValue> | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FeedError(4400, 'params must be an object of names and values.');
  }
  const entries = Object.entries(value);
  if (entries.length > MAX_PARAMS) throw new FeedError(4400, `params holds at most ${MAX_PARAMS} names.`);
  // fromEntries defines own properties, so that a name such as __proto__ is a name like any other.
  return Object.fromEntries(
    entries.map(([name, item]): [string, ParamValue] => [name, parseParam(name, item)]),
  );
}

function parseParam(name: string, value: unknown): ParamValue {
  if (name.length > MAX_TEXT) throw new FeedError(4400, 'A name in params is too long.');
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value;
  if (typeof value === 'string' && value.length <= MAX_TEXT) return value;
  throw new FeedError(4400, `params.${name} must be a text, a number, true or false.`);
}
