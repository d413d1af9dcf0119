import type { Refusal } from '@exchange-stream/nestjs/contract';
import { isWireObject } from '../decoder/fields.ts';
import { topicOf } from './bitfinex.topics.ts';

/** Requests that are not answered and remembered: an unknown key is never answered. */
const MAX_ASKED = 1_000;
const MAX_MESSAGE_LENGTH = 256;

/** Keys of answers that bear no id. There is one setting of flags, and one login, of a socket at a time. */
export const CONF = 'conf';
export const AUTH = 'auth';

/** Key of the answer to a request that gives a channel back. */
export function leaveKey(chanId: number): string {
  return `unsubscribe ${chanId}`;
}

/** The number of a channel; undefined for what is none. Bitfinex's fit a double. */
export function chanIdOf({ chanId }: WireAnswer): number | undefined {
  const number = typeof chanId === 'string' && chanId !== '' ? Number(chanId) : NaN;
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** A request for a topic. */
export interface Asked {
  /** Sent along as `subId`, and the key of its answer. */
  readonly id: string;
  readonly topic: string;
  /** The topic has been given back before the answer came. */
  isAbandoned: boolean;
}

/** What Bitfinex says of a request, every value as text. */
export type WireAnswer = Readonly<Record<string, unknown>>;

/**
 * The requests of one socket that wait for an answer. It names them by `subId`; where it does not (a recording of somebody
 * who sends none), by what they asked for, in the order in which they were sent.
 */
export class AskedTopics {
  private readonly asked = new Map<string, Asked>();

  add(id: string, topic: string): void {
    this.asked.set(id, { id, topic, isAbandoned: false });
    const [oldest] = this.asked.keys();
    if (this.asked.size > MAX_ASKED && oldest !== undefined) this.asked.delete(oldest);
  }

  /** The topic is not wanted any more: what is confirmed of it from here on has to be given back. */
  abandon(topic: string): void {
    for (const asked of this.asked.values()) if (asked.topic === topic) asked.isAbandoned = true;
  }

  /** Whether a request for the topic waits for its answer, and for nothing else. */
  isAwaited(topic: string): boolean {
    for (const asked of this.asked.values()) if (asked.topic === topic && !asked.isAbandoned) return true;
    return false;
  }

  /** The request that an answer is to; undefined where this session has not asked. */
  answered(answer: WireAnswer): Asked | undefined {
    const found = this.find(answer);
    if (found) this.asked.delete(found.id);
    return found;
  }

  private find(answer: WireAnswer): Asked | undefined {
    const { subId } = answer;
    if (typeof subId === 'string') return this.asked.get(subId);
    const topic = topicOf(answer);
    for (const asked of this.asked.values()) if (asked.topic === topic) return asked;
    return undefined;
  }
}

/** What the same request may not meet another time: too much at once, not ready yet, and what nobody can tell. */
const TEMPORARY = new Set(['10000', '10008', '10114', '10305', '11000']);
/** A socket has as many channels as it may. */
const FULL = '10305';
/** Payload, signature or HMAC of a login; a key that is not known. */
const CREDENTIALS = new Set(['10100', '10111', '10112', '10113']);
/** The nonce is not larger than all before it. */
const NONCE = '10114';

/** What an error of Bitfinex's says of the request that it answers. */
export function refusalOf(answer: WireAnswer, code: unknown = answer.code): Refusal {
  const text = typeof code === 'string' ? code.slice(0, MAX_MESSAGE_LENGTH) : 'unknown';
  return {
    code: text,
    message: messageOf(answer.msg),
    temporary: TEMPORARY.has(text),
    ...(text === FULL && { connectionIsFull: true }),
    ...(CREDENTIALS.has(text) && { signing: 'credentials' as const }),
    ...(text === NONCE && { signing: 'nonce' as const }),
  };
}

/** Bitfinex's own words, which only people should read: codes are what counts. */
export function messageOf(msg: unknown): string {
  return typeof msg === 'string' && msg !== ''
    ? msg.slice(0, MAX_MESSAGE_LENGTH)
    : 'the exchange gave no message';
}

/** `{"status":1}` of the first frame of a socket: 1 operates, 0 is in maintenance. */
export function platformStatusOf({ platform }: WireAnswer): 'operative' | 'maintenance' | undefined {
  if (!isWireObject(platform)) return undefined;
  if (platform.status === '1') return 'operative';
  return platform.status === '0' ? 'maintenance' : undefined;
}
