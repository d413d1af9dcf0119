import { deliveryTimeOf } from '../market/derivatives/contract.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import { marketSymbol, type Category } from './bybit.category.ts';
import type { BybitInstrument } from './bybit.instruments.ts';

export type ListingStatus = 'PreLaunch' | 'PendingOpen' | 'Trading' | 'Delivering' | 'Closed';

/** One instrument of one category. */
export interface Listing {
  readonly instrument: BybitInstrument;
  readonly market: InstrumentMarket;
}

/** How long the settlement of a contract that has ended takes. */
const DELIVERING_MS = 60_000;

/** What is listed, by the exchange's own names. */
export class Listings {
  private readonly instruments: ReadonlyMap<string, BybitInstrument>;
  private readonly waiting: Set<string>;

  /** @param market asked for when something is looked up: it tells its listener of events before it is complete */
  constructor(
    instruments: readonly BybitInstrument[],
    private readonly market: () => SeededMarket,
  ) {
    this.instruments = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
    this.waiting = new Set(
      instruments.filter(({ isPreLaunch }) => isPreLaunch === true).map(({ symbol }) => symbol),
    );
  }

  find(category: Category, nativeSymbol: string): Listing | undefined {
    const market = this.market().find(marketSymbol(category, nativeSymbol));
    return market && { market, instrument: this.of(market) };
  }

  in(category: Category): readonly Listing[] {
    return this.market()
      .markets.map((market) => ({ market, instrument: this.of(market) }))
      .filter(({ instrument }) => instrument.category === category);
  }

  /** @throws TypeError for a market of another exchange */
  of({ instrument: { symbol } }: InstrumentMarket): BybitInstrument {
    const instrument = this.instruments.get(symbol);
    if (instrument === undefined) throw new TypeError(`${symbol} is no instrument of Bybit.`);
    return instrument;
  }

  /** Before its launch a contract has no feed. */
  isPreLaunch({ instrument: { symbol } }: InstrumentMarket): boolean {
    return this.waiting.has(symbol);
  }

  /** Whether its market is open, for the first time. */
  isLaunching(market: InstrumentMarket): boolean {
    return this.isPreLaunch(market) && !this.market().isHalted(market);
  }

  launched({ instrument: { symbol } }: InstrumentMarket): void {
    this.waiting.delete(symbol);
  }

  /** Contracts whose market is to be held back. */
  get preLaunch(): readonly string[] {
    return [...this.waiting].filter((symbol) => this.market().find(symbol) !== undefined);
  }

  status(market: InstrumentMarket, now: number): ListingStatus {
    if (this.isPreLaunch(market)) return 'PreLaunch';
    const { contract } = market.instrument;
    if (market.status === 'closed') {
      const delivery = contract && deliveryTimeOf(contract);
      return delivery !== undefined && now >= delivery && now < delivery + DELIVERING_MS
        ? 'Delivering'
        : 'Closed';
    }
    return market.trades && !this.market().isHalted(market) ? 'Trading' : 'PendingOpen';
  }
}
