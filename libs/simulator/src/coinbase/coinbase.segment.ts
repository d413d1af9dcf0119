import { Followers } from '../coinbase-platform/followers.ts';
import {
  CoinbasePlatform,
  type Segment,
  type SegmentFeed,
  type SegmentParts,
} from '../coinbase-platform/platform.ts';
import { spoiledBid } from '../faults/spoiled-bid.ts';
import type { BookError } from '../faults/fault.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import { seededRandom } from '../platform/seeded-random.ts';
import type { SimulatedExchange, SimulatedExchangeEnvironment } from '../simulated-exchange.ts';
import { CoinbaseDesk } from './coinbase.desk.ts';
import { frameText, numbering } from './coinbase.frames.ts';
import { IdleChannels } from './coinbase.idle-channels.ts';
import { coinbaseInstruments } from './coinbase.instruments.ts';
import { CONNECTS, MESSAGES } from './coinbase.limits.ts';
import { CoinbasePublisher } from './coinbase.publisher.ts';
import { CoinbaseRest } from './coinbase.rest.ts';
import { Subscriptions } from './coinbase.subscriptions.ts';

export interface CoinbaseOptions {
  /** Whether the times in whole books are those of the year 1970, as in some recordings. Default false. */
  readonly timelessBooks?: boolean;
}

/**
 * The twin of Coinbase Advanced Trade, its public side: spot and the futures of CDE. Written from the exchange's
 * documentation and recordings, not from any client. For books of the real size take 23,000 `depthLevels`.
 */
export function coinbase(
  environment: SimulatedExchangeEnvironment,
  options: CoinbaseOptions = {},
): SimulatedExchange {
  return new CoinbasePlatform(segment(options), environment);
}

function segment(options: CoinbaseOptions): Segment {
  return {
    id: 'coinbase',
    instruments: coinbaseInstruments,
    places: 'fewest',
    connects: CONNECTS,
    messages: MESSAGES,
    numbering,
    open: (parts) => feed(parts, options),
  };
}

function feed(
  { clock, seed, market, violations, connections }: SegmentParts,
  { timelessBooks = false }: CoinbaseOptions,
): SegmentFeed {
  const followers = new Followers();
  const subscriptions = new Subscriptions(followers);
  const random = seededRandom(seed, 'coinbase');
  const chance = (): number => random.next();
  const idle = new IdleChannels(clock, subscriptions, chance);
  const publisher = new CoinbasePublisher({
    clock,
    followers,
    market,
    timelessBooks,
    chance,
    onSecond: () => idle.close(connections()),
  });
  const desk = new CoinbaseDesk({
    market,
    subscriptions,
    now: () => clock.now(),
    welcome: (connection, channel, productIds) => publisher.welcome(connection, channel, productIds),
  });
  return {
    publisher,
    desk,
    rest: new CoinbaseRest({ clock, market, violations }),
    leave: (connection) => subscriptions.removeAll(connection),
    frame: (topic, data) => frameText(topic, clock.now(), data),
    spoiled: (topic, frame, how) => spoiledBook(topic, frame, how, market()),
  };
}

interface BookFrame {
  readonly events: readonly { readonly updates: readonly Readonly<Record<string, string>>[] }[];
}

/** A frame of a book with a wrong bid; undefined for what is no book, and where it could not be wrong in this way. */
function spoiledBook(topic: string, frame: string, how: BookError, all: SeededMarket): string | undefined {
  const [channel, symbol = ''] = topic.split(':');
  const market = channel === 'level2' ? all.find(symbol) : undefined;
  const price = market && spoiledBid(market, how);
  if (price === undefined) return undefined;
  const message = JSON.parse(frame) as BookFrame;
  const events = message.events.map((event) => {
    const level = { ...event.updates[0], side: 'bid', price_level: price, new_quantity: '1' };
    return { ...event, updates: [level, ...event.updates] };
  });
  return JSON.stringify({ ...message, events });
}
