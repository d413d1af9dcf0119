import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { AggregateTrade, Trade } from '../market/tape.ts';
import { averagePrice, changePercent, type Payload } from '../binance-platform/frames.ts';
import { bookTickerFrame } from './binance.frames.ts';

// Bodies of the REST answers, key by key as Binance documents them (binance-spot-api-docs, rest-api).

const DAY_MS = 86_400_000;

export function tradeBody({ format }: InstrumentMarket, trade: Trade): Payload {
  return {
    id: trade.id,
    price: format.price.text(trade.ticks),
    qty: format.amount.text(trade.lots),
    quoteQty: format.notional.text(BigInt(trade.ticks) * BigInt(trade.lots)),
    time: trade.time,
    isBuyerMaker: trade.takerSide === 'sell',
    isBestMatch: true,
  };
}

export function aggTradeBody({ format }: InstrumentMarket, trade: AggregateTrade): Payload {
  return {
    a: trade.id,
    p: format.price.text(trade.ticks),
    q: format.amount.text(trade.lots),
    f: trade.firstTradeId,
    l: trade.lastTradeId,
    T: trade.time,
    m: trade.takerSide === 'sell',
    M: true,
  };
}

export function priceBody(market: InstrumentMarket): Payload {
  const last = market.tape.last?.ticks ?? market.book.bids.price(0) ?? 0;
  return { symbol: market.instrument.symbol, price: market.format.price.text(last) };
}

export function bookTickerBody(market: InstrumentMarket): Payload {
  const { s, b, B, a, A } = bookTickerFrame(market);
  return { symbol: s, bidPrice: b, bidQty: B, askPrice: a, askQty: A };
}

export function dayTickerBody(market: InstrumentMarket, now: number): Payload {
  const { price, amount, notional } = market.format;
  const day = market.rollingWindow(now, DAY_MS);
  const { symbol, ...best } = bookTickerBody(market);
  return {
    symbol,
    priceChange: price.text(day.last - day.open),
    priceChangePercent: changePercent(day),
    weightedAvgPrice: averagePrice(market, day),
    prevClosePrice: price.text(day.previousClose),
    lastPrice: price.text(day.last),
    lastQty: amount.text(market.tape.last?.lots ?? 0),
    ...best,
    openPrice: price.text(day.open),
    highPrice: price.text(day.high),
    lowPrice: price.text(day.low),
    volume: amount.text(day.volume),
    quoteVolume: notional.text(day.quoteVolume),
    openTime: now - DAY_MS,
    closeTime: now,
    firstId: day.firstTradeId,
    lastId: day.lastTradeId,
    count: day.trades,
  };
}
