/** What all benchmarks share: their options, rounds that take turns, and one form for what they found. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Rounds that do not count: code is not compiled yet. */
const WARM_UP = 2;

/** Where the other libraries are installed, apart from the product. */
export const RIVALS = new URL('rivals/', import.meta.url);
export const requireRival = createRequire(new URL('package.json', RIVALS));
export const areRivalsInstalled = existsSync(new URL('node_modules', RIVALS));

/** Says on the error output why rows are missing. */
export function tellOfRivals() {
  console.error(
    'The other libraries are not installed, and not compared: npm ci --prefix bench/rivals --ignore-scripts',
  );
}

export const given = Object.fromEntries(
  process.argv.slice(2).map((part) => part.replace(/^--/, '').split('=')),
);

/** A number from the command line: `--rounds=9`. With `--quick`, the second one where none is given. */
export function sizeOf(option, usual, quick) {
  return Number(given[option] ?? ('quick' in given ? quick : usual));
}

/** Median, least and most. */
export function spread(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return { median: sorted[sorted.length >> 1], least: sorted[0], most: sorted.at(-1) };
}

/** Microseconds of CPU time, user and system, of this process. */
export function cpuMicros(since) {
  const { user, system } = process.cpuUsage(since);
  return user + system;
}

/**
 * Costs by round and way: every way once in every round, forwards and backwards by turns.
 * @param ways what each costs, by name; promises are waited for
 * @param prepare what every round needs first
 */
export async function takeTurns(ways, rounds, prepare = () => undefined) {
  const names = Object.keys(ways);
  const costs = [];
  for (let round = 0; round < rounds + WARM_UP; round++) {
    await prepare();
    const cost = {};
    for (const name of round % 2 === 0 ? names : [...names].reverse()) cost[name] = await ways[name]();
    if (round >= WARM_UP) costs.push(cost);
  }
  return costs;
}

/** A row of the table: what one way costs, and against which other, of the same round each time. */
export function rowOf({ what, who, against, unit, goal, isWithinSpread, note }, costs) {
  const of = (name) => spread(costs.map((cost) => cost[name]));
  return {
    what,
    who,
    unit,
    cost: of(who),
    ...(against !== undefined && {
      against,
      theirs: of(against),
      ratio: spread(costs.map((cost) => cost[who] / cost[against])),
    }),
    ...(goal !== undefined && { goal, ...(isWithinSpread && { isWithinSpread }) }),
    ...(note !== undefined && { note }),
  };
}

/** Prints rows: as a table, or with `--json` as one line. */
export function report(rows) {
  console.log('json' in given ? JSON.stringify(rows) : tableOf(rows).join('\n'));
}

export function tableOf(rows) {
  const lines = rows.map((row) => {
    const { what, who, unit, cost, against, theirs, ratio, goal, note } = row;
    return [
      what,
      who,
      shown(cost, unit),
      against ?? '',
      theirs ? shown(theirs, unit) : '',
      ratio ? shown(ratio, '×') : '',
      goal === undefined ? '' : `≤ ${goal} ${ratio ? '×' : unit}`,
      metOf(row),
      note ?? '',
    ];
  });
  const heads = ['what', 'who', 'cost', 'against', 'theirs', 'ratio', 'goal', 'met', ''];
  return [heads, heads.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`);
}

function metOf({ cost, ratio, goal, isWithinSpread }) {
  if (goal === undefined) return '';
  const { median, least } = ratio ?? cost;
  if (median <= goal) return 'yes';
  return isWithinSpread && least <= goal ? 'within the spread' : 'NO';
}

function shown({ median, least, most }, unit) {
  const digits = median >= 100 ? 0 : median >= 10 ? 1 : 2;
  const [middle, low, high] = [median, least, most].map((value) => value.toFixed(digits));
  return low === high ? `${middle} ${unit}` : `${middle} ${unit} (${low}–${high})`;
}
