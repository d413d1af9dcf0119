import type { LostRange, TradeEvent } from '@exchange-stream/market-data';
import type { TradeRow, TradeRules, TradesOperation, TradesQuery } from '../../contract/index.ts';
import { ContiguousTrades } from './contiguous-trades.ts';
import { RememberedTrades } from './remembered-trades.ts';

/** Trades that may wait for missed ones; beyond, those are given up. */
export const MAX_HELD = 10_000;

/** Answers that may fill one hole. */
export const MAX_PAGES = 20;

/** How often the same is asked for again: REST may be a moment behind the stream. */
export const MAX_TRIES = 4;

/** What is to be done with a row: it is new, or has come before, or waits for those that are missing before it. */
export type TradeFate = 'deliver' | 'drop' | 'hold';

/** The newest trade that is known; what an exchange is asked for the later ones by. */
export type TradeMark = TradesQuery['after'];

/** What trades wait for: the latest ones with which the exchange greets, or those after one by REST. */
export type TradesNeed =
  | { readonly kind: 'recent' }
  /** @param attempt how often the same has been asked for in vain */
  | { readonly kind: 'rest'; readonly after: TradeMark; readonly attempt: number };

/** An answer to what was asked for. */
export interface TradesAnswer {
  /** Oldest first. */
  readonly rows: readonly TradeRow[];
  /** Whether there are no later ones. */
  readonly isAll: boolean;
  readonly pagesBy: TradesOperation['pagesBy'];
}

/** What a series tells the flow that it is of. */
export interface TradeHooks {
  /** Makes the event of a row that was missed on the stream. */
  backfilled(row: TradeRow): TradeEvent;
  deliver(event: TradeEvent): void;
  /** Rows that did not come on the stream. */
  added(rows: number): void;
  /** Rows that say nothing new. */
  dropped(rows: number): void;
  /** Nothing is known to be missing. */
  flows(reason: string): void;
  broken(reason: string, lost: LostRange | undefined): void;
  /**
   * Asks; a later need replaces an earlier one, and `undefined` ends it. Returns whether it is asked for: if not, it cannot
   * be had. The answer never comes within the call.
   */
  need(need: TradesNeed | undefined): boolean;
}

/** The trades of one topic, each once and in order, whatever becomes of its connections. */
export interface TradeSeries {
  /** Rows that wait. */
  readonly waiting: number;
  /** Whether missed ones are asked for. */
  readonly isRecovering: boolean;
  /** Called with every row of the stream; of those to be held, `hold` takes the event right after. */
  judge(id: string, exchangeTime: number | undefined): TradeFate;
  hold(event: TradeEvent): void;
  /** The latest trades, as the exchange greets a subscription with them. */
  recent(rows: readonly TradeRow[]): void;
  found(answer: TradesAnswer): void;
  /** What was asked for cannot be had. */
  unavailable(reason: string): void;
  /** The exchange has confirmed the topic. */
  begin(reason: string): void;
  /** What comes from here on need not follow what came before. */
  interrupt(): void;
  /** What comes from here on is of another world, where nothing is known by what was there before. */
  leaveWorld(): void;
  /** Whether the trade is told already, or waits to be. */
  knows(id: string): boolean;
  /** What was missing and has come since this was last asked. */
  takeFilled(): LostRange | undefined;
}

/** What tells of one exchange's trades which are new and which are missing, as its ids allow. */
export function createTradeSeries(rules: TradeRules, hooks: TradeHooks): TradeSeries {
  return rules.ids === 'contiguous' ? new ContiguousTrades(hooks) : new RememberedTrades(rules, hooks);
}
