import type { InstrumentMarket } from '../market/instrument-market.ts';
import { levelsText } from '../market/seeded-market.ts';
import type { AggregateTrade, Trade } from '../market/tape.ts';
import type { DepthDiff } from '../market/depth-diff.ts';
import { windowFields, type Payload } from '../binance-platform/frames.ts';
import { TICKER_WINDOWS, type TickerWindow } from './binance.streams.ts';
import type { TimeUnit } from '../binance-platform/time-unit.ts';

// Payloads of the market streams, key by key as Binance documents them (binance-spot-api-docs, web-socket-streams).

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
