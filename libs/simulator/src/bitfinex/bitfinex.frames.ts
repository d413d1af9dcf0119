import type { BookSide } from '../market/book-side.ts';
import type { Candle } from '../market/candle.ts';
import type { Liquidation } from '../market/derivatives/liquidation.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { Trade } from '../market/tape.ts';
import { isFunding, periodOf } from './bitfinex.funding.ts';
import { signed, wireNumber } from './bitfinex.numbers.ts';

// Rows of the public channels as JSON texts, field by field as documented. Arrays may grow at their ends.

const DAY_MS = 86_400_000;
/** Amounts of a ticker are those of so many of the best levels, added up. */
const TICKER_LEVELS = 25;

export function list(rows: readonly string[]): string {
  return `[${rows.join(',')}]`;
}

/** Id, time, amount with the sign of the taker, price; what is lent has its days behind. */
export function tradeRow(market: InstrumentMarket, { id, time, ticks, lots, takerSide }: Trade): string {
  const { instrument, format } = market;
  const amount = signed(format.amount.text(lots), takerSide === 'sell');
  const fields = [String(id), String(Math.floor(time)), amount, wireNumber(format.price.text(ticks))];
  return list(isFunding(instrument.symbol) ? [...fields, String(periodOf(ticks))] : fields);
}

export function tickerRow(market: InstrumentMarket, now: number): string {
  return isFunding(market.instrument.symbol) ? fundingTickerRow(market, now) : pairTickerRow(market, now);
}

function pairTickerRow(market: InstrumentMarket, now: number): string {
  const { book, format } = market;
  const day = dayOf(market, now);
  return list([
    priceText(market, book.bids.price(0)),
    String(restingAmount(market, book.bids)),
    priceText(market, book.asks.price(0)),
    String(restingAmount(market, book.asks)),
    day.change,
    day.relativeChange,
    wireNumber(format.price.text(day.last)),
    wireNumber(format.amount.text(day.volume)),
    wireNumber(format.price.text(day.high)),
    wireNumber(format.price.text(day.low)),
    'null',
  ]);
}

function fundingTickerRow(market: InstrumentMarket, now: number): string {
  const { book, format } = market;
  const day = dayOf(market, now);
  const [bid, ask] = [book.bids.price(0), book.asks.price(0)];
  return list([
    String(returnRate(market, now)),
    priceText(market, bid),
    String(periodOf(bid ?? 0)),
    String(restingAmount(market, book.bids)),
    priceText(market, ask),
    String(periodOf(ask ?? 0)),
    String(restingAmount(market, book.asks)),
    day.change,
    day.relativeChange,
    wireNumber(format.price.text(day.last)),
    wireNumber(format.amount.text(day.volume)),
    wireNumber(format.price.text(day.high)),
    wireNumber(format.price.text(day.low)),
    'null',
    'null',
    String(restingAmount(market, book.asks) * 3),
  ]);
}

/** The mean of the day, which has more digits than any rate that somebody offers. */
function returnRate(market: InstrumentMarket, now: number): number {
  const { volume, quoteVolume, last } = market.rollingWindow(now, DAY_MS);
  const { price } = market.format;
  return (volume === 0 ? last : Number(quoteVolume) / volume) * Number(price.size);
}

function dayOf(
  market: InstrumentMarket,
  now: number,
): {
  readonly last: number;
  readonly high: number;
  readonly low: number;
  readonly volume: number;
  readonly change: string;
  readonly relativeChange: string;
} {
  const { last, open, high, low, volume } = market.rollingWindow(now, DAY_MS);
  return {
    last,
    high,
    low,
    volume,
    change: wireNumber(market.format.price.text(last - open)),
    relativeChange: wireNumber(((last - open) / open).toFixed(8)),
  };
}

/** Added up as doubles, which shows: `43.358118629999986`. */
function restingAmount({ format }: InstrumentMarket, side: BookSide): number {
  let sum = 0;
  for (let rank = 0; rank < Math.min(TICKER_LEVELS, side.length); rank++)
    sum += Number(format.amount.text(side.amount(rank)));
  return sum;
}

/** The close stands before high and low. */
export function candleRow({ format }: InstrumentMarket, candle: Candle): string {
  const { price, amount } = format;
  return list([
    String(candle.openTime),
    wireNumber(price.text(candle.open)),
    wireNumber(price.text(candle.close)),
    wireNumber(price.text(candle.high)),
    wireNumber(price.text(candle.low)),
    wireNumber(amount.text(candle.volume)),
  ]);
}

/** A position is closed: first what is to be done (`isMatch` 0), then what came of it. */
export function liquidationRow(
  { instrument, format }: InstrumentMarket,
  { time, side, ticks, lots, averageTicks }: Liquidation,
  id: number,
  isMatch: boolean,
): string {
  const { price, amount } = format;
  return list([
    '"pos"',
    String(id),
    String(Math.floor(time)),
    'null',
    JSON.stringify(instrument.symbol),
    // Of the position: the order that ends a short one buys.
    signed(amount.text(lots), side === 'buy'),
    wireNumber(price.text(ticks)),
    'null',
    isMatch ? '1' : '0',
    isMatch ? '1' : '0',
    'null',
    isMatch ? wireNumber(price.text(Math.round(averageTicks))) : 'null',
  ]);
}

function priceText({ format }: InstrumentMarket, ticks: number | undefined): string {
  return ticks === undefined ? 'null' : wireNumber(format.price.text(ticks));
}
