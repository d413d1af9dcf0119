import type { Channel } from '@exchange-stream/market-data';
import type { RowTarget } from './row-target.ts';

/** Takes no row of any kind: for targets that take those of one channel alone. */
export abstract class NoRows implements RowTarget {
  abstract readonly channel: Channel;

  get isRaw(): boolean {
    return false;
  }

  trade(..._row: Parameters<RowTarget['trade']>): void {
    // Not of this channel.
  }

  recentTrades(..._rows: Parameters<RowTarget['recentTrades']>): void {
    // Not of this channel.
  }

  quote(..._row: Parameters<RowTarget['quote']>): void {
    // Not of this channel.
  }

  fields(..._row: Parameters<RowTarget['fields']>): void {
    // Not of this channel.
  }

  liquidation(..._row: Parameters<RowTarget['liquidation']>): void {
    // Not of this channel.
  }

  platformStatus(..._row: Parameters<RowTarget['platformStatus']>): void {
    // Not of this channel.
  }

  candle(..._row: Parameters<RowTarget['candle']>): void {
    // Not of this channel.
  }

  bookSnapshot(..._row: Parameters<RowTarget['bookSnapshot']>): void {
    // Not of this channel.
  }

  bookUpdate(..._row: Parameters<RowTarget['bookUpdate']>): void {
    // Not of this channel.
  }

  bookOrdersSnapshot(..._row: Parameters<RowTarget['bookOrdersSnapshot']>): void {
    // Not of this channel.
  }

  bookOrdersUpdate(..._row: Parameters<RowTarget['bookOrdersUpdate']>): void {
    // Not of this channel.
  }

  account(..._rows: Parameters<RowTarget['account']>): void {
    // Not of this channel.
  }

  raw(..._row: Parameters<RowTarget['raw']>): void {
    // Not of this channel.
  }

  rejected(_reason: string): void {
    // The sink has counted it; the flow is still fed by the other connection.
  }
}
