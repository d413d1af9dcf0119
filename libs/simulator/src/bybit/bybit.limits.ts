import type { SocketKind } from './bybit.category.ts';

/** Published limits of Bybit v5 (bybit-exchange/docs, state 2026-07-24). */
export const CONNECTS_PER_WINDOW = 500;
export const CONNECT_WINDOW_MS = 300_000;
/** Open at the same time, counted for each category. */
export const CONNECTIONS_PER_ADDRESS = 1000;
/** All topics of one connection, added up. */
export const TOPIC_CHARACTERS_PER_CONNECTION = 21_000;
/** A connection on which the client says nothing for so long is closed. */
export const SILENCE_MS = 600_000;
export const REQUESTS_PER_WINDOW = 600;
export const REQUEST_WINDOW_MS = 5000;
/** For so long an address that asked too often is refused. */
export const REFUSAL_MS = 600_000;
export const TRADES_PER_FRAME = 1024;
export const BOOK_LEVELS = 1000;
export const OPTION_BOOK_LEVELS = 25;
export const FULL_BOOK_LEVELS = 10_000;
export const INSTRUMENTS_PER_PAGE = { byDefault: 500, most: 1000 };
/**
 * The real exchange lists more contracts than a page of the default size holds, and this one a few: a page holds fewer
 * still, so that clients have to turn it.
 */
export const INSTRUMENTS_SERVED = 5;
export const KLINES_LIMIT = 1000;
/** Close code of a client that broke a limit. */
export const POLICY_VIOLATION = 1008;

/** Topics in one request; undefined where there is no such limit. */
export function topicsPerRequest(kind: SocketKind): number | undefined {
  return kind === 'spot' ? 10 : undefined;
}

/** Topics of one connection; undefined where only their characters count. */
export function topicsPerConnection(kind: SocketKind): number | undefined {
  return kind === 'option' ? 2000 : undefined;
}
