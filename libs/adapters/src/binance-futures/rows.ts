import type { Sink, Stream } from '@exchange-stream/nestjs/contract';
import { readPayload, type PayloadKind, type RowForm } from '../binance-family/rows.ts';
import {
  MalformedFieldError,
  amount,
  integer,
  object,
  optionalInteger,
  optionalPrice,
  optionalSignedDecimal,
  price,
  text,
  word,
  type WireObject,
} from '../decoder/fields.ts';

/** Forms of payload of futures. */
export type FuturesKind = PayloadKind | 'markPriceUpdate' | 'forceOrder' | 'contractInfo';

/**
 * Reads one payload into the sink.
 * @throws MalformedFieldError
 */
export function readFuturesPayload<S extends Stream>(
  kind: FuturesKind,
  row: WireObject,
  stream: S,
  form: RowForm,
  sink: Sink<S>,
): void {
  switch (kind) {
    case 'markPriceUpdate':
      return readMarkPrice(row, stream, sink);
    case 'forceOrder':
      return readLiquidation(row, stream, sink);
    case 'contractInfo':
      return readContractInfo(row, sink);
    default:
      return readPayload(kind, row, stream, form, sink);
  }
}

/** `<symbol>@markPrice`. */
interface WireMarkPrice {
  readonly e?: unknown;
  readonly E?: unknown;
  /** Mark price, index price, estimated price of settlement. */
  readonly p?: unknown;
  readonly i?: unknown;
  readonly P?: unknown;
  /** Funding rate, empty of a contract that is delivered, and the next time at which it is paid, then zero. */
  readonly r?: unknown;
  readonly T?: unknown;
}

function readMarkPrice<S extends Stream>(
  { e, E, p, i, P, r, T }: WireMarkPrice,
  stream: S,
  sink: Sink<S>,
): void {
  word(e, 'markPriceUpdate', 'e');
  const indexPrice = optionalPrice(i, 'i');
  const estimatedSettlementPrice = optionalPrice(P, 'P');
  const fundingRate = r === '' ? undefined : optionalSignedDecimal(r, 'r');
  const nextFundingTime = optionalInteger(T, 'T');
  sink.derivatives(stream, integer(E, 'E'), {
    markPrice: price(p, 'p'),
    ...(indexPrice !== undefined && { indexPrice }),
    ...(estimatedSettlementPrice !== undefined && { estimatedSettlementPrice }),
    ...(fundingRate !== undefined && { fundingRate }),
    ...(nextFundingTime !== undefined && nextFundingTime > 0 && { nextFundingTime }),
  });
}

/** `<symbol>@forceOrder`: the order stands in `o`. */
interface WireLiquidation {
  readonly e?: unknown;
  readonly o?: unknown;
}

interface WireLiquidationOrder {
  /** The order's: `SELL` when a long is liquidated. */
  readonly S?: unknown;
  /** Amount and limit of the order, and what was paid on average. */
  readonly q?: unknown;
  readonly p?: unknown;
  readonly ap?: unknown;
  /** Time of the liquidation. */
  readonly T?: unknown;
}

function readLiquidation<S extends Stream>({ e, o }: WireLiquidation, stream: S, sink: Sink<S>): void {
  word(e, 'forceOrder', 'e');
  const { S, q, p, ap, T }: WireLiquidationOrder = object(o, 'o');
  if (S !== 'SELL' && S !== 'BUY') throw new MalformedFieldError('o.S', '"SELL" or "BUY"', S);
  const averagePrice = optionalPrice(ap, 'o.ap');
  sink.liquidation(stream, integer(T, 'o.T'), {
    side: S === 'SELL' ? 'sell' : 'buy',
    price: price(p, 'o.p'),
    priceKind: 'order',
    amount: amount(q, 'o.q'),
    ...(averagePrice !== undefined && { averagePrice }),
  });
}

/** `!contractInfo`: of both exchanges of futures, when something about a contract has changed. */
interface WireContractInfo {
  readonly s?: unknown;
  /** Status of the contract, in the words of the list of instruments. */
  readonly cs?: unknown;
}

/** What changes is often the brackets of leverage; then the status says what it said before. */
function readContractInfo<S extends Stream>({ s, cs }: WireContractInfo, sink: Sink<S>): void {
  const nativeSymbol = text(s, 's');
  if (cs === undefined) return sink.ignored('contractInfo without a status');
  const status = text(cs, 'cs');
  sink.marketStatus(nativeSymbol, status === 'TRADING' ? 'trading' : 'halted', `the contract is ${status}`);
}
