import type { Clock } from '@exchange-stream/market-data';
import type { Candle } from '../market/candle.ts';
import type { Liquidation } from '../market/derivatives/liquidation.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { Pace } from '../market/pace.ts';
import type { Trade } from '../market/tape.ts';
import type { Timeframe } from '../market/timeframe.ts';

/** A part of a frame, ready for JSON. */
export type Payload = Readonly<Record<string, unknown>>;

/** What flows in one topic. Of what happens it is told only while somebody listens. */
export interface Feed {
  /**
   * What a newcomer gets at once; undefined where that is nothing.
   * @param isFirst nobody listened until now: what was published last is long ago
   */
  greeting(isFirst: boolean): Payload | undefined;
  bookChanged?(): void;
  /** What one taker order traded. */
  traded?(market: InstrumentMarket, order: readonly Trade[]): void;
  candleClosed?(timeframe: Timeframe, candle: Candle): void;
  liquidated?(liquidation: Liquidation): void;
  /** Every tenth of a second. @param due true once in each period, a multiple of 100 ms */
  beat?(due: (periodMs: number) => boolean): void;
  /** The market stands still from now on: what is to be told is told now. */
  flush?(): void;
}

/** What a feed needs around it. */
export interface FeedSurroundings {
  readonly clock: Clock;
  /** The topic by its name. */
  readonly topic: string;
  /** To everybody who listens. */
  send(frame: Payload): void;
  /** Of all feeds that are published so often. */
  readonly pace: (periodMs: number) => Pace<PacedFeed>;
}

/** A feed that waits for its turn. */
export interface PacedFeed {
  publish(): void;
}

/**
 * The head of a frame. The order of its keys differs between spot and the others, as was recorded: a client must not
 * count on it.
 */
export function head(topic: string, type: 'snapshot' | 'delta', now: number, isSpot: boolean): Payload {
  const ts = Math.floor(now);
  return isSpot ? { topic, ts, type } : { topic, type, ts };
}
