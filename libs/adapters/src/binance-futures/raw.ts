import type { SubscriptionParams } from '@exchange-stream/market-data';
import type { RawPayload } from '../binance-family/session.ts';
import { DEPTHS } from '../binance-family/stream-names.ts';
import { isWireObject, type WireObject } from '../decoder/fields.ts';
import { BOOK_SPEEDS, MARK_PRICE_SPEEDS, topics } from './topics.ts';

/** A book of any depth and speed: their frames differ in nothing but the topic. */
const BOOKS = BOOK_SPEEDS.flatMap((speed): SubscriptionParams[] => [
  { speed },
  ...DEPTHS.map((depth) => ({ depth, speed })),
]);

/**
 * Raw frames (`/ws`) do not name their topic; the event and the symbol inside tell which it may be. Whether a `depthUpdate`
 * is a change or the whole top of a book is not among what they tell.
 */
export function rawPayload(row: WireObject): RawPayload | undefined {
  const name = row.e;
  switch (name) {
    case 'trade':
    case 'aggTrade':
    case '24hrTicker':
    case 'bookTicker':
    case 'depthUpdate':
    case 'kline':
    case 'markPriceUpdate':
      return { name, topics: typeof row.s === 'string' ? topicsOf(name, row.s, row) : undefined };
    case 'forceOrder': {
      const symbol = isWireObject(row.o) ? row.o.s : undefined;
      return {
        name,
        topics: typeof symbol === 'string' ? [topics.liquidations(symbol), '!forceOrder@arr'] : undefined,
      };
    }
    case 'contractInfo':
      return { name, topics: ['!contractInfo'] };
    default:
      return undefined;
  }
}

function topicsOf(
  event: 'trade' | 'aggTrade' | '24hrTicker' | 'bookTicker' | 'depthUpdate' | 'kline' | 'markPriceUpdate',
  symbol: string,
  row: WireObject,
): readonly string[] | undefined {
  switch (event) {
    case 'trade':
      return [topics.trades(symbol, { aggregated: false })];
    case 'aggTrade':
      return [topics.trades(symbol, {})];
    case '24hrTicker':
      return [topics.ticker(symbol)];
    case 'bookTicker':
      return [topics.quotes(symbol), '!bookTicker'];
    case 'markPriceUpdate':
      return MARK_PRICE_SPEEDS.map((speed) => topics.derivatives(symbol, { speed }));
    case 'depthUpdate':
      return BOOKS.map((params) => topics.book(symbol, params));
    case 'kline': {
      const interval = isWireObject(row.k) ? row.k.i : undefined;
      return typeof interval === 'string' ? [topics.candles(symbol, { interval })] : undefined;
    }
  }
}
