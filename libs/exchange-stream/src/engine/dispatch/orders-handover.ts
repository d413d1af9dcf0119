import type { BookOrder, Clock } from '@exchange-stream/market-data';
import type { BookLink, OrdersBookRules } from '../../contract/index.ts';
import { KeptOrders } from '../integrity/kept-book.ts';
import type { DataFlow } from './data-flow.ts';
import { SnapshotHandover } from './snapshot-handover.ts';

/** Hands over a book by order. */
export class OrdersHandover extends SnapshotHandover<BookOrder> {
  constructor(flow: DataFlow, rules: OrdersBookRules, clock: Clock) {
    super(flow, rules, clock, () => new KeptOrders(rules.queue));
  }

  override bookOrdersSnapshot(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookOrder[],
    asks: readonly BookOrder[],
  ): void {
    this.snapshot(receivedAt, exchangeTime, link, bids, asks);
  }

  override bookOrdersUpdate(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookOrder[],
    asks: readonly BookOrder[],
  ): void {
    this.update(receivedAt, exchangeTime, link, bids, asks);
  }

  protected override handOver(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookOrder[],
    asks: readonly BookOrder[],
  ): void {
    this.flow.bookOrdersSnapshot(receivedAt, exchangeTime, link, bids, asks);
  }
}
