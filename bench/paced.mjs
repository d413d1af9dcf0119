/**
 * How long a trade takes from the exchange's socket to a consumer while 20,000 come each second, a few in every
 * millisecond. Against what a careful program does by hand: `ws`, `JSON.parse`, a plain object.
 *
 *   npm ci --prefix bench/rivals --ignore-scripts && npm run bench:paced   [-- --seconds=2 --rounds=9 --json]
 *
 * Processes and turns as in `bench:ingest`. Every trade says when it left, by the machine's monotonic clock.
 */
import { areRivalsInstalled, report, rowOf, sizeOf, takeTurns, tellOfRivals } from './measure.mjs';
import { Contest } from './ingest/contest.mjs';

const PER_SECOND = 20_000;
const COUNT = PER_SECOND * sizeOf('seconds', 2, 0.5);
const ROUNDS = sizeOf('rounds', 9, 3);
const MARKETS = 20;
const BY_HAND = 'ws + JSON.parse';
const RIVAL = 'tardis-dev';

const names = ['ours', BY_HAND, ...(areRivalsInstalled ? [RIVAL] : [])];
if (!areRivalsInstalled) tellOfRivals();
const contest = await Contest.of('paced', names, MARKETS);
const way = (name) => async () => {
  const told = await contest.pace(name, COUNT, PER_SECOND);
  if (told.finished !== COUNT) throw new Error(`${COUNT - told.finished} trades have not reached ${name}`);
  return told;
};
const rounds = await takeTurns(Object.fromEntries(names.map((name) => [name, way(name)])), ROUNDS);
contest.end();

const only = (measure) =>
  rounds.map((round) => Object.fromEntries(names.map((name) => [name, round[name][measure]])));
const row = (measure, against, goal) => {
  const what = `${PER_SECOND} trades a second, arrival to consumer: ${measure}`;
  return rowOf({ what, who: 'ours', against, unit: 'µs', ...goal }, only(measure));
};
report([
  row('p50', BY_HAND, { goal: 1, isWithinSpread: true }),
  row('p99', BY_HAND, { goal: 1, isWithinSpread: true }),
  ...(areRivalsInstalled ? [row('p50', RIVAL, {}), row('p99', RIVAL, { goal: 0.25 })] : []),
]);
