import { addDecimals } from '../decimal/decimal.ts';
import type { BookOrder, QueueRule } from '../event/book.ts';

/** The orders at one price, the first one first. */
export class OrderQueue {
  readonly orders: BookOrder[] = [];
  private sum: number | undefined;

  constructor(
    readonly price: string,
    readonly value: number,
    private readonly rule: QueueRule,
  ) {}

  /** All of them together, as a double. */
  get amount(): number {
    if (this.sum === undefined) {
      this.sum = 0;
      for (const { amount } of this.orders) this.sum += Number(amount);
    }
    return this.sum;
  }

  /** All of them together, exactly. */
  get exactAmount(): string {
    const [first, ...others] = this.orders;
    return others.reduce((sum, { amount }) => addDecimals(sum, amount), first?.amount ?? '0');
  }

  add(order: BookOrder): void {
    const { orders } = this;
    let place = orders.length;
    // Nearly all belong to the end.
    for (let before = orders[place - 1]; before && this.isAhead(order, before); before = orders[place - 1])
      place--;
    orders.splice(place, 0, order);
    this.sum = undefined;
  }

  remove(order: BookOrder): void {
    this.orders.splice(this.orders.indexOf(order), 1);
    this.sum = undefined;
  }

  /** Puts an order of the same id in the place of another, or where it belongs from now on. */
  replace(order: BookOrder, by: BookOrder): void {
    if (this.keepsPlace(order, by)) {
      this.orders[this.orders.indexOf(order)] = by;
      this.sum = undefined;
    } else {
      this.remove(order);
      this.add(by);
    }
  }

  private keepsPlace(order: BookOrder, by: BookOrder): boolean {
    if (this.rule === 'id') return true;
    return this.rule === 'time' ? order.time === by.time : Number(by.amount) <= Number(order.amount);
  }

  private isAhead(order: BookOrder, other: BookOrder): boolean {
    if (this.rule === 'arrival') return false;
    if (this.rule === 'time') return (order.time ?? Infinity) < (other.time ?? Infinity);
    const longer = order.id.length - other.id.length;
    return longer === 0 ? order.id < other.id : longer < 0;
  }
}
