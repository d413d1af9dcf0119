import type { Chance } from '../chance.ts';
import type { Trade } from '../tape.ts';

/** A position that the exchange closed because it was not covered any more. In ticks and lots. */
export interface Liquidation {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Side of the order that closed it: `sell` ends a long position. */
  readonly side: 'buy' | 'sell';
  /** Price of that order, at which the position was worth nothing. */
  readonly ticks: number;
  readonly lots: number;
  /** Mean price it got; no whole number. */
  readonly averageTicks: number;
}

/** A taker order as that of a liquidation: it was ready to pay a little more than it had to. */
export function liquidationOf(order: readonly Trade[], chance: Chance): Liquidation | undefined {
  const last = order.at(-1);
  if (last === undefined) return undefined;
  let lots = 0;
  let paid = 0;
  for (const trade of order) {
    lots += trade.lots;
    paid += trade.lots * trade.ticks;
  }
  const reserve = Math.ceil(last.ticks * (0.0005 + 0.004 * chance.uniform()));
  const ticks = Math.max(1, last.ticks + (last.takerSide === 'buy' ? reserve : -reserve));
  return { time: last.time, side: last.takerSide, ticks, lots, averageTicks: paid / lots };
}
