/**
 * What one more subscription costs the others: CPU time per trade, from a frame in memory to a consumer, with 1 to 10,000
 * subscriptions, of which the busy ones get more, as on exchanges. Sockets and REST are of memory, all else is as users have it.
 *
 *   npm run bench:subscriptions   [-- --messages=200000 --rounds=9 --json]
 *
 * Streams of all sizes stand beside one another and take turns; frames are written before the clock runs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { binance } from '@exchange-stream/adapters';
import { ExchangeStream } from '@exchange-stream/nestjs/engine';
import { Market, marketsOf } from './ingest/market.mjs';
import { MemorySockets, memoryHttp } from './ingest/memory.mjs';
import { cpuMicros, report, rowOf, sizeOf, takeTurns } from './measure.mjs';

const MESSAGES = sizeOf('messages', 200_000, 20_000);
const ROUNDS = sizeOf('rounds', 9, 3);
const COUNTS = [1, 10, 100, 1_000, 10_000].filter((count) => count <= sizeOf('most', 10_000, 1_000));
const GOAL = 1.15;

const market = new Market(COUNTS.at(-1));
let delivered = 0;

const streams = new Map();
for (const count of COUNTS) streams.set(count, await subscribed(count));
const name = (count) => `${count} subscription${count === 1 ? '' : 's'}`;
const costs = await takeTurns(
  Object.fromEntries([...streams].map(([count, stream]) => [name(count), () => nsPerMessage(stream)])),
  ROUNDS,
);
await Promise.all([...streams.values()].map(({ stream }) => stream.close()));
const [first, ...more] = COUNTS;
report(
  more.map((count) => {
    const goal = count === more.at(-1) ? GOAL : undefined;
    return rowOf(
      {
        what: 'a trade, from memory to a consumer',
        who: name(count),
        against: name(first),
        unit: 'ns',
        goal,
      },
      costs,
    );
  }),
);

async function subscribed(count) {
  const sockets = new MemorySockets();
  const stream = new ExchangeStream(
    { exchanges: [binance()], tuning: { maxLagMs: 3_600_000 } },
    { sockets, http: memoryHttp(market.exchangeInfo) },
  );
  const handles = marketsOf(count).map(({ symbol }) =>
    stream.subscribe({ exchange: 'binance', channel: 'trades', symbol }),
  );
  for (const handle of handles) {
    handle.on((event) => {
      if (event.type === 'trade') delivered++;
    });
  }
  stream.start();
  while (!handles.every((handle) => handle.view().state === 'subscribed')) await sleep(50);
  return { stream, sockets, market: new Market(count) };
}

/** Fresh trades each time, as the same ones again would not be delivered. */
function nsPerMessage({ sockets, market }) {
  const frames = Array.from({ length: MESSAGES }, () => {
    const text = market.trade();
    const topic = text.slice(11, text.indexOf('"', 11));
    return { handlers: sockets.listener(topic), frame: Buffer.from(text, 'latin1') };
  });
  globalThis.gc();
  delivered = 0;
  const before = process.cpuUsage();
  for (const { handlers, frame } of frames) handlers.onFrame(frame, false);
  const micros = cpuMicros(before);
  if (delivered !== MESSAGES) throw new Error(`${MESSAGES - delivered} trades were lost`);
  return (micros * 1_000) / MESSAGES;
}
