import type { Side } from '@exchange-stream/market-data';
import type { DerivativesRow, Sink, Stream, TradeRow } from '@exchange-stream/nestjs/contract';
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
import { levelOf, levels } from './kraken-futures.book.ts';
import { isInverse } from './kraken-futures.instruments.ts';
import type {
  WireBookSnapshot,
  WireBookUpdate,
  WireTicker,
  WireTrade,
  WireTradeSnapshot,
} from './kraken-futures.wire.ts';

/** A trade, and what else it says. */
interface ReadTrade {
  readonly row: TradeRow & { readonly exchangeTime: number };
  /** Counts the trades of a product. */
  readonly sequence: number;
  readonly isLiquidation: boolean;
}

/** `fill`, `liquidation`, `termination` (a position is closed against another's), `block`. */
const BLOCK = 'block';
const LIQUIDATION = 'liquidation';

/** @throws MalformedFieldError */
export function readTrade<S extends Stream>(message: WireTrade, stream: S, sink: Sink<S>): void {
  const { row, isLiquidation } = tradeOf(message, 'trade');
  const { exchangeTime, id, price: at, amount: of, side, block } = row;
  sink.trade(stream, exchangeTime, id, at, of, side, undefined, undefined, block);
  if (isLiquidation)
    sink.liquidation(stream, exchangeTime, { side, price: at, priceKind: 'trade', amount: of });
}

/** The latest trades, newest first on the wire. Liquidations among them are past. */
export function readRecentTrades<S extends Stream>(
  { trades }: WireTradeSnapshot,
  stream: S,
  sink: Sink<S>,
): void {
  const recent: ReadTrade[] = [];
  for (const [index, entry] of list(trades, 'trades').entries()) {
    try {
      recent.push(tradeOf(object(entry, `trades[${index}]`), `trades[${index}]`));
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      sink.rejected(stream, error.message);
    }
  }
  recent.sort((one, other) => one.sequence - other.sequence);
  sink.recentTrades(
    stream,
    recent.map(({ row }) => row),
  );
}

function tradeOf(trade: WireTrade, field: string): ReadTrade {
  const type = text(trade.type, `${field}.type`);
  return {
    row: {
      id: text(trade.uid, `${field}.uid`),
      price: price(trade.price, `${field}.price`),
      amount: amount(trade.qty, `${field}.qty`),
      side: side(trade.side, `${field}.side`),
      exchangeTime: exactInteger(trade.time, `${field}.time`),
      ...(type === BLOCK && { block: true }),
    },
    sequence: exactInteger(trade.seq, `${field}.seq`),
    isLiquidation: type === LIQUIDATION,
  };
}

function side(value: unknown, field: string): Side {
  if (value !== 'buy' && value !== 'sell') throw new MalformedFieldError(field, '"buy" or "sell"', value);
  return value;
}

/** @throws MalformedFieldError */
export function readBookSnapshot<S extends Stream>(
  message: WireBookSnapshot,
  stream: S,
  sink: Sink<S>,
): void {
  const last = exactInteger(message.seq, 'seq');
  const time = exactInteger(message.timestamp, 'timestamp');
  const bids = levels(message.bids, 'bids').sort((one, other) => Number(other[0]) - Number(one[0]));
  const asks = levels(message.asks, 'asks').sort((one, other) => Number(one[0]) - Number(other[0]));
  sink.bookSnapshot(stream, time, { last }, bids, asks);
}

/** @throws MalformedFieldError */
export function readBookUpdate<S extends Stream>(message: WireBookUpdate, stream: S, sink: Sink<S>): void {
  const last = exactInteger(message.seq, 'seq');
  const time = exactInteger(message.timestamp, 'timestamp');
  const level = levelOf(message, 'book');
  const isBid = side(message.side, 'side') === 'buy';
  sink.bookUpdate(stream, time, { last }, isBid ? [level] : [], isBid ? [] : [level]);
}

/**
 * One feed tells statistics, the best bid and ask, and what the product is valued at.
 * @throws MalformedFieldError
 */
export function readTicker<S extends Stream>(message: WireTicker, stream: S, sink: Sink<S>): void {
  const time = exactInteger(message.time, 'time');
  const nativeSymbol = text(message.product_id, 'product_id');
  const last = optionalPrice(message.last, 'last');
  const volume = optionalAmount(message.volume, 'volume');
  const best = {
    bid: optionalPrice(message.bid, 'bid'),
    bidAmount: optionalAmount(message.bid_size, 'bid_size'),
    ask: optionalPrice(message.ask, 'ask'),
    askAmount: optionalAmount(message.ask_size, 'ask_size'),
  };
  const statistics = {
    open: optionalPrice(message.open, 'open'),
    high: optionalPrice(message.high, 'high'),
    low: optionalPrice(message.low, 'low'),
    // In contracts: one of a linear product is one of base currency.
    baseVolume: isInverse(nativeSymbol) ? undefined : volume,
    quoteVolume: optionalAmount(message.volumeQuote, 'volumeQuote'),
  };
  const values = valuesOf(message);
  // Nothing has been traded yet: there is no price to tell.
  if (last === undefined) sink.ignored('ticker without a trade');
  else sink.ticker(stream, time, { last, ...statistics, ...best });
  const { bid, bidAmount, ask, askAmount } = best;
  if (bid === undefined || ask === undefined || bidAmount === undefined || askAmount === undefined)
    sink.ignored('quote without one of its sides');
  else sink.quote(stream, time, undefined, bid, bidAmount, ask, askAmount);
  if (values) sink.derivatives(stream, time, values);
}

/**
 * The rate is the relative one: `funding_rate` is an amount of quote currency for each contract, for which the event has no
 * room. Products that expire have none.
 */
function valuesOf(message: WireTicker): DerivativesRow | undefined {
  const markPrice = optionalPrice(message.markPrice, 'markPrice');
  const indexPrice = optionalPrice(message.index, 'index');
  const openInterest = optionalAmount(message.openInterest, 'openInterest');
  const fundingRate = optionalSignedDecimal(message.relative_funding_rate, 'relative_funding_rate');
  const prediction = optionalSignedDecimal(
    message.relative_funding_rate_prediction,
    'relative_funding_rate_prediction',
  );
  const nextFundingTime =
    message.next_funding_rate_time === undefined
      ? undefined
      : exactInteger(message.next_funding_rate_time, 'next_funding_rate_time');
  const row: DerivativesRow = {
    ...(markPrice !== undefined && { markPrice }),
    ...(indexPrice !== undefined && { indexPrice }),
    ...(openInterest !== undefined && { openInterestContracts: openInterest }),
    ...(fundingRate !== undefined && { fundingRate }),
    ...(prediction !== undefined && { predictedFundingRate: prediction }),
    ...(nextFundingTime !== undefined && { nextFundingTime }),
  };
  return Object.keys(row).length > 0 ? row : undefined;
}
