import type { MessageId, Refusal, Sink, Stream } from '@exchange-stream/nestjs/contract';
import { refusalOf } from './lab.errors.ts';
import type { WireObject } from './lab.fields.ts';
import type { LabAcks } from './lab.options.ts';

const MAX_MESSAGE_LENGTH = 256;
/** Requests whose answers we still know how to read; more than ever wait, unless answers get lost. */
const MAX_OPEN_REQUESTS = 1_000;

interface OpenRequest {
  readonly op: 'subscribe' | 'unsubscribe';
  /** Topics that are not decided yet. */
  readonly topics: Set<string>;
}

/** The requests of one connection: the keys of their answers, and the channel numbers that answers hand out. */
export class LabRequests {
  private readonly open = new Map<MessageId, OpenRequest>();
  private readonly topicOfChannel = new Map<number, string>();
  private readonly channelOfTopic = new Map<string, number>();

  constructor(private readonly acks: LabAcks) {}

  /** Notes a request that is about to be sent, and says by which replies it will be decided. */
  expect(
    id: MessageId,
    op: OpenRequest['op'],
    topics: readonly string[],
  ): { readonly key: string; readonly topics: readonly string[] }[] {
    this.open.set(id, { op, topics: new Set(topics) });
    if (this.open.size > MAX_OPEN_REQUESTS) {
      // The oldest: its answer was lost long ago.
      for (const oldest of this.open.keys()) {
        this.open.delete(oldest);
        break;
      }
    }
    if (this.acks === 'request') return [{ key: String(id), topics }];
    return topics.map((topic) => ({ key: keyOf(id, topic), topics: [topic] }));
  }

  topicOf(channel: number): string | undefined {
    return this.topicOfChannel.get(channel);
  }

  /** All subscriptions of the connection are gone, and their numbers with them. */
  forget(): void {
    this.topicOfChannel.clear();
    this.channelOfTopic.clear();
  }

  /** Reads `{"ack":7}`, `{"ack":7,"topic":"…"}` or `{"ack":7,"topic":"…","channel":12}`. */
  onAck<S extends Stream>(message: WireObject, sink: Sink<S>): void {
    const id = message.ack;
    if (!isId(id)) return sink.rejected(undefined, 'ack without the id of a request');
    const request = this.open.get(id);
    const { topic } = message;
    if (typeof topic !== 'string') {
      if (this.acks === 'request') return this.decideAll(id, sink, undefined);
      return sink.rejected(undefined, `ack of request ${id} without a topic`);
    }
    if (request?.topics.has(topic) !== true) return sink.ignored('answer to no request');
    if (this.acks === 'channel') {
      if (request.op === 'unsubscribe') this.release(topic);
      else if (isNumber(message.channel)) this.assign(message.channel, topic);
      else return sink.rejected(undefined, `ack of ${topic.slice(0, MAX_MESSAGE_LENGTH)} without a channel`);
    }
    this.decide(id, request, topic, sink, undefined);
  }

  /** Reads `{"error":{…},"id":7}` with or without a topic; without one it decides on all that are left. */
  onError<S extends Stream>(message: WireObject, sink: Sink<S>): void {
    const refusal = refusalOf(message.error);
    const { id, topic } = message;
    if (!isId(id)) {
      return sink.rejected(undefined, `error without a request: ${refusal.code} ${refusal.message}`);
    }
    const request = this.open.get(id);
    if (request === undefined) return sink.reply(String(id), refusal);
    if (typeof topic !== 'string') return this.decideAll(id, sink, refusal);
    if (!request.topics.has(topic)) return sink.ignored('answer to no request');
    this.decide(id, request, topic, sink, refusal);
  }

  private decide<S extends Stream>(
    id: MessageId,
    request: OpenRequest,
    topic: string,
    sink: Sink<S>,
    refusal: Refusal | undefined,
  ): void {
    if (this.acks === 'request') return this.decideAll(id, sink, refusal);
    request.topics.delete(topic);
    if (request.topics.size === 0) this.open.delete(id);
    sink.reply(keyOf(id, topic), refusal);
  }

  private decideAll<S extends Stream>(id: MessageId, sink: Sink<S>, refusal: Refusal | undefined): void {
    const request = this.open.get(id);
    this.open.delete(id);
    if (this.acks === 'request' || request === undefined) return sink.reply(String(id), refusal);
    for (const topic of request.topics) sink.reply(keyOf(id, topic), refusal);
  }

  /** One number a topic, one topic a number: what a lost answer left behind must not be taken for somebody else's data. */
  private assign(channel: number, topic: string): void {
    this.release(topic);
    const before = this.topicOfChannel.get(channel);
    if (before !== undefined) this.channelOfTopic.delete(before);
    this.topicOfChannel.set(channel, topic);
    this.channelOfTopic.set(topic, channel);
  }

  private release(topic: string): void {
    const channel = this.channelOfTopic.get(topic);
    if (channel === undefined) return;
    this.channelOfTopic.delete(topic);
    this.topicOfChannel.delete(channel);
  }
}

function keyOf(id: MessageId, topic: string): string {
  return `${id} ${topic}`;
}

/** Ids of messages are positive integers, or text in that dialect. */
export function isId(value: unknown): value is MessageId {
  return isNumber(value) || (typeof value === 'string' && value !== '');
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
