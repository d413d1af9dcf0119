import type { Instrument } from '@exchange-stream/market-data';
import type {
  CandleRow,
  CandlesQuery,
  InstrumentsOperation,
  RestAnswer,
  RestOperation,
} from '@exchange-stream/nestjs/contract';
import { readExactJson } from '../decoder/exact-json.ts';
import { MalformedFieldError, list, object } from '../decoder/fields.ts';
import { MalformedAnswerError } from '../decoder/malformed-answer.ts';
import { readCandleOfRest } from './kraken.candles.ts';
import { readInstruments, restNameOf, symbolOf } from './kraken.instruments.ts';
import { minutesOf } from './kraken.topics.ts';

/** Candles that an answer has, the newest ones, beside the running one: a recorded answer has so many. */
export const MAX_CANDLES = 720;

/** How long nothing is asked after an answer that we ask too much. Kraken names no time. */
const STOP_MS = 15_000;

/** Thrown where candles are asked for that REST does not reach back to. */
export class OutOfReachError extends Error {
  readonly code = 'OUT_OF_REACH';

  constructor(exchange: string, oldest: number) {
    super(
      `${exchange}: REST has the latest ${MAX_CANDLES} candles only, back to ${new Date(oldest).toISOString()}. ` +
        `Ask for a shorter history, or for longer candles.`,
    );
    this.name = 'OutOfReachError';
  }
}

export function instruments(exchange: string): InstrumentsOperation {
  return {
    request: () => ({ path: '/0/public/AssetPairs', weight: 1 }),
    parse: (body, _query, reject): readonly Instrument[] =>
      parse(exchange, 'AssetPairs', body, (result) => readInstruments(result, exchange, reject)),
    recognise: (url) => (isCallOf(url, 'AssetPairs') ? {} : undefined),
  };
}

/** The newest candles, oldest first; the last one runs. What was asked for is picked out of them. */
export function candles(
  exchange: string,
  firstWeekday: number,
): RestOperation<CandlesQuery, readonly CandleRow[]> {
  return {
    request: ({ nativeSymbol, interval }) => ({
      path: `/0/public/OHLC?pair=${encodeURIComponent(restNameOf(nativeSymbol))}&interval=${minutesOf(interval)}`,
      weight: 1,
    }),
    parse: (body, query) => {
      const rows = parse(exchange, `OHLC?pair=${restNameOf(query.nativeSymbol)}`, body, (result) =>
        rowsIn(result).map((row, index) => readCandleOfRest(row, `[${index}]`, query.interval, firstWeekday)),
      );
      const { from = -Infinity, to = Infinity, limit } = query;
      const [oldest] = rows;
      if (rows.length >= MAX_CANDLES && oldest && to < oldest.openTime)
        throw new OutOfReachError(exchange, oldest.openTime);
      const asked = rows.filter(({ openTime }) => openTime >= from && openTime <= to);
      return query.from === undefined ? asked.slice(-limit) : asked.slice(0, limit);
    },
    recognise: (url) => {
      const pair = url.searchParams.get('pair');
      if (!isCallOf(url, 'OHLC') || pair === null) return undefined;
      return pair.includes('/') ? { nativeSymbol: symbolOf(pair) } : {};
    },
  };
}

/** The rows of a pair, whatever REST calls it; `last` is a time. */
function rowsIn(result: Readonly<Record<string, unknown>>): unknown[] {
  const [name] = Object.keys(result).filter((key) => key !== 'last');
  return list(name === undefined ? undefined : result[name], 'result');
}

/** Errors come with status 200, in words. */
export function stopAfter({ body }: RestAnswer): number | undefined {
  return body.startsWith('{"error":["') && /Rate limit exceeded|Too many requests/i.test(body.slice(0, 200))
    ? STOP_MS
    : undefined;
}

function parse<Result>(
  exchange: string,
  operation: string,
  body: string,
  read: (result: Readonly<Record<string, unknown>>) => Result,
): Result {
  try {
    const answer = object(readExactJson(Buffer.from(body)), 'body');
    const errors = list(answer.error, 'error');
    if (errors.length > 0)
      throw new MalformedFieldError('error', 'none', errors.map(String).join(', ').slice(0, 128));
    return read(object(answer.result, 'result'));
  } catch (error) {
    if (error instanceof MalformedFieldError || error instanceof SyntaxError)
      throw new MalformedAnswerError(exchange, `/0/public/${operation}`, error.message, error);
    throw error;
  }
}

/** Whether a URL, of whatever host, is a call of an operation. */
function isCallOf(url: URL, operation: string): boolean {
  return url.pathname.endsWith(`/0/public/${operation}`);
}
