import type { Clock } from '@exchange-stream/market-data';
import type { Pace } from '../market/pace.ts';
import type { BadTopic } from './bybit.answers.ts';
import { rpiLevelText } from './bybit.book-levels.ts';
import { BookFeed, type BookFeedParts } from './bybit.book-feed.ts';
import { isCategory, type SocketKind } from './bybit.category.ts';
import type { Feed, FeedSurroundings, PacedFeed } from './bybit.feed.ts';
import { KlineFeed } from './bybit.kline-feed.ts';
import { FULL_BOOK_LEVELS } from './bybit.limits.ts';
import { LiquidationFeed } from './bybit.liquidation-feed.ts';
import type { Listing, Listings } from './bybit.listings.ts';
import { PriceLimitFeed } from './bybit.price-limit-feed.ts';
import { optionSource } from './bybit.publisher.ts';
import { SystemStatusFeed } from './bybit.system-status.ts';
import { TickerFeed } from './bybit.ticker-feed.ts';
import type { Send } from './bybit.topic-index.ts';
import {
  bookDepths,
  FULL_PERIOD_MS,
  parseTopic,
  RPI_DEPTH,
  RPI_PERIOD_MS,
  type Topic,
} from './bybit.topics.ts';
import { TradeFeed } from './bybit.trade-feed.ts';
import type { TickDirections } from './bybit.trades.ts';

export interface TopicReaderParts {
  readonly clock: Clock;
  readonly listings: Listings;
  readonly directions: TickDirections;
  readonly pace: (periodMs: number) => Pace<PacedFeed>;
  /** Number of a book's first frame. */
  firstId(purpose: string): number;
}

const SILENT: Feed = { greeting: () => undefined };
const NOWHERE = 'nowhere';

/** Knows what the topics of each socket are about, and makes their feeds. */
export class TopicReader {
  constructor(private readonly parts: TopicReaderParts) {}

  /** What a topic asks for, or why there is no such topic. */
  read(kind: SocketKind, name: string): Topic | BadTopic {
    const topic = parseTopic(kind, name);
    if (topic === undefined) return { topic: name, why: 'no-handler' };
    return this.isKnown(kind, topic) ? topic : { topic: name, why: 'unknown-symbol' };
  }

  /** What the index of topics files it under. */
  sourceOf(kind: SocketKind, topic: Topic): string {
    if (kind === 'option' && topic.kind === 'trades') {
      const [option] = this.optionsOn(topic.symbol);
      return option === undefined ? NOWHERE : optionSource(option.market);
    }
    return this.listingOf(kind, topic)?.instrument.symbol ?? NOWHERE;
  }

  isPreLaunch(kind: SocketKind, topic: Topic): boolean {
    const listing = this.listingOf(kind, topic);
    return listing !== undefined && this.parts.listings.isPreLaunch(listing.market);
  }

  feed(kind: SocketKind, topic: Topic, name: string, send: Send): Feed {
    const { clock, listings, directions, pace } = this.parts;
    const surroundings: FeedSurroundings = { clock, topic: name, send, pace };
    if (topic.kind === 'status') return new SystemStatusFeed(surroundings);
    if (topic.kind === 'trades') return new TradeFeed(listings, directions, surroundings);
    const listing = this.listingOf(kind, topic);
    if (listing === undefined) return SILENT;
    const { market, instrument } = listing;
    const { nativeSymbol } = instrument;
    switch (topic.kind) {
      case 'ticker':
        return new TickerFeed(market, instrument, directions, surroundings);
      case 'book':
      case 'rpiBook':
      case 'fullBook':
        return new BookFeed(this.bookParts(kind, listing, topic), surroundings);
      case 'kline':
        return new KlineFeed(market, topic, kind === 'spot', surroundings);
      case 'liquidations':
        return new LiquidationFeed(market, nativeSymbol, surroundings);
      case 'priceLimit':
        return new PriceLimitFeed(market, nativeSymbol, surroundings);
      case 'silent':
        return SILENT;
    }
  }

  private bookParts(
    kind: SocketKind,
    { market, instrument }: Listing,
    topic: Extract<Topic, { kind: 'book' | 'rpiBook' | 'fullBook' }>,
  ): BookFeedParts {
    const { nativeSymbol, symbol } = instrument;
    const parts = { market, nativeSymbol, isSpot: kind === 'spot' };
    const firstId = (depth: string): number => this.parts.firstId(`${symbol} book ${depth}`);
    switch (topic.kind) {
      case 'rpiBook':
        return {
          ...parts,
          depth: RPI_DEPTH,
          periodMs: RPI_PERIOD_MS,
          form: 'both',
          row: rpiLevelText,
          firstId: firstId('rpi'),
        };
      case 'fullBook':
        return {
          ...parts,
          depth: FULL_BOOK_LEVELS,
          periodMs: FULL_PERIOD_MS,
          form: 'deltas',
          firstId: firstId('full'),
        };
      case 'book': {
        const { depth } = topic;
        const periodMs = bookDepths(kind).get(depth) ?? RPI_PERIOD_MS;
        const form = depth === 1 ? 'snapshots' : 'both';
        return { ...parts, depth, periodMs, form, firstId: firstId(String(depth)) };
      }
    }
  }

  private isKnown(kind: SocketKind, topic: Topic): boolean {
    if (topic.kind === 'status' || topic.kind === 'silent') return true;
    if (kind === 'option' && topic.kind === 'trades') return this.optionsOn(topic.symbol).length > 0;
    const listing = this.listingOf(kind, topic);
    return listing !== undefined && listing.market.status !== 'closed';
  }

  private listingOf(kind: SocketKind, topic: Topic): Listing | undefined {
    return isCategory(kind) && 'symbol' in topic ? this.parts.listings.find(kind, topic.symbol) : undefined;
  }

  private optionsOn(base: string): readonly Listing[] {
    return this.parts.listings.in('option').filter(({ instrument }) => instrument.base === base);
  }
}
