import type { RestDeclaration } from '@exchange-stream/nestjs/contract';
import {
  bookSeed,
  candles,
  instruments,
  serverTime,
  usedWeight,
  type RestInterface,
} from '../binance-family/rest.ts';
import type { Volumes } from '../binance-family/rows.ts';
import { readInstruments } from './instruments.ts';

/** Numbers of levels that can be asked for, each with its weight. */
const BOOK_LIMITS = [
  { limit: 5, weight: 2 },
  { limit: 10, weight: 2 },
  { limit: 20, weight: 2 },
  { limit: 50, weight: 2 },
  { limit: 100, weight: 5 },
  { limit: 500, weight: 10 },
] as const;
const LARGEST_BOOK = { limit: 1000, weight: 20 } as const;

/** Candles of one answer at most. */
export const MAX_CANDLES = 1500;

/** Of the list of instruments no weight is known; this is what it costs at Binance Spot. */
const INSTRUMENTS_WEIGHT = 20;

/** The few calls that streaming needs. */
export function operations(
  exchange: string,
  prefix: string,
  volumes: Volumes,
): Omit<RestDeclaration, 'baseUrls' | 'requests'> {
  const rest: RestInterface = { exchange, prefix };
  return {
    usedWeight,
    instruments: instruments(rest, INSTRUMENTS_WEIGHT, (json, reject) =>
      readInstruments(json, exchange, reject),
    ),
    bookSeed: bookSeed(rest, (depth) => BOOK_LIMITS.find(({ limit }) => limit >= depth) ?? LARGEST_BOOK),
    candles: candles(rest, { most: MAX_CANDLES, weightOf: candlesWeight, volumes }),
    serverTime: serverTime(rest),
  };
}

/** It grows with the number of candles in four steps; where they lie is taken from those of the book. */
function candlesWeight(limit: number): number {
  if (limit < 100) return 1;
  if (limit < 500) return 2;
  return limit <= 1000 ? 5 : 10;
}
