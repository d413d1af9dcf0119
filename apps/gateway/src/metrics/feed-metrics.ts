import { Counter, Gauge, type Registry } from 'prom-client';
import type { FeedHub } from '../feed/feed-hub.ts';
import type { FeedStatistics } from '../feed/feed-statistics.ts';

/** What the feed does, read when it is asked for. */
export function registerFeedMetrics(registry: Registry, feed: FeedStatistics, hub: FeedHub): void {
  const registers = [registry];
  const gauge = (name: string, help: string, value: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  };
  const counter = (name: string, help: string, value: () => number): void => {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  };
  gauge('feed_clients', 'Clients connected to the feed', () => feed.clients);
  gauge('feed_channels', 'Channels that clients of the feed receive', () => hub.size);
  counter('feed_messages_sent_total', 'Messages sent, each client counted', () => feed.messages);
  counter('feed_bytes_sent_total', 'Bytes of messages sent, each client counted', () => feed.bytes);
  counter('feed_slow_clients_total', 'Clients cut off because they read too slowly', () => feed.slowClients);
  counter(
    'feed_messages_dropped_total',
    'Messages that waited for a client that went away',
    () => feed.dropped,
  );
  counter('feed_refusals_total', 'Requests refused, whole or in part', () => feed.refusals);
}
