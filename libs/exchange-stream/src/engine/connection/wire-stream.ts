import type { Stream } from '../../contract/index.ts';
import type { RowTarget } from '../dispatch/row-target.ts';
import type { KnownFields } from '../dispatch/known-fields.ts';

/** What flows on one topic of one connection: to everybody whom it feeds. */
export interface WireStream extends Stream {
  /** What its rows have said so far, where each says only what has changed. */
  readonly known: KnownFields;
  /** Those that take rows. */
  readonly flows: readonly RowTarget[];
  /** Those that take the frames as they come. */
  readonly rawFlows: readonly RowTarget[];
  /** Of a topic that carries many instruments, what is of one of them; undefined where nobody wants that one. */
  of(nativeSymbol: string): WireStream | undefined;
}
