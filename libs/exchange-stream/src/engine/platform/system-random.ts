import type { Random } from '@exchange-stream/market-data';

/** The runtime's own random numbers. */
export class SystemRandom implements Random {
  next(): number {
    return Math.random();
  }
}
