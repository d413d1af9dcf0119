import type { ExchangeAdapter, RestDeclaration, SocketEndpoint } from '@exchange-stream/nestjs/contract';
import type { RowForm } from '../binance-family/rows.ts';
import { DEPTHS, INTERVALS, topicsInFrame, topicsInUrl } from '../binance-family/stream-names.ts';
import { bookRules } from './book.ts';
import { MAX_CANDLES, openInterest, operations } from './rest.ts';
import { routeOf, type Route } from './routes.ts';
import { futuresSession } from './session.ts';
import { BOOK_SPEEDS, MARK_PRICE_SPEEDS, describeTopic, isFuturesStreamName, topics } from './topics.ts';

/** What one exchange of futures says otherwise than the other. */
export interface FuturesExchange {
  readonly exchange: string;
  readonly name: string;
  /** The hosts of its streams, without a path. */
  readonly streams: SocketEndpoint['baseUrls'];
  /**
   * Whether its streams are divided between paths by route. Otherwise one path has all of them, and both routes lead there.
   */
  readonly isRouted: boolean;
  readonly rest: { readonly baseUrls: RestDeclaration['baseUrls']; readonly prefix: string };
  readonly form: RowForm;
}

/**
 * Topics that go into one request. Binance documents no bound but that of the connection; 100 names of usual length
 * (10 to 30 bytes) stay below 4 KB.
 */
const TOPICS_PER_MESSAGE = 100;

/** How soon a change shows in the 24 h statistics and in a candle, in milliseconds. */
const TICKER_SPEED_MS = 2_000;
const CANDLE_SPEED_MS = 250;

/** How often open interest is asked for: a thousand contracts would use the budget of both exchanges up. */
const OPEN_INTEREST_MS = 30_000;

/** Slack for the way of a first mark price, beside the three seconds that it may take. */
const FIRST_MARK_PRICE_MS = 10_000;

/** Both exchanges of futures count together what an address asks of either. */
const REQUESTS = { documented: 2400, safe: 1920, windowMs: 60_000, pool: 'binance-futures' } as const;

/**
 * An exchange of futures of Binance.
 *
 * A topic on the wrong path is confirmed and silent, so each is sent where `routes.ts` says. Update speeds are no promise to
 * speak at rest, as with spot. Best prices leave out orders that only retail traders may take, and trades with these do not,
 * so how soon a trade shows in them has to be learnt.
 *
 * Source: official clients derivatives-trading-usds-futures 38.1.1 and -coin-futures 8.0.1 of 2026-09-22, changelog to
 * 2026-10-23.
 */
export function futuresAdapter(futures: FuturesExchange): ExchangeAdapter {
  const { exchange, name, isRouted, rest, form } = futures;
  const endpointOf = (route: Route): string => (isRouted ? route : 'public');
  const endpointOfTopic = (topic: string): string => endpointOf(routeOf(topic));
  return {
    exchange,
    name,
    facts: {
      source: 'official clients for USD-M and COIN-M futures, and the changelog',
      asOf: '2026-10-23',
    },
    endpoints: isRouted
      ? { public: endpoint(futures, '/public/stream'), market: endpoint(futures, '/market/stream') }
      : { public: endpoint(futures, '/stream') },
    channels: channels(futures, endpointOf),
    raw: {
      endpoint: (topic) => (isFuturesStreamName(topic) ? endpointOfTopic(topic) : undefined),
      form: 'stream names such as "btcusdt@miniTicker", "!contractInfo" or "btcusdt_perpetual@continuousKline_1m", symbols in lower case,',
    },
    rest: {
      baseUrls: rest.baseUrls,
      requests: REQUESTS,
      ...operations(exchange, rest.prefix, form.volumes),
    },
    createSession: (context) => futuresSession(context, form, TOPICS_PER_MESSAGE),
    describeTopic,
    recording: { topicsInUrl, topicsInFrame },
  };
}

function endpoint({ streams }: FuturesExchange, path: string): SocketEndpoint {
  return {
    kind: path.startsWith('/market') ? 'market' : 'public',
    baseUrls: streams,
    // Combined streams: raw ones do not name their topic.
    path,
    limits: {
      // Older pages say 200.
      topicsPerConnection: { documented: 1024, safe: 200 },
      topicsPerMessage: { documented: 1024, safe: TOPICS_PER_MESSAGE },
      messages: { documented: 10, safe: 8, windowMs: 1_000 },
      // Documented for spot; of futures only clients say so.
      connects: [{ documented: 300, safe: 200, windowMs: 300_000 }],
      lifetimeMs: { documented: 86_400_000, safe: 23 * 3_600_000 },
    },
    // It disconnects who has not answered for 10 minutes.
    heartbeat: { sender: 'exchange', intervalMs: 180_000, deadlineMs: 420_000 },
    ackDeadlineMs: 10_000,
  };
}

function channels(
  { exchange, rest, form }: FuturesExchange,
  endpointOf: (route: Route) => string,
): ExchangeAdapter['channels'] {
  return {
    trades: {
      endpoint: ({ aggregated = true }) => endpointOf(aggregated === true ? 'market' : 'public'),
      params: {
        aggregated: {
          description:
            'One row per taker side and price within 100 ms, without insurance fund and ADL; `false`: single trades, from a stream that is not documented',
          values: [true, false],
          default: true,
        },
      },
      topic: topics.trades,
      // Recordings show that their count goes up by one. Of single trades some are left out: those that no taker made.
      trades: ({ aggregated = true }) => ({ ids: aggregated === true ? 'contiguous' : 'increasing' }),
    },
    ticker: {
      endpoint: endpointOf('market'),
      params: {},
      topic: topics.ticker,
      cadence: () => ({ everyMs: TICKER_SPEED_MS, provenBy: ['trades'] }),
    },
    quotes: {
      endpoint: endpointOf('public'),
      params: {},
      topic: topics.quotes,
      cadence: () => ({ provenBy: ['trades'] }),
    },
    book: {
      endpoint: endpointOf('public'),
      params: {
        depth: {
          description: 'Only the best so many levels per side, whole each time; the full book without it',
          values: DEPTHS,
        },
        speed: {
          description: 'Milliseconds between updates',
          values: BOOK_SPEEDS,
          default: 100,
        },
      },
      topic: topics.book,
      book: bookRules,
      cadence: ({ speed = 100 }) => ({ everyMs: Number(speed), provenBy: ['trades', 'quotes'] }),
    },
    candles: {
      endpoint: endpointOf('market'),
      params: {
        interval: {
          description: 'Length of a candle; 1m is a minute, 1M a month',
          values: INTERVALS,
          required: true,
        },
      },
      topic: topics.candles,
      candles: { pageLimit: MAX_CANDLES, skipsQuiet: true },
      cadence: () => ({ everyMs: CANDLE_SPEED_MS, provenBy: ['trades'] }),
    },
    derivatives: {
      endpoint: endpointOf('market'),
      params: {
        speed: {
          description: 'Milliseconds between updates of mark and index price',
          values: MARK_PRICE_SPEEDS,
          default: 1000,
        },
      },
      topic: topics.derivatives,
      // Prices are told by the clock, whether they change or not.
      cadence: ({ speed = 1000 }) => ({ everyMs: Number(speed) }),
      firstDataWithinMs: () => FIRST_MARK_PRICE_MS,
      polls: [
        {
          name: 'open interest',
          everyMs: OPEN_INTEREST_MS,
          operation: openInterest(exchange, rest.prefix, form.volumes),
        },
      ],
    },
    liquidations: {
      endpoint: endpointOf('market'),
      params: {},
      topic: topics.liquidations,
      sampled: 'the last of each symbol within a second',
    },
  };
}
