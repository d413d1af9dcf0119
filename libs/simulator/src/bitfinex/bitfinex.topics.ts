import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import { Timeframe } from '../market/timeframe.ts';
import { BitfinexError, CODES } from './bitfinex.errors.ts';
import { BOOK_LENGTHS } from './bitfinex.limits.ts';
import { textOf, type BitfinexRequest } from './bitfinex.requests.ts';
import { parseCandleKey } from './bitfinex.timeframes.ts';

export type ChannelKind = 'ticker' | 'trades' | 'book' | 'candles' | 'deriv' | 'liq';

/** Of a book: each adds up more of the prices of the one before. */
export const LEVEL_PRECISIONS: readonly string[] = ['P0', 'P1', 'P2', 'P3', 'P4'];
/** `R0` has single orders. */
export const PRECISIONS: readonly string[] = [...LEVEL_PRECISIONS, 'R0'];
const FREQUENCIES: readonly string[] = ['F0', 'F1'];

/** What somebody may subscribe to. */
export interface BitfinexTopic {
  readonly kind: ChannelKind;
  /** `book:P0:F0:25:tBTCUSD`, `book:R0:25:tBTCUSD`: by this, faults and tests name it. */
  readonly name: string;
  /** What it tells of: a native symbol; empty where of all. */
  readonly symbol: string;
  /** What the acknowledgement says of it. */
  readonly acknowledged: BitfinexRequest;
  /** Of books. */
  readonly book?: BookView;
  /** Of candles. */
  readonly timeframe?: Timeframe;
}

/** How a book is shown. */
export interface BookView {
  readonly precision: string;
  readonly frequency: string;
  /** Of each side; of `R0` in orders. */
  readonly length: number;
}

/** A derivative that is not there: such a request gets no answer at all. */
export class UnansweredRequest extends Error {}

/**
 * What a request to subscribe asks for.
 * @throws BitfinexError UnansweredRequest
 */
export function parseTopic(request: BitfinexRequest, market: SeededMarket): BitfinexTopic {
  const channel = textOf(request['channel']);
  switch (channel) {
    case 'ticker':
    case 'trades': {
      const symbol = symbolOf(request, market);
      return {
        kind: channel,
        name: nameOf(request),
        symbol,
        acknowledged: { channel, symbol, ...subIdOf(request), ...pairFields(symbol) },
      };
    }
    case 'book':
      return bookTopic(request, market);
    case 'candles':
      return candlesTopic(request, market);
    case 'status':
      return statusTopic(request, market);
    default:
      throw new BitfinexError(CODES.channel, 'channel: unknown');
  }
}

/** What a request asks for, as the name of a topic, whether or not there is such a topic. */
export function nameOf(request: BitfinexRequest): string {
  const channel = textOf(request['channel']) ?? '';
  if (channel === 'candles' || channel === 'status') return `${channel}:${textOf(request['key']) ?? ''}`;
  const symbol = textOf(request['symbol']) ?? '';
  if (channel !== 'book') return `${channel}:${symbol}`;
  const { precision, frequency, length } = viewOf(request);
  // Single orders have no aggregation, which `F1` would slow down.
  const speed = precision === 'R0' ? '' : `${frequency}:`;
  return `book:${precision}:${speed}${length}:${symbol}`;
}

/** `pair` of what is traded, `currency` of what is lent: both stand in acknowledgements beside the symbol. */
export function pairFields(symbol: string): BitfinexRequest {
  return { [symbol.startsWith('f') ? 'currency' : 'pair']: symbol.slice(1) };
}

function bookTopic(request: BitfinexRequest, market: SeededMarket): BitfinexTopic {
  const symbol = symbolOf(request, market);
  const { precision, frequency, length } = viewOf(request);
  if (!PRECISIONS.includes(precision)) throw new BitfinexError(CODES.subscription, 'precision: invalid');
  if (!FREQUENCIES.includes(frequency)) throw new BitfinexError(CODES.subscription, 'frequency: invalid');
  if (!BOOK_LENGTHS.includes(length)) throw new BitfinexError(CODES.subscription, 'length: invalid');
  return {
    kind: 'book',
    name: nameOf(request),
    symbol,
    acknowledged: {
      channel: 'book',
      symbol,
      prec: precision,
      freq: frequency,
      len: length,
      ...subIdOf(request),
      ...pairFields(symbol),
    },
    book: { precision, frequency, length: Number(length) },
  };
}

function candlesTopic(request: BitfinexRequest, market: SeededMarket): BitfinexTopic {
  const key = keyOf(request);
  const parsed = parseCandleKey(key);
  if (parsed === undefined || find(market, parsed.symbol) === undefined)
    throw new BitfinexError(CODES.subscription, 'key: invalid');
  return {
    kind: 'candles',
    name: nameOf(request),
    symbol: parsed.symbol,
    acknowledged: { channel: 'candles', key, ...subIdOf(request) },
    timeframe: new Timeframe(parsed.interval),
  };
}

function statusTopic(request: BitfinexRequest, market: SeededMarket): BitfinexTopic {
  const key = keyOf(request);
  const acknowledged = { channel: 'status', key, ...subIdOf(request) };
  if (key === 'liq:global') return { kind: 'liq', name: nameOf(request), symbol: '', acknowledged };
  const [, symbol] = /^deriv:(.+)$/.exec(key) ?? [];
  if (symbol === undefined) throw new BitfinexError(CODES.subscription, 'key: invalid');
  if (find(market, symbol)?.contract === undefined) throw new UnansweredRequest();
  return { kind: 'deriv', name: nameOf(request), symbol, acknowledged };
}

/** One that is listed and not closed. */
export function find(market: SeededMarket, symbol: string): InstrumentMarket | undefined {
  const found = market.find(symbol);
  return found?.status === 'closed' ? undefined : found;
}

function symbolOf(request: BitfinexRequest, market: SeededMarket): string {
  const symbol = textOf(request['symbol']);
  if (symbol === undefined) throw new BitfinexError(CODES.parameters, 'symbol: required');
  if (find(market, symbol) === undefined) throw new BitfinexError(CODES.subscription, 'symbol: invalid');
  return symbol;
}

function keyOf(request: BitfinexRequest): string {
  const key = textOf(request['key']);
  if (key === undefined) throw new BitfinexError(CODES.parameters, 'key: required');
  return key;
}

/** As asked, or what is sent where nothing is asked. */
function viewOf({ prec, freq, len }: BitfinexRequest): {
  readonly precision: string;
  readonly frequency: string;
  readonly length: string;
} {
  return { precision: asText(prec, 'P0'), frequency: asText(freq, 'F0'), length: asText(len, '25') };
}

function asText(value: unknown, byDefault: string): string {
  if (value === undefined) return byDefault;
  return typeof value === 'number' ? String(value) : (textOf(value) ?? '');
}

function subIdOf({ subId }: BitfinexRequest): BitfinexRequest {
  return subId === undefined ? {} : { subId };
}
