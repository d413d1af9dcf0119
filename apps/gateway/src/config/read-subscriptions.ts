import {
  PUBLIC_CHANNELS,
  isPublicChannel,
  type ParamValue,
  type SubscriptionRequest,
} from '@exchange-stream/market-data';
import {
  checkTemplate,
  isTemplate,
  SubscriptionRequestError,
  type SubscriptionTemplate,
  type UncheckedTemplate,
} from '@exchange-stream/nestjs/engine';
import type { ConfigProblem } from './config-error.ts';
import { isTree, unknownKeys } from './config-file.ts';
import { parseSubscriptionText, SubscriptionTextError } from './subscription-text.ts';

/** What the gateway keeps subscribed by itself. It has no private channels: whoever reads its feed could read an account. */
export type GatewayDefault = SubscriptionRequest | SubscriptionTemplate;

const KEYS = ['exchange', 'channel', 'symbol', 'params'];
const TEMPLATE_KEYS = ['exchange', 'channel', 'symbols', 'params', 'except'];

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

/** The subscriptions that a variable lists, or the file; one symbol each. */
export function readSubscriptions(
  source: SubscriptionListSource,
  reading: SubscriptionListReading,
): SubscriptionRequest[] {
  return readDefaults(source, reading).flatMap((entry) => {
    if (!isTemplate(entry)) return [entry];
    const message = 'takes one symbol each; templates stand in subscriptions only';
    reading.problems.push({ key: source.key, message });
    return [];
  });
}

/** The subscriptions that a variable lists, or the file, where an entry may stand for many symbols. */
export function readDefaults(
  { variable, key: fileKey, list }: SubscriptionListSource,
  { env, exchanges, problems }: SubscriptionListReading,
): GatewayDefault[] {
  const texts = (env[variable] ?? '')
    .split(';')
    .map((text) => text.trim())
    .filter((text) => text !== '');
  const entries = texts.length > 0 ? readTexts(texts, variable, problems) : readList(list, fileKey, problems);
  for (const { exchange } of entries) {
    if (exchanges.includes(exchange)) continue;
    const key = texts.length > 0 ? variable : fileKey;
    const used = exchanges.join(', ');
    problems.push({ key, message: `${JSON.stringify(exchange)} is not among the exchanges in use: ${used}` });
  }
  return entries;
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

function readList(list: unknown, key: string, problems: ConfigProblem[]): GatewayDefault[] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) {
    problems.push({ key, message: `takes a list of {${KEYS.join(', ')}}` });
    return [];
  }
  return list.flatMap((item: unknown, index) => readItem(item, `${key}[${index}]`, problems));
}

function readItem(item: unknown, key: string, problems: ConfigProblem[]): GatewayDefault[] {
  if (!isTree(item)) {
    problems.push({ key, message: `takes {${KEYS.join(', ')}}` });
    return [];
  }
  const isOfMany = 'symbols' in item;
  const unknown = unknownKeys(item, isOfMany ? TEMPLATE_KEYS : KEYS, `${key}.`);
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
  if (typeof channel !== 'string' || !isPublicChannel(channel)) {
    return wrong('channel', channel, `one of ${PUBLIC_CHANNELS.join(', ')}, and none of an account`);
  }
  const given = params ?? undefined;
  if (given !== undefined && !isParams(given))
    return wrong('params', given, 'names with a text, number or yes/no value');
  const rest = given === undefined ? {} : { params: given };
  if (isOfMany) {
    const { symbols, except } = item;
    const template = { exchange, channel, symbols, ...rest, ...(except !== undefined && { except }) };
    return unknown.length > 0 ? [] : readTemplate(template, key, problems);
  }
  const named = symbol ?? (channel === 'status' ? '' : undefined);
  if (typeof named !== 'string' || (named === '' && channel !== 'status'))
    return wrong('symbol', symbol, 'a symbol such as BTC/USDT, or symbols in its place');
  return unknown.length > 0 ? [] : [{ exchange, channel, symbol: named, ...rest }];
}

function readTemplate(template: UncheckedTemplate, key: string, problems: ConfigProblem[]): GatewayDefault[] {
  try {
    checkTemplate(template);
    return [template];
  } catch (error) {
    if (!(error instanceof SubscriptionRequestError)) throw error;
    problems.push({ key, message: error.message });
    return [];
  }
}

function isParams(value: unknown): value is Record<string, ParamValue> {
  return (
    isTree(value) &&
    Object.values(value).every((item) => ['string', 'number', 'boolean'].includes(typeof item))
  );
}
