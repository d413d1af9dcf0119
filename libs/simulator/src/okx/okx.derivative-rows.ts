import { deliveryTimeOf } from '../market/derivatives/contract.ts';
import type { ContractMarket } from '../market/derivatives/contract-market.ts';
import type { Liquidation } from '../market/derivatives/liquidation.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import { isInverse } from '../market/instrument.ts';
import type { Trade } from '../market/tape.ts';
import type { Payload } from './okx.frames.ts';
import { familyOf, instTypeOf } from './okx.topics.ts';

/** So far a price may lie from the mark price. */
const PRICE_BAND = 0.02;
const HOUR_MS = 3_600_000;
const LARGEST_FUNDING_RATE = '0.0075';

/** A derivative, and what makes it one. */
export interface Derivative {
  readonly market: InstrumentMarket;
  readonly contract: ContractMarket;
}

export function markPriceRow(derivative: Derivative, now: number): Payload {
  return { ...idsOf(derivative), markPx: markPrice(derivative), ts: String(now) };
}

export function fundingRow(derivative: Derivative, now: number): Payload | undefined {
  const funding = derivative.contract.funding?.at(now);
  if (funding === undefined) return undefined;
  return {
    ...idsOf(derivative),
    method: 'current_period',
    fundingRate: decimalText(funding.rate, 8),
    nextFundingRate: '',
    fundingTime: String(funding.nextTime),
    nextFundingTime: String(funding.nextTime + funding.intervalMs),
    minFundingRate: `-${LARGEST_FUNDING_RATE}`,
    maxFundingRate: LARGEST_FUNDING_RATE,
    settState: 'settled',
    settFundingRate: decimalText(funding.lastRate, 8),
    ts: String(now),
  };
}

export function openInterestRow({ market, contract }: Derivative, now: number): Payload {
  const { format, instrument } = market;
  const face = Number(format.face.text(contract.openInterest));
  const coins = isInverse(instrument) ? face / contract.indexPrice : face;
  return {
    ...idsOf({ market, contract }),
    oi: format.amount.text(contract.openInterest),
    oiCcy: decimalText(coins, 8),
    oiUsd: decimalText(coins * contract.indexPrice, 4),
    ts: String(now),
  };
}

export function priceLimitRow({ market, contract }: Derivative, now: number): Payload {
  const { price } = market.format;
  const limit = (factor: number): string => price.text(Math.max(1, price.count(contract.markPrice * factor)));
  return {
    ...idsOf({ market, contract }),
    buyLmt: limit(1 + PRICE_BAND),
    sellLmt: limit(1 - PRICE_BAND),
    enabled: true,
    ts: String(now),
  };
}

/** Of an order that closed a position: the position was on the other side. */
export function liquidationRow(market: InstrumentMarket, liquidation: Liquidation): Payload {
  const { price, amount } = market.format;
  const { side, ticks, lots, time } = liquidation;
  const details = {
    bkLoss: '0',
    bkPx: price.text(ticks),
    ccy: '',
    posSide: side === 'sell' ? 'long' : 'short',
    side,
    sz: amount.text(lots),
    ts: String(time),
  };
  const family = familyOf(market);
  return {
    details: [details],
    instFamily: family,
    instId: market.instrument.symbol,
    instType: instTypeOf(market),
    uly: family,
  };
}

/** Greeks in the coin, and those of Black and Scholes in dollars (`BS`). */
export function optionRow(derivative: Derivative, now: number): Payload {
  const { contract } = derivative;
  const { delta, gamma, vega, theta } = contract.option;
  const { volatility, forwardPrice, markPrice: premium } = contract;
  return {
    ...idsOf(derivative),
    uly: familyOf(derivative.market),
    delta: decimalText(delta - premium, 10),
    gamma: decimalText(gamma * forwardPrice, 10),
    theta: decimalText(theta / forwardPrice, 10),
    vega: decimalText(vega / forwardPrice, 10),
    deltaBS: decimalText(delta, 10),
    gammaBS: decimalText(gamma, 10),
    thetaBS: decimalText(theta, 10),
    vegaBS: decimalText(vega, 10),
    realVol: '0',
    bidVol: decimalText(volatility * 0.99, 6),
    askVol: decimalText(volatility * 1.01, 6),
    markVol: decimalText(volatility, 6),
    lever: decimalText(premium > 0 ? 1 / premium : 0, 4),
    fwdPx: decimalText(forwardPrice, 10),
    ts: String(now),
  };
}

/** One fill of an option, with what it was worth by other measures. */
export function optionTradeRow(derivative: Derivative, trade: Trade): Payload | undefined {
  const { market, contract } = derivative;
  if (contract.contract.kind !== 'option') return undefined;
  return {
    fillVol: decimalText(contract.volatility, 16),
    fwdPx: decimalText(contract.forwardPrice, 10),
    idxPx: decimalText(contract.indexPrice, 6),
    instFamily: familyOf(market),
    instId: market.instrument.symbol,
    markPx: markPrice(derivative),
    optType: contract.contract.right === 'call' ? 'C' : 'P',
    px: market.format.price.text(trade.ticks),
    side: trade.takerSide,
    sz: market.format.amount.text(trade.lots),
    tradeId: String(trade.id),
    ts: String(trade.time),
  };
}

/** Told in the last hour before delivery only. */
export function estimatedPriceRow(derivative: Derivative, now: number): Payload | undefined {
  const { contract } = derivative;
  const deliveryTime = deliveryTimeOf(contract.contract);
  if (deliveryTime === undefined || deliveryTime - now > HOUR_MS) return undefined;
  return { ...idsOf(derivative), settlePx: decimalText(contract.indexPrice, 6), ts: String(now) };
}

/** What an index has been since somebody first looked. */
export interface IndexRange {
  readonly open: number;
  high: number;
  low: number;
}

export function indexRow(instId: string, price: number, range: IndexRange, now: number): Payload {
  const text = (value: number): string => decimalText(value, 6);
  return {
    instId,
    idxPx: text(price),
    high24h: text(range.high),
    low24h: text(range.low),
    open24h: text(range.open),
    sodUtc0: text(range.open),
    sodUtc8: text(range.open),
    ts: String(now),
  };
}

/** At most so many decimal places, without zeros at the end. */
export function decimalText(value: number, places: number): string {
  const text = value.toFixed(places);
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return short === '-0' ? '0' : short;
}

function idsOf({ market }: Derivative): Payload {
  return { instType: instTypeOf(market), instId: market.instrument.symbol };
}

/** Of options to more places than they are quoted in. */
function markPrice({ market, contract }: Derivative): string {
  const places = (market.instrument.tickSize.split('.')[1] ?? '').length;
  return decimalText(contract.markPrice, contract.contract.kind === 'option' ? 16 : places);
}
