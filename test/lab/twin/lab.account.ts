import { multiplyDecimals } from '@exchange-stream/market-data';
import type { InstrumentMarket } from '@exchange-stream/simulator/kit';
import type { LabFill, LabOrder, LabPosition, PrivateRows } from './lab.private-rows.ts';
import { LabWallet, minus } from './lab.wallet.ts';

const FEE_RATE = '0.001';
/** How many of the latest fills are kept. */
const RETAINED_FILLS = 10_000;
/** Ample, so that orders fail for other reasons; an asset that nobody trades has a balance of zero. */
const INITIAL_QUOTE = '1000000000';
const INITIAL_BASE = '1000000';
const IDLE_ASSET = 'LAB';

/** What an order is placed with. */
export interface OrderTerms {
  readonly orderId: string;
  readonly market: InstrumentMarket;
  readonly side: 'buy' | 'sell';
  readonly price: string;
  readonly amount: string;
}

interface OpenOrder {
  readonly order: LabOrder;
  readonly market: InstrumentMarket;
  /** What it holds of the balances. */
  readonly locks: { readonly asset: string; readonly amount: string };
}

/** Orders, fills, balances and positions of one account: what is true of it, and what of that is not told yet. */
export class LabAccount {
  private readonly open = new Map<string, OpenOrder>();
  private readonly fillsSoFar: LabFill[] = [];
  private readonly openPositions = new Map<string, LabPosition>();
  private readonly wallet: LabWallet;
  private fillCount = 0;
  private untold: { orders: LabOrder[]; fills: LabFill[]; positions: LabPosition[] } = nothing();

  constructor(
    /** By which it is called. */
    readonly key: string,
    private readonly now: () => number,
    markets: readonly InstrumentMarket[],
  ) {
    const assets: Record<string, string> = { [IDLE_ASSET]: '0' };
    for (const { instrument } of markets) assets[instrument.base] = INITIAL_BASE;
    for (const { instrument } of markets) assets[instrument.quote] = INITIAL_QUOTE;
    this.wallet = new LabWallet(now, assets);
  }

  /** All that is: the open orders and positions, every balance, and the latest 10,000 fills, oldest first. */
  get rows(): PrivateRows {
    return {
      orders: [...this.open.values()].map(({ order }) => order),
      fills: [...this.fillsSoFar],
      balances: this.wallet.rows,
      positions: [...this.openPositions.values()],
    };
  }

  position(symbol: string): LabPosition | undefined {
    return this.openPositions.get(symbol);
  }

  /** @returns whether the balances cover it */
  place({ orderId, market, side, price, amount }: OrderTerms): boolean {
    const { symbol, base, quote } = market.instrument;
    const locks =
      side === 'buy' ? { asset: quote, amount: multiplyDecimals(price, amount) } : { asset: base, amount };
    if (!this.wallet.covers(locks.asset, locks.amount)) return false;
    this.wallet.lock(locks.asset, locks.amount);
    const order: LabOrder = {
      orderId,
      symbol,
      side,
      price,
      amount,
      filled: '0',
      status: 'open',
      version: 1,
      time: this.now(),
    };
    this.open.set(orderId, { order, market, locks });
    this.untold.orders.push(order);
    return true;
  }

  /** @returns whether there is such an order, and it is open */
  cancel(orderId: string): boolean {
    const closed = this.close(orderId, 'cancelled');
    if (closed !== undefined) this.wallet.release(closed.locks.asset, closed.locks.amount);
    return closed !== undefined;
  }

  /** Fills an open order as a whole, at its price. */
  fill(orderId: string): void {
    const closed = this.close(orderId, 'filled');
    if (closed === undefined) return;
    const { symbol, side, price, amount } = closed.order;
    const { base, quote } = closed.market.instrument;
    const cost = multiplyDecimals(price, amount);
    const fee = multiplyDecimals(cost, FEE_RATE);
    this.wallet.spend(closed.locks.asset, closed.locks.amount);
    if (side === 'buy') this.wallet.receive(base, amount);
    else this.wallet.receive(quote, cost);
    this.wallet.receive(quote, minus(fee));
    this.noteFill({
      fillId: String(++this.fillCount),
      orderId,
      symbol,
      side,
      price,
      amount,
      fee,
      feeAsset: quote,
      time: this.now(),
    });
  }

  /** What has changed since the last call. */
  takeChanges(): PrivateRows {
    const changes = { ...this.untold, balances: this.wallet.takeChanges() };
    this.untold = nothing();
    return changes;
  }

  private close(orderId: string, status: 'filled' | 'cancelled'): OpenOrder | undefined {
    const resting = this.open.get(orderId);
    if (resting === undefined) return undefined;
    this.open.delete(orderId);
    const { order } = resting;
    const filled = status === 'filled' ? order.amount : order.filled;
    this.untold.orders.push({ ...order, status, filled, version: order.version + 1, time: this.now() });
    return resting;
  }

  private noteFill(fill: LabFill): void {
    this.fillsSoFar.push(fill);
    if (this.fillsSoFar.length > RETAINED_FILLS) this.fillsSoFar.shift();
    this.untold.fills.push(fill);
    this.move(fill);
  }

  /** Of each symbol there is one position at most: a fill opens it, and the next one closes it. */
  private move({ symbol, side, price, amount, time }: LabFill): void {
    const before = this.openPositions.get(symbol);
    const position: LabPosition =
      before === undefined
        ? { symbol, side: side === 'buy' ? 'long' : 'short', amount, entryPrice: price, time }
        : { ...before, amount: '0', time };
    if (before === undefined) this.openPositions.set(symbol, position);
    else this.openPositions.delete(symbol);
    this.untold.positions.push(position);
  }
}

function nothing(): { orders: LabOrder[]; fills: LabFill[]; positions: LabPosition[] } {
  return { orders: [], fills: [], positions: [] };
}
