import {
  CandleInterval,
  isCandleInterval,
  type InstrumentKind,
  type ParamValue,
  type SubscriptionParams,
} from '@exchange-stream/market-data';
import type { ChannelDeclaration, ExchangeAdapter, ParamDeclaration } from '../../contract/index.ts';
import { MAX_HISTORY, type CandleRules } from './candle-rules.ts';

const DEFAULT_SETTLES_WITHIN_MS = 2_000;

const ALSO_MADE = 'any that is made of whole ones of these, or, up to an hour, of trades';

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

/** The longest interval that is made of trades, in milliseconds: it begins with the first one that is whole. */
const MAX_OF_TRADES_MS = 3_600_000;

/**
 * The channel as users may ask for it: with the parameters that the engine adds, and the intervals that only REST has or
 * that are made here.
 * @throws SubscriptionRequestError for what cannot be had
 */
export function candleChannel(
  channel: ChannelDeclaration,
  adapter: ExchangeAdapter,
  given: SubscriptionParams,
  kind?: InstrumentKind,
): ChannelDeclaration {
  const { interval, ...others } = channel.params;
  if (!interval) return channel;
  const { history, source, synthetic } = CANDLE_PARAMS;
  const text = String(given.interval);
  const values = ownIntervals(channel, adapter);
  const made = values.includes(text) ? undefined : madeOf(channel, adapter, text, given, kind);
  const canFetch = adapter.rest.candles !== undefined && made !== 'trades';
  return {
    ...channel,
    params: {
      interval: { ...interval, values: made ? [...values, text] : values, also: ALSO_MADE },
      ...others,
      history: { ...history, ...historyValues(given.history, canFetch) },
      source: canFetch ? source : { ...source, values: ['auto', 'stream'] },
      synthetic,
    },
  };
}

/** How a series is kept right, and the parameters of its topic; without a topic where REST alone has it. */
export function candleRulesOf(
  channel: ChannelDeclaration,
  params: SubscriptionParams,
  adapter: ExchangeAdapter,
  kind?: InstrumentKind,
): { readonly rules: CandleRules; readonly topicParams: SubscriptionParams | undefined } | undefined {
  const { interval, history = 0, source = 'auto', synthetic = false, ...others } = params;
  const text = String(interval);
  if (!isCandleInterval(text)) return undefined;
  const { anchors, skipsQuiet = false, settlesWithinMs = DEFAULT_SETTLES_WITHIN_MS } = channel.candles ?? {};
  const whole = new CandleInterval(text, anchors?.(others));
  const made = ownIntervals(channel, adapter).includes(text)
    ? undefined
    : madeOf(channel, adapter, text, others, kind);
  const asked = { params: others, history: Number(history), synthetic: synthetic === true, settlesWithinMs };
  if (made === 'trades') {
    const ofTrades = { isMadeOfTrades: true, skipsQuiet: true, canFetch: false, source: 'stream' } as const;
    return { rules: { interval: whole, ...asked, ...ofTrades }, topicParams: {} };
  }
  const canFetch = adapter.rest.candles !== undefined;
  const isPolled = source === 'rest' || (made === undefined && !isStreamed(channel, text));
  return {
    rules: {
      interval: made ?? whole,
      ...(made && { whole }),
      ...asked,
      source: isPolled ? 'rest' : source === 'stream' ? 'stream' : 'auto',
      skipsQuiet,
      canFetch,
    },
    topicParams: isPolled ? undefined : { ...others, interval: made?.text ?? text },
  };
}

/** Intervals that the exchange has, streamed or by REST. */
function ownIntervals(
  { params: { interval }, candles }: ChannelDeclaration,
  { rest }: ExchangeAdapter,
): readonly string[] {
  const ofRest = rest.candles ? (candles?.restIntervals ?? []) : [];
  return [...(interval?.values.map(String) ?? []), ...ofRest];
}

function isStreamed({ params: { interval } }: ChannelDeclaration, text: string): boolean {
  return interval?.values.some((value) => String(value) === text) ?? false;
}

/**
 * What an interval is made of that the exchange does not have: the largest one that it streams of which each of its buckets
 * consists, or trades. Undefined where it cannot be made.
 */
function madeOf(
  { params: { interval }, candles }: ChannelDeclaration,
  { channels }: ExchangeAdapter,
  text: string,
  params: SubscriptionParams,
  kind: InstrumentKind | undefined,
): CandleInterval | 'trades' | undefined {
  if (!isCandleInterval(text)) return undefined;
  const whole = new CandleInterval(text, candles?.anchors?.(params));
  const part = interval?.values
    .map((value) => whole.sibling(String(value)))
    .filter((smaller) => whole.isMadeOf(smaller))
    .reduce<CandleInterval | undefined>(
      (largest, smaller) => (largest && largest.shortestMs >= smaller.shortestMs ? largest : smaller),
      undefined,
    );
  if (part) return part;
  // Those of funding are of some periods, as parameters say; its trades are of all.
  if (kind === 'funding') return undefined;
  return channels.trades && whole.isFixed && whole.shortestMs <= MAX_OF_TRADES_MS ? 'trades' : undefined;
}

/** The values that `history` takes: the one that is given, if it can be. */
function historyValues(
  given: ParamValue | undefined,
  canFetch: boolean,
): Pick<ParamDeclaration, 'values' | 'also'> {
  const history = /^\d{1,6}$/.test(String(given)) ? Number(given) : NaN;
  const most = canFetch ? MAX_HISTORY : 0;
  return {
    values: history > 0 && history <= most ? [0, history] : [0],
    ...(canFetch && { also: `any whole number to ${MAX_HISTORY}` }),
  };
}
