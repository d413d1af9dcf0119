import type { Chance } from '../chance.ts';
import { SteadyWalk } from './steady-walk.ts';

const DAY_MS = 86_400_000;
const STEP_MS = 250;
/** A price can fall for years, yet never to nothing. */
const LOWEST = 0.05;

export interface PriceIndexStart {
  readonly time: number;
  readonly price: number;
  /** Standard deviation of a day's change, as a fraction. */
  readonly dailyVolatility: number;
}

/** The price of something on other markets, which all its derivatives follow. It walks at random. */
export class PriceIndex {
  private current: number;
  private readonly walk: SteadyWalk;

  constructor({ time, price, dailyVolatility }: PriceIndexStart, chance: Chance) {
    this.current = price;
    this.walk = new SteadyWalk(time, STEP_MS, chance, (elapsedMs, draw) => {
      const move = dailyVolatility * Math.sqrt(elapsedMs / DAY_MS) * draw.normal();
      this.current = Math.max(price * LOWEST, this.current * Math.exp(move));
    });
  }

  get price(): number {
    return this.current;
  }

  advance(now: number): void {
    this.walk.advance(now);
  }

  shift(byMs: number): void {
    this.walk.shift(byMs);
  }
}
