import type { EventOrigin } from './origin.ts';

/** How far what a notice is about has come. */
export type PlatformState = 'scheduled' | 'ongoing' | 'completed' | 'cancelled';

/**
 * A notice of the exchange about its platform: a maintenance that is ahead, goes on, or is over. Of the whole exchange:
 * `symbol` is empty. Not to be confused with the `status` event, which is ours and about a subscription.
 */
export interface PlatformStatusEvent extends EventOrigin {
  readonly type: 'platform-status';
  /** The exchange's id of the notice: a later one of the same id replaces it. Empty where it says only how the platform is. */
  readonly id: string;
  readonly state: PlatformState;
  /** What it is about, in the exchange's words. */
  readonly text: string;
  /** Begin of what it is about, milliseconds since the epoch. */
  readonly begin?: number;
  /** Its end, as far as it is known. */
  readonly end?: number;
  /** Where to read more. */
  readonly url?: string;
}
