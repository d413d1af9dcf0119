import type { RawPayload } from '../binance-family/session.ts';
import { isWireObject, type WireObject } from '../decoder/fields.ts';
import { topics } from './binance.topics.ts';

/**
 * Raw frames (`/ws`) do not name their topic. The event and the symbol inside tell which topics a frame may be of; a
 * connection that holds two of them at once, say `@depth` and `@depth@100ms` of one symbol, needs combined streams. The two
 * that name no event are known by their fields.
 */
export function rawPayload(row: WireObject): RawPayload | undefined {
  switch (row.e) {
    case 'trade':
    case 'aggTrade':
    case '24hrTicker':
    case 'depthUpdate':
    case 'kline':
      return { name: row.e, topics: topicsOf(row.e, row) };
    case undefined:
      if (row.lastUpdateId !== undefined) return { name: 'partialDepth', topics: 'nameless' };
      if (row.u === undefined || row.s === undefined) return undefined;
      return { name: 'bookTicker', topics: topicsOf('bookTicker', row) };
    default:
      return undefined;
  }
}

function topicsOf(
  event: 'trade' | 'aggTrade' | '24hrTicker' | 'bookTicker' | 'depthUpdate' | 'kline',
  row: WireObject,
): readonly string[] | undefined {
  const symbol = row.s;
  if (typeof symbol !== 'string') return undefined;
  switch (event) {
    case 'trade':
      return [topics.trades(symbol, {})];
    case 'aggTrade':
      return [topics.trades(symbol, { aggregated: true })];
    case '24hrTicker':
      return [topics.ticker(symbol)];
    case 'bookTicker':
      return [topics.quotes(symbol)];
    case 'depthUpdate':
      return [topics.book(symbol, {}), topics.book(symbol, { speed: 1000 })];
    case 'kline': {
      const interval = isWireObject(row.k) ? row.k.i : undefined;
      if (typeof interval !== 'string') return undefined;
      return [topics.candles(symbol, { interval }), topics.candles(symbol, { interval, timezone: '+08:00' })];
    }
  }
}
