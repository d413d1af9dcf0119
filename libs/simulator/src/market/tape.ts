import type { Match } from './order-flow.ts';

/** One match of a taker order with one maker order, in ticks and lots. */
export interface Trade {
  /** One larger than the trade before. */
  readonly id: number;
  /** Milliseconds since the epoch; never earlier than the trade before. */
  readonly time: number;
  readonly ticks: number;
  readonly lots: number;
  readonly takerSide: 'buy' | 'sell';
}

/** What one taker order took at one price. */
export interface AggregateTrade extends Trade {
  readonly firstTradeId: number;
  readonly lastTradeId: number;
}

/** The latest trades of one instrument; older ones are forgotten. */
export class Tape {
  private readonly trades: Trade[] = [];
  private readonly aggregates: AggregateTrade[] = [];
  private nextAggregateId: number;

  /**
   * @param nextTradeId id of the first trade to come
   * @param retained how many trades, and how many aggregates, are kept
   */
  constructor(
    private nextTradeId: number,
    private readonly retained: number,
  ) {
    this.nextAggregateId = Math.floor(nextTradeId * 0.8);
  }

  print(match: Match, time: number): Trade {
    const trade = { id: this.nextTradeId++, time, ...match };
    keep(this.trades, trade, this.retained);
    return trade;
  }

  /** Takes the next id for something that is no trade of the market. */
  takeId(): number {
    return this.nextTradeId++;
  }

  /** Adds up the trades of one taker order, price by price. */
  aggregate(order: readonly Trade[]): readonly AggregateTrade[] {
    const aggregates: AggregateTrade[] = [];
    for (let first = 0; first < order.length;) {
      const head = order[first];
      if (head === undefined) break;
      let lots = 0;
      let end = first;
      for (let trade = order[end]; trade?.ticks === head.ticks; trade = order[++end]) lots += trade.lots;
      const ids = {
        id: this.nextAggregateId++,
        firstTradeId: head.id,
        lastTradeId: head.id + end - first - 1,
      };
      const aggregate = { ...head, ...ids, lots };
      keep(this.aggregates, aggregate, this.retained);
      aggregates.push(aggregate);
      first = end;
    }
    return aggregates;
  }

  /** The latest trades, oldest first. */
  latest(limit: number): readonly Trade[] {
    return this.trades.slice(-limit);
  }

  latestAggregates(limit: number): readonly AggregateTrade[] {
    return this.aggregates.slice(-limit);
  }

  get last(): Trade | undefined {
    return this.trades.at(-1);
  }
}

/** Cuts in bulk: shifting one by one would move the whole array at every trade. */
function keep<T>(items: T[], item: T, limit: number): void {
  items.push(item);
  if (items.length >= limit * 2) items.splice(0, items.length - limit);
}
