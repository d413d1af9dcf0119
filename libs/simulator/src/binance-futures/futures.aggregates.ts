import type { AggregateTrade, Trade } from '../market/tape.ts';

/** Adds up what was traded at one price, by takers of one side, until the window closes. */
export class TradeAggregator {
  private readonly pending: AggregateTrade[] = [];
  private nextId: number | undefined;

  add(trade: Trade): void {
    const last = this.pending.at(-1);
    if (last?.ticks === trade.ticks && last.takerSide === trade.takerSide) {
      this.pending[this.pending.length - 1] = {
        ...last,
        time: trade.time,
        lots: last.lots + trade.lots,
        lastTradeId: trade.id,
      };
      return;
    }
    // Every aggregate holds a trade or more, so there were fewer of them.
    this.nextId ??= Math.floor(trade.id * 0.8);
    this.pending.push({ ...trade, id: this.nextId++, firstTradeId: trade.id, lastTradeId: trade.id });
  }

  /** Closes the window. @returns what was traded in it, in order */
  take(): readonly AggregateTrade[] {
    return this.pending.splice(0);
  }
}
