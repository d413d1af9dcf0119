import type { ExchangeAdapter, SocketEndpoint } from '@exchange-stream/nestjs/contract';
import { bookRules } from './bitfinex.book.ts';
import { flagsWith, type BitfinexFlag } from './bitfinex.flags.ts';
import { MAX_CANDLES, candles, instruments } from './bitfinex.rest.ts';
import { BitfinexSession } from './bitfinex.session.ts';
import {
  AGGREGATIONS,
  DEFAULT_DEPTH,
  DEFAULT_PERIOD,
  DEPTHS,
  INTERVALS,
  PERIOD_DAYS,
  PRECISIONS,
  SPEEDS,
  describeTopic,
  requestOf,
  topics,
  topicsInFrame,
} from './bitfinex.topics.ts';

export interface BitfinexOptions {
  /**
   * Channels that one socket is given. Bitfinex documents 25 in one place and 30 in another, and has been seen to take 36;
   * should it take fewer, that is learnt. Default 25.
   */
  readonly channelsPerConnection?: number;
  /**
   * Flags that sockets are told beside those that they always are (`TIMESTAMP`, `SEQ_ALL`, `OB_CHECKSUM`). `BULK_UPDATES`
   * has several changes of a book in one frame. Default: none.
   */
  readonly flags?: readonly BitfinexFlag[];
}

/** Thrown for an option that nothing can be done with. */
export class BitfinexOptionError extends Error {
  readonly code = 'INVALID_OPTION';

  constructor(option: string, expected: string, value: unknown) {
    super(`bitfinex: ${option} is ${JSON.stringify(value)}. Set ${expected}.`);
    this.name = 'BitfinexOptionError';
  }
}

const EXCHANGE = 'bitfinex';
const CHANNELS = 25;
const MOST_CHANNELS = 100;
/** Between two heartbeats of a channel at rest. */
const HEARTBEAT_MS = 15_000;

/**
 * Bitfinex: spot, margin, perpetuals and funding under one id. A pair that can be dealt on margin is the same instrument.
 * Amounts are in base currency, of perpetuals, too.
 *
 * Each socket is told by `conf` to number all of its frames, heartbeats and checksums included, in one count, to write the
 * time of sending, and to send checksums of books; what frames look like is taken from the answer (key of a user's own
 * `conf`: `conf`). Of books by price the checksum proves the best 25 levels, of books by order the best 25 orders; of funding it proves
 * nothing, as nobody can tell how it is sorted.
 *
 * Tickers have the best prices, and amounts of 25 levels together: quotes are made of a book of one level each side.
 *
 * A trade is told twice under one id, as executed and as updated, and counts once. Its ids grow; that none is left out
 * Bitfinex does not say.
 *
 * What is asked for under an unknown key of a derivative is never answered. There is no test exchange: paper trading is in
 * symbols of its own (`TESTBTC/TESTUSD`).
 *
 * Source: docs.bitfinex.com, the official clients, and an independent probe of the socket of 2026-09-22.
 * @throws BitfinexFlagError, BitfinexOptionError
 */
export function bitfinex(options: BitfinexOptions = {}): ExchangeAdapter {
  const { channelsPerConnection = CHANNELS, flags = [] } = options;
  if (
    !Number.isInteger(channelsPerConnection) ||
    channelsPerConnection < 1 ||
    channelsPerConnection > MOST_CHANNELS
  )
    throw new BitfinexOptionError(
      'channelsPerConnection',
      `a whole number from 1 to ${MOST_CHANNELS}`,
      channelsPerConnection,
    );
  // Not on the first socket only.
  flagsWith(flags);
  return {
    exchange: EXCHANGE,
    name: 'Bitfinex',
    facts: {
      source: 'docs.bitfinex.com, the official clients, and a probe of the public socket',
      asOf: '2026-09-22',
    },

    endpoints: {
      public: {
        ...socketEndpoint('public', 'wss://api-pub.bitfinex.com', channelsPerConnection),
      },
      // Accounts are let in here, and one channel is theirs.
      private: socketEndpoint('private', 'wss://api.bitfinex.com', Math.max(1, channelsPerConnection - 1)),
    },

    channels: {
      trades: {
        endpoint: 'public',
        params: {},
        topic: topics.trades,
        trades: () => ({ ids: 'increasing', beginsWithRecent: true }),
      },
      ticker: {
        endpoint: 'public',
        params: {},
        topic: topics.ticker,
      },
      quotes: {
        endpoint: 'public',
        params: {},
        topic: topics.quotes,
      },
      book: {
        endpoint: 'public',
        params: {
          depth: {
            description: 'Levels, or orders, per side; checksums prove the best 25',
            values: DEPTHS,
            default: DEFAULT_DEPTH,
          },
          level: {
            description: 'By price, or every order by itself (R0)',
            values: ['price', 'order'],
            default: 'price',
          },
          precision: {
            description:
              'Of books by price: how many prices make one level, from none together (P0) to most (P4)',
            values: PRECISIONS,
            default: 'P0',
          },
          speed: {
            description:
              'Of books by price: milliseconds between changes; 0 (F0) is as they happen, 2000 is F1',
            values: SPEEDS,
            default: 0,
          },
        },
        topic: topics.book,
        book: bookRules,
        // Where nothing changes, a heartbeat says so.
        cadence: () => ({ everyMs: HEARTBEAT_MS }),
      },
      candles: {
        endpoint: 'public',
        params: {
          interval: {
            description: 'Length of a candle; 1m is a minute, 1M a month, and 2w are the 14 days of Bitfinex',
            values: INTERVALS,
            required: true,
          },
          period: {
            description: 'Of funding: days for which it is lent',
            values: [DEFAULT_PERIOD],
            also: 'any whole number from 2 to 120',
            form: PERIOD_DAYS,
            default: DEFAULT_PERIOD,
            kinds: ['funding'],
          },
          aggregation: {
            description:
              'Of funding: candles of all periods from 2 days to that one, put together from so many of them',
            values: AGGREGATIONS,
            kinds: ['funding'],
          },
        },
        topic: topics.candles,
        // Of a bucket without trades there is no row.
        candles: { pageLimit: MAX_CANDLES, skipsQuiet: true },
      },
      derivatives: {
        endpoint: 'public',
        kinds: ['perpetual'],
        params: {},
        topic: topics.derivatives,
      },
      liquidations: {
        endpoint: 'public',
        kinds: ['spot', 'perpetual'],
        params: {},
        topic: topics.liquidations,
      },
      status: {
        endpoint: 'public',
        params: {},
        topic: topics.status,
      },
    },

    raw: {
      endpoint: (topic) => (requestOf(topic) ? 'public' : undefined),
      form: 'channels and what they are of, such as "trades:tBTCUSD", "book:P0:F0:25:tBTCUSD", "book:R0:25:fUSD", "candles:trade:1m:tBTCUSD" or "status:deriv:tBTCF0:USTF0",',
    },

    messageIds: 'text',
    nonces: 'microseconds',
    rest: {
      baseUrls: { live: ['https://api-pub.bitfinex.com'], testnet: [] },
      // How often each call may be made stands nowhere that this was written from: a pace that passes no limit.
      requests: { documented: 10, safe: 8, windowMs: 60_000 },
      instruments: instruments(EXCHANGE),
      candles: candles(EXCHANGE),
    },

    createSession: (context) => new BitfinexSession(context, flags),
    describeTopic,
    recording: { topicsInUrl: () => [], topicsInFrame },
  };
}

function socketEndpoint(kind: 'public' | 'private', host: string, channels: number): SocketEndpoint {
  return {
    kind,
    baseUrls: { live: [host], testnet: [] },
    path: '/ws/2',
    limits: {
      topicsPerConnection: { documented: Math.max(channels, CHANNELS), safe: channels },
      topicsPerMessage: { documented: 1, safe: 1 },
      // Bitfinex names no limit of messages: a pace that no exchange has anything against.
      messages: { documented: 20, safe: 10, windowMs: 1_000 },
      connects:
        kind === 'public'
          ? [{ documented: 20, safe: 15, windowMs: 60_000 }]
          : [{ documented: 5, safe: 4, windowMs: 15_000 }],
    },
    // A socket without a channel and without a word from us is closed after a minute.
    heartbeat: { sender: 'client', intervalMs: 20_000, deadlineMs: 45_000 },
    countsFrames: true,
    ackDeadlineMs: 10_000,
  };
}
