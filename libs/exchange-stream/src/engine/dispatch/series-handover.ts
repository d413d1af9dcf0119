import type { Clock, Side } from '@exchange-stream/market-data';
import type { DataFlow } from './data-flow.ts';
import { NoRows } from './no-rows.ts';
import { PATIENCE_MS, QUIET_MS, type FlowHandover, type HandoverVerdict } from './flow-handover.ts';
import { SeriesOverlap, type OverlapBounds } from './series-overlap.ts';

/** Some minutes of the busiest markets. */
const OF_TRADES: OverlapBounds = { capacity: 10_000, repeatsWithinMs: 60_000 };

/** Frames are known by their whole text, and an exchange may say the same again. */
const OF_FRAMES: OverlapBounds = { capacity: 1_000, repeatsWithinMs: 5_000 };

/**
 * Hands trades, or frames as they come, over. Each connection brings them in order, so that one which has come on both
 * proves that the fresh connection goes on where the old one stands.
 */
export class SeriesHandover extends NoRows implements FlowHandover {
  private overlap: SeriesOverlap | undefined;
  private confirmedAt: number | undefined;
  /** When an event came last, on either connection, or the topic was confirmed. */
  private quietSince = 0;
  private aheadSince: number | undefined;
  private seen = -1;

  constructor(
    private readonly flow: DataFlow,
    private readonly clock: Clock,
  ) {
    super();
  }

  override get isRaw(): boolean {
    return this.flow.isRaw;
  }

  begin(): void {
    this.overlap ??= new SeriesOverlap(this.isRaw ? OF_FRAMES : OF_TRADES);
    this.flow.overlap(this.overlap);
  }

  confirmed(): void {
    this.confirmedAt = this.quietSince = this.clock.monotonic();
  }

  override trade(
    receivedAt: number,
    exchangeTime: number | undefined,
    id: string,
    price: string,
    amount: string,
    side: Side,
    aggregates: { readonly firstId: string; readonly lastId: string } | undefined,
  ): void {
    this.overlap?.arrived({
      id,
      deliver: () => this.flow.trade(receivedAt, exchangeTime, id, price, amount, side, aggregates),
    });
  }

  override raw(receivedAt: number, topic: string, json: string): void {
    this.overlap?.arrived({ id: json, deliver: () => this.flow.raw(receivedAt, topic, json) });
  }

  reset(): void {
    this.abandon();
    this.confirmedAt = this.aheadSince = undefined;
  }

  judge(): HandoverVerdict {
    const { overlap, confirmedAt } = this;
    if (!overlap || confirmedAt === undefined) return 'wait';
    if (overlap.isProven) return 'switch';
    const now = this.clock.monotonic();
    if (this.flow.received !== this.seen) this.quietSince = now;
    this.seen = this.flow.received;
    this.aheadSince = overlap.ahead > 0 ? (this.aheadSince ?? now) : undefined;
    if (this.aheadSince !== undefined) return now - this.aheadSince >= PATIENCE_MS ? 'break' : 'wait';
    return now - this.quietSince >= QUIET_MS ? 'switch' : 'wait';
  }

  finish(): void {
    const { missing, repeated } = this.overlap?.finish(this.clock.monotonic()) ?? {
      missing: [],
      repeated: 0,
    };
    this.flow.repeated(repeated);
    for (const event of missing) event.deliver();
  }

  abandon(): void {
    this.overlap = undefined;
    this.flow.overlap(undefined);
  }
}
