import type { Clock } from '@exchange-stream/market-data';
import type { InstrumentMarket, Trade } from '@exchange-stream/simulator/kit';
import type { LabConnection } from './lab.connection.ts';
import type { Payload } from './lab.frames.ts';
import type { LabTopicIndex, LiveTopic } from './lab.topic-index.ts';

const DAY_MS = 86_400_000;
const FUNDING_MS = DAY_MS / 3;
/** One in so many trades liquidates somebody. */
const LIQUIDATES = 5;

/** What positions are valued at, and who is liquidated; what of it followers are told. */
export class LabValues {
  /** What the followers of a topic were told last. */
  private readonly told = new WeakMap<LiveTopic, Payload>();
  /** The last liquidation of each market in this second. */
  private readonly liquidated = new Map<InstrumentMarket, Payload>();

  constructor(
    private readonly clock: Clock,
    private readonly topics: LabTopicIndex,
  ) {}

  /** What is true of a market now. */
  of(market: InstrumentMarket): Payload {
    const { book, format } = market;
    const now = this.clock.now();
    const { last } = market.rollingWindow(now, DAY_MS);
    const middle = Math.floor(((book.bids.price(0) ?? last) + (book.asks.price(0) ?? last)) / 2);
    return {
      mark: format.price.text(last),
      index: format.price.text(middle),
      funding: last % 3 === 0 ? '-0.0001' : '0.0001',
      nextFunding: (Math.floor(now / FUNDING_MS) + 1) * FUNDING_MS,
      open: format.amount.text(book.bids.amount(0)),
      iv: `0.${50 + (last % 50)}`,
      delta: `-0.${10 + (last % 90)}`,
    };
  }

  /** Sends a newcomer all of it. */
  welcome(name: string, market: InstrumentMarket, connection: LabConnection): void {
    for (const live of this.live(market, 'values')) {
      const follower = live.followers.get(connection);
      if (live.name !== name || !follower) continue;
      follower.hasWhole = true;
      connection.sendSnapshot(name, JSON.stringify(this.of(market)));
    }
  }

  traded(market: InstrumentMarket, { id, ticks, lots, takerSide, time }: Trade): void {
    if (id % LIQUIDATES !== 0) return;
    const { price, amount } = market.format;
    const position = takerSide === 'sell' ? 'long' : 'short';
    this.liquidated.set(market, { position, price: price.text(ticks), amount: amount.text(lots), time });
  }

  /** Once a second, of a market in motion. */
  publish(market: InstrumentMarket): void {
    for (const live of this.live(market, 'values')) this.publishChanges(live, market);
    const liquidation = this.liquidated.get(market);
    this.liquidated.delete(market);
    if (!liquidation) return;
    for (const live of this.live(market, 'liquidations'))
      for (const connection of [...live.followers.keys()])
        connection.sendData(live.name, JSON.stringify([liquidation]));
  }

  private publishChanges(live: LiveTopic, market: InstrumentMarket): void {
    const now = this.of(market);
    const before = this.told.get(live) ?? {};
    this.told.set(live, now);
    const changes = Object.fromEntries(Object.entries(now).filter(([name, value]) => before[name] !== value));
    for (const [connection, follower] of [...live.followers]) {
      if (!follower.hasWhole) {
        follower.hasWhole = true;
        connection.sendSnapshot(live.name, JSON.stringify(now));
      } else if (Object.keys(changes).length > 0) connection.sendData(live.name, JSON.stringify(changes));
    }
  }

  private live(market: InstrumentMarket, kind: 'values' | 'liquidations'): LiveTopic[] {
    return [...this.topics.of(market.instrument.symbol)].filter(({ topic }) => topic.kind === kind);
  }
}
