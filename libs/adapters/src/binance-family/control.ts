import type { ControlFrame, MessageId, Refusal, Sink, Stream } from '@exchange-stream/nestjs/contract';
import { isWireObject } from '../decoder/fields.ts';
import type { WireMessage } from './wire.ts';

/** Too many requests, and server busy: the same request may pass a little later. All other refusals are for good. */
const TEMPORARY_CODES = new Set(['-1003', '-1008']);

const MAX_MESSAGE_LENGTH = 256;

/** Messages that ask for topics, so many in each, with the reply that each calls for. */
export function requests(
  method: 'SUBSCRIBE' | 'UNSUBSCRIBE',
  topics: readonly string[],
  topicsPerMessage: number,
  nextId: () => MessageId,
): ControlFrame[] {
  const frames: ControlFrame[] = [];
  for (let start = 0; start < topics.length; start += topicsPerMessage) {
    const params = topics.slice(start, start + topicsPerMessage);
    const id = nextId();
    const frame = JSON.stringify({ method, params, id });
    frames.push({ frame, replies: [{ key: String(id), topics: params }] });
  }
  return frames;
}

/** Whether a frame answers a request. */
export function isReply(message: WireMessage): boolean {
  return message.result !== undefined || message.error !== undefined || message.code !== undefined;
}

/**
 * Reads the answer to a request: `{"result":null,"id":1}`, or a refusal in one of two forms, `{"code":2,"msg":"…","id":1}`
 * and `{"error":{"code":2,"msg":"…"},"id":1}`. Refusals may come without an id; then nobody can be told but the log.
 */
export function readReply<S extends Stream>(message: WireMessage, sink: Sink<S>): void {
  const key = keyOf(message.id);
  const refusal = refusalOf(message);
  if (refusal) {
    if (key !== undefined) sink.reply(key, refusal);
    else sink.rejected(undefined, `error without a request id: ${refusal.code} ${refusal.message}`);
  } else if (key !== undefined) {
    sink.reply(key);
  } else if (message.result !== null) {
    // Answers to questions that this session never asks.
    sink.ignored(Array.isArray(message.result) ? 'LIST_SUBSCRIPTIONS' : 'GET_PROPERTY');
  } else {
    sink.rejected(undefined, 'reply without a request id');
  }
}

/** The key under which a request was announced. */
function keyOf(id: unknown): string | undefined {
  if (typeof id === 'string') return id;
  return Number.isSafeInteger(id) ? String(id) : undefined;
}

function refusalOf(message: WireMessage): Refusal | undefined {
  const error: WireMessage | undefined = isWireObject(message.error) ? message.error : message;
  const { code, msg } = error;
  if (code === undefined && message.error === undefined) return undefined;
  const codeText = typeof code === 'number' || typeof code === 'string' ? String(code) : 'unknown';
  return {
    code: codeText.slice(0, MAX_MESSAGE_LENGTH),
    message: typeof msg === 'string' ? msg.slice(0, MAX_MESSAGE_LENGTH) : 'the exchange gave no message',
    temporary: TEMPORARY_CODES.has(codeText),
  };
}
