import type { Random } from '@exchange-stream/market-data';
import type { Candle } from '../market/candle.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { Trade } from '../market/tape.ts';
import type { Payload } from './bybit.feed.ts';
import type { Listing } from './bybit.listings.ts';
import { fraction, short } from './bybit.numbers.ts';
import { bestFields, futuresFields, optionFields, spotFields, type TickerSource } from './bybit.tickers.ts';
import { isBlock, isRpi, tradeId } from './bybit.trades.ts';

// Rows of the REST answers, newest first where they have a time.

export function klineRow({ format }: InstrumentMarket, candle: Candle): readonly string[] {
  const { price, amount, notional } = format;
  return [
    String(candle.openTime),
    short(price.text(candle.open)),
    short(price.text(candle.high)),
    short(price.text(candle.low)),
    short(price.text(candle.close)),
    short(amount.text(candle.volume)),
    short(notional.text(candle.quoteVolume)),
  ];
}

export function tradeRow({ market, instrument }: Listing, trade: Trade): Payload {
  const { price, amount } = market.format;
  return {
    execId: tradeId(instrument.category, trade),
    symbol: instrument.nativeSymbol,
    price: price.text(trade.ticks),
    size: amount.text(trade.lots),
    side: trade.takerSide === 'buy' ? 'Buy' : 'Sell',
    time: String(Math.floor(trade.time)),
    isBlockTrade: isBlock(trade),
    isRPITrade: isRpi(trade),
  };
}

export function tickerRow(source: TickerSource): Payload {
  switch (source.instrument.category) {
    case 'spot':
    case 'spread': {
      const { symbol, ...rest } = spotFields(source);
      return { symbol, ...bestFields(source), ...rest };
    }
    case 'option':
      return optionFields(source);
    case 'linear':
    case 'inverse':
      return futuresFields(source);
  }
}

/** Payments of a perpetual from one time to another; none of what has no funding. */
export function fundingRows(
  { market, instrument }: Listing,
  { from, to, limit }: { readonly from: number; readonly to: number; readonly limit: number },
): readonly Payload[] {
  const payments = market.contract?.funding?.before(to, limit) ?? [];
  return payments
    .filter(({ time }) => time >= from)
    .map(({ time, rate }) => ({
      symbol: instrument.nativeSymbol,
      fundingRate: fraction(rate, 8),
      fundingRateTimestamp: String(time),
    }))
    .reverse();
}

export const OPEN_INTEREST_PERIODS: ReadonlyMap<string, number> = new Map([
  ['5min', 300_000],
  ['15min', 900_000],
  ['30min', 1_800_000],
  ['1h', 3_600_000],
  ['4h', 14_400_000],
  ['1d', 86_400_000],
]);

/**
 * Open interest at the beginnings of the latest periods: the first is what is open now, those before it were drawn from
 * their time alone.
 */
export function openInterestRows(
  { contract, format }: InstrumentMarket,
  { now, periodMs, limit }: { readonly now: number; readonly periodMs: number; readonly limit: number },
  randomAt: (time: number) => Random,
): readonly Payload[] {
  if (contract === undefined) return [];
  const latest = Math.floor(now / periodMs) * periodMs;
  const current = 2 * contract.openInterest;
  return Array.from({ length: limit }, (_, index) => {
    const time = latest - index * periodMs;
    const lots = index === 0 ? current : Math.round(current * (0.9 + 0.2 * randomAt(time).next()));
    return { openInterest: format.amount.text(lots), timestamp: String(time) };
  });
}
