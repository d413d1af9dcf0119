/** What makes an instrument a derivative. Times are milliseconds since the epoch. */
export type SimulatedContract = PerpetualContract | DatedContract | OptionContract;

interface ContractTerms {
  /** Name of the index it follows: contracts that name the same one share its price, which starts at the first one's. */
  readonly index: string;
  /** The asset in which it is settled: the base asset makes a perpetual or a future inverse. */
  readonly settle: string;
  /** What an amount of 1 stands for, in the base asset, inverse: in the quote asset. `1` where amounts are in the base asset. */
  readonly contractSize: string;
}

/** A swap without an end, tied to its index by funding. */
export interface PerpetualContract extends ContractTerms {
  readonly kind: 'perpetual';
  /** Time between two payments, such as eight hours; they fall on whole multiples of it since midnight UTC. */
  readonly fundingIntervalMs: number;
}

/** A future: it ends, and is settled at its index, at `deliveryTime`. */
export interface DatedContract extends ContractTerms {
  readonly kind: 'future';
  readonly deliveryTime: number;
}

/** A European option. */
export interface OptionContract extends ContractTerms {
  readonly kind: 'option';
  readonly deliveryTime: number;
  readonly strike: number;
  readonly right: 'call' | 'put';
  /** What its price is in. */
  readonly premiumIn: 'base' | 'quote';
  /** For a year, as a fraction: 0.6 is 60 %. */
  readonly impliedVolatility: number;
}

/** When it ends; undefined for what has no end. */
export function deliveryTimeOf(contract: SimulatedContract): number | undefined {
  return contract.kind === 'perpetual' ? undefined : contract.deliveryTime;
}
