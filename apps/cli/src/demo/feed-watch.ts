import { formatSubscription, type SubscriptionRequest } from '@exchange-stream/market-data';
import { CommandFailure } from '../command-failure.ts';
import { FeedConnection } from '../feed/feed-connection.ts';
import type { FeedMessage } from '../feed/feed-message.ts';
import { Digest } from './digest.ts';

const FAILED = 1;

/** A look at the feed: tells when everything is live, and sums up what comes. */
export class FeedWatch {
  /** Resolves once every channel is live. */
  readonly live: Promise<void>;
  /** Rejects when the gateway refuses a channel. */
  readonly refused: Promise<never>;
  readonly digest: Digest;
  /** What happened to the connection since somebody asked last. */
  private notices: string[] = [];
  private readonly feed: FeedConnection;
  private readonly waiting: Set<string>;
  private allLive: () => void = () => {};

  constructor(url: string, channels: readonly SubscriptionRequest[]) {
    this.digest = new Digest([...new Set(channels.map(({ symbol }) => symbol))]);
    this.waiting = new Set(channels.map(formatSubscription));
    this.live = new Promise((resolve) => {
      this.allLive = resolve;
    });
    let refuse: (reason: string) => void = () => {};
    this.refused = new Promise((_resolve, reject) => {
      refuse = (reason) => reject(new CommandFailure(reason, FAILED));
    });
    this.feed = new FeedConnection(url, channels, {
      message: (message) => this.received(message),
      notice: (text) => this.notices.push(text),
      refused: refuse,
    });
    this.feed.open();
  }

  takeNotices(): readonly string[] {
    return this.notices.splice(0);
  }

  /** Names of the channels that are not live yet. */
  get missing(): readonly string[] {
    return [...this.waiting];
  }

  close(): void {
    this.feed.close();
  }

  private received(message: FeedMessage): void {
    this.digest.add(message);
    if (message.t === 'status' && message.state === 'live') this.waiting.delete(message.ch);
    if (this.waiting.size === 0) this.allLive();
  }
}
