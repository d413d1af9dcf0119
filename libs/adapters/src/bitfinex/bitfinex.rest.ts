import type { Instrument } from '@exchange-stream/market-data';
import type {
  CandleRow,
  CandlesQuery,
  InstrumentsOperation,
  RestOperation,
} from '@exchange-stream/nestjs/contract';
import { readExactJson } from '../decoder/exact-json.ts';
import { MalformedFieldError, list } from '../decoder/fields.ts';
import { MalformedAnswerError } from '../decoder/malformed-answer.ts';
import { listsOf, readInstruments } from './bitfinex.instruments.ts';
import { intervalOf, readCandle } from './bitfinex.market-data.ts';
import { candleKey, parseTopic } from './bitfinex.topics.ts';

const PAIRS = 'pub:list:pair:exchange';
/** What is asked for of what is traded, in one call. */
const CONFIGURATION = [
  ...[PAIRS, 'pub:list:pair:futures', 'pub:list:currency:margin', 'pub:map:currency:sym'],
] as const;

/** Candles in an answer. */
export const MAX_CANDLES = 10_000;

/** What Bitfinex lists, with the names of its currencies. A recording may have the list of its pairs alone. */
export function instruments(exchange: string): InstrumentsOperation {
  const operation = `conf/${CONFIGURATION.join(',')}`;
  return {
    request: () => ({ path: `/v2/${operation}`, weight: 1 }),
    parse: (body, _query, reject): readonly Instrument[] =>
      parse(exchange, operation, body, (answer) => {
        const [pairs = [], futures = [], currencies = [], names = []] = listsOf(answer);
        return readInstruments({ pairs, futures, currencies, names }, exchange, reject);
      }),
    recognise: ({ pathname }) => {
      const asked = pathname.slice(pathname.lastIndexOf('/') + 1);
      return asked === PAIRS || asked === CONFIGURATION.join(',') ? {} : undefined;
    },
  };
}

/** Candles by open time, newest first on the wire unless `sort=1` asks for the oldest. */
export function candles(exchange: string): RestOperation<CandlesQuery, readonly CandleRow[]> {
  return {
    request: ({ nativeSymbol, interval, params, from, to, limit }) => ({
      path:
        `/v2/candles/${candleKey(nativeSymbol, { ...params, interval })}/hist` +
        `?limit=${Math.min(limit, MAX_CANDLES)}` +
        (from === undefined ? '' : `&start=${from}`) +
        (to === undefined ? '' : `&end=${to}`) +
        // The oldest of what is asked for come first, so that what is behind them can be asked for next.
        (from === undefined ? '' : '&sort=1'),
      weight: 1,
    }),
    parse: (body, { nativeSymbol, interval }) =>
      parse(exchange, `candles/trade:${interval}:${nativeSymbol}/hist`, body, (answer) =>
        list(answer, 'body')
          .map((row, index) => readCandle(row, `body[${index}]`, intervalOf(interval)))
          .sort((one, other) => one.openTime - other.openTime),
      ),
    recognise: ({ pathname }) => {
      const [, key] = /\/v2\/candles\/([^/]+)\/hist$/.exec(decodeURIComponent(pathname)) ?? [];
      const topic = key === undefined ? undefined : parseTopic(`candles:${key}`);
      return topic && { nativeSymbol: topic.nativeSymbol };
    },
  };
}

/** What an answer holds. An error is `["error", code, text]`. */
function parse<Result>(
  exchange: string,
  operation: string,
  body: string,
  read: (answer: unknown) => Result,
): Result {
  try {
    const answer: unknown = readExactJson(Buffer.from(body));
    if (Array.isArray(answer) && answer[0] === 'error')
      throw new MalformedFieldError('body', `no error (${String(answer[2]).slice(0, 128)})`, answer[1]);
    return read(answer);
  } catch (error) {
    if (error instanceof MalformedFieldError || error instanceof SyntaxError) {
      throw new MalformedAnswerError(exchange, `/v2/${operation}`, error.message, error);
    }
    throw error;
  }
}
