import type {
  DerivativesRow,
  ListedSymbol,
  RestDeclaration,
  RestOperation,
} from '@exchange-stream/nestjs/contract';
import {
  bookSeed,
  candles,
  instruments,
  parse,
  serverTime,
  symbolCallOf,
  usedWeight,
  type RestInterface,
} from '../binance-family/rest.ts';
import type { Volumes } from '../binance-family/rows.ts';
import { amount, object } from '../decoder/fields.ts';
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

/** Contracts that are open, which no stream tells: in base currency, or a number of contracts where amounts count these. */
export function openInterest(
  exchange: string,
  prefix: string,
  volumes: Volumes,
): RestOperation<ListedSymbol, DerivativesRow> {
  const rest: RestInterface = { exchange, prefix };
  return {
    request: ({ nativeSymbol }) => ({
      path: `${prefix}openInterest?symbol=${encodeURIComponent(nativeSymbol)}`,
      weight: 1,
    }),
    parse: (body, { nativeSymbol }) =>
      parse(rest, `openInterest?symbol=${nativeSymbol}`, body, (json) => {
        const open = amount(object(json, 'body').openInterest, 'openInterest');
        return volumes === 'base and quote' ? { openInterest: open } : { openInterestContracts: open };
      }),
    recognise: (url) => symbolCallOf(rest, url, 'openInterest'),
  };
}

/** It grows with the number of candles in four steps; where they lie is taken from those of the book. */
function candlesWeight(limit: number): number {
  if (limit < 100) return 1;
  if (limit < 500) return 2;
  return limit <= 1000 ? 5 : 10;
}
