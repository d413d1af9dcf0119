import type { DerivativesRow, OptionRow, Sink, Stream, TickerRow } from '@exchange-stream/nestjs/contract';
import { MalformedFieldError, amount, price, type WireObject } from '../decoder/fields.ts';
import {
  amountIfAny,
  half,
  known,
  percentIfAny,
  priceIfAny,
  signedIfAny,
  timeIfAny,
} from './bybit.fields.ts';
import type { Category } from './bybit.topics.ts';
import type { WireTicker } from './bybit.wire.ts';

const HOUR_MS = 3_600_000;

/** What a row says, without what it says nothing of: that stands as it was told last. */
type Fields<Row> = { [Name in keyof Row]: Row[Name] | undefined };

/**
 * Reads a ticker, of which one topic tells all: statistics of 24 hours, best prices, and what a derivative or an option
 * is valued at. Of linear and inverse contracts it begins with a snapshot and goes on with what has changed; of spot and
 * options each is whole.
 * @throws MalformedFieldError
 */
export function readTicker<S extends Stream>(
  category: Category,
  isDelta: boolean,
  row: WireObject,
  stream: S,
  time: number | undefined,
  sink: Sink<S>,
): void {
  const statistics = tickerOf(category, row);
  const derivatives = category === 'linear' || category === 'inverse' ? derivativesOf(category, row) : {};
  const option = category === 'option' ? optionOf(row) : {};
  tellTicker(statistics, isDelta, stream, time, sink);
  if (category === 'option') {
    readQuote(row, stream, time, sink);
    sink.option(stream, time, option);
  } else if (hasAny(derivatives)) sink.derivatives(stream, time, derivatives);
}

function tellTicker<S extends Stream>(
  row: Partial<TickerRow>,
  isDelta: boolean,
  stream: S,
  time: number | undefined,
  sink: Sink<S>,
): void {
  const { last } = row;
  if (isDelta) {
    if (hasAny(row)) sink.tickerUpdate(stream, time, row);
  } else if (last === undefined) sink.ignored('ticker of what was never traded');
  else sink.ticker(stream, time, { ...row, last });
}

function tickerOf(category: Category, row: WireTicker): Partial<TickerRow> {
  const isInverse = category === 'inverse';
  const volume = amountIfAny(row.volume24h, 'volume24h');
  const turnover = amountIfAny(row.turnover24h, 'turnover24h');
  const bidPrice = row.bid1Price ?? row.bidPrice;
  const askPrice = row.ask1Price ?? row.askPrice;
  const bid = priceIfAny(bidPrice, 'bid1Price');
  const ask = priceIfAny(askPrice, 'ask1Price');
  return withoutUnknown<TickerRow>({
    last: priceIfAny(row.lastPrice, 'lastPrice'),
    open: priceIfAny(row.prevPrice24h, 'prevPrice24h'),
    high: priceIfAny(row.highPrice24h, 'highPrice24h'),
    low: priceIfAny(row.lowPrice24h, 'lowPrice24h'),
    changePercent: percentIfAny(row.price24hPcnt ?? row.change24h, 'price24hPcnt'),
    // Inverse contracts are of 1 USD each: the volume counts them, and the turnover is in the base coin.
    baseVolume: isInverse ? turnover : volume,
    quoteVolume: isInverse ? volume : turnover,
    bid,
    bidAmount: amountBeside(bidPrice, bid, row.bid1Size ?? row.bidSize, 'bid1Size'),
    ask,
    askAmount: amountBeside(askPrice, ask, row.ask1Size ?? row.askSize, 'ask1Size'),
  });
}

/** Where the row says that there is no price, there is no amount; where it does not name the price, that stands. */
function amountBeside(
  wirePrice: unknown,
  found: string | undefined,
  value: unknown,
  field: string,
): string | undefined {
  return wirePrice !== undefined && found === undefined ? undefined : amountIfAny(value, field);
}

function derivativesOf(category: 'linear' | 'inverse', row: WireTicker): DerivativesRow {
  // Bybit counts both sides of each contract in `openInterest`.
  const open =
    amountIfAny(row.singleOpenInterest, 'singleOpenInterest') ??
    half(amountIfAny(row.openInterest, 'openInterest'));
  const value =
    amountIfAny(row.singleOpenInterestValue, 'singleOpenInterestValue') ??
    half(amountIfAny(row.openInterestValue, 'openInterestValue'));
  return withoutUnknown<DerivativesRow>({
    markPrice: priceIfAny(row.markPrice, 'markPrice'),
    indexPrice: priceIfAny(row.indexPrice, 'indexPrice'),
    estimatedSettlementPrice: priceIfAny(row.predictedDeliveryPrice, 'predictedDeliveryPrice'),
    fundingRate: signedIfAny(row.fundingRate, 'fundingRate'),
    nextFundingTime: timeIfAny(row.nextFundingTime, 'nextFundingTime'),
    fundingIntervalMs: hoursInMs(row.fundingIntervalHour),
    ...(category === 'linear'
      ? { openInterest: open, openInterestValue: value }
      : // Of 1 USD each; what they are worth is told in the base coin.
        { openInterestContracts: open, openInterest: value, openInterestValue: open }),
  });
}

function optionOf(row: WireTicker): OptionRow {
  return withoutUnknown<OptionRow>({
    markPrice: priceIfAny(row.markPrice, 'markPrice'),
    underlyingPrice: priceIfAny(row.underlyingPrice, 'underlyingPrice'),
    indexPrice: priceIfAny(row.indexPrice, 'indexPrice'),
    markImpliedVolatility: priceIfAny(row.markPriceIv, 'markPriceIv'),
    bidImpliedVolatility: priceIfAny(row.bidIv, 'bidIv'),
    askImpliedVolatility: priceIfAny(row.askIv, 'askIv'),
    delta: signedIfAny(row.delta, 'delta'),
    gamma: signedIfAny(row.gamma, 'gamma'),
    vega: signedIfAny(row.vega, 'vega'),
    theta: signedIfAny(row.theta, 'theta'),
    openInterest: amountIfAny(row.openInterest, 'openInterest'),
  });
}

/** Options have no book of one level. Most of the time one of them lacks a side. */
function readQuote<S extends Stream>(
  row: WireTicker,
  stream: S,
  time: number | undefined,
  sink: Sink<S>,
): void {
  if (
    priceIfAny(row.bidPrice, 'bidPrice') === undefined ||
    priceIfAny(row.askPrice, 'askPrice') === undefined
  )
    return sink.ignored(ONE_SIDED);
  sink.quote(
    stream,
    time,
    undefined,
    price(row.bidPrice, 'bidPrice'),
    amount(row.bidSize, 'bidSize'),
    price(row.askPrice, 'askPrice'),
    amount(row.askSize, 'askSize'),
  );
}

/** Name of what is told of a market in which nobody buys, or nobody sells. */
export const ONE_SIDED = 'quote without a bid or an ask';

function hoursInMs(value: unknown): number | undefined {
  const hours = known(value);
  if (hours === undefined) return undefined;
  const number = Number(hours);
  if (!Number.isFinite(number) || number <= 0) {
    throw new MalformedFieldError('fundingIntervalHour', 'hours', value);
  }
  return number * HOUR_MS;
}

function withoutUnknown<Row extends object>(fields: Fields<Partial<Row>>): Partial<Row> {
  const row: Partial<Row> = {};
  for (const name in fields) {
    const value = fields[name];
    if (value !== undefined) row[name] = value;
  }
  return row;
}

function hasAny(row: object): boolean {
  for (const _name in row) return true;
  return false;
}
