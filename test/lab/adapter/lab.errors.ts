import type { Refusal, RestAnswer, SigningRefusal } from '@exchange-stream/nestjs/contract';
import { isWireObject, type WireObject } from './lab.fields.ts';

/** The connection carries as many topics as it can; another one may take it. */
const FULL_CODE = 2;
/** Not now, try again. */
const NOT_NOW_CODE = 3;
/** A key or a signature that is wrong. */
const KEY_CODE = 7;
/** The time is too far from the exchange's; right with the exchange's time. */
const TIME_CODE = 9;
/** The nonce is not larger than those before; right with a larger one. */
const NONCE_CODE = 10;

/**
 * Errors that pass. Time and nonce among them: who asks again signs anew, and nothing is wrong with the key that they came
 * with.
 */
const PASSING: ReadonlySet<unknown> = new Set([NOT_NOW_CODE, TIME_CODE, NONCE_CODE]);

const MAX_MESSAGE_LENGTH = 256;

/** Reads `{"code":1,"message":"…"}`. */
export function refusalOf(error: unknown): Refusal {
  const { code, message }: WireObject = isWireObject(error) ? error : {};
  return {
    code: typeof code === 'number' ? String(code) : 'unknown',
    message:
      typeof message === 'string' ? message.slice(0, MAX_MESSAGE_LENGTH) : 'the exchange gave no message',
    temporary: PASSING.has(code),
    ...(code === FULL_CODE ? { connectionIsFull: true } : {}),
    ...(code === TIME_CODE ? { signing: 'time' as const } : {}),
  };
}

/** A wrong nonce comes with 401 as a wrong key does: the code tells them apart. */
export function signingRefusal({ status, body }: RestAnswer): SigningRefusal | undefined {
  // What succeeds holds no error, and may be long.
  if (status === 200) return undefined;
  switch (errorIn(body)?.code) {
    case KEY_CODE:
      return 'credentials';
    case TIME_CODE:
      return 'time';
    case NONCE_CODE:
      return 'nonce';
    default:
      return undefined;
  }
}

function errorIn(body: string): WireObject | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return undefined;
  }
  return isWireObject(answer) && isWireObject(answer.error) ? answer.error : undefined;
}
