import { binance } from '@exchange-stream/adapters';
import type { SubscriptionRequest } from '@exchange-stream/market-data';
import type { BookChange, Level, Meaning, ReferenceReader, Shift } from './reference-reader.ts';

interface Payload {
  e?: string;
  E?: number;
  T?: number;
  U?: number;
  u?: number;
  a?: unknown;
  b?: unknown;
  f?: number;
  l?: number;
  k?: { t: number; T: number };
}

const LIMIT = 100;

/** Binance Spot, combined streams: `U` and `u` number the changes of a book, `a` the aggregated trades. */
export const binanceReader: ReferenceReader = {
  session: 'cryptofeed/binance/ws.1.jsonl.gz',
  http: 'cryptofeed/binance/http.jsonl.gz',
  adapter: () => binance(),

  meaning(frame): Meaning | undefined {
    const message = parsed(frame);
    const topic = message?.stream;
    const data = message?.data;
    if (typeof topic !== 'string' || typeof data !== 'object' || data === null) return undefined;
    const payload = data as Payload;
    if (topic.includes('@depth')) {
      const change = changeOf(topic, payload);
      return change && { topic, change };
    }
    if (!topic.endsWith('@aggTrade')) return { topic };
    return isId(payload.a) && payload.e === 'aggTrade' ? { topic, tradeId: payload.a } : undefined;
  },

  shifted(frame, shift): string {
    const message = parsed(frame) as { stream: string; data: Payload };
    const { stream: topic, data } = message;
    if (data.E !== undefined) data.E += shift.timeMs;
    if (data.T !== undefined) data.T += shift.timeMs;
    if (data.u !== undefined) shiftNumbers(data, bookOf(topic), shift);
    if (data.e === 'aggTrade') data.a = Number(data.a) + shift.tradeId(topic);
    if (data.k) {
      data.k.t += shift.timeMs;
      data.k.T += shift.timeMs;
    }
    return JSON.stringify(message);
  },

  frameOf: ({ book, first, last, bids, asks }, topic, timeMs) =>
    JSON.stringify({
      stream: topic,
      data: { e: 'depthUpdate', E: timeMs, s: book, U: first, u: last, b: bids, a: asks },
    }),

  wholeBook(body) {
    const book = parsed(body);
    if (!book || !isId(book.lastUpdateId) || !isLevels(book.bids) || !isLevels(book.asks)) return undefined;
    return { sequence: book.lastUpdateId, bids: book.bids, asks: book.asks };
  },

  bodyOf: ({ sequence, bids, asks }) => JSON.stringify({ lastUpdateId: sequence, bids, asks }),

  question({ pathname, searchParams }) {
    if (pathname.endsWith('/exchangeInfo')) return 'instruments';
    if (!pathname.endsWith('/depth')) return undefined;
    return { book: searchParams.get('symbol') ?? '', limit: Number(searchParams.get('limit') ?? LIMIT) };
  },

  instruments(body, symbols): string {
    const info = JSON.parse(body) as { symbols: { symbol: string }[] };
    return JSON.stringify({
      ...info,
      symbols: info.symbols.filter(({ symbol }) => symbols.includes(symbol)),
    });
  },

  subscription(topic, instruments): SubscriptionRequest {
    const { symbols } = JSON.parse(instruments) as {
      symbols: { symbol: string; baseAsset: string; quoteAsset: string }[];
    };
    const { baseAsset, quoteAsset } = symbols.find(({ symbol }) => symbol === bookOf(topic))!;
    const of = { exchange: 'binance', symbol: `${baseAsset}/${quoteAsset}` };
    if (topic.endsWith('@depth@100ms')) return { ...of, channel: 'book' };
    if (topic.endsWith('@bookTicker')) return { ...of, channel: 'quotes' };
    if (topic.endsWith('@aggTrade')) return { ...of, channel: 'trades', params: { aggregated: true } };
    if (topic.endsWith('@kline_1m')) return { ...of, channel: 'candles', params: { interval: '1m' } };
    throw new Error(`No channel is known for ${topic}.`);
  },

  request(message) {
    const { method, params, id } = JSON.parse(message) as { method: string; params: string[]; id: unknown };
    return {
      subscribe: method === 'SUBSCRIBE' ? params : [],
      unsubscribe: method === 'UNSUBSCRIBE' ? params : [],
      reply: JSON.stringify({ result: null, id }),
    };
  },
};

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function changeOf(topic: string, { e, U, u, b, a }: Payload): BookChange | undefined {
  if (e !== 'depthUpdate' || !isId(U) || !isId(u) || U > u || !isLevels(b) || !isLevels(a)) return undefined;
  return { book: bookOf(topic), first: U, last: u, bids: b, asks: a };
}

function bookOf(topic: string): string {
  return (topic.split('@')[0] ?? '').toUpperCase();
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** Texts that may be numbers; whether they are plain decimals, whoever compares them has to see. */
function isLevels(value: unknown): value is Level[] {
  return (
    Array.isArray(value) &&
    value.every(
      (level) =>
        Array.isArray(level) &&
        level.length === 2 &&
        level.every((text) => typeof text === 'string' && Number(text) >= 0) &&
        Number(level[0]) > 0,
    )
  );
}

/** A quote has one number only. */
function shiftNumbers(data: Payload, book: string, shift: Shift): void {
  const by = shift.sequence(book);
  data.u = Number(data.u) + by;
  if (data.U !== undefined) data.U = Math.max(data.U + by, shift.before(book) + 1);
}
