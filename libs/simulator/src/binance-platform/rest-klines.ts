import type { Candle } from '../market/candle.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { RestParameters } from './rest-parameters.ts';

/**
 * One page of candles, as all segments serve them.
 * @param without intervals that this segment does not have
 */
export function klinesOf(
  asked: RestParameters,
  now: number,
  largestLimit: number,
  without: readonly string[] = [],
): readonly unknown[] {
  const market = asked.symbol();
  const timeframe = asked.timeframe(without);
  const limit = asked.limit(500, largestLimit);
  const from = asked.integer('startTime');
  const to = asked.integer('endTime') ?? Infinity;
  market.closeCandles(now);
  const { closed, running } = market.candles(timeframe);
  const candles = [...closed, running].filter(
    ({ openTime }) => openTime >= (from ?? -Infinity) && openTime <= to,
  );
  // From a start the page runs forwards, otherwise it holds the latest.
  const page = from === undefined ? candles.slice(-limit) : candles.slice(0, limit);
  return page.map((candle) => klineRow(market, candle));
}

function klineRow({ format }: InstrumentMarket, candle: Candle): readonly unknown[] {
  const { price, amount, notional } = format;
  return [
    candle.openTime,
    price.text(candle.open),
    price.text(candle.high),
    price.text(candle.low),
    price.text(candle.close),
    amount.text(candle.volume),
    candle.endTime - 1,
    notional.text(candle.quoteVolume),
    candle.trades,
    amount.text(candle.takerBuyVolume),
    notional.text(candle.takerBuyQuoteVolume),
    '0',
  ];
}
