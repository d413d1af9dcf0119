import type { Chance } from './chance.ts';
import type { Side } from './book-side.ts';
import type { OrderBook } from './order-book.ts';

/** What drives one instrument's flow, in ticks and lots. */
export interface FlowParameters {
  readonly startTicks: number;
  readonly medianLots: number;
  readonly dailyVolatility: number;
  readonly ordersPerSecond: number;
  readonly quotesPerSecond: number;
  /** Levels a side holds when it is at rest. */
  readonly depthLevels: number;
  /** The fair price now, where something else tells it; without it, a walk of the flow's own. */
  readonly fairTicks?: () => number;
}

/** One resting order that a taker order met. */
export interface Match {
  readonly ticks: number;
  readonly lots: number;
  readonly takerSide: 'buy' | 'sell';
}

const DAY_MS = 86_400_000;
/** How far from the touch the patient half of the quotes rests: a fraction of the price. */
const DEEP_QUOTE_DISTANCE = 0.004;
const NEAR_QUOTE_DISTANCE = 0.0003;
/** A taker order gives up here; beyond, the market would jump. */
const MATCHES_PER_ORDER = 12;

/**
 * The people of one market. A fair price walks at random; makers quote around it and withdraw what it has passed;
 * takers arrive by chance, lean towards the fair price, and eat what rests.
 */
export class OrderFlow {
  private fair: number;

  constructor(
    private readonly parameters: FlowParameters,
    private readonly book: OrderBook,
    private readonly chance: Chance,
  ) {
    this.fair = parameters.startTicks + 0.5;
  }

  /** Fills an empty book to its usual depth. */
  open(): void {
    this.quoteTouch();
    for (const side of ['bid', 'ask'] as const) {
      const { depthLevels } = this.parameters;
      // A low price in coarse ticks has fewer prices than levels asked for.
      for (let quotes = 0; quotes < depthLevels * 20 && this.book.side(side).length < depthLevels; quotes++) {
        this.quote(side);
      }
    }
  }

  /** Lets `elapsedMs` of market life happen. `trade` is told of each match before the book shows it. */
  step(elapsedMs: number, trade: (matches: readonly Match[]) => void): void {
    const { quotesPerSecond, ordersPerSecond } = this.parameters;
    this.fair = this.fairAfter(elapsedMs);
    this.withdrawPassed();
    this.quoteTouch();
    for (let left = this.chance.poisson((quotesPerSecond * elapsedMs) / 1000); left > 0; left--)
      this.requote();
    for (let left = this.chance.poisson((ordersPerSecond * elapsedMs) / 1000); left > 0; left--) {
      trade(this.takerOrder());
    }
  }

  private fairAfter(elapsedMs: number): number {
    const { dailyVolatility, startTicks, fairTicks } = this.parameters;
    // An option may be worth next to nothing.
    if (fairTicks !== undefined) return Math.max(2, fairTicks());
    const move = dailyVolatility * Math.sqrt(elapsedMs / DAY_MS) * this.chance.normal();
    // A price can fall for years, yet never to nothing: there must be room for bids below it.
    return Math.max(startTicks * 0.05 + 2, this.fair * Math.exp(move));
  }

  /** Makers do not wait to be picked off: what the fair price has passed is cancelled. */
  private withdrawPassed(): void {
    const { bids, asks } = this.book;
    for (let best = bids.price(0); best !== undefined && best > this.fair; best = bids.price(0)) {
      this.book.set('bid', best, 0);
    }
    for (let best = asks.price(0); best !== undefined && best <= this.fair; best = asks.price(0)) {
      this.book.set('ask', best, 0);
    }
  }

  private quoteTouch(): void {
    const bid = Math.floor(this.fair) - this.chance.below(2);
    this.place('bid', bid);
    this.place('ask', Math.floor(this.fair) + 1 + this.chance.below(2));
  }

  private requote(): void {
    const side: Side = this.chance.happens(0.5) ? 'bid' : 'ask';
    const levels = this.book.side(side);
    const full = levels.length >= this.parameters.depthLevels;
    if (levels.length > this.parameters.depthLevels * 1.1) this.cancel(side, levels.length - 1);
    else if (this.chance.happens(full ? 0.6 : 0.35)) {
      const rank = Math.floor(this.chance.exponential(8));
      if (rank < levels.length - 1) this.cancel(side, rank);
    } else this.quote(side);
  }

  private cancel(side: Side, rank: number): void {
    const levels = this.book.side(side);
    const ticks = levels.price(rank);
    if (ticks === undefined || levels.length < 2) return;
    const partly = this.chance.happens(0.4) ? Math.floor(levels.amount(rank) * this.chance.uniform()) : 0;
    this.book.set(side, ticks, partly);
  }

  private quote(side: Side): void {
    const reach = this.chance.happens(0.5) ? NEAR_QUOTE_DISTANCE : DEEP_QUOTE_DISTANCE;
    // A coarse tick would put every quote on the same few prices; keep room for the asked depth.
    const mean = Math.max(this.fair * reach, this.parameters.depthLevels / 2);
    const distance = Math.floor(this.chance.exponential(mean));
    this.place(
      side,
      side === 'bid' ? Math.floor(this.fair) - distance : Math.floor(this.fair) + 1 + distance,
    );
  }

  /** Bids rest at or below the fair price and asks above it, so a quote never crosses the other side. */
  private place(side: Side, ticks: number): void {
    if (ticks < 1) return;
    this.book.set(side, ticks, this.book.side(side).amountAt(ticks) + this.lots(0.8));
  }

  private takerOrder(): readonly Match[] {
    const bid = this.book.bids.price(0);
    const ask = this.book.asks.price(0);
    if (bid === undefined || ask === undefined) return [];
    const lean = Math.max(-1, Math.min(1, (this.fair - (bid + ask) / 2) / (ask - bid)));
    const buys = this.chance.happens(0.5 + 0.3 * lean);
    const side: Side = buys ? 'ask' : 'bid';
    const levels = this.book.side(side);
    const matches: Match[] = [];
    let left = this.lots(1);
    for (let rank = 0; left > 0 && matches.length < MATCHES_PER_ORDER && rank < levels.length - 1;) {
      const ticks = levels.price(rank);
      if (ticks === undefined) break;
      const resting = levels.amount(rank) - matchedAt(matches, ticks);
      if (resting === 0) {
        rank++;
        continue;
      }
      // A level is many makers' orders: a taker meets them one by one.
      const maker = this.chance.happens(0.6)
        ? resting
        : Math.max(1, Math.floor(resting * this.chance.uniform()));
      const lots = Math.min(left, maker);
      matches.push({ ticks, lots, takerSide: buys ? 'buy' : 'sell' });
      left -= lots;
    }
    return matches;
  }

  /** An amount as people choose it: log-normal around the instrument's median. */
  private lots(spread: number): number {
    return Math.max(1, Math.round(this.parameters.medianLots * Math.exp(spread * this.chance.normal())));
  }
}

function matchedAt(matches: readonly Match[], ticks: number): number {
  let lots = 0;
  for (const match of matches) if (match.ticks === ticks) lots += match.lots;
  return lots;
}
