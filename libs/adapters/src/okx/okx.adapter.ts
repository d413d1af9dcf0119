import type { Environment, ExchangeAdapter, SocketEndpoint } from '@exchange-stream/nestjs/contract';
import { anchorsOf } from './okx.instruments.ts';
import { bookRules } from './okx.book.ts';
import { MAX_CANDLES, bookSeed, candles, instruments, serverTime } from './okx.rest.ts';
import { OkxSession, REQUEST_LIMIT } from './okx.session.ts';
import { endpointOf, topicsInFrame } from './okx.args.ts';
import { DEPTHS, INTERVALS, describeTopic, topics, valueTopics } from './okx.topics.ts';

export interface OkxOptions {
  /**
   * Whose hosts: those of accounts of okx.com, of the EEA (my.okx.com) or of the US (app.okx.com). An API key works on the
   * hosts of its own region only. Default `global`.
   */
  readonly region?: 'global' | 'eea' | 'us';
  /**
   * Kinds of instruments of which every connection hears at once when their markets are stopped and opened. Costs whole lists
   * on each fresh connection. Default: none, and halts show when the instruments are asked for anew.
   */
  readonly watchListings?: readonly ('SPOT' | 'SWAP' | 'FUTURES' | 'OPTION')[];
  /** Families of options that are listed, each by a call of its own. Default `BTC-USD` and `ETH-USD`. */
  readonly optionFamilies?: readonly string[];
}

const EXCHANGE = 'okx';

/** Port 443: 8443, as it stands in older examples, is refused since 2026-10-31. */
const SOCKETS = {
  global: { live: ['wss://ws.okx.com'], testnet: ['wss://wspap.okx.com'] },
  eea: { live: ['wss://wseea.okx.com'], testnet: ['wss://wseeapap.okx.com'] },
  us: { live: ['wss://wsus.okx.com'], testnet: ['wss://wsuspap.okx.com'] },
} as const satisfies Record<string, Record<Environment, readonly string[]>>;

/** `openapi` is preferred since 2026-05-20, and `www` stays. Demo trading has the market data of these hosts. */
const REST_HOSTS = {
  global: ['https://openapi.okx.com', 'https://www.okx.com'],
  eea: ['https://eea.okx.com'],
  us: ['https://us.okx.com'],
} as const;

const OPTION_FAMILIES = ['BTC-USD', 'ETH-USD'];

/** Requests to subscribe and to unsubscribe, and logins. A request may name as many topics as it has room for. */
const REQUESTS = { documented: 480, safe: 400, windowMs: 3_600_000, per: 'connection' } as const;

/** How soon a change shows, as OKX documents it. */
const TICKER_MS = 100;
const QUOTE_MS = 10;
const BOOK_MS = 100;

/**
 * OKX: spot, perpetuals, futures and options under one id. Native symbols are unique across all of them. Amounts of
 * derivatives are in contracts (`Instrument.contractSize`).
 *
 * Trades come merged by default, as one row for all fills of a taker at one price: so they are on the socket of the
 * books. `trades-all` has each one. Their ids grow; that none is left out OKX does not say. REST has no trades after a known
 * one, so missed ones are named and not had.
 *
 * A book says nothing at rest but, each minute or so, that it has not changed; that is no promise of OKX's either. A trade
 * changes the best price or its amount, the 24 h statistics and the candle, and where these topics miss several of them,
 * they are dead.
 *
 * `books-l2-tbt` and `books50-l2-tbt` want a login of high VIP level: they are no variants of `book`.
 *
 * Source: OKX API v5 documentation and change log, state 2026-10-09.
 */
export function okx(options: OkxOptions = {}): ExchangeAdapter {
  const { region = 'global', optionFamilies = OPTION_FAMILIES, watchListings = [] } = options;
  return {
    exchange: EXCHANGE,
    name: 'OKX',
    facts: {
      source: 'OKX API v5 documentation with its change log',
      asOf: '2026-10-09',
    },

    endpoints: {
      public: socketEndpoint('public', region),
      business: socketEndpoint('business', region),
    },

    channels: {
      trades: {
        endpoint: ({ aggregated }) => (aggregated === false ? 'business' : 'public'),
        params: {
          aggregated: {
            description: 'One row for all fills of a taker order at one price instead of one per trade',
            values: [true, false],
            default: true,
          },
        },
        topic: topics.trades,
        trades: () => ({ ids: 'increasing' }),
      },
      ticker: {
        endpoint: 'public',
        params: {},
        topic: topics.ticker,
        cadence: () => ({ everyMs: TICKER_MS, provenBy: ['trades'] }),
      },
      quotes: {
        endpoint: 'public',
        params: {},
        topic: topics.quotes,
        cadence: () => ({ everyMs: QUOTE_MS, provenBy: ['trades'] }),
      },
      book: {
        endpoint: 'public',
        params: {
          depth: {
            description:
              'Only the best so many levels per side, whole each time; 400 and their changes without it',
            values: DEPTHS,
          },
          rpi: {
            description:
              'With the orders of retail price improvement, which only some may trade with; of 400 levels only',
            values: [false, true],
            default: false,
          },
        },
        topic: topics.book,
        book: bookRules,
        cadence: () => ({ everyMs: BOOK_MS, provenBy: ['trades', 'quotes'] }),
      },
      candles: {
        endpoint: 'business',
        params: {
          interval: {
            description: 'Length of a candle; 1m is a minute, 1M a month',
            values: INTERVALS,
            required: true,
          },
          timezone: {
            description: 'Where candles of 6 hours and more begin at midnight',
            values: ['UTC', '+08:00'],
            default: 'UTC',
          },
        },
        topic: topics.candles,
        candles: {
          anchors: ({ timezone }) => anchorsOf(timezone),
          pageLimit: MAX_CANDLES,
          // OKX does not say that it tells of buckets without trades.
          skipsQuiet: true,
        },
        cadence: () => ({ provenBy: ['trades'] }),
      },
      derivatives: {
        endpoint: 'public',
        kinds: ['perpetual', 'future'],
        params: {},
        topic: topics.derivatives,
        further: [
          { endpoint: 'public', topic: valueTopics.indexPrice },
          { endpoint: 'public', topic: valueTopics.fundingRate },
          { endpoint: 'public', topic: valueTopics.openInterest },
        ],
      },
      liquidations: {
        endpoint: 'public',
        // Of options the documentation says nothing.
        kinds: ['perpetual', 'future'],
        params: {},
        topic: topics.liquidations,
        sampled: 'one of each instrument in a second at most',
      },
      options: {
        endpoint: 'public',
        kinds: ['option'],
        params: {},
        topic: topics.options,
        further: [
          { endpoint: 'public', topic: valueTopics.markPrice },
          { endpoint: 'public', topic: valueTopics.indexPrice },
          { endpoint: 'public', topic: valueTopics.openInterest },
        ],
      },
      status: {
        endpoint: 'public',
        params: {},
        topic: topics.status,
      },
    },

    raw: {
      endpoint: endpointOf,
      form: 'channels and what they are of, such as "books:BTC-USDT", "status" or "estimated-price:instType=FUTURES&instFamily=BTC-USD",',
    },

    messageIds: 'text',
    rest: {
      baseUrls: { live: REST_HOSTS[region], testnet: REST_HOSTS[region] },
      // Of each call by itself: what they cost is in their weights.
      requests: { documented: 40, safe: 30, windowMs: 2_000 },
      instruments: instruments(EXCHANGE, optionFamilies),
      bookSeed: bookSeed(EXCHANGE),
      candles: candles(EXCHANGE),
      serverTime: serverTime(EXCHANGE),
    },

    createSession: (context) => new OkxSession(context, watchListings),
    describeTopic,
    recording: { topicsInUrl: () => [], topicsInFrame },
  };
}

/** `/public` and `/business` differ in what they serve and in nothing else. */
function socketEndpoint(path: 'public' | 'business', region: keyof typeof SOCKETS): SocketEndpoint {
  return {
    kind: path === 'public' ? 'public' : 'market',
    baseUrls: SOCKETS[region],
    path: `/ws/v5/${path}`,
    limits: {
      // OKX documents none; about so many are advised.
      topicsPerConnection: { documented: 500, safe: 400 },
      topicsPerMessage: { documented: 500, safe: 300 },
      bytesPerMessage: { documented: 65_536, safe: 60_000 },
      // None is documented but that of requests; pings are not counted there.
      messages: { documented: 10, safe: 5, windowMs: 1_000 },
      ofKinds: { [REQUEST_LIMIT]: REQUESTS },
      connects: [{ documented: 3, safe: 2, windowMs: 1_000 }],
    },
    // A connection on which nothing is sent or received for 30 s is cut off.
    heartbeat: { sender: 'client', intervalMs: 18_000, deadlineMs: 28_000 },
    ackDeadlineMs: 10_000,
  };
}
