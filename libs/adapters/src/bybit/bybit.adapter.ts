import type { ExchangeAdapter, Limit, SocketEndpoint } from '@exchange-stream/nestjs/contract';
import { bookRules } from './bybit.book.ts';
import { isRawTopic, rawEndpoints } from './bybit.raw.ts';
import { MAX_CANDLES, candles, instruments, serverTime, stopAfter, trades } from './bybit.rest.ts';
import { BybitSession } from './bybit.session.ts';
import {
  CATEGORIES,
  DEEPEST,
  DEEPEST_OF_OPTIONS,
  DEPTHS,
  INTERVALS,
  OPTION_DEPTHS,
  STATUS_TOPIC,
  describeTopic,
  topics,
  topicsInFrame,
} from './bybit.topics.ts';

export interface BybitOptions {
  /**
   * Coins whose options are listed: Bybit lists them by coin, and does not say which coins have any. These are asked for by
   * another client; no other source names them. Default BTC, ETH, SOL, XRP, MNT, DOGE.
   */
  readonly optionCoins?: readonly string[];
}

const EXCHANGE = 'bybit';

const OPTION_COINS = ['BTC', 'ETH', 'SOL', 'XRP', 'MNT', 'DOGE'];

/**
 * Topics that go into one request. Documented for spot alone; everywhere else, too, one bad topic has the whole request
 * refused, so that few at once are lost by it.
 */
const TOPICS_PER_MESSAGE: Limit = { documented: 10, safe: 10 };

/**
 * "args total length per public connection ≤ 21,000 characters". Whether quotation marks and commas count is not said: with
 * names of usual length they fit, too.
 */
const TOPIC_CHARACTERS: Limit = { documented: 21_000, safe: 18_000 };

/** As many topics as that leaves room for, where the exchange does not count them. */
const UNCOUNTED: Limit = { documented: 2_100, safe: 1_000 };

const OPTION_TOPICS: Limit = { documented: 2_000, safe: 1_000 };

/**
 * How soon a topic that is greeted with a snapshot, on which changes follow, shows one. Bybit promises the snapshot, and
 * names no time; of options nothing is said.
 */
const SNAPSHOT_WITHIN_MS = 10_000;

/** "re-pushed after 3 s idle with same u". */
const BEST_LEVEL_EVERY_MS = 3_000;

/** A candle comes once a minute or more often. */
const CANDLE_EVERY_MS = 60_000;

function endpoint(path: string, topicsPerConnection: Limit = UNCOUNTED): SocketEndpoint {
  return {
    kind: 'public',
    baseUrls: { live: ['wss://stream.bybit.com'], testnet: ['wss://stream-testnet.bybit.com'] },
    path: `/v5/public/${path}`,
    limits: {
      topicsPerConnection,
      topicCharactersPerConnection: TOPIC_CHARACTERS,
      topicsPerMessage: TOPICS_PER_MESSAGE,
      // Bybit names no limit of messages: a pace that no exchange has anything against.
      messages: { documented: 20, safe: 10, windowMs: 1_000 },
      // Of each category by itself.
      connectionsPerAddress: { documented: 1_000, safe: 900 },
      connects: [{ documented: 500, safe: 300, windowMs: 300_000 }],
    },
    // "20 s"; an answer comes within 10 s, and what is silent for 10 min is closed.
    heartbeat: { sender: 'client', intervalMs: 20_000, deadlineMs: 30_000 },
    ackDeadlineMs: 10_000,
  };
}

/** Endpoints are called as the categories that they serve. */
const byCategory = (_params: unknown, category = 'spot'): string => category;

/**
 * Bybit: spot, linear (USDT and USDC contracts), inverse contracts and options, each with a socket of its own. `BTCUSDT` is
 * listed as spot and as linear, so that its category tells what is meant.
 *
 * Of a ticker, linear and inverse sockets tell what has changed; one topic has statistics, funding, open interest, and of
 * options their greeks. Prints against retail orders (RPI) and block trades are trades that no book shows, so trades prove
 * nothing about books. A topic is greeted with a snapshot wherever it has any.
 *
 * `orderbook.full` is not a book here: it is seeded by REST with an update that has both the same `u` and the same `seq`,
 * and our rules link by one number. `orderbook.rpi` has two amounts at each price, and our levels one. Both are to be had
 * as `raw`.
 *
 * Regional hosts (`stream.bybit.tr`, `.id`, `.kz`, `.eu`, `bybitgeorgia.ge`, `manepa.jp`) are configured as URLs.
 *
 * Source: Bybit v5 documentation (bybit-exchange/docs), state 2026-07-24, change log to 2026-10-06; a recording of
 * 2026-08-09.
 */
export function bybit(options: BybitOptions = {}): ExchangeAdapter {
  return {
    exchange: EXCHANGE,
    name: 'Bybit',
    facts: {
      source: 'Bybit v5 documentation with its change log, and a recording',
      asOf: '2026-10-06',
    },
    categories: CATEGORIES,

    endpoints: {
      spot: endpoint('spot'),
      linear: endpoint('linear'),
      inverse: endpoint('inverse'),
      option: endpoint('option', OPTION_TOPICS),
      spread: endpoint('spread'),
      status: endpoint('misc/status'),
    },

    channels: {
      trades: {
        endpoint: byCategory,
        params: {},
        topic: topics.trades,
        // UUIDs, or digits that tell nothing by their order.
        trades: () => ({ ids: 'arbitrary' }),
      },
      ticker: {
        endpoint: byCategory,
        params: {},
        topic: topics.ticker,
        // A trade changes the volume of 24 hours.
        cadence: () => ({ everyMs: 100, provenBy: ['trades'] }),
        firstDataWithinMs: (_params, category) =>
          category === 'linear' || category === 'inverse' ? SNAPSHOT_WITHIN_MS : undefined,
      },
      quotes: {
        endpoint: byCategory,
        params: {},
        topic: topics.quotes,
        cadence: (_params, category) =>
          category === 'option' ? undefined : { everyMs: BEST_LEVEL_EVERY_MS },
      },
      book: {
        endpoint: byCategory,
        params: {
          depth: {
            description:
              'Levels per side, by which the pace goes: 1 every 10 ms, 50 every 20, 200 every 100, 1000 every 200',
            values: DEPTHS,
            default: DEEPEST,
            perKind: { option: { values: OPTION_DEPTHS, default: DEEPEST_OF_OPTIONS } },
          },
        },
        topic: topics.book,
        book: bookRules,
        cadence: ({ depth }) => (depth === 1 ? { everyMs: BEST_LEVEL_EVERY_MS } : undefined),
        firstDataWithinMs: (_params, category) => (category === 'option' ? undefined : SNAPSHOT_WITHIN_MS),
      },
      candles: {
        endpoint: byCategory,
        kinds: ['spot', 'perpetual', 'future'],
        params: {
          interval: {
            description: 'Length of a candle; 1m is a minute, 1M a month',
            values: INTERVALS,
            required: true,
          },
        },
        topic: topics.candles,
        candles: { pageLimit: MAX_CANDLES },
        cadence: () => ({ everyMs: CANDLE_EVERY_MS, provenBy: ['trades'] }),
      },
      derivatives: {
        endpoint: byCategory,
        kinds: ['perpetual', 'future'],
        params: {},
        topic: topics.derivatives,
        firstDataWithinMs: () => SNAPSHOT_WITHIN_MS,
      },
      liquidations: {
        endpoint: byCategory,
        kinds: ['perpetual', 'future'],
        params: {},
        topic: topics.liquidations,
      },
      options: {
        endpoint: byCategory,
        kinds: ['option'],
        params: {},
        topic: topics.options,
      },
      status: {
        endpoint: 'status',
        params: {},
        topic: topics.status,
      },
    },

    raw: {
      endpoint: (topic) => (isRawTopic(topic) ? rawEndpoints(topic) : undefined),
      endpoints: CATEGORIES,
      form: `topics such as "publicTrade.BTCUSDT", "orderbook.rpi.BTCUSDT" or "${STATUS_TOPIC}", with the parameter "endpoint" where several categories have them,`,
    },

    rest: {
      baseUrls: {
        live: ['https://api.bybit.com', 'https://api.bytick.com'],
        testnet: ['https://api-testnet.bybit.com'],
      },
      requests: { documented: 600, safe: 480, windowMs: 5_000 },
      stopAfter,
      instruments: instruments(EXCHANGE, options.optionCoins ?? OPTION_COINS),
      candles: candles(EXCHANGE),
      trades: trades(EXCHANGE),
      serverTime: serverTime(EXCHANGE),
    },

    createSession: (context) => new BybitSession(context, TOPICS_PER_MESSAGE.safe),
    describeTopic,
    recording: { topicsInUrl: () => [], topicsInFrame },
  };
}
