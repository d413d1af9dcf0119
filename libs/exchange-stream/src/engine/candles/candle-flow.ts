import type { Candle, CandleRange, LostRange, Random } from '@exchange-stream/market-data';
import type { TradeRules } from '../../contract/index.ts';
import type { CandleHistory } from './candle-history.ts';
import type { CandleRules } from './candle-rules.ts';
import type { CandleHooks } from './candle-hooks.ts';
import type { CandleKeeper } from './candle-keeper.ts';
import { CandleSynchronizer } from './candle-synchronizer.ts';
import { DerivedCandles } from './derived-candles.ts';
import { TradeCandles, type TradesOfCandles } from './trade-candles.ts';

/** REST is asked so much later than at the end of a bucket, at most, in milliseconds: not for all series at once. */
const MAX_JITTER_MS = 2_000;

/** Who asks for candles on behalf of a flow. */
export interface CandleSource {
  /** The time of the exchange as far as it is known. */
  exchangeNow(): number;
  readonly random: Random;
  /** Candles are needed; a later need replaces an earlier one. */
  need(range: CandleRange): void;
  /** Wants the series to be woken after so long; a later wish replaces an earlier one. */
  wakeAfter(delayMs: number): void;
  /** Closed candles of a range. */
  history(range: CandleRange, signal: AbortSignal | undefined): Promise<CandleHistory>;
}

/** What a series does to the flow that it is of. */
export interface CandleFlow {
  readonly source: CandleSource;
  now(): number;
  deliver(candle: Candle): void;
  ended(fate: 'dropped' | 'rejected' | 'conflated' | 'lost', rows: number): void;
  added(rows: number): void;
  flows(reason: string): void;
  broken(reason: string, lost: LostRange): void;
  silent(reason: string): void;
}

/** The series of a flow, by its rules. */
export function createCandleSeries(rules: CandleRules, flow: CandleFlow): CandleKeeper {
  const { whole } = rules;
  return whole
    ? new DerivedCandles(rules, whole, hooksOf(flow), jitterOf(flow))
    : new CandleSynchronizer(rules, hooksOf(flow), jitterOf(flow));
}

/** The series of a flow that is fed with trades. */
export function createTradeCandles(
  rules: CandleRules,
  flow: CandleFlow,
  tradeRules: TradeRules,
  trades: TradesOfCandles,
): TradeCandles {
  return new TradeCandles(rules, tradeRules, hooksOf(flow), trades, jitterOf(flow));
}

function hooksOf(flow: CandleFlow): CandleHooks {
  const { source } = flow;
  return {
    now: () => flow.now(),
    exchangeNow: () => source.exchangeNow(),
    need: (range) => source.need(range),
    wakeAfter: (delayMs) => source.wakeAfter(delayMs),
    deliver: (candle) => flow.deliver(candle),
    settled: () => undefined,
    ended: (fate, rows) => flow.ended(fate, rows),
    added: (rows) => flow.added(rows),
    flows: (reason) => flow.flows(reason),
    broken: (reason, lost) => flow.broken(reason, lost),
    silent: (reason) => flow.silent(reason),
  };
}

function jitterOf({ source }: CandleFlow): number {
  return source.random.next() * MAX_JITTER_MS;
}
