import type { Refusal, Sink, Stream } from '@exchange-stream/nestjs/contract';
import { isWireObject, type WireObject } from '../decoder/fields.ts';
import { topicOf } from './okx.args.ts';
import type { WireMessage } from './okx.wire.ts';

/** 60014 too many requests, 63999 an error of OKX's own: the same request may pass a little later. */
const TEMPORARY_CODES = new Set(['60014', '63999']);

const MAX_MESSAGE_LENGTH = 256;

/** Topics asked for and not answered that are remembered: more than the requests of an hour can name. */
const MAX_ASKED = 10_000;

/** What is asked for, or given back. */
type Operation = 'subscribe' | 'unsubscribe';

/**
 * Who waits for which answer. OKX answers every topic of a request by itself, `subscribe` and `unsubscribe` alike, and names
 * the request only where that had an id. Of a refusal it may tell no more than the text of the request.
 */
export class PendingTopics {
  /** By operation and topic, the id of the request that named it last. */
  private readonly asked = new Map<string, string>();

  /** A request is about to leave. Returns the key of each topic's answer. */
  ask(operation: Operation, topics: readonly string[], id: string): readonly string[] {
    for (const topic of topics) {
      const name = `${operation} ${topic}`;
      this.asked.delete(name);
      this.asked.set(name, id);
      const [oldest] = this.asked.keys();
      if (this.asked.size > MAX_ASKED && oldest !== undefined) this.asked.delete(oldest);
    }
    return topics.map((topic) => keyOf(operation, topic, id));
  }

  /** The key under which a topic's answer is waited for; undefined where this session has not asked. */
  answered(operation: Operation, topic: string, id: string | undefined): string | undefined {
    const name = `${operation} ${topic}`;
    const asked = this.asked.get(name);
    if (asked === undefined || (id !== undefined && id !== asked)) return undefined;
    this.asked.delete(name);
    return keyOf(operation, topic, asked);
  }

  /** What is not answered of a request, or of all of them that name one of these topics. */
  unanswered(id: string | undefined, topics?: readonly string[]): { operation: Operation; topic: string }[] {
    const found: { operation: Operation; topic: string }[] = [];
    for (const [name, asked] of this.asked) {
      const [operation, topic = ''] = name.split(' ');
      if (id !== undefined && id !== asked) continue;
      if (topics && !topics.includes(topic)) continue;
      found.push({ operation: operation === 'subscribe' ? 'subscribe' : 'unsubscribe', topic });
    }
    return found;
  }
}

function keyOf(operation: Operation, topic: string, id: string): string {
  return `${id} ${operation} ${topic}`;
}

/** Reads an event of the connection: what is no data. */
export function readEvent<S extends Stream>(
  message: WireMessage,
  pending: PendingTopics,
  frame: Buffer,
  sink: Sink<S>,
): void {
  switch (message.event) {
    case 'subscribe':
    case 'unsubscribe':
      return readAck(message.event, message, pending, sink);
    case 'error':
      return readError(message, pending, sink);
    case 'notice':
      // 64008: the connection is closed within a minute, for a service upgrade.
      return message.code === '64008' ? sink.closing(textOf(message.msg)) : sink.ignored('notice');
    case 'login':
    case 'channel-conn-count':
    case 'channel-conn-count-error':
      return sink.ignored(message.event);
    default:
      return sink.unhandled(frame);
  }
}

function readAck<S extends Stream>(
  operation: Operation,
  message: WireMessage,
  pending: PendingTopics,
  sink: Sink<S>,
): void {
  const id = idOf(message.id);
  const topic = topicOf(message.arg);
  const key = topic === undefined ? undefined : pending.answered(operation, topic, id);
  if (key !== undefined) sink.reply(key);
  // A request of a user's, who waits under its id.
  else if (id !== undefined) sink.reply(id);
  else sink.ignored(`${operation} not asked for`);
}

/**
 * A refusal tells its reason in words only, and what it refuses too: `channel:books,instId:XYZ doesn't exist` or
 * `Invalid request: {"op":…}`. Whatever else was asked for in the same request is confirmed all the same.
 */
function readError<S extends Stream>(message: WireMessage, pending: PendingTopics, sink: Sink<S>): void {
  const text = typeof message.msg === 'string' ? message.msg : '';
  const request = requestIn(text);
  const id = idOf(message.id) ?? idOf(request?.id);
  const refusal = refusalOf(message);
  const named = topicsNamed(message, text, request);
  const refused = named || id !== undefined ? pending.unanswered(id, named) : [];
  for (const { operation, topic } of refused) {
    const key = pending.answered(operation, topic, id);
    // Of several, one may be the reason: which one is seen when each is asked for by itself.
    if (key !== undefined) sink.reply(key, refused.length > 1 ? { ...refusal, isOfSeveral: true } : refusal);
  }
  if (refused.length > 0) return;
  if (id !== undefined) sink.reply(id, refusal);
  else sink.rejected(undefined, `error without a request: ${refusal.code} ${refusal.message}`);
}

/** The topics that an error names; undefined where it names none. */
function topicsNamed(
  { arg }: WireMessage,
  text: string,
  request: WireObject | undefined,
): readonly string[] | undefined {
  if (request) return Array.isArray(request.args) ? request.args.flatMap(topicsIn) : undefined;
  const named = topicOf(arg) ?? topicOf(argIn(text));
  return named === undefined ? undefined : [named];
}

function topicsIn(arg: unknown): readonly string[] {
  const topic = topicOf(arg);
  return topic === undefined ? [] : [topic];
}

/** The request that an error quotes. */
function requestIn(text: string): WireObject | undefined {
  const start = text.indexOf('{');
  if (start < 0) return undefined;
  try {
    const request: unknown = JSON.parse(text.slice(start, text.lastIndexOf('}') + 1));
    return isWireObject(request) ? request : undefined;
  } catch {
    return undefined; // Cut off, or no request: then there is nothing to be known of it.
  }
}

/** `channel:tickers,instId:BTC-USDTX` in an error's text. */
function argIn(text: string): WireObject {
  const arg: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(
    /\b(channel|instType|instFamily|uly|instId|sprdId)\s*:\s*([A-Za-z0-9_.-]*[A-Za-z0-9])/g,
  ))
    arg[name] = value;
  return arg;
}

/** Ids are text of ours; a user's may be what he likes. */
function idOf(id: unknown): string | undefined {
  return typeof id === 'string' && id !== '' ? id : undefined;
}

function refusalOf({ code, msg }: WireMessage): Refusal {
  const codeText = typeof code === 'string' || typeof code === 'number' ? String(code) : 'unknown';
  return {
    code: codeText.slice(0, MAX_MESSAGE_LENGTH),
    message: textOf(msg),
    temporary: TEMPORARY_CODES.has(codeText),
  };
}

function textOf(msg: unknown): string {
  return typeof msg === 'string' && msg !== ''
    ? msg.slice(0, MAX_MESSAGE_LENGTH)
    : 'the exchange gave no message';
}
