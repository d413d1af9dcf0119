import type { ControlFrame, Refusal, Sink, Stream } from '@exchange-stream/nestjs/contract';

/** Requests without an answer that are remembered: more than wait for one at a time. */
const MAX_WAITING = 1_000;
const MAX_MESSAGE_LENGTH = 256;

type Operation = 'subscribe' | 'unsubscribe';

/** A message on its way, and which of its topics have been decided on. */
interface Waiting {
  readonly operation: Operation;
  /** An answer has come that was its turn: nothing later waits for it any more. */
  isAnswered: boolean;
  /** The key of the answer by topic, while that is open. */
  readonly open: Map<string, string>;
}

/**
 * Requests and their answers. There is no id: every message is answered by all that is subscribed on the connection then, or
 * by an error that names nothing, in the order in which they were sent. So a topic is confirmed as soon as it stands among
 * what is subscribed, in whichever answer; one that never does has no answer, and runs into its deadline. A refusal is of the
 * oldest message that is open.
 */
export class PendingRequests {
  private readonly waiting: Waiting[] = [];

  /** A message is about to leave. */
  ask(operation: Operation, topics: readonly string[], id: number | string): ControlFrame['replies'] {
    const open = new Map(topics.map((topic) => [topic, `${id} ${operation} ${topic}`]));
    // Who asks the same again waits for the former answer no more.
    for (const other of this.waiting)
      if (other.operation === operation) for (const topic of topics) other.open.delete(topic);
    this.waiting.push({ operation, isAnswered: false, open });
    if (this.waiting.length > MAX_WAITING) this.waiting.shift();
    return [...open].map(([topic, key]) => ({ key, topics: [topic] }));
  }

  /** All that is subscribed now has been told. @param isAmong whether a topic is among it */
  confirmed<S extends Stream>(isAmong: (topic: string) => boolean, sink: Sink<S>): void {
    const answered = this.waiting.find(({ isAnswered }) => !isAnswered);
    if (answered) answered.isAnswered = true;
    const undecided = new Set<string>();
    let isNews = false;
    for (const message of this.waiting) {
      const { operation, isAnswered, open } = message;
      for (const [topic, key] of open) {
        // What an earlier message is to change says nothing of a later one, as long as its answer may come.
        if (undecided.has(topic)) continue;
        if (!isAnswered) undecided.add(topic);
        if (isAmong(topic) !== (operation === 'subscribe')) continue;
        this.settle(topic, message);
        isNews = true;
        sink.reply(key);
      }
    }
    this.forgetSettled();
    if (!isNews) sink.ignored('subscriptions, nothing new');
  }

  /** A message is refused. */
  refused<S extends Stream>(words: readonly unknown[], sink: Sink<S>): void {
    this.forgetSettled();
    const refused = this.waiting.shift();
    const refusal = refusalOf(words);
    if (!refused) return sink.rejected(undefined, `error without a request: ${refusal.message}`);
    const { size } = refused.open;
    for (const key of refused.open.values())
      sink.reply(key, size > 1 ? { ...refusal, isOfSeveral: true } : refusal);
  }

  /** What was asked of the topic before is out of date. */
  private settle(topic: string, message: Waiting): void {
    for (const { open } of this.waiting.slice(0, this.waiting.indexOf(message) + 1)) open.delete(topic);
  }

  private forgetSettled(): void {
    const { waiting } = this;
    const open = waiting.filter((message) => message.open.size > 0);
    waiting.splice(0, waiting.length, ...open);
  }
}

/** An error has a message in words, perhaps a reason, and no code. */
function refusalOf(words: readonly unknown[]): Refusal {
  const message =
    words
      .filter((word) => typeof word === 'string' && word !== '')
      .join(': ')
      .slice(0, MAX_MESSAGE_LENGTH) || 'the exchange gave no message';
  return { code: 'error', message, temporary: /rate|limit|too many|try again/i.test(message) };
}
