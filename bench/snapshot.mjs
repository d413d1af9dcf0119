/**
 * What a whole book in one frame of 5 MB does to everybody else: how long it blocks the event loop, from the frame to the
 * consumer's event, beside `JSON.parse` of it alone; and what of it stays in memory. The frame is laid out as Coinbase's
 * `l2_data`, 50,000 levels, read by an adapter of our own here.
 *
 *   npm run bench:snapshot   [-- --levels=50000 --rounds=9 --json]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ExchangeStream } from '@exchange-stream/nestjs/engine';
import { MemorySockets, memoryHttp } from './ingest/memory.mjs';
import { report, rowOf, sizeOf, spread, takeTurns } from './measure.mjs';

const LEVELS = sizeOf('levels', 50_000, 5_000);
const ROUNDS = sizeOf('rounds', 9, 3);
const PARSE = 'JSON.parse alone';
const TOPIC = 'BTC-USD';

const sockets = new MemorySockets(({ id }) => JSON.stringify({ ack: id }));
const stream = new ExchangeStream({ exchanges: [adapter()] }, { sockets, http: memoryHttp('[]') });
const handle = stream.subscribe({ exchange: 'snapshots', channel: 'book', symbol: 'BTC/USD' });
let told = 0;
handle.on((event) => {
  if (event.type === 'book-snapshot') told += event.bids.length + event.asks.length;
});
stream.start();
while (handle.view().state !== 'subscribed') await sleep(10);
const socket = sockets.listener(TOPIC);

globalThis.gc();
const before = held();
const rounds = await takeTurns(
  {
    [PARSE]: () => millis((frame) => JSON.parse(frame.latin1Slice()).events.length),
    ours: () => millis(read),
  },
  ROUNDS,
);
if (told % LEVELS !== 0 || handle.book.side('bids').size * 2 !== LEVELS)
  throw new Error('levels are missing');
const megabytes = snapshot().length / 1e6;
const size = `a book of ${LEVELS} levels in one frame of ${megabytes.toFixed(1)} MB`;
// Frames, texts and events go with the collection; what stays is the book.
globalThis.gc();
await sleep(10);
globalThis.gc();
const kept = (held() - before) / 1e6;
await stream.close();
report([
  rowOf(
    { what: `${size}: longest block of the event loop`, who: 'ours', against: PARSE, unit: 'ms' },
    rounds,
  ),
  {
    what: `${size}: memory that stays`,
    // Less than the frame alone: no text of it is kept alive.
    ...{ who: 'ours', unit: 'MB', cost: spread([kept]), goal: Number((megabytes / 2).toFixed(2)) },
  },
]);

function read(frame) {
  socket.onFrame(frame, false);
  return handle.book.side('asks').size;
}

/** Time in which nobody else had a turn. */
function millis(use) {
  const frame = snapshot();
  globalThis.gc();
  const began = process.hrtime.bigint();
  if (!(use(frame) > 0)) throw new Error('the frame was not read');
  return Number(process.hrtime.bigint() - began) / 1e6;
}

function held() {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Fresh each time, that nothing of it is cached. */
function snapshot() {
  const updates = Array.from({ length: LEVELS }, (_, index) => {
    const isBid = index < LEVELS / 2;
    const ticks = isBid ? 6_500_000 - index : 6_500_001 + index - LEVELS / 2;
    return {
      side: isBid ? 'bid' : 'offer',
      event_time: '1970-01-01T00:00:00Z',
      price_level: (ticks / 100).toFixed(2),
      new_quantity: ((index % 997) / 100 + 0.01).toFixed(8),
    };
  });
  return Buffer.from(JSON.stringify({ topic: TOPIC, events: [{ type: 'snapshot', updates }] }));
}

function adapter() {
  const limit = (safe) => ({ documented: safe, safe });
  const levelsOf = (updates, side) =>
    updates
      .filter((update) => update.side === side)
      .map(({ price_level, new_quantity }) => [price_level, new_quantity]);
  const request = (context, method, params) => {
    const id = context.nextId();
    return [
      { frame: JSON.stringify({ method, params, id }), replies: [{ key: String(id), topics: params }] },
    ];
  };
  return {
    exchange: 'snapshots',
    name: 'Exchange of the benchmark',
    endpoints: {
      public: {
        kind: 'public',
        baseUrls: { live: ['wss://bench.test'], testnet: ['wss://bench.test'] },
        path: '/',
        limits: {
          topicsPerConnection: limit(100),
          topicsPerMessage: limit(10),
          messages: { ...limit(100), windowMs: 1_000 },
          connects: [{ ...limit(100), windowMs: 60_000 }],
        },
        heartbeat: { sender: 'exchange', intervalMs: 60_000, deadlineMs: 600_000 },
        ackDeadlineMs: 10_000,
      },
    },
    channels: {
      book: {
        endpoint: 'public',
        params: {},
        topic: (nativeSymbol) => nativeSymbol,
        book: () => ({ kind: 'linked', seed: 'stream', follows: () => 'follows' }),
      },
    },
    rest: {
      baseUrls: { live: ['https://bench.test'], testnet: ['https://bench.test'] },
      requests: { ...limit(100), windowMs: 60_000 },
      instruments: {
        request: () => ({ path: '/products', weight: 1 }),
        parse: () => [
          {
            ...{ exchange: 'snapshots', kind: 'spot', symbol: 'BTC/USD', nativeSymbol: TOPIC },
            ...{ base: 'BTC', quote: 'USD', status: 'trading' },
          },
        ],
        recognise: () => undefined,
      },
    },
    createSession: (context) => ({
      subscribe: (topics) => request(context, 'SUBSCRIBE', topics),
      unsubscribe: (topics) => request(context, 'UNSUBSCRIBE', topics),
      onFrame: (frame, _binary, _receivedAt, sink) => {
        const message = JSON.parse(frame.latin1Slice());
        if (message.ack !== undefined) return sink.reply(String(message.ack));
        const [{ updates }] = message.events;
        const bids = levelsOf(updates, 'bid');
        sink.bookSnapshot(sink.stream(message.topic), undefined, undefined, bids, levelsOf(updates, 'offer'));
      },
    }),
    describeTopic: () => undefined,
    recording: { topicsInUrl: () => [], topicsInFrame: () => [] },
  };
}
