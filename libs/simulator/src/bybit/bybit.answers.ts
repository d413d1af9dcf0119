import type { SocketKind } from './bybit.category.ts';

/** A topic that a request cannot have, and why. */
export interface BadTopic {
  readonly topic: string;
  /** Nothing on this socket handles it, or nothing is listed by that symbol. */
  readonly why: 'no-handler' | 'unknown-symbol';
}

interface Asked {
  readonly op: 'subscribe' | 'unsubscribe';
  readonly reqId: unknown;
}

/**
 * The words in which one connection is answered. Options and spreads have another form, which names each topic and no
 * request; the others echo the request's id, and linear says it where there is none.
 */
export class Answers {
  constructor(
    private readonly kind: SocketKind,
    private readonly connectionId: string,
  ) {}

  get namesTopics(): boolean {
    return this.kind === 'option' || this.kind === 'spread';
  }

  done({ op, reqId }: Asked): string {
    const isSpot = this.kind === 'spot';
    const id = reqId ?? (isSpot ? undefined : '');
    return JSON.stringify({
      success: true,
      ret_msg: isSpot ? op : '',
      conn_id: this.connectionId,
      ...(id !== undefined && { req_id: id }),
      op,
    });
  }

  /** The answer of options and spreads. */
  topics(successTopics: readonly string[], failTopics: readonly string[]): string {
    const success = successTopics.length > 0 || failTopics.length === 0;
    const data = { failTopics, successTopics };
    return JSON.stringify({ success, conn_id: this.connectionId, data, type: 'COMMAND_RESP' });
  }

  /** One bad topic fails the whole request. Of the two wordings, one was seen with the request's id and one without. */
  badTopic({ op, reqId }: Asked, { topic, why }: BadTopic): string {
    if (why === 'unknown-symbol')
      return JSON.stringify({
        success: false,
        ret_msg: `Invalid topic: ${topic}`,
        conn_id: this.connectionId,
        op,
      });
    return this.refused(op, reqId, `error:handler not found,topic:${topic}`);
  }

  /** A request that cannot be served whatever its topics are. */
  refused(op: string, reqId: unknown, message: string): string {
    return JSON.stringify({
      success: false,
      ret_msg: message,
      conn_id: this.connectionId,
      ...(reqId !== undefined && { req_id: reqId }),
      op,
    });
  }

  pong(reqId: unknown, now: number): string {
    if (this.namesTopics) return JSON.stringify({ op: 'pong', args: [String(Math.floor(now))] });
    return JSON.stringify({
      success: true,
      ret_msg: 'pong',
      conn_id: this.connectionId,
      ...(reqId !== undefined && { req_id: reqId }),
      op: 'ping',
    });
  }
}
