import type { ExchangeAdapter, TradeIds } from '@exchange-stream/nestjs/contract';
import { BOOK_RULES } from './coinbase-exchange.book.ts';
import { topicsInFrame } from './coinbase-exchange.recording.ts';
import { MAX_CANDLES, candles, instruments, serverTime, trades } from './coinbase-exchange.rest.ts';
import { CoinbaseExchangeSession } from './coinbase-exchange.session.ts';
import { INTERVALS, TICKER_SPEEDS, describeTopic, isPublic, topics } from './coinbase-exchange.topics.ts';

export interface CoinbaseExchangeOptions {
  /**
   * What the ids of trades tell. That they go on by one for each product is seen in recordings and documented nowhere:
   * `increasing` takes no missing number for a missing trade. Default `contiguous`.
   */
  readonly tradeIds?: TradeIds;
}

const EXCHANGE = 'coinbase-exchange';

const SOCKETS = {
  live: ['wss://ws-feed.exchange.coinbase.com'],
  testnet: ['wss://ws-feed-public.sandbox.exchange.coinbase.com'],
};
/** Of the sandbox only the feeds are known: its list of products is a part of this one. */
const REST_HOSTS = ['https://api.exchange.coinbase.com'];

/** That of the largest books of Coinbase's other feed, where the same book was 5.1 MB in August 2026. */
const LARGEST_FRAME = 16 * 1024 * 1024;

/**
 * Coinbase Exchange, the feed for institutions: spot. What can be had without a key: books come by `level2_batch`, every
 * 50 ms. `level2`, `level3` and `full` want one, and so does the faster `ws-direct`; they are not offered yet.
 *
 * The feed names the maker's side of a trade; events have the taker's, as everywhere. Nothing in a book is numbered, so that
 * only a change that is impossible shows that one is missing. Tickers have the best prices without amounts. Candles are
 * asked of REST.
 *
 * Source: Exchange documentation, and a recording of 2021.
 */
export function coinbaseExchange({ tradeIds = 'contiguous' }: CoinbaseExchangeOptions = {}): ExchangeAdapter {
  return {
    exchange: EXCHANGE,
    name: 'Coinbase Exchange',
    facts: {
      source: 'Exchange documentation of docs.cdp.coinbase.com, and a recording of 2021',
      asOf: '2026-09-09',
    },

    endpoints: {
      feed: {
        kind: 'public',
        baseUrls: SOCKETS,
        path: '/',
        limits: {
          // None is documented for those without a key.
          topicsPerConnection: { documented: 200, safe: 100 },
          topicsPerMessage: { documented: 100, safe: 50 },
          messages: { documented: 100, safe: 50, windowMs: 1_000 },
          messagesPerAddress: { documented: 100, safe: 50, windowMs: 1_000 },
          // As for requests, without their bursts.
          connects: [{ documented: 8, safe: 4, windowMs: 1_000 }],
        },
        compression: 'permessage-deflate',
        largestFrameBytes: LARGEST_FRAME,
        // The heartbeats of its products come each second on a connection; one that has none answers pings.
        heartbeat: { sender: 'client', intervalMs: 5_000, deadlineMs: 12_000 },
        ackDeadlineMs: 10_000,
      },
    },

    channels: {
      trades: {
        endpoint: 'feed',
        params: {},
        topic: topics.trades,
        trades: () => ({ ids: tradeIds, beginsWithRecent: true }),
      },
      ticker: {
        endpoint: 'feed',
        params: {
          speed: {
            description: 'With every trade, or every 5 s',
            values: TICKER_SPEEDS,
            default: 'trade',
          },
        },
        topic: topics.ticker,
      },
      book: {
        endpoint: 'feed',
        params: {},
        topic: topics.book,
        book: () => BOOK_RULES,
      },
      candles: {
        endpoint: 'feed',
        params: {
          interval: {
            description: 'Length of a candle; 1m is a minute',
            values: [],
            required: true,
          },
        },
        topic: topics.candles,
        candles: { restIntervals: INTERVALS, pageLimit: MAX_CANDLES, skipsQuiet: true },
      },
      status: {
        endpoint: 'feed',
        params: {},
        topic: topics.status,
      },
    },

    raw: {
      endpoint: (topic) => (isPublic(topic) ? 'feed' : undefined),
      form: 'channels and what they are of, such as "level2_batch:BTC-USD", "auctionfeed:BTC-USD" or "status",',
    },

    rest: {
      baseUrls: { live: REST_HOSTS, testnet: REST_HOSTS },
      requests: { documented: 8, safe: 5, windowMs: 1_000 },
      instruments: instruments(EXCHANGE),
      candles: candles(EXCHANGE),
      trades: trades(EXCHANGE),
      serverTime: serverTime(EXCHANGE),
    },

    createSession: (context) => new CoinbaseExchangeSession(context),
    describeTopic,
    recording: { topicsInUrl: () => [], topicsInFrame },
  };
}
