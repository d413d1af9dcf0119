import type { Side } from '@exchange-stream/market-data';
import type { LiquidationRow, PlatformStatusRow, TradeRow } from '../../contract/index.ts';
import { FlowHandover, PATIENCE_MS, type HandoverVerdict } from './flow-handover.ts';
import { SeriesOverlap } from './series-overlap.ts';
import { textOf } from './source-change.ts';

/**
 * Hands trades, liquidations, notices, or frames as they come, over. Each connection brings them in order, so that one which has come on both
 * proves that the fresh connection goes on where the old one stands.
 */
export class SeriesHandover extends FlowHandover {
  private overlap: SeriesOverlap | undefined;
  private aheadSince: number | undefined;

  override get isRaw(): boolean {
    return this.flow.isRaw;
  }

  override begin(): void {
    this.overlap ??= new SeriesOverlap((id) => this.flow.hasHad(id));
    this.flow.overlap(this.overlap);
  }

  override trade(
    receivedAt: number,
    exchangeTime: number | undefined,
    id: string,
    price: string,
    amount: string,
    side: Side,
    aggregates: { readonly firstId: string; readonly lastId: string } | undefined,
    periodDays: number | undefined,
    isBlock: boolean | undefined,
  ): void {
    this.overlap?.arrived({
      id,
      deliver: () =>
        this.flow.trade(receivedAt, exchangeTime, id, price, amount, side, aggregates, periodDays, isBlock),
    });
  }

  override recentTrades(receivedAt: number, rows: readonly TradeRow[]): void {
    for (const row of rows)
      this.overlap?.arrived({ id: row.id, deliver: () => this.flow.recentTrades(receivedAt, [row]) });
  }

  override liquidation(receivedAt: number, exchangeTime: number | undefined, row: LiquidationRow): void {
    this.overlap?.arrived({
      id: textOf(exchangeTime, row),
      deliver: () => this.flow.liquidation(receivedAt, exchangeTime, row),
    });
  }

  override platformStatus(
    receivedAt: number,
    exchangeTime: number | undefined,
    row: PlatformStatusRow,
  ): void {
    this.overlap?.arrived({
      id: textOf(exchangeTime, row),
      deliver: () => this.flow.platformStatus(receivedAt, exchangeTime, row),
    });
  }

  override raw(receivedAt: number, topic: string, json: string): void {
    this.overlap?.arrived({ id: json, deliver: () => this.flow.raw(receivedAt, topic, json) });
  }

  reset(): void {
    this.abandon();
    this.aheadSince = undefined;
  }

  judge(): HandoverVerdict {
    const { overlap } = this;
    if (!overlap) return 'wait';
    if (overlap.isProven) return 'switch';
    const now = this.clock.monotonic();
    const isQuiet = this.isQuiet(now);
    this.aheadSince = overlap.ahead > 0 ? (this.aheadSince ?? now) : undefined;
    if (this.aheadSince !== undefined) return now - this.aheadSince >= PATIENCE_MS ? 'break' : 'wait';
    return isQuiet ? 'switch' : 'wait';
  }

  finish(): void {
    const { overlap } = this;
    if (!overlap) return;
    // Frames may bear what is of their connection: those that wait are what the old one has brought in other words.
    const isSaidOtherwise = this.isRaw && overlap.isIncomparable;
    const { missing, repeated } = overlap.finish();
    this.flow.overlapped();
    if (isSaidOtherwise) return this.flow.repeated(missing.length);
    this.flow.repeated(repeated);
    for (const event of missing) event.deliver();
  }

  override abandon(): void {
    this.overlap = undefined;
    this.flow.overlap(undefined);
  }
}
