import { CHANNELS, isChannel, type ParamValue, type SubscriptionRequest } from '@exchange-stream/market-data';
import type { ConfigProblem } from './config-error.ts';
import { isTree, unknownKeys } from './config-file.ts';
import { parseSubscriptionText, SubscriptionTextError } from './subscription-text.ts';

const KEYS = ['exchange', 'channel', 'symbol', 'params'] as const;

/** Where a list of subscriptions stands: a variable, or the file. */
export interface SubscriptionListSource {
  readonly variable: string;
  /** Key in the file, with dots. */
  readonly key: string;
  readonly list: unknown;
}

/** What it takes to read one. */
export interface SubscriptionListReading {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Exchanges in use; others are a problem. */
  readonly exchanges: readonly string[];
  /** Takes up what is wrong. */
  readonly problems: ConfigProblem[];
}

/** The subscriptions that a variable lists, or the file. */
export function readSubscriptions(
  { variable, key: fileKey, list }: SubscriptionListSource,
  { env, exchanges, problems }: SubscriptionListReading,
): SubscriptionRequest[] {
  const texts = (env[variable] ?? '')
    .split(';')
    .map((text) => text.trim())
    .filter((text) => text !== '');
  const requests =
    texts.length > 0 ? readTexts(texts, variable, problems) : readList(list, fileKey, problems);
  for (const { exchange } of requests) {
    if (exchanges.includes(exchange)) continue;
    const key = texts.length > 0 ? variable : fileKey;
    const used = exchanges.join(', ');
    problems.push({ key, message: `${JSON.stringify(exchange)} is not among the exchanges in use: ${used}` });
  }
  return requests;
}

function readTexts(
  texts: readonly string[],
  variable: string,
  problems: ConfigProblem[],
): SubscriptionRequest[] {
  return texts.flatMap((text) => {
    try {
      return [parseSubscriptionText(text)];
    } catch (error) {
      if (!(error instanceof SubscriptionTextError)) throw error;
      problems.push({ key: variable, message: `got ${JSON.stringify(text)}; ${error.message}` });
      return [];
    }
  });
}

function readList(list: unknown, key: string, problems: ConfigProblem[]): SubscriptionRequest[] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) {
    problems.push({ key, message: `takes a list of {${KEYS.join(', ')}}` });
    return [];
  }
  return list.flatMap((item: unknown, index) => readItem(item, `${key}[${index}]`, problems));
}

function readItem(item: unknown, key: string, problems: ConfigProblem[]): SubscriptionRequest[] {
  if (!isTree(item)) {
    problems.push({ key, message: `takes {${KEYS.join(', ')}}` });
    return [];
  }
  const unknown = unknownKeys(item, KEYS, `${key}.`);
  problems.push(...unknown);
  const { exchange, channel, symbol, params } = item;
  const wrong = (name: string, value: unknown, takes: string): [] => {
    problems.push({
      key: `${key}.${name}`,
      message: `got ${JSON.stringify(value) ?? 'nothing'}; takes ${takes}`,
    });
    return [];
  };
  if (typeof exchange !== 'string') return wrong('exchange', exchange, 'an exchange id');
  if (typeof channel !== 'string' || !isChannel(channel)) {
    return wrong('channel', channel, `one of ${CHANNELS.join(', ')}`);
  }
  if (typeof symbol !== 'string' || symbol === '')
    return wrong('symbol', symbol, 'a symbol such as BTC/USDT');
  if (params === undefined || params === null) return [{ exchange, channel, symbol }];
  if (!isParams(params)) return wrong('params', params, 'names with a text, number or yes/no value');
  return unknown.length > 0 ? [] : [{ exchange, channel, symbol, params }];
}

function isParams(value: unknown): value is Record<string, ParamValue> {
  return (
    isTree(value) &&
    Object.values(value).every((item) => ['string', 'number', 'boolean'].includes(typeof item))
  );
}
