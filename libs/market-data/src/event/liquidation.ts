import type { EventOrigin } from './origin.ts';
import type { Side } from './trade.ts';

/** A position that the exchange closes because it is not covered any more. */
export interface LiquidationEvent extends EventOrigin {
  readonly type: 'liquidation';
  /** Side of the order that closes the position: `sell` when a long is liquidated. */
  readonly side: Side;
  /** In quote currency; what it is of says `priceKind`. */
  readonly price: string;
  /**
   * What `price` is: the limit of the order, the price at which the position is bankrupt, the price of the deal that closed
   * it, or, where the exchange tells no other, the price at which the position was opened.
   */
  readonly priceKind: 'order' | 'bankruptcy' | 'trade' | 'entry';
  /** Of the order, counted as the amounts of the instrument's trades are. */
  readonly amount: string;
  /** What was dealt so far, on average, in quote currency. */
  readonly averagePrice?: string;
}
