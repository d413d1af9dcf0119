import type { OkxError } from './okx.errors.ts';
import type { Payload } from './okx.frames.ts';

/** One arg is subscribed, or not any more. The id comes back where the request had one. */
export function acknowledgement(
  event: 'subscribe' | 'unsubscribe',
  arg: Payload,
  connId: string,
  id?: string,
): string {
  return JSON.stringify({ ...(id !== undefined && { id }), event, arg, connId });
}

export function refusal({ code, message }: OkxError, connId: string, id?: string): string {
  return JSON.stringify({ ...(id !== undefined && { id }), event: 'error', code, msg: message, connId });
}

/** Comes a minute before a connection is closed. */
export function serviceUpgrade(connId: string): string {
  return JSON.stringify({
    event: 'notice',
    code: '64008',
    msg: 'The connection will soon be closed for a service upgrade. Please reconnect.',
    connId,
  });
}
