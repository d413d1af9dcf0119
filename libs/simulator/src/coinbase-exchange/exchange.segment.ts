import { Followers } from '../coinbase-platform/followers.ts';
import {
  CoinbasePlatform,
  type Segment,
  type SegmentFeed,
  type SegmentParts,
} from '../coinbase-platform/platform.ts';
import { spotProducts } from '../coinbase-platform/products.ts';
import { spoiledBid } from '../faults/spoiled-bid.ts';
import type { BookError } from '../faults/fault.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { SimulatedExchange, SimulatedExchangeEnvironment } from '../simulated-exchange.ts';
import { ExchangeDesk } from './exchange.desk.ts';
import { MESSAGES, REQUESTS } from './exchange.limits.ts';
import { ExchangePublisher } from './exchange.publisher.ts';
import { ExchangeRest } from './exchange.rest.ts';
import { Subscriptions } from './exchange.subscriptions.ts';

const SEGMENT: Segment = {
  id: 'coinbase-exchange',
  instruments: spotProducts,
  connects: REQUESTS,
  messages: MESSAGES,
  open: feed,
};

/**
 * The twin of Coinbase Exchange, its market data. Written from the exchange's documentation and recordings, not from any
 * client. Any keys will do where it wants some.
 */
export function coinbaseExchange(environment: SimulatedExchangeEnvironment): SimulatedExchange {
  return new CoinbasePlatform(SEGMENT, environment);
}

function feed({ clock, market, violations }: SegmentParts): SegmentFeed {
  const followers = new Followers();
  const subscriptions = new Subscriptions(followers);
  const publisher = new ExchangePublisher({ clock, followers, market });
  const desk = new ExchangeDesk({
    market,
    subscriptions,
    welcome: (connection, channel, productIds) => publisher.welcome(connection, channel, productIds),
  });
  return {
    publisher,
    desk,
    rest: new ExchangeRest({ clock, market, violations }),
    leave: (connection) => subscriptions.removeAll(connection),
    frame: (topic, data) => `{"type":${JSON.stringify(topic)},"data":${data}}`,
    spoiled: (topic, frame, how) => spoiledBook(topic, frame, how, market()),
  };
}

type BookFrame =
  | { readonly type: 'snapshot'; readonly bids: readonly (readonly string[])[] }
  | { readonly type: 'l2update'; readonly changes: readonly (readonly string[])[] };

/** A frame of a book with a wrong bid; undefined for what is no book, and where it could not be wrong in this way. */
function spoiledBook(topic: string, frame: string, how: BookError, all: SeededMarket): string | undefined {
  const [channel = '', symbol = ''] = topic.split(':');
  const market = channel.startsWith('level2') ? all.find(symbol) : undefined;
  const price = market && spoiledBid(market, how);
  if (price === undefined) return undefined;
  const message = JSON.parse(frame) as BookFrame;
  return JSON.stringify(
    message.type === 'snapshot'
      ? { ...message, bids: [[price, '1'], ...message.bids] }
      : { ...message, changes: [['buy', price, '1'], ...message.changes] },
  );
}
