import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { Trade } from '../market/tape.ts';
import type { Category } from './bybit.category.ts';

/** Ids of spot begin so. */
const SPOT_ID_BASE = 2_280_000_000_000_000_000n;
/** One trade in so many is with a retail liquidity provider. */
const RPI_TRADE = 23;
/** One in so many is told as a block trade. */
const BLOCK_TRADE = 29;

/**
 * A trade's id: a number of 19 digits for spot, elsewhere a UUID, from which no order can be read. Its last digits are the
 * market's own id, by which tests find the trade again.
 */
export function tradeId(category: Category, { id }: Trade): string {
  if (category === 'spot') return String(SPOT_ID_BASE + BigInt(id));
  const scattered = Math.imul(id, 0x9e3779b1) >>> 0;
  const groups = [
    hex(scattered, 8),
    hex(scattered >>> 7, 4),
    `5${hex(scattered, 3)}`,
    `8${hex(scattered >>> 11, 3)}`,
    hex(id, 12),
  ];
  return groups.join('-');
}

export function isRpi({ id }: Trade): boolean {
  return id % RPI_TRADE === 0;
}

export function isBlock({ id }: Trade): boolean {
  return id % BLOCK_TRADE === 0;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0').slice(-digits);
}

export type TickDirection = 'PlusTick' | 'ZeroPlusTick' | 'MinusTick' | 'ZeroMinusTick';

/** Whether a trade's price is above or below the one before; where it is the same, the latest that was another counts. */
export class TickDirections {
  private readonly latest = new WeakMap<InstrumentMarket, { ticks: number; rising: boolean }>();
  private readonly ofTrades = new WeakMap<Trade, TickDirection>();
  private readonly ofMarkets = new WeakMap<InstrumentMarket, TickDirection>();

  add(market: InstrumentMarket, trade: Trade): void {
    const { ticks } = trade;
    const before = this.latest.get(market) ?? { ticks, rising: true };
    const isSame = ticks === before.ticks;
    const rising = isSame ? before.rising : ticks > before.ticks;
    this.latest.set(market, { ticks, rising });
    const direction: TickDirection = `${isSame ? 'Zero' : ''}${rising ? 'Plus' : 'Minus'}Tick`;
    this.ofTrades.set(trade, direction);
    this.ofMarkets.set(market, direction);
  }

  of(trade: Trade): TickDirection {
    return this.ofTrades.get(trade) ?? 'ZeroPlusTick';
  }

  /** Of the latest trade. */
  ofMarket(market: InstrumentMarket): TickDirection {
    return this.ofMarkets.get(market) ?? 'ZeroPlusTick';
  }
}
