import type { Clock, Timer } from '@exchange-stream/market-data';
import type { BookRowSides } from './bitfinex.book-rows.ts';
import type { BitfinexFlags } from './bitfinex.flags.ts';
import { HEARTBEAT_MS } from './bitfinex.limits.ts';
import type { BitfinexTopic } from './bitfinex.topics.ts';

/** What a channel needs of its socket. */
export interface ChannelSocket {
  readonly flags: BitfinexFlags;
  /** Sends a frame of data; the number and the time are put behind where they were asked for. */
  sendData(topic: string, chanId: number, body: string): void;
}

/** One topic on one socket, by the number that it has there and nowhere else. */
export class BitfinexChannel {
  /** The book of the latest checksum. */
  checkedBook: BookRowSides | undefined;
  private sentAt: number;
  private heartbeat: Timer | undefined;

  constructor(
    readonly chanId: number,
    readonly topic: BitfinexTopic,
    private readonly socket: ChannelSocket,
    private readonly clock: Clock,
  ) {
    this.sentAt = clock.monotonic();
  }

  get flags(): BitfinexFlags {
    return this.socket.flags;
  }

  /** @param body what stands behind the number of the channel */
  send(body: string): void {
    this.sentAt = this.clock.monotonic();
    this.socket.sendData(this.topic.name, this.chanId, body);
  }

  /** From now on silence is filled with heartbeats. */
  start(): void {
    this.sentAt = this.clock.monotonic();
    this.schedule(HEARTBEAT_MS);
  }

  stop(): void {
    this.heartbeat?.cancel();
    this.heartbeat = undefined;
  }

  private schedule(delayMs: number): void {
    this.heartbeat = this.clock.after(delayMs, () => {
      const leftMs = this.sentAt + HEARTBEAT_MS - this.clock.monotonic();
      if (leftMs > 0) return this.schedule(leftMs);
      this.send('"hb"');
      this.schedule(HEARTBEAT_MS);
    });
  }
}
