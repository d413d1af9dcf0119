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
import type { WireLiquidation, WireLiquidations, WireOption } from './okx.wire.ts';

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
