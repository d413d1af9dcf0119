import type { Random } from '@exchange-stream/market-data';
import { Chance } from '../chance.ts';
import type { SimulatedInstrument } from '../instrument.ts';
import { PriceIndex } from './price-index.ts';

/** The indexes of one exchange, by name: each begins when the first contract on it is listed. */
export class PriceIndexes {
  private readonly byName = new Map<string, PriceIndex>();

  constructor(private readonly random: (purpose: string) => Random) {}

  /** The index of a contract; undefined for spot. */
  of(instrument: SimulatedInstrument, time: number): PriceIndex | undefined {
    const name = instrument.contract?.index;
    if (name === undefined) return undefined;
    const { startPrice: price, dailyVolatility } = instrument;
    const index =
      this.byName.get(name) ??
      new PriceIndex({ time, price, dailyVolatility }, new Chance(this.random(`${name} index`)));
    this.byName.set(name, index);
    return index;
  }

  shift(byMs: number): void {
    for (const index of this.byName.values()) index.shift(byMs);
  }
}
