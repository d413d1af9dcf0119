import type { RestDeclaration } from '@exchange-stream/nestjs/contract';
import {
  bookSeed,
  candles,
  instruments,
  serverTime,
  usedWeight,
  type RestInterface,
} from '../binance-family/rest.ts';
import { readInstruments } from './binance.instruments.ts';
import { trades } from './binance.old-trades.ts';

const MAX_BOOK_DEPTH = 5000;
/** Candles of one answer at most. */
export const MAX_CANDLES = 1000;

/** The few calls that streaming needs. */
export function operations(exchange: string): Omit<RestDeclaration, 'baseUrls' | 'requests'> {
  // `/api/v1` was retired on 2026-03-25.
  const rest: RestInterface = { exchange, prefix: '/api/v3/', retiredPrefixes: ['/api/v1/'] };
  return {
    usedWeight,
    instruments: instruments(rest, 20, (json, reject) => readInstruments(json, exchange, reject)),
    bookSeed: bookSeed(rest, (depth) => {
      const limit = Math.min(depth, MAX_BOOK_DEPTH);
      return { limit, weight: bookWeight(limit) };
    }),
    candles: candles(rest, {
      most: MAX_CANDLES,
      weightOf: () => 2,
      volumes: 'base and quote',
      // Days, weeks and months begin where the parameter says.
      query: (params) => (params?.timezone === '+08:00' ? '&timeZone=8' : ''),
    }),
    trades: trades(rest),
    serverTime: serverTime(rest),
  };
}

/** Weight of `/depth` by its limit. */
function bookWeight(limit: number): number {
  if (limit <= 100) return 5;
  if (limit <= 500) return 25;
  return limit <= 1000 ? 50 : 250;
}
