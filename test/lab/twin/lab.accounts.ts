import { LabError } from './lab.errors.ts';
import type { LabRequest } from './lab.requests.ts';

/** An order as it is told. */
export interface LabOrder {
  readonly orderId: string;
  readonly symbol: string;
  readonly status: 'open' | 'cancelled';
  readonly price: string;
  readonly amount: string;
}

/** The orders of all accounts, which are called by their keys. */
export class LabAccounts {
  private readonly orders = new Map<string, { readonly account: string; readonly order: LabOrder }>();
  private placed = 0;

  constructor(private readonly isListed: (symbol: string) => boolean) {}

  /** @returns the id of the order @throws LabError 8 */
  place(account: string, { id, symbol, price, amount }: Extract<LabRequest, { op: 'order.place' }>): string {
    if (!this.isListed(symbol) || !(Number(price) > 0) || !(Number(amount) > 0))
      throw new LabError(8, 'order refused', id);
    const orderId = `p${++this.placed}`;
    const order = { orderId, symbol, status: 'open', price, amount } as const;
    this.orders.set(orderId, { account, order });
    return orderId;
  }

  /** @returns the id of the order @throws LabError 8 */
  cancel(account: string, { id, orderId }: Extract<LabRequest, { op: 'order.cancel' }>): string {
    const placed = this.orders.get(orderId);
    if (placed?.account !== account || placed.order.status !== 'open')
      throw new LabError(8, 'there is no such order', id);
    this.orders.set(orderId, { account, order: { ...placed.order, status: 'cancelled' } });
    return orderId;
  }

  /** @throws TypeError for one that was never placed */
  order(orderId: string): LabOrder {
    const placed = this.orders.get(orderId);
    if (!placed) throw new TypeError(`Nobody has placed the order ${orderId}.`);
    return placed.order;
  }
}
