import {
  klineFrame as plainKlineFrame,
  miniTickerFrame as plainMiniTickerFrame,
  windowFields,
  type Payload,
} from '../binance-platform/frames.ts';
import { MILLISECOND } from '../binance-platform/time-unit.ts';
import type { Candle } from '../market/candle.ts';
import type { DepthDiff } from '../market/depth-diff.ts';
import type { Liquidation } from '../market/derivatives/liquidation.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import { levelsText } from '../market/seeded-market.ts';
import type { AggregateTrade, Trade } from '../market/tape.ts';
import {
  contractTypeOf,
  deliveryDateOf,
  pairOf,
  PRODUCT_MARK,
  productOf,
  statusOf,
} from './futures.product.ts';

// Payloads of the market streams, key by key as the sheet and its samples have them.

const DAY_MS = 86_400_000;
/** One aggregate in so many met an order that only retail takers meet. */
const RPI_EVERY = 7;
const LARGEST_LAG_MS = 40;

/** Why a row stands on the tape: only the first is a trade of the market. */
export type PrintKind = 'MARKET' | 'INSURANCE_FUND' | 'ADL' | 'NA';

/** The product of a row. */
export function mark({ instrument }: InstrumentMarket): Payload {
  return { st: PRODUCT_MARK[productOf(instrument)] };
}

function pairAndMark(market: InstrumentMarket): Payload {
  return { ps: pairOf(market.instrument), ...mark(market) };
}

export function tradeFrame(market: InstrumentMarket, trade: Trade, kind: PrintKind): Payload {
  const { price, amount } = market.format;
  return {
    e: 'trade',
    E: trade.time,
    T: trade.time,
    s: market.instrument.symbol,
    t: trade.id,
    p: price.text(trade.ticks),
    q: amount.text(trade.lots),
    X: kind,
    m: trade.takerSide === 'sell',
    ...mark(market),
  };
}

export function aggTradeFrame(market: InstrumentMarket, trade: AggregateTrade, now: number): Payload {
  const { price, amount } = market.format;
  const retailLots = trade.id % RPI_EVERY === 0 ? Math.floor(trade.lots / 2) : 0;
  return {
    e: 'aggTrade',
    E: now,
    a: trade.id,
    s: market.instrument.symbol,
    p: price.text(trade.ticks),
    q: amount.text(trade.lots),
    nq: amount.text(trade.lots - retailLots),
    f: trade.firstTradeId,
    l: trade.lastTradeId,
    T: trade.time,
    m: trade.takerSide === 'sell',
    ...mark(market),
  };
}

/** How long ago the book changed when a frame about it was made: the time of the match lags behind that of the event. */
function lagMs({ book }: InstrumentMarket): number {
  return book.lastUpdateId % LARGEST_LAG_MS;
}

export function bookTickerFrame(market: InstrumentMarket, now: number): Payload {
  const { book, format } = market;
  return {
    e: 'bookTicker',
    u: book.lastUpdateId,
    E: now,
    T: now - lagMs(market),
    s: market.instrument.symbol,
    b: format.price.text(book.bids.price(0) ?? 0),
    B: format.amount.text(book.bids.amount(0)),
    a: format.price.text(book.asks.price(0) ?? 0),
    A: format.amount.text(book.asks.amount(0)),
    ...pairAndMark(market),
  };
}

/** Ids of what a publication holds: the change published before it, its first and its last one. */
export type DepthLink = Pick<DepthDiff, 'previousUpdateId' | 'firstUpdateId' | 'lastUpdateId'>;

export function depthUpdateFrame(market: InstrumentMarket, diff: DepthDiff, now: number): Payload {
  const { price, amount } = market.format;
  const text = ([ticks, lots]: readonly [number, number]): readonly [string, string] => [
    price.text(ticks),
    amount.text(lots),
  ];
  return { ...depthHead(market, diff, now), b: diff.bids.map(text), a: diff.asks.map(text) };
}

/** The best levels, all of them, in the clothes of an update. */
export function partialDepthFrame(
  market: InstrumentMarket,
  levels: number,
  link: DepthLink,
  now: number,
): Payload {
  const { book, format } = market;
  return {
    ...depthHead(market, link, now),
    b: levelsText(book.bids, format.price, format.amount, levels),
    a: levelsText(book.asks, format.price, format.amount, levels),
  };
}

function depthHead(market: InstrumentMarket, link: DepthLink, now: number): Payload {
  return {
    e: 'depthUpdate',
    E: now,
    T: now - lagMs(market),
    s: market.instrument.symbol,
    ...pairAndMark(market),
    U: link.firstUpdateId,
    u: link.lastUpdateId,
    pu: link.previousUpdateId,
  };
}

/** Coin-margined: `v` counts contracts, `q` coins. */
export function klineFrame(
  market: InstrumentMarket,
  candle: Candle,
  kline: { readonly interval: string; readonly closed: boolean; readonly now: number },
): Payload {
  return { ...plainKlineFrame(market, candle, kline, MILLISECOND), ...mark(market) };
}

export function continuousKlineFrame(
  market: InstrumentMarket,
  candle: Candle,
  kline: { readonly interval: string; readonly closed: boolean; readonly now: number },
  contractType: string,
): Payload {
  const { k } = plainKlineFrame(market, candle, kline, MILLISECOND);
  return {
    e: 'continuous_kline',
    E: kline.now,
    ct: contractType,
    k,
    ...pairAndMark(market),
  };
}

/** Without best bid and ask. */
export function tickerFrame(market: InstrumentMarket, now: number): Payload {
  const { p, P, w, c, ...rest } = windowFields(
    market,
    market.rollingWindow(now, DAY_MS),
    now,
    DAY_MS,
    MILLISECOND,
  );
  return {
    e: '24hrTicker',
    E: now,
    s: market.instrument.symbol,
    p,
    P,
    w,
    c,
    Q: market.format.amount.text(market.tape.last?.lots ?? 0),
    ...rest,
    ...pairAndMark(market),
  };
}

export function miniTickerFrame(market: InstrumentMarket, now: number): Payload {
  return { ...plainMiniTickerFrame(market, now, MILLISECOND), ...pairAndMark(market) };
}

/** Undefined for a market without a mark price. Contracts that are delivered have no funding. */
export function markPriceFrame(market: InstrumentMarket, now: number): Payload | undefined {
  const { contract, instrument } = market;
  if (contract === undefined) return undefined;
  const funding = contract.funding?.at(now);
  return {
    e: 'markPriceUpdate',
    E: now,
    s: instrument.symbol,
    p: eightPlaces(contract.markPrice),
    ap: eightPlaces((contract.markPrice + contract.indexPrice) / 2),
    i: eightPlaces(contract.indexPrice),
    P: eightPlaces(contract.indexPrice),
    r: funding === undefined ? '' : eightPlaces(funding.rate),
    T: funding?.nextTime ?? 0,
    ...mark(market),
  };
}

export function indexPriceFrame(market: InstrumentMarket, now: number): Payload {
  return {
    e: 'indexPriceUpdate',
    E: now,
    i: pairOf(market.instrument),
    p: eightPlaces(market.contract?.indexPrice ?? 0),
    ...mark(market),
  };
}

export function forceOrderFrame(market: InstrumentMarket, liquidation: Liquidation, now: number): Payload {
  const { price, amount } = market.format;
  const lots = amount.text(liquidation.lots);
  return {
    e: 'forceOrder',
    E: now,
    o: {
      s: market.instrument.symbol,
      S: liquidation.side.toUpperCase(),
      o: 'LIMIT',
      f: 'IOC',
      q: lots,
      p: price.text(liquidation.ticks),
      ap: averageText(market, liquidation.averageTicks),
      X: 'FILLED',
      l: lots,
      z: lots,
      T: liquidation.time,
    },
    ...pairAndMark(market),
  };
}

/** A symbol is new, or its status is another one. */
export function contractInfoFrame(market: InstrumentMarket, isHalted: boolean, now: number): Payload {
  const { instrument } = market;
  return {
    e: 'contractInfo',
    E: now,
    s: instrument.symbol,
    ct: contractTypeOf(instrument, now),
    dt: deliveryDateOf(instrument),
    cs: statusOf(market, isHalted),
    ...pairAndMark(market),
  };
}

export function eightPlaces(value: number): string {
  return value.toFixed(8);
}

function averageText({ instrument }: InstrumentMarket, ticks: number): string {
  return eightPlaces(ticks * Number(instrument.tickSize));
}
