import type { Stream } from '../../contract/index.ts';
import type { DataFlow } from '../dispatch/data-flow.ts';

/** What flows on one topic of one connection: the flows of all subscriptions that it feeds. */
export interface WireStream extends Stream {
  readonly flows: readonly DataFlow[];
}
