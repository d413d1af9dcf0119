import type { Clock } from '@exchange-stream/market-data';
import type { InstrumentMarket, Trade } from '@exchange-stream/simulator/kit';
import type { LabConnection } from './lab.connection.ts';
import type { Payload } from './lab.frames.ts';
import type { LabTopicIndex, LiveTopic } from './lab.topic-index.ts';
import type { LabTopic } from './lab.topics.ts';

const DAY_MS = 86_400_000;
const FUNDING_MS = DAY_MS / 3;
/** One in so many trades liquidates somebody. */
const LIQUIDATES = 5;

/** Which fields each topic tells. */
const FIELDS: { readonly [kind in LabTopic['kind']]?: readonly string[] } = {
  values: ['mark', 'index', 'funding', 'nextFunding', 'open', 'iv', 'delta'],
  prices: ['mark', 'index'],
  fundings: ['funding', 'nextFunding'],
  greeks: ['iv', 'delta'],
};

/** What positions are valued at, and who is liquidated; what of it followers are told. */
export class LabValues {
  /** What the followers of a topic were told last, by symbol. */
  private readonly told = new WeakMap<LiveTopic, Map<string, Payload>>();
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
    for (const live of this.live(market, 'values', 'prices')) {
      const follower = live.followers.get(connection);
      if (live.name !== name || !follower) continue;
      follower.hasWhole = true;
      connection.sendSnapshot(name, JSON.stringify(this.fieldsOf(live, market)));
    }
  }

  /** Sends a newcomer to a topic of all symbols all of them. */
  welcomeToAll(name: string, markets: readonly InstrumentMarket[], connection: LabConnection): void {
    const live = this.topics.shared.find((shared) => shared.name === name);
    const follower = live?.followers.get(connection);
    if (!live || !follower || FIELDS[live.topic.kind] === undefined) return;
    follower.hasWhole = true;
    const rows = markets.map((market) => this.rowOf(live, market));
    connection.sendSnapshot(name, JSON.stringify(rows));
  }

  /** Who came to a topic of all symbols while it stood still is told of it with the next rows. */
  opened({ instrument }: InstrumentMarket): void {
    for (const live of this.topics.shared) this.toldOf(live).delete(instrument.symbol);
  }

  traded(market: InstrumentMarket, { id, ticks, lots, takerSide, time }: Trade): void {
    if (id % LIQUIDATES !== 0) return;
    const { price, amount } = market.format;
    const position = takerSide === 'sell' ? 'long' : 'short';
    this.liquidated.set(market, { position, price: price.text(ticks), amount: amount.text(lots), time });
  }

  /** Once a second, of the markets in motion. */
  publish(markets: readonly InstrumentMarket[]): void {
    for (const market of markets) {
      for (const live of this.live(market, 'values', 'prices')) this.publishChanges(live, market);
      this.publishLiquidation(market);
    }
    for (const live of this.topics.shared) this.publishRows(live, markets);
  }

  private publishLiquidation(market: InstrumentMarket): void {
    const liquidation = this.liquidated.get(market);
    this.liquidated.delete(market);
    if (!liquidation) return;
    const { symbol } = market.instrument;
    for (const live of this.live(market, 'liquidations')) send(live, [liquidation]);
    for (const live of this.topics.shared)
      if (live.topic.kind === 'all liquidations') send(live, [{ symbol, ...liquidation }]);
  }

  private publishChanges(live: LiveTopic, market: InstrumentMarket): void {
    const now = this.fieldsOf(live, market);
    const before = this.toldOf(live).get(market.instrument.symbol) ?? {};
    this.toldOf(live).set(market.instrument.symbol, now);
    const changes = Object.fromEntries(Object.entries(now).filter(([name, value]) => before[name] !== value));
    for (const [connection, follower] of [...live.followers]) {
      if (!follower.hasWhole) {
        follower.hasWhole = true;
        connection.sendSnapshot(live.name, JSON.stringify(now));
      } else if (Object.keys(changes).length > 0) connection.sendData(live.name, JSON.stringify(changes));
    }
  }

  /** Of a topic of all symbols: the rows in which something has changed. */
  private publishRows(live: LiveTopic, markets: readonly InstrumentMarket[]): void {
    if (FIELDS[live.topic.kind] === undefined) return;
    const told = this.toldOf(live);
    const rows = markets.flatMap((market) => {
      const { symbol } = market.instrument;
      const row = this.rowOf(live, market);
      const before = told.get(symbol);
      told.set(symbol, row);
      return JSON.stringify(row) === JSON.stringify(before) ? [] : [row];
    });
    if (rows.length > 0) send(live, rows);
  }

  private toldOf(live: LiveTopic): Map<string, Payload> {
    const told = this.told.get(live) ?? new Map<string, Payload>();
    this.told.set(live, told);
    return told;
  }

  private rowOf(live: LiveTopic, market: InstrumentMarket): Payload {
    return { symbol: market.instrument.symbol, ...this.fieldsOf(live, market) };
  }

  private fieldsOf({ topic }: LiveTopic, market: InstrumentMarket): Payload {
    const now = this.of(market);
    return Object.fromEntries((FIELDS[topic.kind] ?? []).map((field) => [field, now[field]]));
  }

  private live(
    market: InstrumentMarket,
    ...kinds: readonly ('values' | 'prices' | 'liquidations')[]
  ): LiveTopic[] {
    return [...this.topics.of(market.instrument.symbol)].filter(({ topic }) =>
      kinds.some((kind) => kind === topic.kind),
    );
  }
}

/** To all that follow a topic: to copies, as a transport may close a connection while it is being sent to. */
function send({ name, followers }: LiveTopic, rows: readonly Payload[]): void {
  for (const connection of [...followers.keys()]) connection.sendData(name, JSON.stringify(rows));
}
