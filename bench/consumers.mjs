/**
 * What a stuck consumer costs 100 healthy ones beside it: the delay from an event to each of their handlers, and memory.
 *
 *   npm run bench:consumers           [-- --events=20000 --rounds=15]
 *
 * With and without it take turns within every round; the first two rounds do not count. Medians (least to most) over the
 * rounds, and the ratio of the same round.
 */
import { SystemClock } from '@exchange-stream/market-data';
import { FlowConsumers } from '../libs/exchange-stream/dist/engine/dispatch/flow-consumers.js';

const WARM_UP = 2;
const HEALTHY = 100;
const given = Object.fromEntries(process.argv.slice(2).map((part) => part.replace(/^--/, '').split('=')));
const EVENTS = Number(given.events ?? 20_000);
const ROUNDS = Number(given.rounds ?? 15);

const origin = { exchange: 'bench', symbol: 'BTC/USDT', nativeSymbol: 'BTCUSDT', receivedAt: 0 };
const status = {
  type: 'status',
  ...origin,
  channel: 'trades',
  subscription: 'bench',
  state: 'live',
  reason: '',
};

function round(stuck) {
  const consumers = new FlowConsumers('trades', {
    clock: new SystemClock(),
    deadlineMs: 30_000,
    losses: { conflated: 0, lost: 0, abandoned: 0 },
    latest: () => undefined,
    current: () => [],
    fills: () => undefined,
    status: () => status,
    failed: () => undefined,
    overdue: () => undefined,
    overflowed: () => undefined,
  });
  let at = 0n;
  let sum = 0;
  const worst = new Float64Array(EVENTS);
  let event = 0;
  if (stuck) consumers.handle('stuck', () => new Promise(() => undefined), {});
  // The last one is delayed by all before it.
  for (let n = 0; n < HEALTHY; n++) {
    const isLast = n === HEALTHY - 1;
    consumers.handle(
      `healthy ${n}`,
      () => (isLast ? (worst[event] = Number(process.hrtime.bigint() - at)) : sum++),
      {},
    );
  }
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (event = 0; event < EVENTS; event++) {
    const trade = { type: 'trade', ...origin, id: String(event), price: '1', amount: '1', side: 'buy' };
    at = process.hrtime.bigint();
    consumers.deliver(trade);
  }
  globalThis.gc?.();
  const heap = process.memoryUsage().heapUsed - before;
  consumers.clear();
  worst.sort();
  return { p50: worst[EVENTS >> 1], p99: worst[Math.floor(EVENTS * 0.99)], heapKb: heap / 1024 };
}

const rounds = [];
for (let n = 0; n < ROUNDS + WARM_UP; n++) {
  const stuckFirst = n % 2 === 0;
  const first = round(stuckFirst);
  const second = round(!stuckFirst);
  if (n >= WARM_UP)
    rounds.push(stuckFirst ? { with: first, without: second } : { with: second, without: first });
}

function spread(values, digits) {
  const sorted = [...values].sort((a, b) => a - b);
  const show = (index) => sorted[index].toFixed(digits);
  return `${show(sorted.length >> 1)} (${show(0)} to ${show(sorted.length - 1)})`;
}

console.log(`${HEALTHY} healthy consumers, ${EVENTS} events, ${ROUNDS} rounds, Node ${process.version}`);
for (const [name, unit] of [
  ['p50', 'ns'],
  ['p99', 'ns'],
  ['heapKb', 'KiB'],
]) {
  console.log(
    `${name}, ${unit}: without ${spread(
      rounds.map((of) => of.without[name]),
      0,
    )}, with ${spread(
      rounds.map((of) => of.with[name]),
      0,
    )}`,
  );
  if (unit === 'ns')
    console.log(
      `  ratio ${spread(
        rounds.map((of) => of.with[name] / of.without[name]),
        3,
      )}`,
    );
}
