import type { Candle } from '../market/candle.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import { isInverse } from '../market/instrument.ts';
import type { RollingWindow } from '../market/rolling-window.ts';
import type { TimeUnit } from './time-unit.ts';

// Payloads that all segments send alike, key by key as Binance documents them.

/** A part of a frame, ready for JSON. */
export type Payload = Readonly<Record<string, unknown>>;

const DAY_MS = 86_400_000;

export function klineFrame(
  market: InstrumentMarket,
  candle: Candle,
  kline: { readonly interval: string; readonly closed: boolean; readonly now: number },
  unit: TimeUnit,
): Payload {
  const { price, amount, notional } = market.format;
  const symbol = market.instrument.symbol;
  return {
    e: 'kline',
    E: unit.at(kline.now),
    s: symbol,
    k: {
      t: unit.at(candle.openTime),
      T: unit.lastBefore(candle.endTime),
      s: symbol,
      i: kline.interval,
      f: candle.firstTradeId,
      L: candle.lastTradeId,
      o: price.text(candle.open),
      c: price.text(candle.close),
      h: price.text(candle.high),
      l: price.text(candle.low),
      v: amount.text(candle.volume),
      n: candle.trades,
      x: kline.closed,
      q: notional.text(candle.quoteVolume),
      V: amount.text(candle.takerBuyVolume),
      Q: notional.text(candle.takerBuyQuoteVolume),
      B: '0',
    },
  };
}

export function miniTickerFrame(market: InstrumentMarket, now: number, unit: TimeUnit): Payload {
  const { price, amount, notional } = market.format;
  const day = market.rollingWindow(now, DAY_MS);
  return {
    e: '24hrMiniTicker',
    E: unit.at(now),
    s: market.instrument.symbol,
    c: price.text(day.last),
    o: price.text(day.open),
    h: price.text(day.high),
    l: price.text(day.low),
    v: amount.text(day.volume),
    q: notional.text(day.quoteVolume),
  };
}

/** What a ticker tells of its window. */
export function windowFields(
  market: InstrumentMarket,
  window: RollingWindow,
  now: number,
  lengthMs: number,
  unit: TimeUnit,
): Payload {
  const { price, amount, notional } = market.format;
  return {
    p: price.text(window.last - window.open),
    P: changePercent(window),
    w: averagePrice(market, window),
    c: price.text(window.last),
    o: price.text(window.open),
    h: price.text(window.high),
    l: price.text(window.low),
    v: amount.text(window.volume),
    q: notional.text(window.quoteVolume),
    O: unit.at(now - lengthMs),
    C: unit.at(now),
    F: window.firstTradeId,
    L: window.lastTradeId,
    n: window.trades,
  };
}

/** Volume-weighted mean price, cut to whole ticks; of inverse contracts, which divide by the price, rounded. */
export function averagePrice(market: InstrumentMarket, window: RollingWindow): string {
  if (window.volume === 0) return market.format.price.text(window.last);
  if (isInverse(market.instrument)) return inverseAverage(market, window);
  return market.format.price.text(window.quoteVolume / BigInt(window.volume));
}

/** Price change in percent, with three decimal places. */
export function changePercent(window: RollingWindow): string {
  return (((window.last - window.open) / window.open) * 100).toFixed(3);
}

function inverseAverage({ format }: InstrumentMarket, window: RollingWindow): string {
  const value = Number(format.face.text(window.volume)) / Number(format.notional.text(window.quoteVolume));
  return format.price.text(format.price.count(value));
}
