import { illegalRequest, OkxError } from './okx.errors.ts';
import type { Payload } from './okx.frames.ts';

/** What a client asks on its socket. */
export interface OkxRequest {
  readonly op: 'subscribe' | 'unsubscribe' | 'login';
  /** Echoed where it is given. */
  readonly id?: string;
  readonly args: readonly unknown[];
}

export type OkxArg = Payload & { readonly channel: string };

/** @throws OkxError */
export function parseRequest(text: string): OkxRequest {
  const message = parseObject(text);
  const { op, id, args } = message;
  if (id !== undefined && !isId(id)) throw illegalRequest(text);
  if (op !== 'subscribe' && op !== 'unsubscribe' && op !== 'login')
    throw new OkxError('60019', `Invalid op: ${typeof op === 'string' ? op : JSON.stringify(op)}`);
  if (!Array.isArray(args) || args.length === 0) throw new OkxError('60013', 'Invalid args');
  return { op, args, ...(id !== undefined && { id }) };
}

/** Whether something names a channel: what it is then can still be nothing that there is. */
export function isArg(value: unknown): value is OkxArg {
  return isObject(value) && typeof value['channel'] === 'string';
}

/** Up to 32 letters and digits. */
function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9]{1,32}$/.test(value);
}

function parseObject(text: string): Payload {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw illegalRequest(text);
  }
  if (!isObject(value)) throw illegalRequest(text);
  return value;
}

function isObject(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
