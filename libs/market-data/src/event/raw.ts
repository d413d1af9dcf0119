import type { EventOrigin } from './origin.ts';

/** A frame as it came, for one topic that it is of; `symbol` and `nativeSymbol` both name the topic. */
export interface RawEvent extends EventOrigin {
  readonly type: 'raw';
  /** The exchange's own wire name, as subscribed. */
  readonly topic: string;
  /** The whole frame as text, envelope included: every digit, space and field as the exchange wrote it. */
  readonly json: string;
}
