import type { Clock, ExchangeSequence } from '@exchange-stream/market-data';
import type { LiquidationRow, PlatformStatusRow } from '../../contract/index.ts';
import { SeenTexts } from '../trades/seen-ids.ts';
import type { SeriesOverlap } from './series-overlap.ts';
import { isNewer, type ValueStamp } from './value-stamp.ts';

/** Frames, and rows without an id, that are remembered: they are known by their whole text. */
const MAX_FRAMES = 1_000;

/** By what a row without an id is known, where it may come a second time. */
export function textOf(exchangeTime: number | undefined, row: LiquidationRow | PlatformStatusRow): string {
  return JSON.stringify([exchangeTime, row]);
}

/** How long after a change of connections a frame may come a second time; an exchange may say the same again later. */
const FRAMES_REPEAT_WITHIN_MS = 5_000;

/** What a fresh connection may bring a second time while a flow goes over to it, and for a while after. */
export class SourceChange {
  /** Set while two connections bring the same trades or frames. */
  private overlap: SeriesOverlap | undefined;
  /** The frames that have come, while one may come again. */
  private frames: SeenTexts | undefined;
  private framesEndAt = Number.POSITIVE_INFINITY;
  /** Set until a fresh connection has brought a value newer than this one. */
  private fence: ValueStamp | undefined;

  constructor(private readonly clock: Clock) {}

  /** The same trades or frames come from two connections from here on; `undefined`: they do not after all. */
  overlaps(overlap: SeriesOverlap | undefined, areFrames: boolean): void {
    this.overlap = overlap;
    this.frames = overlap && areFrames ? (this.frames ?? new SeenTexts(MAX_FRAMES)) : undefined;
    this.framesEndAt = Number.POSITIVE_INFINITY;
  }

  /** They come from the fresh connection alone. */
  overlapped(): void {
    this.overlap = undefined;
    this.framesEndAt = this.clock.monotonic() + FRAMES_REPEAT_WITHIN_MS;
  }

  /** Values that are not newer than this one are held back, until one is; `undefined`: none is. */
  holdBack(upTo: ValueStamp | undefined): void {
    this.fence = upTo;
  }

  /** A trade has come that consumers are told of, or have been. */
  told(id: string): void {
    this.overlap?.told(id);
  }

  hasHadFrame(json: string): boolean {
    return this.frames?.has(json) ?? false;
  }

  /** A frame is about to be delivered. Returns whether it was delivered before. */
  isRepeatedFrame(json: string): boolean {
    if (!this.frames) return false;
    if (this.clock.monotonic() >= this.framesEndAt) {
      this.frames = undefined;
      return false;
    }
    if (!this.frames.add(json)) return true;
    this.overlap?.told(json);
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
