import type { Stream } from '../../contract/index.ts';
import type { RowTarget } from '../dispatch/row-target.ts';

/** What flows on one topic of one connection: to everybody whom it feeds. */
export interface WireStream extends Stream {
  readonly flows: readonly RowTarget[];
}
