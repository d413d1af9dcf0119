import type { Sink, Stream } from '@exchange-stream/nestjs/contract';
import { exactId, exactInteger, price, text, word } from '../decoder/fields.ts';
import { columns, knownAmount, knownPrice, knownSigned, present, signedAmount } from './bitfinex.fields.ts';

/** The trigger of a liquidation; 1 is a deal in the market that follows from it. */
const TRIGGER = '0';

/**
 * `[time, -, price, spot price, -, insurance fund, -, next funding time, next funding accrued, step, -, current funding, -, -,
 * mark price, -, -, open interest, …]`: what is not known is null, and columns may be missing at the end.
 */
export function readDerivatives<S extends Stream>(
  value: unknown,
  field: string,
  stream: S,
  sink: Sink<S>,
): void {
  const row = columns(value, 15, field);
  const at = (column: number): string => `${field}[${column}]`;
  const time = exactInteger(row[0], at(0));
  const nextFunding = present(row[7]);
  sink.derivatives(
    stream,
    time,
    known({
      markPrice: knownPrice(row[14], at(14)),
      indexPrice: knownPrice(row[3], at(3)),
      fundingRate: knownSigned(row[11], at(11)),
      nextFundingTime: nextFunding === undefined ? undefined : exactInteger(nextFunding, at(7)),
      predictedFundingRate: knownSigned(row[8], at(8)),
      openInterest: knownAmount(row[17], at(17)),
    }),
  );
}

/** Without the fields that this row does not name: they stand as told last. */
function known<Row extends object>(row: Row): { [Name in keyof Row]?: Exclude<Row[Name], undefined> } {
  const entries = Object.entries(row).filter(([, value]) => value !== undefined);
  // Only fields without a value were left out.
  return Object.fromEntries(entries) as { [Name in keyof Row]?: Exclude<Row[Name], undefined> };
}

/**
 * `["pos", id, time, -, symbol, ±amount, base price, -, is match, is market sold, -, price acquired]`: a short position has a
 * negative amount, and is closed by a buy. Each is told when it is triggered, and again for each deal that follows.
 */
export function readLiquidation<S extends Stream>(
  value: unknown,
  field: string,
  _nativeSymbol: string,
  stream: S,
  sink: Sink<S>,
): void {
  const row = columns(value, 9, field);
  const at = (column: number): string => `${field}[${column}]`;
  word(row[0], 'pos', at(0));
  exactId(row[1], at(1));
  const time = exactInteger(row[2], at(2));
  const symbol = text(row[4], at(4));
  const position = signedAmount(row[5], at(5));
  if (row[8] !== TRIGGER) return sink.ignored('deal of a liquidation');
  const acquired = knownPrice(row[11], at(11));
  const told = acquired ?? price(row[6], at(6));
  const own = sink.of(stream, symbol);
  if (!own) return;
  sink.liquidation(own, time, {
    side: position.isNegative ? 'buy' : 'sell',
    price: told,
    priceKind: acquired === undefined ? 'entry' : 'trade',
    amount: position.amount,
  });
}
