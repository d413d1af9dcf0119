import type { Channel } from '../subscription/channel.ts';
import type { EventOrigin } from './origin.ts';

/**
 * How far a subscription's data can be trusted.
 * - `syncing`: not yet usable; a snapshot is on its way.
 * - `live`: what the consumer holds is what the exchange holds.
 * - `stale`: the source is silent or gone; values are of the past.
 * - `gap`: something was lost; nothing follows before a snapshot (where the channel has one).
 * - `halted`: the exchange has stopped the market, or pauses: nothing is to be expected until it goes on.
 */
export type DataState = 'syncing' | 'live' | 'stale' | 'gap' | 'halted';

/**
 * What is missing, as far as it is known: sequences or ids that never arrived, the time in which they would have, or events
 * that one consumer was too slow for.
 */
export interface LostRange {
  /** First sequence, id of a trade, or open time of a candle. */
  readonly from?: number;
  /** Last one, included. */
  readonly to?: number;
  /** Exchange's time of the last trade before the hole, milliseconds since the epoch; where ids do not tell. */
  readonly fromTime?: number;
  /** Exchange's time of the first trade after it. */
  readonly toTime?: number;
  /**
   * It is being asked for. What is found comes before the next `live`, which says what that was (`filled`); for what is not
   * found another `gap` comes first, without this mark.
   */
  readonly asked?: true;
  /** How many events came too fast for this consumer. */
  readonly events?: number;
}

/** A change of trust in a subscription's data, in order between its data events. */
export interface StatusEvent extends EventOrigin {
  readonly type: 'status';
  readonly channel: Channel;
  /** Canonical key of the subscription. */
  readonly subscription: string;
  readonly state: DataState;
  /** What happened, in words for a log. */
  readonly reason: string;
  readonly lost?: LostRange;
  /** With `live`: what was missing and has been delivered since, in its place. */
  readonly filled?: LostRange;
}
