import type { InstrumentMarket } from '../market/instrument-market.ts';
import { isInverse, type SimulatedInstrument } from '../market/instrument.ts';
import { deliveryTimeOf } from '../market/derivatives/contract.ts';
import { quarterlyDeliveries } from '../market/derivatives/delivery-calendar.ts';

/** The two kinds of futures: margined in dollars, or in coins. */
export type Product = 'usdm' | 'coinm';

/** How market streams mark the product of a row since 2026-06-30 (`st`). */
export const PRODUCT_MARK: Record<Product, number> = { usdm: 1, coinm: 2 };

/** When a contract without an end is "delivered", as the exchange puts it. */
const NEVER = 4_133_404_800_000;

export function productOf(instrument: SimulatedInstrument): Product {
  return isInverse(instrument) ? 'coinm' : 'usdm';
}

/** The product of a symbol, listed or not: coin-margined ones end in `USD_PERP` or `USD_` and a date. */
export function productOfSymbol(symbol: string): Product {
  return /USD_(PERP|\d{6})$/.test(symbol) ? 'coinm' : 'usdm';
}

/** What several contracts are on, such as `BTCUSDT`. */
export function pairOf({ symbol }: SimulatedInstrument): string {
  return symbol.replace(/_[^_]+$/, '');
}

export function deliveryDateOf({ contract }: SimulatedInstrument): number {
  return (contract && deliveryTimeOf(contract)) ?? NEVER;
}

/** Contracts on shares, metals and the like. */
const TRADFI: ReadonlySet<string> = new Set(['TSLAUSDT', 'XAUUSDT']);

export function isTradFi({ symbol }: SimulatedInstrument): boolean {
  return TRADFI.has(symbol);
}

/** The next quarter becomes the current one when that is delivered. */
export function contractTypeOf(instrument: SimulatedInstrument, now: number): string {
  if (instrument.contract?.kind === 'perpetual')
    return isTradFi(instrument) ? 'TRADIFI_PERPETUAL' : 'PERPETUAL';
  const [current] = quarterlyDeliveries(now, 1);
  return deliveryDateOf(instrument) <= (current ?? 0) ? 'CURRENT_QUARTER' : 'NEXT_QUARTER';
}

export function statusOf(market: InstrumentMarket, isHalted: boolean): string {
  if (market.status === 'trading') return isHalted ? 'TRADING_HALT' : 'TRADING';
  return { halt: 'TRADING_HALT', break: 'PENDING_TRADING', closed: 'CLOSE' }[market.status];
}
