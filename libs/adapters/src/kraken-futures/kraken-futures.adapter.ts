import type { ExchangeAdapter } from '@exchange-stream/nestjs/contract';
import { bookRules } from './kraken-futures.book.ts';
import { candles, instruments } from './kraken-futures.rest.ts';
import { KrakenFuturesSession } from './kraken-futures.session.ts';
import { describeTopic, endpointOf, topics, topicsInFrame } from './kraken-futures.topics.ts';

export interface KrakenFuturesOptions {
  /**
   * Lengths of the candles that REST is asked for. The documentation that we have names the first one only. Default `1m`,
   * `5m`, `15m`, `30m`, `1h`, `4h`, `12h`, `1d`, `1w`.
   */
  readonly intervals?: readonly string[];
}

const EXCHANGE = 'kraken-futures';

const INTERVALS = ['1m', '5m', '15m', '30m', '1h', '4h', '12h', '1d', '1w'];

/** How soon a topic shows the snapshot that Kraken greets it with. It promises the snapshot, and names no time. */
const SNAPSHOT_WITHIN_MS = 10_000;

/**
 * Kraken Futures, WebSocket v1: perpetuals and dated futures, linear (`PF_`, `FF_`) and inverse (`PI_`, `FI_`). Amounts are
 * numbers of contracts (`Instrument.contractSize`).
 *
 * A book comes whole, and then level by level, counted by `seq`: whatever is not the next number has it begun anew. One
 * feed, once a second at most, tells statistics, the best bid and ask, and what a product is valued at; it is heard, too, when
 * a market is suspended. The funding rate is the relative one, a fraction of the position's value: the absolute one, in quote
 * currency for each contract, is in the same frames as `raw`.
 *
 * Liquidations are trades of that type, and told as both. Block trades are marked. A subscription to trades is greeted with
 * the latest hundred, which fill what was missed.
 *
 * Candles are to be had by REST alone, and not of inverse contracts, whose volume it does not tell in base currency.
 *
 * The demo, a world of its own, is the environment `testnet`.
 *
 * Source: Kraken's documentation of Futures WebSocket v1, REST v3 and charts, state 2026; clients for what it leaves open.
 */
export function krakenFutures({ intervals = INTERVALS }: KrakenFuturesOptions = {}): ExchangeAdapter {
  return {
    exchange: EXCHANGE,
    name: 'Kraken Futures',
    facts: {
      source: 'Kraken Futures WebSocket v1 and REST documentation, and clients of others',
      asOf: '2026-08-31',
    },

    endpoints: {
      public: {
        kind: 'public',
        baseUrls: { live: ['wss://futures.kraken.com'], testnet: ['wss://demo-futures.kraken.com'] },
        path: '/ws/v1',
        limits: {
          // None is published.
          topicsPerConnection: { documented: 1_000, safe: 500 },
          // An error names no product: few at once are lost by a bad one.
          topicsPerMessage: { documented: 100, safe: 20 },
          // "100 requests in a second for each connection"; another source has twice as many.
          messages: { documented: 100, safe: 50, windowMs: 1_000 },
          // A hundred connections at once; how many attempts is not said.
          connects: [{ documented: 60, safe: 30, windowMs: 60_000 }],
        },
        // "A ping at least each 60 s"; those of WebSocket count.
        heartbeat: { sender: 'client', intervalMs: 20_000, deadlineMs: 35_000 },
        ackDeadlineMs: 10_000,
      },
    },

    channels: {
      trades: {
        endpoint: 'public',
        params: {},
        topic: topics.trades,
        trades: () => ({ ids: 'arbitrary', beginsWithRecent: true }),
      },
      ticker: {
        endpoint: 'public',
        params: {},
        topic: topics.ticker,
        cadence: () => ({ provenBy: ['trades'] }),
        firstDataWithinMs: () => SNAPSHOT_WITHIN_MS,
      },
      quotes: {
        endpoint: 'public',
        params: {},
        topic: topics.quotes,
        cadence: () => ({ provenBy: ['trades'] }),
        firstDataWithinMs: () => SNAPSHOT_WITHIN_MS,
        sampled: 'the best bid and ask of the moment, once a second at most',
      },
      book: {
        endpoint: 'public',
        params: {},
        topic: topics.book,
        book: bookRules,
        // No trades: some are made away from it.
        firstDataWithinMs: () => SNAPSHOT_WITHIN_MS,
      },
      candles: {
        endpoint: 'public',
        params: {
          interval: {
            description: 'Length of a candle',
            values: [],
            required: true,
          },
        },
        topic: () => '',
        candles: { restIntervals: intervals, skipsQuiet: true },
      },
      derivatives: {
        endpoint: 'public',
        params: {},
        topic: topics.derivatives,
      },
      liquidations: {
        endpoint: 'public',
        params: {},
        topic: topics.liquidations,
      },
    },

    raw: {
      endpoint: endpointOf,
      form: 'feeds and what they are of, such as "ticker_lite:PF_XBTUSD" or "heartbeat",',
    },

    rest: {
      baseUrls: { live: ['https://futures.kraken.com'], testnet: ['https://demo-futures.kraken.com'] },
      // None is published of public calls: what nobody has anything against.
      requests: { documented: 100, safe: 50, windowMs: 10_000 },
      instruments: instruments(EXCHANGE),
      candles: candles(EXCHANGE),
    },

    createSession: () => new KrakenFuturesSession(),
    describeTopic,
    recording: { topicsInUrl: () => [], topicsInFrame },
  };
}
