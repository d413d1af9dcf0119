import type { Candle } from '../market/candle.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { RollingWindow } from '../market/rolling-window.ts';
import { levelsText } from '../market/seeded-market.ts';
import type { AggregateTrade, Trade } from '../market/tape.ts';
import type { DepthDiff } from '../market/depth-diff.ts';
import { TICKER_WINDOWS, type TickerWindow } from './binance.streams.ts';
import type { TimeUnit } from './binance.time-unit.ts';

// Payloads of the market streams, key by key as Binance documents them (binance-spot-api-docs, web-socket-streams).

/** A part of a frame, ready for JSON. */
export type Payload = Readonly<Record<string, unknown>>;

const DAY_MS = 86_400_000;

export function tradeFrame(market: InstrumentMarket, trade: Trade, unit: TimeUnit): Payload {
  return {
    e: 'trade',
    E: unit.at(trade.time),
    s: market.instrument.symbol,
    t: trade.id,
    ...matchFields(market, trade, unit),
  };
}

export function aggTradeFrame(market: InstrumentMarket, trade: AggregateTrade, unit: TimeUnit): Payload {
  const { p, q, ...rest } = matchFields(market, trade, unit);
  return {
    e: 'aggTrade',
    E: unit.at(trade.time),
    s: market.instrument.symbol,
    a: trade.id,
    p,
    q,
    f: trade.firstTradeId,
    l: trade.lastTradeId,
    ...rest,
  };
}

/** Best bid and ask; the payload has neither a type nor a time. */
export function bookTickerFrame(market: InstrumentMarket): Payload {
  const { book, format } = market;
  return {
    u: book.lastUpdateId,
    s: market.instrument.symbol,
    b: format.price.text(book.bids.price(0) ?? 0),
    B: format.amount.text(book.bids.amount(0)),
    a: format.price.text(book.asks.price(0) ?? 0),
    A: format.amount.text(book.asks.amount(0)),
  };
}

export function depthUpdateFrame(
  market: InstrumentMarket,
  diff: DepthDiff,
  now: number,
  unit: TimeUnit,
): Payload {
  const { price, amount } = market.format;
  const text = ([ticks, lots]: readonly [number, number]): readonly [string, string] => [
    price.text(ticks),
    amount.text(lots),
  ];
  return {
    e: 'depthUpdate',
    E: unit.at(now),
    s: market.instrument.symbol,
    U: diff.firstUpdateId,
    u: diff.lastUpdateId,
    b: diff.bids.map(text),
    a: diff.asks.map(text),
  };
}

/** The best levels, which is also what REST serves; the payload does not name its symbol. */
export function partialDepthFrame({ book, format }: InstrumentMarket, levels: number): Payload {
  return {
    lastUpdateId: book.lastUpdateId,
    bids: levelsText(book.bids, format.price, format.amount, levels),
    asks: levelsText(book.asks, format.price, format.amount, levels),
  };
}

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

export function tickerFrame(market: InstrumentMarket, now: number, unit: TimeUnit): Payload {
  const { price, amount } = market.format;
  const day = market.rollingWindow(now, DAY_MS);
  const { b, B, a, A } = bookTickerFrame(market);
  const { p, P, w, ...rest } = windowFields(market, day, now, DAY_MS, unit);
  const lastLots = market.tape.last?.lots ?? 0;
  return {
    e: '24hrTicker',
    E: unit.at(now),
    s: market.instrument.symbol,
    p,
    P,
    w,
    x: price.text(day.previousClose),
    Q: amount.text(lastLots),
    b,
    B,
    a,
    A,
    ...rest,
  };
}

export function windowTickerFrame(
  market: InstrumentMarket,
  window: TickerWindow,
  now: number,
  unit: TimeUnit,
): Payload {
  const lengthMs = TICKER_WINDOWS[window];
  return {
    e: `${window}Ticker`,
    E: unit.at(now),
    s: market.instrument.symbol,
    ...windowFields(market, market.rollingWindow(now, lengthMs), now, lengthMs, unit),
  };
}

/** Volume-weighted mean price, cut to whole ticks. */
export function averagePrice(market: InstrumentMarket, window: RollingWindow): string {
  if (window.volume === 0) return market.format.price.text(window.last);
  return market.format.price.text(window.quoteVolume / BigInt(window.volume));
}

/** Price change in percent, with three decimal places. */
export function changePercent(window: RollingWindow): string {
  return (((window.last - window.open) / window.open) * 100).toFixed(3);
}

function windowFields(
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

function matchFields({ format }: InstrumentMarket, trade: Trade, unit: TimeUnit): Payload {
  return {
    p: format.price.text(trade.ticks),
    q: format.amount.text(trade.lots),
    T: unit.at(trade.time),
    // m: the buyer was the maker, so the taker sold.
    m: trade.takerSide === 'sell',
    M: true,
  };
}
