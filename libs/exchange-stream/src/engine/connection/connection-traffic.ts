import type { Clock } from '@exchange-stream/market-data';
import type { ConnectionView } from './connection-state.ts';

/** The sockets that a connection has had, and what has come over them. */
export class ConnectionTraffic {
  private opens = 0;
  private openedAt: number | undefined;
  private openedMonotonic = 0;
  private lastFrameAt: number | undefined;
  private frames = 0;
  private bytes = 0;

  constructor(private readonly clock: Clock) {}

  /** A fresh socket is open. */
  opened(): void {
    this.opens++;
    this.openedAt = this.clock.now();
    this.openedMonotonic = this.clock.monotonic();
  }

  received(bytes: number, at: number): void {
    this.lastFrameAt = at;
    this.frames++;
    this.bytes += bytes;
  }

  /** How often the connection came back after it was lost. */
  get reconnects(): number {
    return Math.max(0, this.opens - 1);
  }

  /** How long ago the last socket opened, in milliseconds. */
  get heldMs(): number {
    return this.clock.monotonic() - this.openedMonotonic;
  }

  view(): Pick<ConnectionView, 'reconnects' | 'openedAt' | 'lastFrameAt' | 'frames' | 'bytes'> {
    const { reconnects, openedAt, lastFrameAt, frames, bytes } = this;
    return {
      reconnects,
      ...(openedAt !== undefined && { openedAt }),
      ...(lastFrameAt !== undefined && { lastFrameAt }),
      frames,
      bytes,
    };
  }
}
