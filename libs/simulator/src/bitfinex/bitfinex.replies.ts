import type { BitfinexError } from './bitfinex.errors.ts';
import type { BitfinexRequest } from './bitfinex.requests.ts';
import { pairFields, type BitfinexTopic } from './bitfinex.topics.ts';

export type InfoCode = 20_051 | 20_060 | 20_061;

/** In words of ours: clients may rely on the code only. */
const NOTICES: Readonly<Record<InfoCode, string>> = {
  20_051: 'The server stops. Please reconnect.',
  20_060: 'Maintenance begins. Please pause.',
  20_061: 'Maintenance is over. Please subscribe anew.',
};

/** The first frame of every connection. */
export function welcome(serverId: string, isOperative: boolean): string {
  return JSON.stringify({
    event: 'info',
    version: 2,
    serverId,
    platform: { status: isOperative ? 1 : 0 },
  });
}

export function notice(code: InfoCode): string {
  return JSON.stringify({ event: 'info', code, msg: NOTICES[code] });
}

export function subscribed({ acknowledged }: BitfinexTopic, chanId: number): string {
  const { channel, ...rest } = acknowledged;
  return JSON.stringify({ event: 'subscribed', channel, chanId, ...rest });
}

export function unsubscribed(chanId: number): string {
  return JSON.stringify({ event: 'unsubscribed', status: 'OK', chanId });
}

/** With all that was asked. */
export function refusal({ code, message, chanId }: BitfinexError, request: BitfinexRequest): string {
  const asked = Object.fromEntries(Object.entries(request).filter(([name]) => name !== 'event'));
  const { symbol } = request;
  const known = chanId === undefined ? {} : { chanId };
  const named = typeof symbol === 'string' ? pairFields(symbol) : {};
  return JSON.stringify({ ...asked, event: 'error', msg: message, code, ...known, ...named });
}
