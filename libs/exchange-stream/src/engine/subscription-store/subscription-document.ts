import {
  hasNoSymbol,
  isChannel,
  type ParamValue,
  type SubscriptionRequest,
} from '@exchange-stream/market-data';
import { isObject, JsonList, shown } from '../file-store/json-list.ts';

/** How subscriptions are stored. */
export const SUBSCRIPTION_LIST = new JsonList('subscriptions', 1, readEntry);

/** The subscription, or why it is none. */
function readEntry(entry: unknown): SubscriptionRequest | string {
  if (!isObject(entry)) return 'it is no object';
  const { exchange, channel, symbol, params, ...others } = entry;
  // A key that we do not know may change the meaning of those that we do.
  const [unknownKey] = Object.keys(others);
  if (unknownKey !== undefined) return `it has the unknown key ${shown(unknownKey)}`;
  if (typeof exchange !== 'string' || exchange === '') return 'it names no exchange';
  if (typeof channel !== 'string' || !isChannel(channel)) return `${shown(channel)} is no channel`;
  if (typeof symbol !== 'string' || (symbol === '') !== hasNoSymbol(channel))
    return hasNoSymbol(channel) ? 'it names a symbol, which its channel has not' : 'it names no symbol';
  if (params === undefined) return { exchange, channel, symbol };
  if (!isParams(params)) return 'its params are not names with a text, number or yes/no value';
  return { exchange, channel, symbol, params };
}

function isParams(value: unknown): value is Record<string, ParamValue> {
  return (
    isObject(value) &&
    Object.values(value).every((item) => ['string', 'number', 'boolean'].includes(typeof item))
  );
}
