import type { Clock } from '@exchange-stream/market-data';
import { excerpt, frameExcerpt } from './redaction.ts';
import { messageOf } from '../errors.ts';

/** Frames kept for diagnosis. */
const KEPT = 5;

/** Beginning of a frame that is kept. */
const KEPT_BYTES = 500;

/** A frame that the session could not read at all. */
export interface UndecodableFrame {
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** What the session stumbled over. */
  readonly problem: string;
  /** Beginning of the frame, redacted. */
  readonly beginning: string;
}

/**
 * The frames of one connection that could not be decoded: the newest few for whoever looks into it, and whether there are
 * so many that the connection itself is in doubt.
 */
export class UndecodableFrames {
  private readonly kept: UndecodableFrame[] = [];
  /** When the frames of the present window came, oldest first. */
  private times: number[] = [];

  constructor(
    private readonly limit: number,
    private readonly windowMs: number,
    private readonly clock: Clock,
  ) {}

  /** The newest, oldest first. */
  get newest(): readonly UndecodableFrame[] {
    return [...this.kept];
  }

  /** Takes a frame; `true` when with it too many came within the window. Counting then begins anew. */
  add(frame: Buffer, error: unknown, receivedAt: number): boolean {
    this.kept.push({
      receivedAt,
      problem: excerpt(messageOf(error), KEPT_BYTES),
      beginning: frameExcerpt(frame, KEPT_BYTES),
    });
    if (this.kept.length > KEPT) this.kept.shift();
    const now = this.clock.monotonic();
    this.times = this.times.filter((at) => at > now - this.windowMs);
    this.times.push(now);
    if (this.times.length < this.limit) return false;
    this.times = [];
    return true;
  }

  /** A fresh socket is judged by its own frames. */
  restart(): void {
    this.times = [];
  }
}
