/**
 * One library in a process of its own, connected to the exchange of the ingest benchmarks. Forked; arguments: the library,
 * what it reads, the exchange's port, the number of markets. Counts what reaches its consumer, and tells what that cost.
 */
import process from 'node:process';
import { cpuMicros } from '../measure.mjs';
import { pathOf } from './contest.mjs';
import { marketsOf } from './market.mjs';
import { libraries } from './libraries.mjs';

const [library, kind, port, count] = process.argv.slice(2);
/** How often in a row, and how far apart, nothing more is seen to have come before what is missing counts as lost. */
const QUIET_LOOKS = 10;
const LOOK_MS = 100;

const seen = { count: 0, sum: 0, onEach: undefined };
const latencies = [];
let expected = Infinity;
let before;

/** The consumer has an event, with this amount where that says when it left. */
function take(amount) {
  if (amount !== undefined) {
    const now = Number((process.hrtime.bigint() / 1_000n) % 100_000_000n);
    const left = Math.round((amount - 1) * 1e8);
    latencies.push((now - left + 100_000_000) % 100_000_000);
  }
  if (++seen.count === expected) finish();
}

function finish() {
  const micros = cpuMicros(before);
  expected = Infinity;
  latencies.sort((one, other) => one - other);
  const at = (part) => latencies[Math.floor(latencies.length * part)];
  process.send({ finished: seen.count, micros, p50: at(0.5), p99: at(0.99) });
}

const COMMANDS = {
  expect: ({ events }) => {
    globalThis.gc();
    seen.count = 0;
    latencies.length = 0;
    expected = events;
    before = process.cpuUsage();
    process.send({ armed: true });
  },
  /** Everything was sent: what does not come now never does. */
  end: () => {
    let last = -1;
    let quiet = 0;
    const look = () => {
      if (expected === Infinity) return;
      quiet = last === seen.count ? quiet + 1 : 0;
      last = seen.count;
      if (quiet === QUIET_LOOKS) finish();
      else setTimeout(look, LOOK_MS);
    };
    look();
  },
};

process.on('message', (message) => COMMANDS[message.command](message));
process.on('disconnect', () => process.exit());
const url = `ws://127.0.0.1:${port}/${pathOf(library)}`;
await libraries[kind][library]({
  ...{ url, rest: `http://127.0.0.1:${port}`, markets: marketsOf(Number(count)) },
  take,
  /** For what must not be optimised away. */
  use: (value) => (seen.sum += value),
});
process.send({ connected: true });
