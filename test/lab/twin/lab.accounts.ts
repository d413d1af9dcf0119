import { createHmac } from 'node:crypto';
import { LabError } from './lab.errors.ts';
import type { LabRequest } from './lab.requests.ts';

const SECRETS: ReadonlyMap<string, string> = new Map([['lab-key', 'lab-secret']]);

/** Who may log in, and the orders that rest. */
export class LabAccounts {
  private readonly resting = new Set<string>();
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
    const orderId = String(++this.placed);
    this.resting.add(orderId);
    return orderId;
  }

  /** @returns the id of the order @throws LabError 8 */
  cancel({ id, orderId }: Extract<LabRequest, { op: 'order.cancel' }>): string {
    if (!this.resting.delete(orderId)) throw new LabError(8, 'there is no such order', id);
    return orderId;
  }
}
