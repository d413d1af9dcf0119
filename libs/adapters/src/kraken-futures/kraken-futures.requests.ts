import type { ControlFrame, Refusal, Sink, Stream } from '@exchange-stream/nestjs/contract';
import { wishOf } from './kraken-futures.topics.ts';
import type { WireMessage } from './kraken-futures.wire.ts';

type Operation = 'subscribe' | 'unsubscribe';

/** A request of which something is not answered. */
interface Asked {
  readonly operation: Operation;
  readonly feed: string;
  /** Counts requests, so that no answer is waited for under the key of another. */
  readonly number: number;
  readonly products: Set<string>;
}

/** Requests that are remembered at most; those whose answer is lost are forgotten when so many came later. */
const MAX_ASKED = 500;

const MAX_MESSAGE_LENGTH = 256;

/** Harmless: what is subscribed already is asked for once more by itself. */
const ALREADY = /^Already subscribed/i;

const TEMPORARY = /rate limit|too many|unavailable/i;

/** Of a feed without products. */
const NO_PRODUCT = '';

/**
 * What was asked for on one connection. Requests have no ids: an answer names its feed and products, an error names nothing,
 * and all come in the order in which was asked.
 */
export class Requests<S extends Stream> {
  private asked: Asked[] = [];
  private count = 0;

  /** The messages that ask for topics, or give them back: one for all products of a feed. */
  ask(operation: Operation, topics: readonly string[]): ControlFrame[] {
    const byFeed = new Map<string, { products: string[]; topics: string[] }>();
    for (const topic of topics) {
      // What is no topic names a feed that Kraken does not have, and refuses.
      const { feed, product = NO_PRODUCT } = wishOf(topic) ?? { feed: topic };
      const group = byFeed.get(feed) ?? { products: [], topics: [] };
      byFeed.set(feed, group);
      group.products.push(product);
      group.topics.push(topic);
    }
    return [...byFeed].map(([feed, group]) => {
      const request = this.remember(operation, feed, group.products);
      const products = group.products.filter((product) => product !== NO_PRODUCT);
      return {
        frame: JSON.stringify({
          event: operation,
          feed,
          ...(products.length > 0 && { product_ids: products }),
        }),
        replies: group.products.map((product, index) => ({
          key: keyOf(request, product),
          topics: group.topics.slice(index, index + 1),
        })),
      };
    });
  }

  /** `subscribed` or `unsubscribed`. */
  taken(operation: Operation, { feed, product_ids: products }: WireMessage, sink: Sink<S>): void {
    let isKnown = false;
    for (const product of Array.isArray(products) ? products : [NO_PRODUCT]) {
      const request = this.asked.find(
        (each) => each.operation === operation && each.feed === feed && each.products.has(String(product)),
      );
      if (!request) continue;
      isKnown = true;
      this.end(request, String(product), undefined, sink);
    }
    if (!isKnown) sink.ignored(`${operation} not asked for`);
  }

  /** `error`: of what, it does not say; the oldest request that waits is the one that comes next. */
  refused({ message }: WireMessage, sink: Sink<S>): void {
    const [request] = this.asked;
    const reason = textOf(message);
    if (!request) return sink.rejected(undefined, `error without a request: ${reason}`);
    const products = [...request.products];
    const refusal: Refusal = {
      code: 'error',
      message: reason,
      temporary: TEMPORARY.test(reason),
      // Which of them it is about is seen when each is asked for by itself.
      ...(products.length > 1 && { isOfSeveral: true }),
    };
    for (const product of products) this.end(request, product, refusal, sink);
  }

  /** `alert`. */
  alerted({ message }: WireMessage, sink: Sink<S>): void {
    const reason = textOf(message);
    if (!ALREADY.test(reason)) return sink.rejected(undefined, `alert: ${reason}`);
    const request = this.asked.find(({ operation }) => operation === 'subscribe');
    if (!request) return sink.ignored('Already subscribed');
    for (const product of [...request.products]) this.end(request, product, undefined, sink);
  }

  private end(request: Asked, product: string, refusal: Refusal | undefined, sink: Sink<S>): void {
    request.products.delete(product);
    if (request.products.size === 0) this.asked = this.asked.filter((each) => each !== request);
    sink.reply(keyOf(request, product), refusal);
  }

  private remember(operation: Operation, feed: string, products: readonly string[]): Asked {
    // Whoever asks again has given up waiting for the answer before.
    for (const each of this.asked)
      if (each.operation === operation && each.feed === feed)
        for (const product of products) each.products.delete(product);
    const request: Asked = { operation, feed, number: ++this.count, products: new Set(products) };
    this.asked = [...this.asked.filter(({ products: left }) => left.size > 0), request].slice(-MAX_ASKED);
    return request;
  }
}

function keyOf({ operation, feed, number }: Asked, product: string): string {
  return `${number} ${operation} ${feed} ${product}`;
}

function textOf(message: unknown): string {
  return typeof message === 'string' && message !== ''
    ? message.slice(0, MAX_MESSAGE_LENGTH)
    : 'the exchange gave no message';
}
