import type { Clock, ExchangeSequence } from '@exchange-stream/market-data';
import type { SeriesOverlap } from './series-overlap.ts';
import { isNewer, type ValueStamp } from './value-stamp.ts';

/** What a fresh connection may bring a second time while a flow goes over to it, and for a while after. */
export class SourceChange {
  /** Set while two connections may bring the same trades or frames. */
  private overlap: SeriesOverlap | undefined;
  /** Set until a fresh connection has brought a value newer than this one. */
  private fence: ValueStamp | undefined;

  constructor(private readonly clock: Clock) {}

  /** The same trades or frames may come from two connections from here on; `undefined`: no longer. */
  overlaps(overlap: SeriesOverlap | undefined): void {
    this.overlap = overlap;
  }

  /** Values that are not newer than this one are held back, until one is; `undefined`: none is. */
  holdBack(upTo: ValueStamp | undefined): void {
    this.fence = upTo;
  }

  /** A trade or frame is about to be delivered. Returns whether it was delivered before. */
  isRepeated(id: string): boolean {
    if (!this.overlap) return false;
    if (!this.overlap.isOver(this.clock.monotonic())) return this.overlap.isRepeated(id);
    this.overlap = undefined;
    return false;
  }

  /** Whether a fresh connection brings what the old one had brought already. */
  isBehind(
    receivedAt: number,
    exchangeTime: number | undefined,
    sequence: ExchangeSequence | undefined,
  ): boolean {
    if (!this.fence) return false;
    if (!isNewer({ receivedAt, exchangeTime, sequence }, this.fence)) return true;
    this.fence = undefined;
    return false;
  }
}
