import type { MarketEvent } from '@exchange-stream/market-data';
import type { ExchangeStream, LifecycleEvent } from '@exchange-stream/nestjs/engine';

/** Notes what consumers of one exchange see from here on. */
export class Witness {
  /** Whatever was said other than data. */
  readonly statuses: string[] = [];
  readonly rotations: Extract<LifecycleEvent, { type: 'rotation' }>[] = [];
  /** Ids of trades in the order in which they were shown, by what they are of. */
  private readonly trades = new Map<string, number[]>();
  /** Newest quote of each symbol, by its sequence: none may go back. */
  private readonly quotes = new Map<string, number>();
  private readonly backwards: string[] = [];

  constructor(stream: ExchangeStream, exchange: string) {
    let isAttached = false;
    stream.listen({ exchange }, (event) => {
      if (isAttached) this.receive(event);
    });
    isAttached = true;
    stream.onLifecycle((event) => {
      if (event.type === 'rotation') this.rotations.push(event);
    });
  }

  /** No trade is missing between the first and the last, none came twice, and the last single one is the market's. */
  expectEveryTradeOnce(lastOf: (nativeSymbol: string) => number | undefined): void {
    expect(this.trades.size).toBeGreaterThan(0);
    for (const [name, ids] of this.trades) {
      const [nativeSymbol = '', form] = name.split(' ');
      expect({ name, ids }).toEqual({ name, ids: ids.map((_, index) => (ids[0] ?? 0) + index) });
      // Aggregates have numbers of their own.
      if (form === 'single') expect({ name, last: ids.at(-1) }).toEqual({ name, last: lastOf(nativeSymbol) });
    }
    expect(this.backwards).toEqual([]);
  }

  /** None came twice, whatever was missed. */
  expectNoTradeTwice(): void {
    for (const ids of this.trades.values()) expect(new Set(ids).size).toBe(ids.length);
  }

  private receive(event: MarketEvent): void {
    const { nativeSymbol } = event;
    if (event.type === 'status') this.statuses.push(`${event.channel} ${event.state}: ${event.reason}`);
    else if (event.type === 'trade') {
      const name = `${nativeSymbol} ${event.aggregates ? 'aggregated' : 'single'}`;
      const ids = this.trades.get(name) ?? [];
      this.trades.set(name, ids);
      ids.push(Number(event.id));
    } else if (event.type === 'quote') {
      const sequence = Number(event.sequence);
      if (sequence < (this.quotes.get(nativeSymbol) ?? 0)) this.backwards.push(`${nativeSymbol} ${sequence}`);
      this.quotes.set(nativeSymbol, sequence);
    }
  }
}
