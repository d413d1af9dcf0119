import { KrakenError } from './kraken.errors.ts';
import { LARGEST_REQUEST_ID } from './kraken.limits.ts';
import type { Params } from './kraken.topics.ts';

/** What a client asks on its socket. */
export interface KrakenRequest {
  readonly method: string;
  /** Echoed where it is given. */
  readonly id?: number;
  readonly params: Params;
}

export type TopicsMethod = 'subscribe' | 'unsubscribe';

/** @throws KrakenError */
export function parseRequest(text: string): KrakenRequest {
  const { method, req_id: id, params = {} } = parseObject(text);
  if (typeof method !== 'string') throw new KrakenError('Method is missing');
  if (!isObject(params)) throw new KrakenError('Params are malformed');
  if (id === undefined) return { method, params };
  if (!isRequestId(id)) throw new KrakenError('Request id is malformed');
  return { method, params, id };
}

export function isTopicsMethod(method: string): method is TopicsMethod {
  return method === 'subscribe' || method === 'unsubscribe';
}

/** The symbols that are named; those that are none of them are refused as a whole. */
export function symbolsOf(params: Params): readonly string[] {
  const { symbol } = params;
  if (!Array.isArray(symbol) || symbol.length === 0) throw new KrakenError('Symbol(s) not found');
  if (!symbol.every((one) => typeof one === 'string')) throw new KrakenError('Symbol(s) malformed');
  return symbol;
}

function isRequestId(value: unknown): value is number {
  return Number.isSafeInteger(value) && Math.abs(value as number) <= LARGEST_REQUEST_ID;
}

function parseObject(text: string): Params {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new KrakenError('Malformed request');
  }
  if (!isObject(value)) throw new KrakenError('Malformed request');
  return value;
}

function isObject(value: unknown): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
