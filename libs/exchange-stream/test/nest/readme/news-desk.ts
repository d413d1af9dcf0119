import { Injectable, Logger } from '@nestjs/common';
import { InjectConnectionManager, type ConnectionManager } from '@exchange-stream/nestjs';
import type { DefinedConnectionHandle, LoginHandle } from '@exchange-stream/nestjs/engine';

@Injectable()
export class NewsDesk {
  private readonly logger = new Logger(NewsDesk.name);
  readonly news: DefinedConnectionHandle;

  constructor(@InjectConnectionManager('binance') exchange: ConnectionManager) {
    this.news = exchange.define({
      name: 'news',
      url: 'wss://news.example.com/feed',
      authenticate: (login) => this.logIn(login),
      handler: (frame) => this.logger.log(frame),
      keyOf: (frame) => (JSON.parse(frame) as { id?: number }).id,
      subscriber: (topics, nextId) => [JSON.stringify({ id: nextId(), op: 'subscribe', topics })],
      unsubscriber: (topics, nextId) => [JSON.stringify({ id: nextId(), op: 'unsubscribe', topics })],
      topicsPerConnection: { documented: 50, safe: 40 },
    });
  }

  /** The first topic opens the connection, the last one closes it. */
  follow(topic: string): void {
    this.news.subscribe([topic]);
  }

  /** The answer, known by its id. Rejects while the connection is not open, and when no answer comes in time. */
  async ask(question: string): Promise<string | undefined> {
    const id = this.news.nextId();
    const message = JSON.stringify({ id, op: 'ask', question });
    const [answer] = await this.news.send(message, { match: { key: id }, deadlineMs: 2_000 });
    return answer?.frame;
  }

  private async logIn(login: LoginHandle): Promise<void> {
    const id = login.nextId();
    const [answer] = await login.send(JSON.stringify({ id, op: 'login' }), { match: { key: id } });
    if (!answer?.frame.includes('"welcome"')) throw new Error('denied');
  }
}
