import type { ExchangeAdapter, Heartbeat, SocketEndpoint } from '@exchange-stream/nestjs/contract';
import { accountOperations } from './lab.account.ts';
import { bookRules } from './lab.book.ts';
import { signingRefusal } from './lab.errors.ts';
import { limit, type LabDialect, type LabHeartbeat, type LabOptions } from './lab.options.ts';
import { bookSeed, candles, instruments, openInterest, serverTime } from './lab.rest.ts';
import { LabLoginSession, LabSession } from './lab.session.ts';
import { tokenOf } from './lab.token.ts';
import { tradeRules, tradesBy } from './lab.trade-history.ts';
import { INTERVALS, describeTopic, endpointOf, partTopics, topics, topicsInFrame } from './lab.topics.ts';

export type { LabOptions } from './lab.options.ts';

/** Share of a rate that we use: answers to the exchange's own pings count too, and a network may bunch what we spread. */
const RATE_SHARE = 0.8;

/** How often what is open is asked for. */
const OPEN_INTEREST_MS = 10_000;

/** Slack for the way of a first row, beside the second that it may take by the sheet. */
const FIRST_ROW_MS = 5_000;

/**
 * Lab, the invented exchange, in the dialect of the options; the defaults are the plainest one.
 *
 * Source: test/lab/README.md, and nothing else.
 */
export function lab(options: LabOptions = {}): ExchangeAdapter {
  const {
    acks = 'request',
    books = 'range',
    heartbeat = 'websocket',
    entry = 'login',
    ids = 'integer',
    packing = 'text',
    checksums = false,
    numbered = false,
    limits = {},
  } = options;
  const endpoint = (kind: SocketEndpoint['kind']): SocketEndpoint => ({
    kind,
    baseUrls: {
      live: ['wss://lab.test', 'wss://lab-2.test'],
      testnet: ['wss://testnet.lab.test'],
    },
    path: `/${kind}`,
    limits: {
      topicsPerConnection: limit(limits.topicsPerConnection ?? 100, 1),
      topicsPerMessage: limit(limits.topicsPerMessage ?? 20, 1),
      bytesPerMessage: limit(limits.bytesPerMessage ?? 4096, 1),
      messages: { ...limit(limits.messages ?? 5, RATE_SHARE), windowMs: 1_000 },
      ...(limits.messagesPerAddress === undefined
        ? {}
        : { messagesPerAddress: { ...limit(limits.messagesPerAddress, RATE_SHARE), windowMs: 10_000 } }),
      connects: limits.connects ?? [
        { documented: 20, safe: 16, windowMs: 60_000 },
        { documented: 5, safe: 4, windowMs: 15_000 },
      ],
      ...(limits.lifetimeMs === undefined ? {} : { lifetimeMs: limit(limits.lifetimeMs, RATE_SHARE) }),
    },
    ...(packing === 'text' || packing === 'binary' ? {} : { compression: packing }),
    heartbeat: heartbeatOf(heartbeat),
    ...(numbered && { countsFrames: true }),
    ackDeadlineMs: 10_000,
  });
  const token = tokenOf(entry);
  const guarded = (kind: SocketEndpoint['kind']): SocketEndpoint => ({
    ...endpoint(kind),
    ...(token && { token }),
  });
  const endpoints = {
    public: endpoint('public'),
    market: endpoint('market'),
    private: guarded('private'),
    trading: guarded('trading'),
  };
  const dialect: LabDialect = {
    acks,
    heartbeat,
    packing,
    entry,
    books,
    numbered,
    topicsPerMessage: endpoints.public.limits.topicsPerMessage.safe,
    bytesPerMessage: endpoints.public.limits.bytesPerMessage?.safe ?? Infinity,
  };

  return {
    exchange: 'lab',
    name: 'Lab',
    endpoints,
    messageIds: ids,

    channels: {
      trades: {
        endpoint: 'public',
        params: {},
        topic: topics.trades,
        trades: () => tradeRules(options),
      },
      ticker: {
        endpoint: 'public',
        params: {},
        topic: topics.ticker,
        // Repeated every second, in a market at rest too.
        cadence: () => ({ everyMs: 1_000 }),
        firstDataWithinMs: () => FIRST_ROW_MS,
      },
      quotes: {
        endpoint: 'public',
        params: {},
        topic: topics.quotes,
        cadence: () => ({ everyMs: 1_000, provenBy: ['trades'] }),
      },
      book: {
        endpoint: 'public',
        params: {
          depth: { description: 'Only the ten best levels per side, whole each time', values: [10] },
        },
        topic: topics.book,
        book: (params) => bookRules(books, params, checksums),
        // In a market at rest, one without changes comes so often.
        ...(books === 'chain' && {
          cadence: ({ depth }) => (depth === undefined ? { everyMs: 20_000 } : undefined),
        }),
        ...(options.exclusiveBooks === true ? { exclusive: 'connection' as const } : {}),
      },
      candles: {
        endpoint: 'market',
        params: {
          interval: { description: 'Length of a candle', values: INTERVALS, required: true },
        },
        topic: topics.candles,
        candles: { restIntervals: ['30m'], pageLimit: 1_000, skipsQuiet: options.candles === 'sparse' },
        cadence: () => ({ everyMs: 1_000, provenBy: ['trades'] }),
        // Sent at once after the subscription, unless nothing was traded of which there could be a row.
        firstDataWithinMs: () => (options.candles === 'sparse' ? undefined : FIRST_ROW_MS),
      },
      ...valueChannels(options.values),
      status: { endpoint: 'public', params: {}, topic: topics.status },
    },

    privateChannels: {
      orders: { endpoint: 'private', topic: 'orders', snapshot: 'stream' },
      fills: { endpoint: 'private', topic: 'fills', hasConsecutiveIds: true },
      balances: { endpoint: 'private', topic: 'balances', snapshot: 'stream' },
      positions: { endpoint: 'private', topic: 'positions', snapshot: 'stream' },
    },

    raw: { endpoint: endpointOf },

    rest: {
      baseUrls: { live: ['https://lab.test'], testnet: ['https://testnet.lab.test'] },
      requests: { ...limit(limits.requests ?? 600, RATE_SHARE), windowMs: 60_000 },
      instruments,
      bookSeed,
      candles,
      serverTime,
      ...tradesBy(options.tradeHistory),
      signingRefusal,
      account: accountOperations,
    },

    createSession: (context) =>
      token === undefined && (context.endpoint === 'private' || context.endpoint === 'trading')
        ? new LabLoginSession(context, dialect)
        : new LabSession(context, dialect),
    describeTopic,
    recording: { topicsInUrl: () => [], topicsInFrame },
  };
}

/** Values from one topic, or put together from topics, some of which all symbols share, and REST. */
function valueChannels(values: LabOptions['values']): ExchangeAdapter['channels'] {
  const sampled = 'the last of each symbol within a second';
  const [of, params] = [{ endpoint: 'public' }, {}];
  if (values !== 'parts')
    return {
      derivatives: { ...of, params, topic: topics.derivatives },
      options: { ...of, params, topic: topics.options },
      liquidations: { ...of, params, topic: topics.liquidations, sampled },
    };
  return {
    derivatives: {
      ...{ ...of, params, topic: partTopics.prices },
      further: [{ endpoint: 'market', topic: partTopics.fundings }],
      polls: [{ name: 'open interest', everyMs: OPEN_INTEREST_MS, operation: openInterest }],
    },
    options: { ...of, params, topic: partTopics.greeks },
    liquidations: { ...of, params, topic: partTopics.liquidations, sampled },
  };
}

function heartbeatOf(heartbeat: LabHeartbeat): Heartbeat {
  switch (heartbeat) {
    case 'websocket':
      return { sender: 'exchange', intervalMs: 20_000, deadlineMs: 60_000 };
    case 'text':
    case 'json':
      // At least every 30 s; a late one leaves time for another. The answer has ten seconds.
      return { sender: 'client', intervalMs: 15_000, deadlineMs: 25_000 };
    case 'test-request':
      return { sender: 'exchange', intervalMs: 20_000, deadlineMs: 50_000 };
  }
}
