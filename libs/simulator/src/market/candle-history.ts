import type { Candle } from './candle.ts';
import type { Chance } from './chance.ts';

const MINUTE_MS = 60_000;
const MINUTES_PER_DAY = 1440;

export interface HistoryParameters {
  /** First instant of the history, and the instant at which the live market takes over; whole minutes. */
  readonly startTime: number;
  readonly endTime: number;
  /** Price at which the last candle closes, and the id of the first trade after it. */
  readonly endTicks: number;
  readonly endTradeId: number;
  readonly dailyVolatility: number;
  readonly tradesPerMinute: number;
  readonly medianLots: number;
  /** What so many lots cost at a price. */
  readonly turnover: (ticks: number, lots: number) => bigint;
}

/**
 * One-minute candles of a past that leads to the live market's first price. Written backwards, so that prices, times
 * and trade ids join without a seam.
 */
export function candleHistory(parameters: HistoryParameters, chance: Chance): Candle[] {
  const { startTime, endTime, endTicks, endTradeId, dailyVolatility, turnover } = parameters;
  const volatility = dailyVolatility / Math.sqrt(MINUTES_PER_DAY);
  const candles: Candle[] = [];
  let close = endTicks;
  let nextTradeId = endTradeId;
  for (let openTime = endTime - MINUTE_MS; openTime >= startTime && nextTradeId > 1; openTime -= MINUTE_MS) {
    const open = Math.max(2, Math.round(close * Math.exp(volatility * chance.normal())));
    const reach = close * volatility * 0.5;
    const trades = Math.min(
      nextTradeId - 1,
      Math.max(1, Math.round(parameters.tradesPerMinute * Math.exp(0.4 * chance.normal()))),
    );
    const volume = Math.max(
      trades,
      Math.round(trades * parameters.medianLots * Math.exp(0.3 * chance.normal())),
    );
    const takerBuyVolume = Math.round(volume * (0.3 + 0.4 * chance.uniform()));
    const high = Math.max(open, close) + Math.round(chance.exponential(reach));
    const low = Math.max(1, Math.min(open, close) - Math.round(chance.exponential(reach)));
    const meanTicks = Math.round((open + close + high + low) / 4);
    candles.push({
      openTime,
      endTime: openTime + MINUTE_MS,
      open,
      high,
      low,
      close,
      volume,
      quoteVolume: turnover(meanTicks, volume),
      trades,
      takerBuyVolume,
      takerBuyQuoteVolume: turnover(meanTicks, takerBuyVolume),
      firstTradeId: nextTradeId - trades,
      lastTradeId: nextTradeId - 1,
    });
    nextTradeId -= trades;
    close = open;
  }
  return candles.reverse();
}
