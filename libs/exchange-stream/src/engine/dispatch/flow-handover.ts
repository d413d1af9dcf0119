import type { RowTarget } from './row-target.ts';

/**
 * What to do with a flow that is to go over to a fresh connection. `switch`: it misses nothing and repeats nothing by
 * going over now. `break`: that cannot be had any more, so it goes over and says so.
 */
export type HandoverVerdict = 'wait' | 'switch' | 'break';

/** So long nothing may have come on either connection, for both to be taken to stand at the same place. */
export const QUIET_MS = 2_000;

/** How long the fresh connection may run ahead of the old one before the old one counts as dead. */
export const PATIENCE_MS = 10_000;

/** Takes a topic's rows on a fresh connection until the flow can be fed from there without a break. */
export interface FlowHandover extends RowTarget {
  /** The topic is asked for on the fresh connection: what the old one brings from here on may come there again. */
  begin(): void;
  /** The exchange has confirmed the topic there. */
  confirmed(): void;
  /** The fresh connection is gone, and with it what it brought. */
  reset(): void;
  judge(): HandoverVerdict;
  /** Gives the flow what it lacks. From here on its rows come from the fresh connection. */
  finish(): void;
  /** The flow stays where it is. */
  abandon(): void;
}
