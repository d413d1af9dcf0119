import type { Random } from '@exchange-stream/market-data';
import { Chance } from '../chance.ts';
import type { SimulatedInstrument } from '../instrument.ts';
import type { Trade } from '../tape.ts';
import { optionValue, YEAR_MS, type OptionValue } from './black-scholes.ts';
import type { SimulatedContract } from './contract.ts';
import { FundingSchedule } from './funding.ts';
import { liquidationOf, type Liquidation } from './liquidation.ts';
import type { PriceIndex } from './price-index.ts';
import { SteadyWalk } from './steady-walk.ts';

const SECOND_MS = 1000;
/** How far a contract strays from its index, as a fraction, and how fast it comes back. */
const PREMIUM_SPREAD = 0.00015;
const PREMIUM_RETURN = 0.01;
/** What a future is dearer by than its index, for a year. */
const CARRY = 0.05;
/** Open positions in medians of one order. */
const OPEN_ORDERS = 40_000;
/** One taker order in so many is a liquidation. */
const LIQUIDATION = 1 / 30;
const RETAINED_LIQUIDATIONS = 1000;

export interface ContractMarketParts {
  readonly instrument: SimulatedInstrument;
  readonly contract: SimulatedContract;
  readonly index: PriceIndex;
  readonly startTime: number;
  /** Median of one taker order. */
  readonly medianLots: number;
  /** A source of its own for each purpose. */
  readonly random: (purpose: string) => Random;
}

/**
 * What a derivative has beside a book and trades. Prices are numbers in the instrument's own unit: each exchange rounds
 * them its own way. All stand still while the market does; only funding and the time to delivery know the clock.
 */
export class ContractMarket {
  readonly contract: SimulatedContract;
  /** Of perpetuals only. */
  readonly funding: FundingSchedule | undefined;
  /** The latest 1000 or more, oldest first. */
  readonly liquidations: Liquidation[] = [];
  private readonly chance: Chance;
  private readonly walk: SteadyWalk;
  private readonly random: ContractMarketParts['random'];
  private premium = 0;
  private openLots: number;
  private time: number;

  constructor(private readonly parts: ContractMarketParts) {
    const { instrument, contract, startTime, medianLots } = parts;
    this.contract = contract;
    this.time = startTime;
    this.random = (purpose) => parts.random(`${instrument.symbol} ${purpose}`);
    this.chance = new Chance(this.random('positions'));
    this.openLots = Math.round(medianLots * OPEN_ORDERS * (0.5 + this.chance.uniform()));
    this.funding =
      contract.kind === 'perpetual'
        ? new FundingSchedule(contract.fundingIntervalMs, (time) => this.random(`funding ${time}`))
        : undefined;
    this.walk = new SteadyWalk(
      startTime,
      SECOND_MS,
      new Chance(this.random('premium')),
      (elapsedMs, chance) => {
        const kept = (1 - PREMIUM_RETURN) ** (elapsedMs / SECOND_MS);
        this.premium = this.premium * kept + PREMIUM_SPREAD * Math.sqrt(1 - kept * kept) * chance.normal();
      },
    );
  }

  /** Lives until now. */
  advance(now: number): void {
    this.parts.index.advance(now);
    this.walk.advance(now);
    this.time = Math.max(this.time, now);
  }

  /** The clock was set. The index is shared, and told once for all. */
  shift(byMs: number): void {
    this.walk.shift(byMs);
    this.time += byMs;
  }

  /** In the quote asset. */
  get indexPrice(): number {
    return this.parts.index.price;
  }

  /** What it is worth, around which its book is quoted. */
  get markPrice(): number {
    const { contract } = this;
    switch (contract.kind) {
      case 'perpetual':
        return this.indexPrice * (1 + this.premium);
      case 'future':
        return this.forwardPrice;
      case 'option':
        return this.option.value / (contract.premiumIn === 'base' ? this.indexPrice : 1);
    }
  }

  /** Price of the index at delivery, as the market sees it now. */
  get forwardPrice(): number {
    const { contract } = this;
    if (contract.kind === 'perpetual') return this.indexPrice;
    const leftMs = Math.max(0, contract.deliveryTime - this.time);
    const premium = contract.kind === 'future' && leftMs > 0 ? this.premium : 0;
    return this.indexPrice * Math.exp((CARRY * leftMs) / YEAR_MS) * (1 + premium);
  }

  /** Implied volatility of the fair value, for a year, as a fraction. @throws TypeError for what is no option */
  get volatility(): number {
    if (this.contract.kind !== 'option') throw new TypeError('Only options have an implied volatility.');
    return this.contract.impliedVolatility * (1 + 100 * this.premium);
  }

  /** Value in the quote asset, and the greeks. @throws TypeError for what is no option */
  get option(): OptionValue {
    if (this.contract.kind !== 'option') throw new TypeError('Only options have greeks.');
    const { right, strike, deliveryTime } = this.contract;
    const leftMs = deliveryTime - this.time;
    return optionValue({ right, strike, price: this.forwardPrice, leftMs, volatility: this.volatility });
  }

  /** Open interest, in lots: one side of all positions. */
  get openInterest(): number {
    return this.openLots;
  }

  /** A taker order was filled. @returns the liquidation that it was, if it was one */
  filled(order: readonly Trade[]): Liquidation | undefined {
    const lots = order.reduce((sum, trade) => sum + trade.lots, 0);
    const opened = this.chance.happens(0.5) ? lots : -lots;
    this.openLots = Math.max(0, this.openLots + opened);
    if (this.contract.kind === 'option' || !this.chance.happens(LIQUIDATION)) return undefined;
    const liquidation = liquidationOf(order, this.chance);
    if (liquidation === undefined) return undefined;
    this.liquidations.push(liquidation);
    if (this.liquidations.length >= 2 * RETAINED_LIQUIDATIONS) {
      this.liquidations.splice(0, RETAINED_LIQUIDATIONS);
    }
    return liquidation;
  }
}
