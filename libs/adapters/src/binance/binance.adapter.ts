import type { ExchangeAdapter } from '@exchange-stream/nestjs/contract';
import { DEPTHS, isStreamName, topicsInFrame, topicsInUrl } from '../binance-family/stream-names.ts';
import { bookRules } from './binance.book.ts';
import { MAX_CANDLES, operations } from './binance.rest.ts';
import { binanceSession } from './binance.session.ts';
import { INTERVALS, describeTopic, topics } from './binance.topics.ts';

export interface BinanceOptions {
  /**
   * Unit in which the exchange counts time on the wire, default `millisecond`. With `microsecond` event times carry
   * fractions of a millisecond.
   */
  readonly timeUnit?: 'millisecond' | 'microsecond';
}

const EXCHANGE = 'binance';

/**
 * Topics that go into one request. Binance documents no bound but that of the connection, and none for the size of a
 * message; 100 names of usual length (10 to 30 bytes) stay below 4 KB.
 */
const TOPICS_PER_MESSAGE = 100;

/** How soon a change shows in a stream that Binance calls real-time; it names no number. */
const REAL_TIME_MS = 100;

/**
 * Binance Spot.
 *
 * Update speeds are no promise to speak at rest: some streams are documented to tell changes alone, and none to repeat
 * itself. So nothing here is due in a quiet market; but a trade changes the best price or its amount, the 24 h statistics
 * and the candle, and where these topics miss several of them, they are dead. An unknown stream is confirmed like any
 * other and shows in no other way.
 *
 * Source: Binance Spot WebSocket Streams / REST documentation, state 2026-07, changelog to 2026-09-18.
 */
export function binance(options: BinanceOptions = {}): ExchangeAdapter {
  return {
    exchange: EXCHANGE,
    name: 'Binance Spot',
    facts: {
      source: 'Binance Spot WebSocket Streams and REST documentation with its changelog',
      asOf: '2026-09-18',
    },

    endpoints: {
      public: {
        kind: 'public',
        baseUrls: {
          live: [
            'wss://stream.binance.com:9443',
            'wss://stream.binance.com:443',
            // The mirror that carries market data only.
            'wss://data-stream.binance.vision',
          ],
          testnet: ['wss://stream.testnet.binance.vision'],
        },
        // Combined streams: raw ones do not name their topic.
        path: options.timeUnit === 'microsecond' ? '/stream?timeUnit=MICROSECOND' : '/stream',
        limits: {
          topicsPerConnection: { documented: 1024, safe: 1000 },
          topicsPerMessage: { documented: 1024, safe: TOPICS_PER_MESSAGE },
          // PONG frames, one each 20 s, count too, and a burst right at the limit has been seen to end in close 1008.
          messages: { documented: 5, safe: 3, windowMs: 1_000 },
          connects: [{ documented: 300, safe: 200, windowMs: 300_000 }],
          // "A single connection is only valid for 24 hours".
          lifetimeMs: { documented: 86_400_000, safe: 23 * 3_600_000 },
        },
        heartbeat: { sender: 'exchange', intervalMs: 20_000, deadlineMs: 60_000 },
        ackDeadlineMs: 10_000,
      },
    },

    channels: {
      trades: {
        endpoint: 'public',
        params: {
          aggregated: {
            description: 'One row per taker order and price instead of one per trade',
            values: [false, true],
            default: false,
          },
        },
        topic: topics.trades,
        // "Trade id … +1 per trade"; aggregated ones have a count of their own.
        trades: () => ({ ids: 'contiguous' }),
      },
      ticker: {
        endpoint: 'public',
        params: {},
        topic: topics.ticker,
        cadence: () => ({ everyMs: 1_000, provenBy: ['trades'] }),
      },
      quotes: {
        endpoint: 'public',
        params: {},
        topic: topics.quotes,
        cadence: () => ({ everyMs: REAL_TIME_MS, provenBy: ['trades'] }),
      },
      book: {
        endpoint: 'public',
        params: {
          depth: {
            description: 'Only the best so many levels per side, whole each time; the full book without it',
            values: DEPTHS,
          },
          speed: {
            description: 'Milliseconds between updates',
            values: [100, 1000],
            default: 100,
          },
        },
        topic: topics.book,
        book: bookRules,
        cadence: ({ speed = 100 }) => ({ everyMs: Number(speed), provenBy: ['trades', 'quotes'] }),
      },
      candles: {
        endpoint: 'public',
        params: {
          interval: {
            description: 'Length of a candle; 1m is a minute, 1M a month',
            values: INTERVALS,
            required: true,
          },
          timezone: {
            description: 'Where days, weeks and months begin at midnight',
            values: ['UTC', '+08:00'],
            default: 'UTC',
          },
        },
        topic: topics.candles,
        candles: {
          anchors: ({ timezone }) => (timezone === '+08:00' ? { dayOffsetMs: 8 * 3_600_000 } : {}),
          pageLimit: MAX_CANDLES,
          // Rows come with trades; REST has a flat candle for a bucket without any.
          skipsQuiet: true,
        },
        cadence: ({ interval }) => ({ everyMs: interval === '1s' ? 1_000 : 2_000, provenBy: ['trades'] }),
      },
    },

    raw: {
      endpoint: (topic) => (isStreamName(topic) ? 'public' : undefined),
      form: 'stream names such as "btcusdt@miniTicker" or "!miniTicker@arr", symbols in lower case,',
    },

    rest: {
      baseUrls: {
        live: [
          'https://api.binance.com',
          'https://api-gcp.binance.com',
          // The mirror that carries market data only.
          'https://data-api.binance.vision',
        ],
        testnet: ['https://testnet.binance.vision'],
      },
      requests: { documented: 6000, safe: 4800, windowMs: 60_000 },
      ...operations(EXCHANGE),
    },

    createSession: (context) => binanceSession(context, TOPICS_PER_MESSAGE),
    describeTopic,
    recording: { topicsInUrl, topicsInFrame },
  };
}
