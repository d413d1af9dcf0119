import type { Sink, Stream } from '@exchange-stream/nestjs/contract';
import {
  MalformedFieldError,
  amount,
  exactInteger,
  list,
  object,
  optionalAmount,
  optionalPrice,
  optionalSignedDecimal,
  price,
  text,
} from '../decoder/fields.ts';
import { present, side } from './okx.fields.ts';
import type { WireLiquidation, WireLiquidations, WireOption, WireValues } from './okx.wire.ts';

/** A row of `mark-price`. */
export function readMarkPrice<S extends Stream>(
  row: WireValues,
  field: string,
  stream: S,
  sink: Sink<S>,
): void {
  const time = timeOf(row, field);
  const markPrice = price(row.markPx, `${field}.markPx`);
  tellBoth(stream, time, { markPrice }, sink);
}

/** A row of `index-tickers`, of an index that many instruments have. */
export function readIndexPrice<S extends Stream>(
  row: WireValues,
  field: string,
  stream: S,
  sink: Sink<S>,
): void {
  const time = timeOf(row, field);
  const indexPrice = price(row.idxPx, `${field}.idxPx`);
  tellBoth(stream, time, { indexPrice }, sink);
}

/**
 * A row of `funding-rate`: what is paid at `fundingTime`. Older ones have a rate for the payment after that, and lack its time.
 */
export function readFundingRate<S extends Stream>(
  row: WireValues,
  field: string,
  stream: S,
  sink: Sink<S>,
): void {
  const at = (name: string): string => `${field}.${name}`;
  const time = timeOf(row, field);
  const fundingRate = optionalSignedDecimal(present(row.fundingRate), at('fundingRate'));
  const predictedFundingRate = optionalSignedDecimal(present(row.nextFundingRate), at('nextFundingRate'));
  const nextFundingTime = optionalTime(row.fundingTime, at('fundingTime'));
  const after = optionalTime(row.nextFundingTime, at('nextFundingTime'));
  sink.derivatives(stream, time, {
    ...(fundingRate !== undefined && { fundingRate }),
    ...(nextFundingTime !== undefined && { nextFundingTime }),
    ...(after !== undefined &&
      nextFundingTime !== undefined &&
      after > nextFundingTime && { fundingIntervalMs: after - nextFundingTime }),
    ...(predictedFundingRate !== undefined && { predictedFundingRate }),
  });
}

/** A row of `open-interest`, of which the value in dollars is that in quote currency where this is the dollar. */
export function readOpenInterest<S extends Stream>(
  row: WireValues,
  field: string,
  stream: S,
  sink: Sink<S>,
): void {
  const time = timeOf(row, field);
  const symbol = text(row.instId, `${field}.instId`);
  const contracts = amount(row.oi, `${field}.oi`);
  const inCurrency = optionalAmount(present(row.oiCcy), `${field}.oiCcy`);
  const inDollars = optionalAmount(present(row.oiUsd), `${field}.oiUsd`);
  const openInterest = {
    openInterestContracts: contracts,
    ...(inCurrency !== undefined && { openInterest: inCurrency }),
  };
  sink.derivatives(stream, time, {
    ...openInterest,
    ...(inDollars !== undefined && symbol.split('-')[1] === 'USD' && { openInterestValue: inDollars }),
  });
  sink.option(stream, time, openInterest);
}

/** Derivatives and options have it alike: who wants one of them takes it. */
function tellBoth<S extends Stream>(
  stream: S,
  time: number | undefined,
  row: { readonly markPrice: string } | { readonly indexPrice: string },
  sink: Sink<S>,
): void {
  sink.derivatives(stream, time, row);
  sink.option(stream, time, row);
}

/** Rows of `funding-rate` had none for a long time. */
function timeOf({ ts }: WireValues, field: string): number | undefined {
  return optionalTime(ts, `${field}.ts`);
}

function optionalTime(value: unknown, field: string): number | undefined {
  return value === undefined || value === '' ? undefined : exactInteger(value, field);
}

/** A row of `liquidation-orders`: the liquidations of one of all instruments of a kind. */
export function readLiquidations<S extends Stream>(
  row: WireLiquidations,
  field: string,
  stream: S,
  sink: Sink<S>,
): void {
  const own = sink.of(stream, text(row.instId, `${field}.instId`));
  if (own === undefined) return;
  for (const [index, detail] of list(row.details, `${field}.details`).entries()) {
    const at = `${field}.details[${index}]`;
    try {
      readLiquidation(object(detail, at), at, own, sink);
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      sink.rejected(own, error.message);
    }
  }
}

function readLiquidation<S extends Stream>(
  detail: WireLiquidation,
  field: string,
  stream: S,
  sink: Sink<S>,
): void {
  sink.liquidation(stream, exactInteger(detail.ts, `${field}.ts`), {
    side: side(detail.side, `${field}.side`),
    price: price(detail.bkPx, `${field}.bkPx`),
    priceKind: 'bankruptcy',
    amount: amount(detail.sz, `${field}.sz`),
  });
}

/** A row of `opt-summary`: one of all options of a family. Greeks come in two kinds; ours are those of Black and Scholes. */
export function readOption<S extends Stream>(row: WireOption, field: string, stream: S, sink: Sink<S>): void {
  const own = sink.of(stream, text(row.instId, `${field}.instId`));
  if (own === undefined) return;
  const at = (name: string): string => `${field}.${name}`;
  const greek = (name: 'delta' | 'gamma' | 'vega' | 'theta'): string | undefined =>
    optionalSignedDecimal(present(row[`${name}BS`] ?? row[`${name}Bs`]), at(`${name}BS`));
  sink.option(own, exactInteger(row.ts, at('ts')), {
    underlyingPrice: optionalPrice(present(row.fwdPx), at('fwdPx')),
    markImpliedVolatility: optionalAmount(present(row.markVol), at('markVol')),
    bidImpliedVolatility: optionalAmount(present(row.bidVol), at('bidVol')),
    askImpliedVolatility: optionalAmount(present(row.askVol), at('askVol')),
    delta: greek('delta'),
    gamma: greek('gamma'),
    vega: greek('vega'),
    theta: greek('theta'),
  });
}
