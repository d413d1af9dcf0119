import { createHmac } from 'node:crypto';
import { LabError } from './lab.errors.ts';
import type { LabRequest } from './lab.requests.ts';

const SECRETS: ReadonlyMap<string, string> = new Map([['lab-key', 'lab-secret']]);

/** An order as it is told. */
export interface LabOrder {
  readonly orderId: string;
  readonly symbol: string;
  readonly status: 'open' | 'cancelled';
  readonly price: string;
  readonly amount: string;
}

/** Who may log in, and the orders that rest. */
export class LabAccounts {
  private readonly orders = new Map<string, LabOrder>();
  private placed = 0;

  constructor(private readonly isListed: (symbol: string) => boolean) {}

  /** @throws LabError 7 */
  login({ id, key, time, signature }: Extract<LabRequest, { op: 'login' }>): void {
    const secret = SECRETS.get(key);
    const expected = createHmac('sha256', secret ?? '')
      .update(String(time))
      .digest('hex');
    if (secret === undefined || signature !== expected) throw new LabError(7, 'wrong key or signature', id);
  }

  /** @returns the id of the order @throws LabError 8 */
  place({ id, symbol, price, amount }: Extract<LabRequest, { op: 'order.place' }>): string {
    if (!this.isListed(symbol) || !(Number(price) > 0) || !(Number(amount) > 0))
      throw new LabError(8, 'order refused', id);
    const orderId = `p${++this.placed}`;
    this.orders.set(orderId, { orderId, symbol, status: 'open', price, amount });
    return orderId;
  }

  /** @returns the id of the order @throws LabError 8 */
  cancel({ id, orderId }: Extract<LabRequest, { op: 'order.cancel' }>): string {
    const order = this.orders.get(orderId);
    if (order?.status !== 'open') throw new LabError(8, 'there is no such order', id);
    this.orders.set(orderId, { ...order, status: 'cancelled' });
    return orderId;
  }

  /** @throws TypeError for one that was never placed */
  order(orderId: string): LabOrder {
    const order = this.orders.get(orderId);
    if (!order) throw new TypeError(`Nobody has placed the order ${orderId}.`);
    return order;
  }
}
