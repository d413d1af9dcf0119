import type { ExchangeAdapter, SocketEndpoint } from '@exchange-stream/nestjs/contract';
import { DEPTHS, USUAL_DEPTH, bookRules } from './kraken.book.ts';
import { anchorsOf } from './kraken.candles.ts';
import { MAX_CANDLES, candles, instruments, stopAfter } from './kraken.rest.ts';
import { KrakenSession } from './kraken.session.ts';
import { INTERVALS, describeTopic, endpointOf, topics, topicsInFrame } from './kraken.topics.ts';

export interface KrakenOptions {
  /**
   * Whether the channel `instrument` is subscribed beside what is wanted: it tells at once when a market is stopped or opened,
   * and how many decimal places pairs have, which their checksums are made with. Costs one list of all pairs on each
   * connection. Default `true`.
   */
  readonly watchListings?: boolean;
  /**
   * Day on which candles of a week begin: 0 Sunday, 1 Monday … Kraken does not say; its candles of 15 days can only be counted
   * from the epoch, which was a Thursday. Default 4.
   */
  readonly firstWeekday?: number;
}

const EXCHANGE = 'kraken';

/** How soon a topic shows the snapshot that Kraken greets it with. It promises the snapshot, and names no time. */
const SNAPSHOT_WITHIN_MS = 10_000;

/** "During maintenance no faster than once in 5 s." */
const PAUSED_REDIAL_MS = 5_000;

/**
 * Kraken Spot, WebSocket v2: `BTC/USD`, as everybody writes it; REST's `XBT` and `XDG` are `BTC` and `DOGE` here.
 *
 * A book has no numbers; each message has a checksum of the ten best levels of both sides, which is made of the digits on the
 * wire. Neither a book's rows say its depth, nor a ticker's its trigger: so depths of one pair are on different
 * connections, and tickers of the best bid and ask (`quotes`) have sockets of their own.
 *
 * A new subscription to trades is greeted with the latest fifty. REST is not asked for missed ones: they are named.
 *
 * Books by order (`level3`) are on a host of their own and want a token, which only a signed call gives: they come with
 * credentials.
 *
 * There is no testnet: the beta hosts are the same engine.
 *
 * Source: Kraken's documentation of Spot WebSocket v2 and REST, state 2026; clients and recorded frames for what it leaves
 * open.
 */
export function kraken({ watchListings = true, firstWeekday = 4 }: KrakenOptions = {}): ExchangeAdapter {
  return {
    exchange: EXCHANGE,
    name: 'Kraken',
    facts: {
      source: 'Kraken Spot WebSocket v2 and REST documentation, and clients of others',
      asOf: '2026-08-31',
    },

    endpoints: {
      public: socketEndpoint('public'),
      quotes: socketEndpoint('market'),
    },

    channels: {
      trades: {
        endpoint: 'public',
        params: {},
        topic: topics.trades,
        trades: () => ({ ids: 'contiguous', beginsWithRecent: true }),
      },
      ticker: {
        endpoint: 'public',
        params: {},
        topic: topics.ticker,
        cadence: () => ({ provenBy: ['trades'] }),
        firstDataWithinMs: () => SNAPSHOT_WITHIN_MS,
      },
      quotes: {
        endpoint: 'quotes',
        params: {},
        topic: topics.quotes,
        cadence: () => ({ provenBy: ['trades'] }),
        firstDataWithinMs: () => SNAPSHOT_WITHIN_MS,
      },
      book: {
        endpoint: 'public',
        params: {
          depth: {
            description: 'Levels of each side',
            values: DEPTHS,
            default: USUAL_DEPTH,
          },
        },
        topic: topics.book,
        book: bookRules,
        cadence: () => ({ provenBy: ['trades', 'quotes'] }),
        firstDataWithinMs: () => SNAPSHOT_WITHIN_MS,
        exclusive: 'connection',
      },
      candles: {
        endpoint: 'public',
        params: {
          interval: {
            description: 'Length of a candle',
            values: INTERVALS,
            required: true,
          },
        },
        topic: topics.candles,
        candles: {
          anchors: () => anchorsOf(firstWeekday),
          pageLimit: MAX_CANDLES,
          // A minute without a trade has no row.
          skipsQuiet: true,
        },
        cadence: () => ({ provenBy: ['trades'] }),
      },
      status: {
        endpoint: 'public',
        params: {},
        topic: topics.status,
      },
    },

    raw: {
      endpoint: endpointOf,
      form: 'channels and what they are of, such as "instrument" or "book:BTC/USD?depth=25",',
    },

    rest: {
      baseUrls: { live: ['https://api.kraken.com'], testnet: [] },
      // Kraken's documentation of public calls names no number that we know of: one a second is what it has nothing against.
      requests: { documented: 60, safe: 45, windowMs: 60_000 },
      stopAfter,
      instruments: instruments(EXCHANGE),
      candles: candles(EXCHANGE, firstWeekday),
    },

    createSession: (context) => new KrakenSession(context, { watchListings, firstWeekday }),
    describeTopic,
    recording: { topicsInUrl: () => [], topicsInFrame },
  };
}

/** The same socket, for what cannot be told apart on one. */
function socketEndpoint(kind: 'public' | 'market'): SocketEndpoint {
  return {
    kind,
    baseUrls: { live: ['wss://ws.kraken.com'], testnet: [] },
    path: '/v2',
    limits: {
      // None is published.
      topicsPerConnection: { documented: 1_000, safe: 500 },
      topicsPerMessage: { documented: 200, safe: 100 },
      // The limiter is dynamic, and its numbers are not published; one client paces itself so.
      messages: { documented: 20, safe: 10, windowMs: 1_000 },
      // "About 150 attempts in ten minutes", then the address is banned for a while.
      connects: [{ documented: 150, safe: 120, windowMs: 600_000 }],
    },
    // Beside a sign of life each second, where something is subscribed and nothing else is told.
    heartbeat: { sender: 'client', intervalMs: 15_000, deadlineMs: 25_000 },
    pausedRedialMs: PAUSED_REDIAL_MS,
    ackDeadlineMs: 10_000,
  };
}
