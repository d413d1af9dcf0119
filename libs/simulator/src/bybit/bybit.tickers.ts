import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { RollingWindow } from '../market/rolling-window.ts';
import { isInverse } from '../market/instrument.ts';
import type { BybitInstrument } from './bybit.instruments.ts';
import { fixed, fraction, placesOf } from './bybit.numbers.ts';
import type { TickDirections } from './bybit.trades.ts';

/** The fields of a ticker, by their names. */
export type TickerFields = Readonly<Record<string, string>>;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What funding can be at most, as a fraction. */
export const FUNDING_CAP = '0.005';

/** What a ticker is made of. */
export interface TickerSource {
  readonly market: InstrumentMarket;
  readonly instrument: BybitInstrument;
  readonly directions: TickDirections;
  readonly now: number;
}

/** Spot and spreads: without best bid and ask. */
export function spotFields(source: TickerSource): TickerFields {
  const { market, instrument } = source;
  const day = market.rollingWindow(source.now, DAY_MS);
  const { price, amount, notional } = market.format;
  return {
    symbol: instrument.nativeSymbol,
    lastPrice: price.text(day.last),
    highPrice24h: price.text(day.high),
    lowPrice24h: price.text(day.low),
    prevPrice24h: price.text(day.open),
    volume24h: amount.text(day.volume),
    turnover24h: notional.text(day.quoteVolume),
    price24hPcnt: fraction(changeOf(day), 4),
    // By which clients tell spot from other categories.
    ...(instrument.category === 'spot' && { usdIndexPrice: price.text(day.last) }),
  };
}

/** Perpetuals and futures. What a contract does not have is an empty text. */
export function futuresFields(source: TickerSource): TickerFields {
  const { market, instrument, directions, now } = source;
  const { contract, format } = market;
  if (contract === undefined) throw new TypeError(`${instrument.symbol} is no contract.`);
  const day = market.rollingWindow(now, DAY_MS);
  const hour = market.rollingWindow(now, HOUR_MS);
  const places = placesOf(instrument.tickSize);
  const { markPrice } = contract;
  const single = format.amount.text(contract.openInterest);
  const both = format.amount.text(2 * contract.openInterest);
  const valueOf = (amount: string): string =>
    fixed(isInverse(instrument) ? Number(amount) / markPrice : Number(amount) * markPrice, 2);
  const funding = contract.funding?.at(now);
  const { price } = format;
  return {
    symbol: instrument.nativeSymbol,
    tickDirection: directions.ofMarket(market),
    price24hPcnt: fixed(changeOf(day), 6),
    lastPrice: price.text(day.last),
    prevPrice24h: price.text(day.open),
    highPrice24h: price.text(day.high),
    lowPrice24h: price.text(day.low),
    prevPrice1h: price.text(hour.open),
    markPrice: fixed(markPrice, places),
    indexPrice: fixed(contract.indexPrice, places),
    // Of both sides of all positions; `single…` of one.
    openInterest: both,
    openInterestValue: valueOf(both),
    turnover24h: fixed(Number(format.notional.text(day.quoteVolume)), 4),
    volume24h: fixed(Number(format.amount.text(day.volume)), 4),
    fundingIntervalHour: funding === undefined ? '' : String(funding.intervalMs / HOUR_MS),
    fundingCap: funding === undefined ? '' : FUNDING_CAP,
    singleOpenInterest: single,
    singleOpenInterestValue: valueOf(single),
    nextFundingTime: funding === undefined ? '' : String(funding.nextTime),
    fundingRate: funding === undefined ? '' : fraction(funding.rate, 8),
    ...bestFields(source),
    preOpenPrice: '',
    preQty: '',
    curPreListingPhase: '',
  };
}

export function optionFields(source: TickerSource): TickerFields {
  const { market, instrument, now } = source;
  const { contract, format } = market;
  if (contract === undefined) throw new TypeError(`${instrument.symbol} is no contract.`);
  const { price, amount } = format;
  const day = market.rollingWindow(now, DAY_MS);
  const { bids, asks } = market.book;
  const { option, volatility } = contract;
  const volatilityAt = (ticks: number | undefined): string => {
    if (ticks === undefined) return '0';
    const away = Number(price.text(ticks)) - option.value;
    return fraction(Math.max(0, option.vega > 1e-9 ? volatility + away / option.vega / 100 : volatility), 4);
  };
  return {
    symbol: instrument.nativeSymbol,
    bidPrice: price.text(bids.price(0) ?? 0),
    bidSize: amount.text(bids.amount(0)),
    bidIv: volatilityAt(bids.price(0)),
    askPrice: price.text(asks.price(0) ?? 0),
    askSize: amount.text(asks.amount(0)),
    askIv: volatilityAt(asks.price(0)),
    lastPrice: price.text(day.last),
    highPrice24h: price.text(day.high),
    lowPrice24h: price.text(day.low),
    markPrice: fraction(option.value, 8),
    indexPrice: fixed(contract.indexPrice, 2),
    markPriceIv: fraction(volatility, 4),
    underlyingPrice: fraction(contract.forwardPrice, 8),
    openInterest: amount.text(contract.openInterest),
    turnover24h: fixed(Number(format.notional.text(day.quoteVolume)), 4),
    volume24h: amount.text(day.volume),
    totalVolume: String(Math.floor(Number(amount.text(day.volume)) * 30)),
    totalTurnover: String(Math.floor(Number(format.notional.text(day.quoteVolume)) * 30)),
    delta: fraction(option.delta, 8),
    gamma: fraction(option.gamma, 8),
    vega: fraction(option.vega, 8),
    theta: fraction(option.theta, 8),
    predictedDeliveryPrice: '0',
    change24h: fraction(changeOf(day), 8),
  };
}

/** Best bid and ask, as the tickers of contracts and of REST have them. */
export function bestFields({ market: { book, format } }: TickerSource): TickerFields {
  return {
    bid1Price: format.price.text(book.bids.price(0) ?? 0),
    bid1Size: format.amount.text(book.bids.amount(0)),
    ask1Price: format.price.text(book.asks.price(0) ?? 0),
    ask1Size: format.amount.text(book.asks.amount(0)),
  };
}

function changeOf({ open, last }: RollingWindow): number {
  return open === 0 ? 0 : (last - open) / open;
}
