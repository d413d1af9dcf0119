/**
 * What a stuck consumer costs 100 healthy ones beside it: the delay from an event to each of their handlers, and memory.
 *
 *   npm run bench:consumers           [-- --events=20000 --rounds=15 --json]
 *
 * With and without it take turns; the ratio is that of the same round.
 */
import { SystemClock } from '@exchange-stream/market-data';
import { FlowConsumers } from '../libs/exchange-stream/dist/engine/dispatch/flow-consumers.js';
import { report, rowOf, sizeOf, spread, takeTurns } from './measure.mjs';

const HEALTHY = 100;
const EVENTS = sizeOf('events', 20_000, 2_000);
const ROUNDS = sizeOf('rounds', 15, 3);

const origin = { exchange: 'bench', symbol: 'BTC/USDT', nativeSymbol: 'BTCUSDT', receivedAt: 0 };
const status = {
  type: 'status',
  ...origin,
  channel: 'trades',
  subscription: 'bench',
  state: 'live',
  reason: '',
};

function round({ isStuck }) {
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
  if (isStuck) consumers.handle('stuck', () => new Promise(() => undefined), {});
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

const BESIDE = 'beside a stuck one';
const WITHOUT = 'without';
const rounds = await takeTurns(
  { [WITHOUT]: () => round({ isStuck: false }), [BESIDE]: () => round({ isStuck: true }) },
  ROUNDS,
);
const only = (measure) =>
  rounds.map((of) => ({ [WITHOUT]: of[WITHOUT][measure], [BESIDE]: of[BESIDE][measure] }));
const what = `${HEALTHY} consumers, the last one's delay`;
report([
  rowOf({ what: `${what}, p50`, who: BESIDE, against: WITHOUT, unit: 'ns' }, only('p50')),
  rowOf({ what: `${what}, p99`, who: BESIDE, against: WITHOUT, unit: 'ns' }, only('p99')),
  {
    what: `${HEALTHY} consumers, memory after ${EVENTS} events`,
    ...{ who: BESIDE, unit: 'KiB', cost: spread(only('heapKb').map((of) => of[BESIDE])) },
    ...{ against: WITHOUT, theirs: spread(only('heapKb').map((of) => of[WITHOUT])) },
  },
]);
