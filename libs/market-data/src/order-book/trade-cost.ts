import type { SideReader } from './side-reader.ts';

/** How much to take from a book: of the base asset, or for so much of the quote asset. Both above zero. */
export type TradeSize = { readonly amount: number } | { readonly notional: number };

/** What taking from a book comes to, level after level from the best one. Doubles: an estimate, not an invoice. */
export interface TradeCost {
  /** Of the base asset. */
  readonly amount: number;
  /** Of the quote asset. */
  readonly notional: number;
  /** Quote asset per base asset; `NaN` where nothing could be taken. */
  readonly averagePrice: number;
  /** Price of the last level taken from; `NaN` where nothing could be taken. */
  readonly worstPrice: number;
  /** How much worse the average is than the best price, as a share of that: 0.001 is ten basis points. */
  readonly slippage: number;
  /** Whether the book held all of it. */
  readonly isFilled: boolean;
}

/**
 * Takes from a side until the size is reached or nothing is left.
 * @throws RangeError for a size that is not above zero
 */
export function costOf(side: SideReader, size: TradeSize): TradeCost {
  const isAmount = 'amount' in size;
  const wanted = isAmount ? size.amount : size.notional;
  if (!(wanted > 0)) {
    throw new RangeError(`${isAmount ? 'amount' : 'notional'}: got ${wanted}. Allowed: a number above 0.`);
  }
  let left = wanted;
  let amount = 0;
  let notional = 0;
  let worstPrice = NaN;
  for (let index = 0; index < side.size && left > 0; index++) {
    const price = side.price(index);
    const there = side.amount(index);
    const needed = isAmount ? left : left / price;
    const taken = Math.min(needed, there);
    amount += taken;
    notional += taken * price;
    // Not by subtraction where this level holds all that is left: a rest of rounding would be looked for further down.
    left = needed <= there ? 0 : left - (isAmount ? taken : taken * price);
    worstPrice = price;
  }
  const averagePrice = notional / amount;
  const slippage = Math.abs(averagePrice - side.bestPrice) / side.bestPrice;
  return { amount, notional, averagePrice, worstPrice, slippage, isFilled: left <= 0 };
}
