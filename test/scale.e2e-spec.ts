import type { SubscriptionRequest } from '@exchange-stream/market-data';
import { SystemClock } from '@exchange-stream/market-data';
import { ExchangeStream } from '@exchange-stream/nestjs/engine';
import { serveExchange, type RunningExchange } from '@exchange-stream/simulator/kit';
import { lab } from './lab/adapter/lab.adapter.ts';
import { LabExchange } from './lab/twin/index.ts';

/** A multiple of 1,000. All of it: SUBSCRIPTIONS=10000 npx jest test/scale --selectProjects e2e */
const SUBSCRIPTIONS = Number(process.env.SUBSCRIPTIONS ?? 1_000);
const TOPICS_PER_CONNECTION = 200;
const CHANNELS = ['trades', 'ticker', 'quotes', 'book'] as const;
const SYMBOLS = SUBSCRIPTIONS / 5;
const LIVE_WITHIN_MS = 120_000;

const LIMITS = {
  topicsPerConnection: TOPICS_PER_CONNECTION,
  topicsPerMessage: 100,
  messages: 5,
  messagesPerAddress: 200,
};

function wanted(): SubscriptionRequest[] {
  const requests: SubscriptionRequest[] = [];
  for (let number = 1; number <= SYMBOLS; number++) {
    const on = { exchange: 'lab', symbol: `S${String(number).padStart(4, '0')}/USDT` };
    for (const channel of CHANNELS) requests.push({ ...on, channel });
    requests.push({ ...on, channel: 'candles', params: { interval: '1m' } });
  }
  return requests;
}

function megabytes(): number {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return (globalThis.gc ? heapUsed : rss) / 2 ** 20;
}

async function until(condition: () => boolean, what: string, withinMs: number): Promise<void> {
  const began = performance.now();
  while (!condition()) {
    if (performance.now() - began > withinMs) throw new Error(`Not ${what} within ${withinMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

describe(`${SUBSCRIPTIONS} subscriptions with ${TOPICS_PER_CONNECTION} topics a connection`, () => {
  let exchange: RunningExchange<LabExchange>;
  let stream: ExchangeStream;

  beforeAll(async () => {
    const twin = new LabExchange({
      clock: new SystemClock(),
      symbols: SYMBOLS,
      stepMs: 2_000,
      books: 'stream',
      limits: { ...LIMITS, connects: [{ count: 300, windowMs: 300_000 }] },
    });
    exchange = await serveExchange(twin);
    stream = new ExchangeStream({
      exchanges: [
        lab({
          books: 'stream',
          limits: { ...LIMITS, connects: [{ documented: 300, safe: 200, windowMs: 300_000 }] },
        }),
      ],
      settings: {
        lab: {
          urls: {
            public: exchange.webSocketUrl,
            market: exchange.webSocketUrl,
            rest: exchange.restUrl,
          },
        },
      },
    });
  }, 60_000);

  afterAll(async () => {
    await stream.close();
    await exchange.stop();
  });

  test(
    'all become live, on as few connections as they fit on, and no limit is exceeded at any moment',
    async () => {
      const before = megabytes();
      const began = performance.now();
      for (const request of wanted()) stream.subscribe(request);
      const askedMs = performance.now() - began;
      stream.start();
      const live = (): number =>
        stream.subscriptions().filter(({ state, data }) => state === 'subscribed' && data === 'live').length;
      await until(() => live() === SUBSCRIPTIONS, 'all live', LIVE_WITHIN_MS);
      const liveMs = performance.now() - began;

      expect(exchange.exchange.violations).toEqual([]);
      const connections = stream.connections();
      expect(connections).toHaveLength(SUBSCRIPTIONS / TOPICS_PER_CONNECTION);
      for (const { topics } of connections) expect(topics).toBeLessThanOrEqual(TOPICS_PER_CONNECTION);

      // And again after the worst: every socket gone at once.
      exchange.exchange.disconnectAll(1012);
      const dropped = performance.now();
      await until(() => live() < SUBSCRIPTIONS, 'noticed', LIVE_WITHIN_MS);
      await until(() => live() === SUBSCRIPTIONS, 'all live', LIVE_WITHIN_MS);
      const backMs = performance.now() - dropped;
      expect(exchange.exchange.violations).toEqual([]);

      if (process.env.SUBSCRIPTIONS !== undefined) {
        const figures = {
          subscriptions: SUBSCRIPTIONS,
          connections: connections.length,
          askedMs: Math.round(askedMs),
          liveMs: Math.round(liveMs),
          backMs: Math.round(backMs),
          [globalThis.gc ? 'heapMiB' : 'rssMiB']: Math.round(megabytes() - before),
        };
        process.stdout.write(`${JSON.stringify(figures)}\n`);
      }
    },
    3 * LIVE_WITHIN_MS,
  );
});
