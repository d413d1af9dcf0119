import { crc32 } from 'node:zlib';
import type { Clock } from '@exchange-stream/market-data';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { BookChange } from '../market/order-book.ts';
import { Pace } from '../market/pace.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import { bestRows, changedRows, NO_ROWS, type BookRows, type BookRowSides } from './bitfinex.book-rows.ts';
import { list } from './bitfinex.frames.ts';
import { isFunding } from './bitfinex.funding.ts';
import { CHECKED_LEVELS, F1_MS } from './bitfinex.limits.ts';
import { BitfinexOrders } from './bitfinex.orders.ts';
import type { BitfinexTopicIndex, LiveTopic } from './bitfinex.topic-index.ts';

/** Changes of so long come together, as they do on a busy socket. */
const F0_MS = 50;

/**
 * Publishes books: one whole book for each subscription, then what changes within its length. What falls out of it is taken
 * away in so many words, and what comes into it is told.
 */
export class BitfinexBooks {
  private readonly shown = new WeakMap<LiveTopic, BookRowSides>();
  /** Of each symbol whose single orders somebody has asked for. */
  private readonly orders = new Map<string, BitfinexOrders>();
  private readonly changed: Readonly<Record<string, Pace<LiveTopic>>>;

  constructor(
    clock: Clock,
    private readonly topics: BitfinexTopicIndex,
    private readonly market: () => SeededMarket,
  ) {
    const pace = (periodMs: number): Pace<LiveTopic> =>
      new Pace(clock, periodMs, (live) => this.publish(live));
    this.changed = { F0: pace(F0_MS), F1: pace(F1_MS) };
  }

  bookChanged(market: InstrumentMarket, change: BookChange): void {
    const { symbol } = market.instrument;
    this.orders.get(symbol)?.changed(change);
    for (const live of this.topics.of('book', symbol))
      this.changed[live.topic.book?.frequency ?? 'F0']?.add(live);
  }

  /** The whole book; everybody else is told of what changed until now first. */
  snapshot(live: LiveTopic): string {
    this.publish(live);
    const { bids, asks } = this.shown.get(live) ?? this.show(live);
    return list([...bids.values(), ...asks.values()].map(({ text }) => text));
  }

  /** What changed and has not been told. */
  pending(live: LiveTopic): readonly string[] {
    const before = this.shown.get(live);
    return before === undefined ? [] : changedRows(before, this.rows(live, before));
  }

  /** Checksums are due: of books that changed since the last one, for those who asked for them. */
  check(): void {
    for (const live of this.topics.all) {
      const { kind, symbol } = live.topic;
      const rows = this.shown.get(live);
      // Those of lending are not to be relied on, and are left out.
      if (kind !== 'book' || rows === undefined || isFunding(symbol)) continue;
      let body: string | undefined;
      for (const channel of [...live.channels]) {
        if (!channel.flags.checksum || channel.checkedBook === rows) continue;
        channel.checkedBook = rows;
        channel.send((body ??= `"cs",${checksum(rows)}`));
      }
    }
  }

  /** Nothing more comes for a while: what is pending goes out. */
  settle(): void {
    for (const pace of Object.values(this.changed)) pace.flush();
  }

  stop(): void {
    for (const pace of Object.values(this.changed)) pace.stop();
  }

  private publish(live: LiveTopic): void {
    const before = this.shown.get(live);
    if (before === undefined) return;
    const now = this.rows(live, before);
    const rows = changedRows(before, now);
    if (rows.length === 0) return;
    this.shown.set(live, now);
    const bulk = list(rows);
    for (const channel of [...live.channels]) {
      if (channel.flags.bulk) channel.send(bulk);
      else for (const row of rows) channel.send(row);
    }
  }

  private show(live: LiveTopic): BookRowSides {
    const rows = this.rows(live, NO_ROWS);
    this.shown.set(live, rows);
    return rows;
  }

  private rows({ topic: { symbol, book } }: LiveTopic, before: BookRowSides): BookRowSides {
    const market = this.market().find(symbol);
    if (market === undefined || book === undefined) return NO_ROWS;
    return bestRows(market, book, before, () => this.ordersOf(market));
  }

  private ordersOf(market: InstrumentMarket): BitfinexOrders {
    const { symbol } = market.instrument;
    const orders = this.orders.get(symbol) ?? new BitfinexOrders(market);
    this.orders.set(symbol, orders);
    return orders;
  }
}

/** Best bid, best ask, second bid, second ask, …: CRC-32 as a number of 32 bits with its sign. */
export function checksum({ bids, asks }: BookRowSides): number {
  const [best, cheapest] = [checkedOf(bids), checkedOf(asks)];
  const parts: string[] = [];
  for (let rank = 0; rank < CHECKED_LEVELS; rank++)
    for (const part of [best[rank], cheapest[rank]]) if (part !== undefined) parts.push(part);
  return crc32(parts.join(':')) | 0;
}

function checkedOf(rows: BookRows): readonly string[] {
  return [...rows.values()].slice(0, CHECKED_LEVELS).map(({ checked }) => checked);
}
