import { topics, type PayloadKind } from './binance.topics.ts';
import { isWireObject, type WireObject } from '../decoder/fields.ts';

/**
 * Raw frames (`/ws`) do not name their topic. The event and the symbol inside tell which topics a frame may be of; a
 * connection that holds two of them at once, say `@depth` and `@depth@100ms` of one symbol, needs combined streams.
 * Undefined where the frame lacks what it should tell.
 */
export function candidateTopics(
  kind: Exclude<PayloadKind, 'partialDepth'>,
  row: WireObject,
): readonly string[] | undefined {
  const symbol = row.s;
  if (typeof symbol !== 'string') return undefined;
  switch (kind) {
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
      const interval = intervalOf(row.k);
      if (interval === undefined) return undefined;
      return [topics.candles(symbol, { interval }), topics.candles(symbol, { interval, timezone: '+08:00' })];
    }
  }
}

/** The form of a payload by its event, or by its fields for the two that name none. */
export function rawPayloadKind(row: WireObject): PayloadKind | undefined {
  switch (row.e) {
    case 'trade':
    case 'aggTrade':
    case '24hrTicker':
    case 'depthUpdate':
    case 'kline':
      return row.e;
    case undefined:
      if (row.lastUpdateId !== undefined) return 'partialDepth';
      return row.u !== undefined && row.s !== undefined ? 'bookTicker' : undefined;
    default:
      return undefined;
  }
}

function intervalOf(candle: unknown): string | undefined {
  return isWireObject(candle) && typeof candle.i === 'string' ? candle.i : undefined;
}
