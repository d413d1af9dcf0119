/**
 * What a message costs from the socket to a consumer: trades; and updates of order books with their links checked and the
 * best prices read after each. Against `ws` alone, and against other libraries as their users have them.
 *
 *   npm ci --prefix bench/rivals --ignore-scripts && npm run bench:ingest   [-- --trades=100000 --depth=20000 --rounds=9 --json]
 *
 * Every library has a process of its own, and the exchange another; they take turns within every round, with the same
 * frames. The first two rounds do not count. CPU time of the library's process per message, median (least to most), and
 * the ratio of the same round.
 */
import { areRivalsInstalled, given, report, rowOf, sizeOf, takeTurns, tellOfRivals } from './measure.mjs';
import { Contest } from './ingest/contest.mjs';

const ROUNDS = sizeOf('rounds', 9, 3);
const MARKETS = 20;
const KINDS = {
  trade: {
    what: 'trades from a socket to a consumer',
    count: sizeOf('trades', 100_000, 20_000),
    floor: 2.5,
    rivals: { 'tardis-dev': 0.25, 'ccxt pro': 0.1 },
  },
  depth: {
    what: 'depth from a socket: link, book, best prices',
    count: sizeOf('depth', 20_000, 5_000),
    floor: 3.6,
    rivals: { 'tardis-dev': 0.2, 'ccxt pro': 0.2 },
  },
};

const rows = [];
for (const kind of Object.keys(KINDS)) {
  if (given.kind === undefined || given.kind === kind) rows.push(...(await compared(kind, KINDS[kind])));
}
if (!areRivalsInstalled) tellOfRivals();
report(rows);

async function compared(kind, { what, count, floor, rivals }) {
  const goals = { 'bare ws': floor, ...(areRivalsInstalled && rivals) };
  const names = ['ours', ...Object.keys(goals)];
  const contest = await Contest.of(kind, names, MARKETS);
  const lost = Object.fromEntries(names.map((name) => [name, 0]));
  const way = (name) => async () => {
    const { finished, micros } = await contest.send(name, count);
    lost[name] += count - finished;
    return micros / count;
  };
  const costs = await takeTurns(Object.fromEntries(names.map((name) => [name, way(name)])), ROUNDS, () =>
    contest.write(count),
  );
  contest.end();
  if (lost.ours !== 0) throw new Error(`${what}: ${lost.ours} messages have not reached our consumer`);
  return Object.entries(goals).map(([against, goal]) => {
    const note =
      lost[against] === 0
        ? undefined
        : `${lost[against]} of ${count * names.length} never reached its consumer`;
    return rowOf({ what, who: 'ours', against, unit: 'µs', goal, note }, costs);
  });
}
