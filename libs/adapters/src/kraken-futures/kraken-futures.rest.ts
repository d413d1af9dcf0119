import { CandleInterval, type Instrument } from '@exchange-stream/market-data';
import type {
  CandleRow,
  CandlesQuery,
  InstrumentsOperation,
  RestOperation,
} from '@exchange-stream/nestjs/contract';
import { readExactJson } from '../decoder/exact-json.ts';
import { MalformedFieldError, amount, exactInteger, list, object, price } from '../decoder/fields.ts';
import { MalformedAnswerError } from '../decoder/malformed-answer.ts';
import { isInverse, readInstruments } from './kraken-futures.instruments.ts';
import type { WireCandle } from './kraken-futures.wire.ts';

const INSTRUMENTS = '/derivatives/api/v3/instruments';
const CHARTS = '/api/charts/v1/trade';

/** Thrown where candles are asked for that Kraken does not have as we have them. */
export class NoCandlesError extends Error {
  readonly code = 'NO_CANDLES';

  constructor(exchange: string, reason: string) {
    super(`${exchange}: ${reason}`);
    this.name = 'NoCandlesError';
  }
}

export function instruments(exchange: string): InstrumentsOperation {
  return {
    request: () => ({ path: INSTRUMENTS, weight: 1 }),
    parse: (body, _query, reject): readonly Instrument[] =>
      parse(exchange, INSTRUMENTS, body, (answer) => {
        if (answer.result !== 'success')
          throw new MalformedFieldError(
            'result',
            `"success" (${String(answer.error).slice(0, 128)})`,
            answer.result,
          );
        return readInstruments(list(answer.instruments, 'instruments'), exchange, reject);
      }),
    recognise: (url) => (url.pathname.endsWith(INSTRUMENTS) ? {} : undefined),
  };
}

/**
 * Candles of trades, oldest first. How a range is asked for is nowhere said: what was asked for is picked out of what comes.
 * The volume of inverse contracts is told in contracts, which are of quote currency, and candles have it in base currency:
 * so they have no candles.
 */
export function candles(exchange: string): RestOperation<CandlesQuery, readonly CandleRow[]> {
  return {
    request: ({ nativeSymbol, interval }) => ({
      path: `${CHARTS}/${encodeURIComponent(nativeSymbol)}/${interval}`,
      weight: 1,
    }),
    parse: (body, { nativeSymbol, interval, from = -Infinity, to = Infinity, limit }) => {
      if (isInverse(nativeSymbol))
        throw new NoCandlesError(
          exchange,
          `the volume of ${nativeSymbol} is told in contracts of quote currency, and candles have it in base currency. ` +
            `Subscribe to its trades, or to candles of the linear contract.`,
        );
      const path = `${CHARTS}/${nativeSymbol}/${interval}`;
      const buckets = new CandleInterval(interval);
      const { rows, hasMore } = parse(exchange, path, body, (answer) => ({
        hasMore: answer.more_candles === true,
        rows: list(answer.candles, 'candles').map((row, index) => {
          const field = `candles[${index}]`;
          return readCandle(object(row, field), field, buckets);
        }),
      }));
      const [oldest] = rows;
      if (hasMore && oldest && to < oldest.openTime)
        throw new NoCandlesError(
          exchange,
          `REST tells candles of ${nativeSymbol} back to ${new Date(oldest.openTime).toISOString()}, and that there are more. ` +
            `Ask for a shorter history, or for longer candles.`,
        );
      const asked = rows.filter(({ openTime }) => openTime >= from && openTime <= to);
      return from === -Infinity ? asked.slice(-limit) : asked.slice(0, limit);
    },
    recognise: (url) => {
      const [, nativeSymbol] = /\/api\/charts\/v1\/trade\/([^/]+)\/[^/]+$/.exec(url.pathname) ?? [];
      return nativeSymbol === undefined ? undefined : { nativeSymbol: decodeURIComponent(nativeSymbol) };
    },
  };
}

function readCandle(row: WireCandle, field: string, buckets: CandleInterval): CandleRow {
  const at = (name: string): string => `${field}.${name}`;
  const openTime = exactInteger(row.time, at('time'));
  return {
    interval: buckets.text,
    openTime,
    closeTime: buckets.end(openTime),
    open: price(row.open, at('open')),
    high: price(row.high, at('high')),
    low: price(row.low, at('low')),
    close: price(row.close, at('close')),
    // A linear contract is one of base currency.
    baseVolume: amount(row.volume, at('volume')),
  };
}

function parse<Result>(
  exchange: string,
  operation: string,
  body: string,
  read: (answer: Readonly<Record<string, unknown>>) => Result,
): Result {
  try {
    return read(object(readExactJson(Buffer.from(body)), 'body'));
  } catch (error) {
    if (error instanceof MalformedFieldError || error instanceof SyntaxError)
      throw new MalformedAnswerError(exchange, operation, error.message, error);
    throw error;
  }
}
