import type { Random } from '@exchange-stream/market-data';

/** Draws from the distributions by which a market moves. */
export class Chance {
  constructor(private readonly random: Random) {}

  /** A number in [0, 1). */
  uniform(): number {
    return this.random.next();
  }

  /** True with the given probability. */
  happens(probability: number): boolean {
    return this.random.next() < probability;
  }

  /** An integer in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.random.next() * limit);
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.random.next());
  }

  /** A standard normal number (Box and Muller). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.random.next()));
    return radius * Math.cos(2 * Math.PI * this.random.next());
  }

  /** A number of independent events where `mean` are expected (Knuth; for the small means of one step). */
  poisson(mean: number): number {
    const threshold = Math.exp(-mean);
    let count = 0;
    for (let product = this.random.next(); product > threshold; product *= this.random.next()) count++;
    return count;
  }
}
