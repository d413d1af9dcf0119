import {
  candleOfTrade,
  joinCandles,
  type Candle,
  type CandleNumbers,
  type CandleRange,
  type CandleSeries,
  type LostRange,
  type TradeEvent,
} from '@exchange-stream/market-data';
import type { TradeRules } from '../../contract/index.ts';
import { createTradeSeries, type TradeHooks, type TradeSeries } from '../trades/trade-series.ts';
import type { CandleHooks } from './candle-hooks.ts';
import type { CandleKeeper } from './candle-keeper.ts';
import type { CandleRules } from './candle-rules.ts';
import { CandleSynchronizer } from './candle-synchronizer.ts';

/** What the trades of one bucket come to. */
interface TradedBucket {
  readonly index: number;
  numbers: CandleNumbers;
  readonly firstId: string;
  lastId: string;
}

/** What a series of trades needs from the flow that candles are made in. */
export type TradesOfCandles = Pick<TradeHooks, 'backfilled' | 'added' | 'dropped' | 'need'>;

/**
 * Candles of an interval that the exchange does not have, made of its trades: of each once and in order, those that were
 * missed and could be had by REST included. A bucket of which a trade is missing is left out, and told as a gap; so is
 * nothing of the one that runs when the trades begin.
 */
export class TradeCandles implements CandleKeeper {
  readonly keepsPast = true;
  readonly trades: TradeSeries;
  private readonly candles: CandleSynchronizer;
  private running: TradedBucket | undefined;
  /** A trade may come that belongs to the bucket before. */
  private before: TradedBucket | undefined;
  /** Number of the first bucket of which all trades are known; undefined before the trades begin. */
  private whole: number | undefined;
  /** Trades were lost just before the one that comes next. */
  private isAfterLoss = false;
  private isStreaming = false;
  /** Trades may have been missed: only the next one shows whether any were. */
  private isUnproven = false;
  /** By the exchange's clock: the newest trade that was told. */
  private newestTime = -Infinity;
  /** What was told to be asked for. */
  private asked: CandleRange | undefined;

  constructor(
    private readonly rules: CandleRules,
    private readonly tradeRules: TradeRules,
    private readonly hooks: CandleHooks,
    trades: TradesOfCandles,
    jitterMs = 0,
  ) {
    this.candles = new CandleSynchronizer(
      rules,
      { ...hooks, exchangeNow: () => this.knownUntil, flows: (reason) => this.flows(reason) },
      jitterMs,
    );
    this.trades = createTradeSeries(tradeRules, {
      ...trades,
      deliver: (trade) => this.trade(trade),
      flows: (reason) => this.flows(reason),
      broken: (reason, lost) => this.broken(reason, lost),
    });
  }

  get series(): CandleSeries {
    return this.candles.series;
  }

  get live(): boolean {
    return this.isStreaming && this.candles.live && !this.trades.isRecovering;
  }

  get waiting(): number {
    return this.candles.waiting + this.trades.waiting;
  }

  get isSeeding(): boolean {
    return this.trades.isRecovering;
  }

  get isPolled(): boolean {
    return this.candles.isPolled;
  }

  get isReady(): boolean {
    return this.live && this.candles.isReady;
  }

  takeFilled(): CandleRange | undefined {
    const { asked } = this;
    if (!this.trades.takeFilled()) return undefined;
    this.asked = undefined;
    return asked;
  }

  snapshot(): Candle[] {
    return this.candles.snapshot();
  }

  begin(): void {
    const { interval, settlesWithinMs } = this.rules;
    // The exchange's clock may be a little before what is known of it.
    this.whole ??= interval.indexOf(this.hooks.exchangeNow() + settlesWithinMs) + 1;
    this.isStreaming = true;
    this.candles.begin();
    this.trades.begin('trades flow');
  }

  /** Trades may be missing from here on. What they have come to is told when the next one shows whether any are. */
  reset(): void {
    this.isStreaming = false;
    this.isUnproven = true;
    this.trades.interrupt();
  }

  /** The next one of the trades. */
  trade(trade: TradeEvent): void {
    const { id, exchangeTime, receivedAt } = trade;
    const time = exchangeTime ?? receivedAt;
    const index = this.rules.interval.indexOf(time);
    this.isUnproven = false;
    this.newestTime = Math.max(this.newestTime, time);
    if (this.isAfterLoss) this.leaveOut(index, 'trades of it are missing');
    this.isAfterLoss = false;
    const bucket = index >= (this.whole ?? Infinity) ? this.add(index, id, trade) : undefined;
    if (!bucket) return this.hooks.ended('dropped', 1);
    const { interval } = this.rules;
    const areCounted = this.tradeRules.ids === 'contiguous';
    this.candles.row(receivedAt, exchangeTime, {
      ...bucket.numbers,
      interval: interval.text,
      openTime: interval.openTime(index),
      closeTime: interval.openTime(index + 1),
      ...(areCounted && { tradeIds: { first: Number(bucket.firstId), last: Number(bucket.lastId) } }),
    });
  }

  /** Up to this time every trade is known, by the exchange's clock. */
  private get knownUntil(): number {
    const isKnown = !this.isUnproven && !this.trades.isRecovering;
    return isKnown ? this.hooks.exchangeNow() : this.newestTime;
  }

  row(): void {
    this.hooks.ended('rejected', 1);
  }

  found(): void {
    // Nothing is ever asked for.
  }

  unavailable(): void {
    // Nothing is ever asked for.
  }

  withdrawn(): void {
    this.candles.withdrawn();
  }

  leaveWorld(): void {
    this.trades.leaveWorld();
    this.candles.leaveWorld();
    this.running = this.before = this.whole = this.asked = undefined;
    this.isAfterLoss = this.isUnproven = false;
    this.newestTime = -Infinity;
  }

  wake(): void {
    this.candles.wake();
  }

  /** Takes a trade in; undefined where its bucket is too long ago. */
  private add(index: number, id: string, { price, amount, side }: TradeEvent): TradedBucket | undefined {
    const traded = candleOfTrade(price, amount, side);
    const { running, before } = this;
    const bucket = running?.index === index ? running : before?.index === index ? before : undefined;
    if (bucket) {
      bucket.numbers = joinCandles(bucket.numbers, traded);
      bucket.lastId = id;
      return bucket;
    }
    if (running && index < running.index) return undefined;
    this.before = running;
    this.running = { index, numbers: traded, firstId: id, lastId: id };
    return this.running;
  }

  /** Trades or candles follow each other. */
  private flows(reason: string): void {
    if (this.live) this.hooks.flows(reason);
  }

  private broken(reason: string, lost: LostRange | undefined): void {
    const now = this.rules.interval.indexOf(this.hooks.exchangeNow());
    if (lost && 'asked' in lost && lost.asked) {
      const { interval } = this.rules;
      const from = Math.min(this.running?.index ?? now, now);
      this.asked = { from: interval.openTime(from), to: interval.openTime(now) };
      return this.hooks.broken(reason, { ...this.asked, asked: true });
    }
    this.isAfterLoss = true;
    this.isUnproven = false;
    this.leaveOut(now, reason);
  }

  private leaveOut(to: number, reason: string): void {
    if (to < (this.whole ?? Infinity)) return;
    this.running = this.before = undefined;
    this.whole = to + 1;
    this.candles.leavesOutTo(to, reason);
  }
}
