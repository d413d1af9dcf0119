import type { TopicHolder } from '../connection/topic-holder.ts';
import type { RowTarget } from '../dispatch/row-target.ts';

const nothing = (): void => undefined;

/** Frames of user-defined connections go to their handler: nothing is read off them. */
const NO_ROWS: RowTarget = {
  channel: 'raw',
  isRaw: false,
  trade: nothing,
  recentTrades: nothing,
  quote: nothing,
  fields: nothing,
  liquidation: nothing,
  platformStatus: nothing,
  candle: nothing,
  bookSnapshot: nothing,
  bookUpdate: nothing,
  bookOrdersSnapshot: nothing,
  bookOrdersUpdate: nothing,
  account: nothing,
  raw: nothing,
  rejected: nothing,
};

/** A topic that a user holds on a connection of his own. */
export class DefinedTopic implements TopicHolder {
  readonly rows = NO_ROWS;
  attempts = 0;
  readonly subscribing = nothing;
  readonly acked = nothing;
  readonly lost = nothing;
  readonly unreadable = nothing;
  readonly missed = (): boolean => false;
  readonly isHalted = false;
  readonly paused = nothing;
  readonly resumed = nothing;
  readonly displaced = nothing;
  readonly gaveUp = nothing;

  constructor(readonly key: string) {}
}
