import { isChannel, type ParamValue, type SubscriptionRequest } from '@exchange-stream/market-data';

const FORMAT = 'exchange-stream/subscriptions';
const VERSION = 1;

/** An entry that is no subscription. */
export interface RefusedEntry {
  /** Its place in the list, from 0. */
  readonly index: number;
  readonly reason: string;
}

/** What a text turned out to be. */
export type ReadDocument =
  | {
      readonly isOurs: true;
      readonly requests: readonly SubscriptionRequest[];
      readonly refused: readonly RefusedEntry[];
    }
  | { readonly isOurs: false; readonly reason: string };

/** The stored form: JSON that says what it is and in which version, so that nothing else is ever mistaken for it. */
export function writeDocument(requests: readonly SubscriptionRequest[]): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, subscriptions: requests }, undefined, 2)}\n`;
}

export function readDocument(text: string): ReadDocument {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return { isOurs: false, reason: 'it is no whole JSON' };
  }
  if (!isObject(document) || document.format !== FORMAT) {
    return { isOurs: false, reason: `it does not say "format": "${FORMAT}"` };
  }
  if (document.version !== VERSION) {
    const version = JSON.stringify(document.version) ?? 'none';
    return { isOurs: false, reason: `its version is ${version}, and this program reads version ${VERSION}` };
  }
  if (!Array.isArray(document.subscriptions)) {
    return { isOurs: false, reason: 'it has no list of subscriptions' };
  }
  return { isOurs: true, ...readEntries(document.subscriptions) };
}

function readEntries(entries: readonly unknown[]): {
  requests: SubscriptionRequest[];
  refused: RefusedEntry[];
} {
  const requests: SubscriptionRequest[] = [];
  const refused: RefusedEntry[] = [];
  for (const [index, entry] of entries.entries()) {
    const read = readEntry(entry);
    if (typeof read === 'string') refused.push({ index, reason: read });
    else requests.push(read);
  }
  return { requests, refused };
}

/** The subscription, or why it is none. */
function readEntry(entry: unknown): SubscriptionRequest | string {
  if (!isObject(entry)) return 'it is no object';
  const { exchange, channel, symbol, params, ...others } = entry;
  // A key that we do not know may change the meaning of those that we do.
  const [unknownKey] = Object.keys(others);
  if (unknownKey !== undefined) return `it has the unknown key ${shown(unknownKey)}`;
  if (typeof exchange !== 'string' || exchange === '') return 'it names no exchange';
  if (typeof channel !== 'string' || !isChannel(channel)) return `${shown(channel)} is no channel`;
  if (typeof symbol !== 'string' || symbol === '') return 'it names no symbol';
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 64);
}
