import type { ControlFrame, Refusal, Sink, Stream } from '@exchange-stream/nestjs/contract';
import { isWireObject } from '../decoder/fields.ts';
import type { WireMessage } from './bybit.wire.ts';

type Op = 'subscribe' | 'unsubscribe';

/** A request whose answer has not come. */
interface Asked {
  readonly op: Op;
  readonly id: string;
  readonly topics: readonly string[];
}

/**
 * Requests that are remembered at most. Those whose answer is lost are forgotten when their topics are asked for again, or
 * when so many later ones wait.
 */
const MAX_ASKED = 500;

const MAX_MESSAGE_LENGTH = 256;

/** The topic that a refusal names: `Invalid topic: x`, `error:handler not found,topic:x`. */
const NAMED_TOPIC = /topic:\s*([^\s,;]+)/i;

/**
 * What was asked on one connection, and which answer is to what. Spot, linear and inverse sockets repeat the id of the
 * request, at least where they accept it; a refusal has been seen without. Those of options and spreads name the topics
 * instead, each that failed and each that did not.
 */
export class Requests<S extends Stream> {
  private asked: Asked[] = [];

  constructor(
    /** Answers name each topic that failed, and so decide on each by itself. */
    private readonly isToldByTopic: boolean,
  ) {}

  /** The message that asks for topics or gives them back. */
  ask(op: Op, id: string, topics: readonly string[]): ControlFrame {
    // Whoever asks again has given up waiting for the answer before.
    this.asked = this.asked.filter((other) => !other.topics.some((topic) => topics.includes(topic)));
    this.asked.push({ op, id, topics });
    if (this.asked.length > MAX_ASKED) this.asked.shift();
    const replies = this.isToldByTopic
      ? topics.map((topic) => ({ key: keyOf(id, topic), topics: [topic] }))
      : [{ key: id, topics }];
    return { frame: JSON.stringify({ op, args: topics, req_id: id }), replies };
  }

  /** Reads an answer to a request for topics. */
  read(message: WireMessage, sink: Sink<S>): void {
    const { failed, named } = topicsIn(message.data);
    const request = this.take(message, named);
    const isRefused = message.success !== true;
    if (!request) {
      const id = idOf(message);
      if (id !== undefined) sink.reply(id, isRefused ? refusal(message) : undefined);
      else if (isRefused)
        sink.rejected(undefined, `refusal of no known request: ${refusal(message).message}`);
      // Of a recording, which does not ask, or too late.
      else sink.ignored('answer to no known request');
      return;
    }
    if (!this.isToldByTopic) return sink.reply(request.id, isRefused ? refusal(message) : undefined);
    for (const topic of request.topics) {
      const hasFailed = isRefused || failed.includes(topic);
      sink.reply(keyOf(request.id, topic), hasFailed ? refusal(message, topic) : undefined);
    }
  }

  private take(message: WireMessage, named: readonly string[]): Asked | undefined {
    const id = idOf(message);
    const about = named.length > 0 ? named : topicOf(message.ret_msg);
    const index =
      id !== undefined
        ? this.asked.findIndex((request) => request.id === id)
        : about.length > 0
          ? this.asked.findIndex(({ topics }) => topics.some((topic) => about.includes(topic)))
          : this.asked.findIndex(({ op }) => message.op === undefined || op === message.op);
    return index < 0 ? undefined : this.asked.splice(index, 1)[0];
  }
}

function keyOf(id: string, topic: string): string {
  return `${id} ${topic}`;
}

/** Our id, where the answer repeats it: without one of ours Bybit writes none, or an empty one. */
function idOf({ req_id: id }: WireMessage): string | undefined {
  if (typeof id === 'string' && id !== '') return id;
  return typeof id === 'number' ? String(id) : undefined;
}

function topicsIn(data: unknown): { failed: readonly string[]; named: readonly string[] } {
  if (!isWireObject(data)) return { failed: [], named: [] };
  const failed = texts(data.failTopics);
  return { failed, named: [...failed, ...texts(data.successTopics)] };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

function topicOf(text: unknown): readonly string[] {
  const [, topic] = typeof text === 'string' ? (NAMED_TOPIC.exec(text) ?? []) : [];
  return topic === undefined ? [] : [topic];
}

/** Bybit gives refusals no code, and the wording varies. */
function refusal({ ret_msg: text }: WireMessage, topic?: string): Refusal {
  const said = typeof text === 'string' && text !== '' ? text : undefined;
  const message = said ?? (topic === undefined ? 'the exchange gave no message' : `Bybit failed ${topic}`);
  return { code: 'none', message: message.slice(0, MAX_MESSAGE_LENGTH), temporary: false };
}
