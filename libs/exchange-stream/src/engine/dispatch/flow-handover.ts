import type { Channel, Clock } from '@exchange-stream/market-data';
import type { DataFlow } from './data-flow.ts';
import { NoRows } from './no-rows.ts';

/**
 * What to do with a flow that is to go over to a fresh connection. `switch`: it misses nothing and repeats nothing by
 * going over now. `break`: that cannot be had any more, so it goes over and says so.
 */
export type HandoverVerdict = 'wait' | 'switch' | 'break';

/** So long nothing may have come on either connection, for both to be taken to stand at the same place. */
export const QUIET_MS = 2_000;

/** How long the fresh connection may run ahead of the old one before the old one counts as dead. */
export const PATIENCE_MS = 10_000;

/**
 * Takes a topic's rows on a fresh connection until the flow can be fed from there without a break. Each subclass takes
 * the rows of one kind of channel.
 */
export abstract class FlowHandover extends NoRows {
  /** When the flow last had a row from the old connection, or the topic was confirmed on the fresh one. */
  private quietSince = 0;
  private seen = -1;

  constructor(
    protected readonly flow: DataFlow,
    protected readonly clock: Clock,
  ) {
    super();
  }

  get channel(): Channel {
    return this.flow.channel;
  }

  /** The topic is asked for on the fresh connection: what the old one brings from here on may come there again. */
  begin(): void {
    this.reset();
  }

  /** The exchange has confirmed the topic there. */
  confirmed(): void {
    this.quietSince = this.clock.monotonic();
  }

  /** A frame of the fresh connection could not be read. */
  unreadable(_reason: string): void {
    // What it was of shows by its numbers, or by what follows.
  }

  /** The fresh connection is gone, and with it what it brought. */
  abstract reset(): void;

  /** Asked from time to time while the topic is confirmed on the fresh connection. */
  abstract judge(): HandoverVerdict;

  /** Gives the flow what it lacks. From here on its rows come from the fresh connection. */
  abstract finish(): void;

  /** The flow stays where it is. */
  abandon(): void {
    this.reset();
  }

  /** Whether the old connection has brought nothing for a while, as far as one sees who asks at every verdict. */
  protected isQuiet(now: number): boolean {
    if (this.flow.received !== this.seen) this.quietSince = now;
    this.seen = this.flow.received;
    return now - this.quietSince >= QUIET_MS;
  }
}
