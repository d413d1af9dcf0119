import type { Candle, CandleInterval, CandleNumbers } from '@exchange-stream/market-data';
import type { CandleRow } from '../../contract/index.ts';
import type { CandleNews } from './pending-candles.ts';

/** A candle as consumers are told of it: what it says, with the bucket as its number has it. */
export function toldCandle(
  interval: CandleInterval,
  index: number,
  numbers: CandleNumbers,
  {
    receivedAt,
    exchangeTime,
    source,
  }: Pick<CandleNews, 'receivedAt' | 'exchangeTime'> & Pick<Candle, 'source'>,
  closed: boolean,
): Candle {
  const { quoteVolume, tradeCount, takerBuyBaseVolume, takerBuyQuoteVolume } = numbers;
  return {
    interval: interval.text,
    openTime: interval.openTime(index),
    closeTime: interval.openTime(index + 1),
    open: numbers.open,
    high: numbers.high,
    low: numbers.low,
    close: numbers.close,
    baseVolume: numbers.baseVolume,
    ...(quoteVolume !== undefined && { quoteVolume }),
    ...(tradeCount !== undefined && { tradeCount }),
    ...(takerBuyBaseVolume !== undefined && { takerBuyBaseVolume }),
    ...(takerBuyQuoteVolume !== undefined && { takerBuyQuoteVolume }),
    closed,
    source,
    ...(exchangeTime !== undefined && { exchangeTime }),
    receivedAt,
  };
}

/** A row as it came, where nothing is known of how its series is kept right. */
export function candleOfRow(receivedAt: number, exchangeTime: number | undefined, row: CandleRow): Candle {
  const { tradeIds: _, closed = false, ...said } = row;
  return {
    ...said,
    closed,
    source: 'stream',
    receivedAt,
    ...(exchangeTime !== undefined && { exchangeTime }),
  };
}
