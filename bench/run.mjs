/**
 * Every benchmark, each in a process of its own, and one table of what they found: every ratio with its spread, its goal, and
 * whether it was met. A missed goal is no failure: another machine, or a busy one, measures otherwise.
 *
 *   npm run bench   [-- --quick --json --only=decode,ingest --rounds=5]
 *
 * What else is given goes to every benchmark. Rivals are compared where they are installed:
 *
 *   npm ci --prefix bench/rivals --ignore-scripts
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { given, report } from './measure.mjs';

const ALL = [
  'decode',
  'ingest',
  'paced',
  'subscriptions',
  'snapshot',
  'books',
  'candles',
  'requests',
  'consumers',
];
const chosen = given.only?.split(',') ?? ALL;
const unknown = chosen.find((name) => !ALL.includes(name));
if (unknown !== undefined) {
  console.error(`There is no benchmark "${unknown}". There are: ${ALL.join(', ')}.`);
  process.exit(2);
}

const options = process.argv.slice(2).filter((option) => !/^--(only|json)\b/.test(option));
report(
  chosen.flatMap((name) => {
    console.error(`${name} …`);
    const file = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
    const child = spawnSync(process.execPath, ['--expose-gc', file, ...options, '--json'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (child.status !== 0) process.exit(child.status ?? 1);
    return JSON.parse(child.stdout);
  }),
);
