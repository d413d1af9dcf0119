import type { TradeRow, TradesOperation } from '@exchange-stream/nestjs/contract';
import { parse, symbolCallOf, type RestInterface } from '../binance-family/rest.ts';
import type { WireOldTrade, WireTrade } from '../binance-family/wire.ts';
import { MalformedFieldError, amount, flag, id, integer, list, object, price } from '../decoder/fields.ts';

/** Trades of one answer, the documented maximum. */
const MOST = 1000;

/**
 * Trades after a known one, by id and without an API key. The host that serves market data only has `aggTrades` and not
 * `historicalTrades`.
 *
 * Source: Binance Spot REST documentation, "Old trade lookup" and "Compressed/Aggregate trades list", state 2026-07.
 */
export function trades(rest: RestInterface): TradesOperation {
  return {
    pagesBy: 'id',
    mostPerCall: MOST,
    request: ({ nativeSymbol, params, after, limit }) => {
      const isAggregated = params.aggregated === true;
      // The first one of an answer is that of the id.
      const fromId = Number(after.id) + 1;
      return {
        path:
          `${rest.prefix}${isAggregated ? 'aggTrades' : 'historicalTrades'}` +
          `?symbol=${encodeURIComponent(nativeSymbol)}&fromId=${fromId}&limit=${Math.min(limit, MOST)}`,
        weight: isAggregated ? 4 : 25,
      };
    },
    parse: (body, { nativeSymbol, params }, reject) => {
      const isAggregated = params.aggregated === true;
      const operation = `${isAggregated ? 'aggTrades' : 'historicalTrades'}?symbol=${nativeSymbol}`;
      return parse(rest, operation, body, (json) =>
        list(json, 'body').flatMap((row, index) => readRow(row, index, isAggregated, reject)),
      );
    },
    recognise: (url) =>
      symbolCallOf(rest, url, 'historicalTrades') ??
      symbolCallOf(rest, url, 'aggTrades') ??
      symbolCallOf(rest, url, 'trades'),
  };
}

function readRow(
  row: unknown,
  index: number,
  isAggregated: boolean,
  reject: (reason: string) => void,
): readonly TradeRow[] {
  const field = `[${index}]`;
  try {
    const wire = object(row, field);
    return [isAggregated ? readAggregatedTrade(wire, field) : readTrade(wire, field)];
  } catch (error) {
    if (!(error instanceof MalformedFieldError)) throw error;
    reject(error.message);
    return [];
  }
}

function readTrade(row: WireOldTrade, field: string): TradeRow {
  return {
    id: id(row.id, `${field}.id`),
    price: price(row.price, `${field}.price`),
    amount: amount(row.qty, `${field}.qty`),
    side: flag(row.isBuyerMaker, `${field}.isBuyerMaker`) ? 'sell' : 'buy',
    exchangeTime: integer(row.time, `${field}.time`),
  };
}

function readAggregatedTrade(row: WireTrade, field: string): TradeRow {
  return {
    id: id(row.a, `${field}.a`),
    price: price(row.p, `${field}.p`),
    amount: amount(row.q, `${field}.q`),
    side: flag(row.m, `${field}.m`) ? 'sell' : 'buy',
    exchangeTime: integer(row.T, `${field}.T`),
    aggregates: { firstId: id(row.f, `${field}.f`), lastId: id(row.l, `${field}.l`) },
  };
}
