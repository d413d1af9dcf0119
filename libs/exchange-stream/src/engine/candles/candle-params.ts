import {
  CandleInterval,
  isCandleInterval,
  type ParamValue,
  type SubscriptionParams,
} from '@exchange-stream/market-data';
import type { ChannelDeclaration, ExchangeAdapter, ParamDeclaration } from '../../contract/index.ts';
import { SubscriptionRequestError } from '../errors.ts';
import { MAX_HISTORY, type CandleRules } from './candle-rules.ts';

const DEFAULT_SETTLES_WITHIN_MS = 2_000;

/** Parameters of candles that are the engine's own, whatever the exchange. */
export const CANDLE_PARAMS = {
  history: {
    description: `Candles before the running one that come first, fetched by REST: 0 to ${MAX_HISTORY} buckets`,
    values: [],
    default: 0,
  },
  source: {
    description:
      'Where candles come from: the stream, or REST where the exchange streams none and while its stream is away (auto); the stream alone; REST alone',
    values: ['auto', 'stream', 'rest'],
    default: 'auto',
  },
  synthetic: {
    description: 'Whether a bucket in which nothing is traded is told as a flat candle, marked as synthetic',
    values: [false, true],
    default: false,
  },
} as const satisfies Readonly<Record<string, ParamDeclaration>>;

/**
 * The channel as users may ask for it: with the parameters that the engine adds, and the intervals that only REST has.
 * @throws SubscriptionRequestError for what cannot be had
 */
export function candleChannel(
  channel: ChannelDeclaration,
  { exchange, rest }: ExchangeAdapter,
  given: SubscriptionParams,
): ChannelDeclaration {
  const { interval, ...others } = channel.params;
  if (!interval) return channel;
  const { history, source, synthetic } = CANDLE_PARAMS;
  const own = [...interval.values, ...(rest.candles ? (channel.candles?.restIntervals ?? []) : [])];
  const derived = String(given.interval);
  const isDerived =
    !own.some((value) => String(value) === derived) && partOf(channel, derived, given) !== undefined;
  const values = isDerived ? [...own, derived] : own;
  return {
    ...channel,
    params: {
      interval: { ...interval, values },
      ...others,
      history: { ...history, values: historyOf(exchange, given.history, rest.candles !== undefined) },
      source: rest.candles ? source : { ...source, values: ['auto', 'stream'] },
      synthetic,
    },
  };
}

/** How a series is kept right, and the parameters of its topic; without a topic where REST alone has it. */
export function candleRulesOf(
  channel: ChannelDeclaration,
  params: SubscriptionParams,
  canFetch: boolean,
): { readonly rules: CandleRules; readonly topicParams: SubscriptionParams | undefined } | undefined {
  const { interval, history = 0, source = 'auto', synthetic = false, ...others } = params;
  const text = String(interval);
  if (!isCandleInterval(text)) return undefined;
  const { anchors, skipsQuiet = false, settlesWithinMs = DEFAULT_SETTLES_WITHIN_MS } = channel.candles ?? {};
  const isStreamed = channel.params.interval?.values.some((value) => String(value) === text) ?? false;
  const isOfRest = canFetch && (channel.candles?.restIntervals?.includes(text) ?? false);
  const part = isStreamed || isOfRest ? undefined : partOf(channel, text, others);
  const isPolled = source === 'rest' || (!isStreamed && part === undefined);
  const whole = new CandleInterval(text, anchors?.(others));
  return {
    rules: {
      interval: part ?? whole,
      ...(part && { whole }),
      params: others,
      history: Number(history),
      synthetic: synthetic === true,
      source: isPolled ? 'rest' : source === 'stream' ? 'stream' : 'auto',
      ...{ skipsQuiet, settlesWithinMs, canFetch },
    },
    topicParams: isPolled ? undefined : { ...others, interval: part?.text ?? text },
  };
}

/** The largest interval that the exchange streams of which each bucket of another is made. */
function partOf(
  { params: { interval }, candles }: ChannelDeclaration,
  text: string,
  params: SubscriptionParams,
): CandleInterval | undefined {
  if (!isCandleInterval(text)) return undefined;
  const whole = new CandleInterval(text, candles?.anchors?.(params));
  return interval?.values
    .map((value) => whole.sibling(String(value)))
    .filter((part) => whole.isMadeOf(part))
    .reduce<CandleInterval | undefined>(
      (largest, part) => (largest && largest.shortestMs >= part.shortestMs ? largest : part),
      undefined,
    );
}

/** The values that `history` takes: the one that is given, if it can be. */
function historyOf(
  exchange: string,
  given: ParamValue | undefined,
  canFetch: boolean,
): readonly ParamValue[] {
  if (given === undefined) return [0];
  const history = /^\d{1,6}$/.test(String(given)) ? Number(given) : NaN;
  const allowed = canFetch ? `whole numbers from 0 to ${MAX_HISTORY}` : '0, as it has no candles by REST';
  if (!(history <= (canFetch ? MAX_HISTORY : 0)))
    throw new SubscriptionRequestError(
      'INVALID_PARAMETER',
      `${exchange} candles does not take ${JSON.stringify(given)} for "history". Allowed: ${allowed}.`,
    );
  return [history];
}
