import type { ExchangeAdapter, TradeIds } from '@exchange-stream/nestjs/contract';
import { BOOK_RULES } from './coinbase.book.ts';
import { ContractSizes } from './coinbase.instruments.ts';
import { MAX_CANDLES, candles, futureDetails, instruments, serverTime, trades } from './coinbase.rest.ts';
import { topicsInFrame } from './coinbase.recording.ts';
import { CoinbaseSession } from './coinbase.session.ts';
import {
  CATEGORIES,
  REST_INTERVALS,
  STREAMED_INTERVAL,
  TICKER_SPEEDS,
  describeTopic,
  partsOf,
  topics,
} from './coinbase.topics.ts';

export interface CoinbaseOptions {
  /**
   * Every connection hears at once when markets are stopped and opened, from the channel `status`. Costs the list of all
   * products and currencies again and again. Default `false`, and halts show when the instruments are asked for anew.
   */
  readonly watchStatus?: boolean;
  /**
   * What the ids of trades tell. That they go on by one for each product is seen in recordings and documented nowhere:
   * `increasing` takes no missing number for a missing trade. Default `contiguous`.
   */
  readonly tradeIds?: TradeIds;
}

const EXCHANGE = 'coinbase';

/** There is no testnet of the stream, and the sandbox of REST is a mock. */
const SOCKETS = { live: ['wss://advanced-trade-ws.coinbase.com'], testnet: [] };
const REST_HOSTS = { live: ['https://api.coinbase.com'], testnet: [] };

/** The official client takes frames of 10 MB; a book of BTC-USD was 5.1 MB in August 2026. */
const LARGEST_FRAME = 16 * 1024 * 1024;

const DETAILS_EVERY_MS = 15_000;

/**
 * Coinbase's Advanced Trade: spot, and futures and perpetuals for the US (`BIP-20DEC30-CDE`), whose amounts are in contracts
 * (`Instrument.contractSize`). What can be had without a key: no channel here wants one.
 *
 * Products in USDC show the book of the product in USD, under its name: `BTC-USDC` and `BTC-USD` are one topic. They are told
 * apart by their `category`, `alias` and `product`.
 *
 * The stream has candles of five minutes, REST the others. It names the maker's side of a trade; events have the taker's, as
 * everywhere. Books have no numbers, but the frames of a connection have, and no checksum. Quotes are the best prices of the
 * ticker, which leaves out what changes between two of them.
 *
 * Source: Advanced Trade documentation, and a recording of 2026-08-09.
 */
export function coinbase(options: CoinbaseOptions = {}): ExchangeAdapter {
  const { watchStatus = false, tradeIds = 'contiguous' } = options;
  const sizes = new ContractSizes();
  return {
    exchange: EXCHANGE,
    name: 'Coinbase Advanced Trade',
    categories: CATEGORIES,
    facts: {
      source: 'Advanced Trade documentation of docs.cdp.coinbase.com, and a recording',
      asOf: '2026-09-09',
    },

    endpoints: {
      market: {
        kind: 'public',
        baseUrls: SOCKETS,
        path: '/',
        limits: {
          // None is documented. What one connection loses, all of its books have to be sent again for.
          topicsPerConnection: { documented: 200, safe: 100 },
          topicsPerMessage: { documented: 100, safe: 50 },
          messages: { documented: 8, safe: 6, windowMs: 1_000 },
          messagesPerAddress: { documented: 8, safe: 6, windowMs: 1_000 },
          connects: [{ documented: 8, safe: 4, windowMs: 1_000 }],
        },
        compression: 'permessage-deflate',
        largestFrameBytes: LARGEST_FRAME,
        countsFrames: true,
        // Heartbeats come each second on every connection.
        heartbeat: { sender: 'exchange', intervalMs: 1_000, deadlineMs: 10_000 },
        ackDeadlineMs: 10_000,
      },
    },

    channels: {
      trades: {
        endpoint: 'market',
        params: {},
        topic: topics.trades,
        trades: () => ({ ids: tradeIds, beginsWithRecent: true }),
      },
      ticker: {
        endpoint: 'market',
        params: {
          speed: {
            description: 'With every trade and change of the best prices, or every 5 s and without these',
            values: TICKER_SPEEDS,
            default: 'trade',
          },
        },
        topic: topics.ticker,
      },
      quotes: {
        endpoint: 'market',
        params: {},
        topic: topics.quotes,
        sampled: 'those at the moments of the ticker',
      },
      book: {
        endpoint: 'market',
        params: {},
        topic: topics.book,
        book: () => BOOK_RULES,
      },
      candles: {
        endpoint: 'market',
        params: {
          interval: {
            description: 'Length of a candle; 1m is a minute',
            values: [STREAMED_INTERVAL],
            required: true,
          },
        },
        topic: topics.candles,
        candles: {
          restIntervals: REST_INTERVALS,
          pageLimit: MAX_CANDLES,
          skipsQuiet: true,
          // The last row of a bucket comes up to 10 s after its last trade, as recorded.
          settlesWithinMs: 12_000,
        },
      },
      derivatives: {
        endpoint: 'market',
        kinds: ['perpetual', 'future'],
        params: {},
        topic: () => '',
        polls: [
          {
            name: 'funding and open interest',
            everyMs: DETAILS_EVERY_MS,
            operation: futureDetails(EXCHANGE),
          },
        ],
      },
      status: {
        endpoint: 'market',
        params: {},
        topic: topics.status,
      },
    },

    raw: {
      endpoint: (topic) => (partsOf(topic) === undefined ? undefined : 'market'),
      form: 'channels and what they are of, such as "level2:BTC-USD", "ticker_batch:BTC-USD" or "heartbeats",',
    },

    rest: {
      baseUrls: REST_HOSTS,
      // None is documented for calls without a key; those of the stream's messages are taken.
      requests: { documented: 8, safe: 5, windowMs: 1_000 },
      instruments: instruments(EXCHANGE, sizes),
      candles: candles(EXCHANGE, sizes),
      trades: trades(EXCHANGE),
      serverTime: serverTime(EXCHANGE),
    },

    createSession: (context) => new CoinbaseSession(context, sizes, watchStatus),
    describeTopic,
    recording: { topicsInUrl: () => [], topicsInFrame },
  };
}
