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
      subscriber: (topics, nextId) => [JSON.stringify({ id: nextId(), op: 'subscribe', topics })],
      unsubscriber: (topics, nextId) => [JSON.stringify({ id: nextId(), op: 'unsubscribe', topics })],
      topicsPerConnection: { documented: 50, safe: 40 },
    });
  }

  /** The first topic opens the connection, the last one closes it. */
  follow(topic: string): void {
    this.news.subscribe([topic]);
  }

  /** Rejects while the connection is not open. */
  ask(question: string): Promise<void> {
    return this.news.send(JSON.stringify({ id: this.news.nextId(), op: 'ask', question }));
  }

  private logIn(login: LoginHandle): Promise<void> {
    return new Promise((resolve, reject) => {
      login.onFrame((frame) => {
        if (frame === 'welcome') resolve();
        else if (frame === 'denied') reject(new Error('denied'));
      });
      login.send(JSON.stringify({ id: login.nextId(), op: 'login' })).catch(reject);
    });
  }
}
