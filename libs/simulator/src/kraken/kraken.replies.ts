import type { KrakenError } from './kraken.errors.ts';
import { microseconds } from './kraken.frames.ts';
import type { KrakenRequest } from './kraken.requests.ts';
import type { Params } from './kraken.topics.ts';

/** Comes once on every fresh connection, and whenever the exchange is in another state. */
export function statusFrame(system: string, connectionId: bigint): string {
  // The id is larger than the whole numbers that a double holds.
  return (
    '{"channel":"status","type":"update","data":[{"version":"2.0.10",' +
    `"system":"${system}","api_version":"v2","connection_id":${connectionId}}]}`
  );
}

export const HEARTBEAT = '{"channel":"heartbeat"}';

/** @param result what has been subscribed, or not any more */
export function acknowledgement({ method, id }: KrakenRequest, result: Params, now: number): string {
  return JSON.stringify({ method, ...idOf(id), result, success: true, ...times(now) });
}

/** @param request undefined where it could not be read */
export function refusal(
  request: KrakenRequest | undefined,
  { message, symbol }: KrakenError,
  now: number,
): string {
  return JSON.stringify({
    error: message,
    ...(request && { method: request.method, ...idOf(request.id) }),
    success: false,
    ...(symbol && { symbol }),
    ...times(now),
  });
}

export function pong(now: number, id: number | undefined): string {
  return JSON.stringify({ method: 'pong', ...idOf(id), ...times(now) });
}

function idOf(id: number | undefined): Params {
  return id === undefined ? {} : { req_id: id };
}

function times(now: number): Params {
  return { time_in: microseconds(now), time_out: microseconds(now) };
}
