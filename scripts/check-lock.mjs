/**
 * The lock file must hold what the overrides of package.json demand, in every copy: an override is written down
 * because an earlier version is unsafe or cannot be installed, and a lock file made by hand or merged can slip below.
 * Needs nothing installed.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';

const read = (name) => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));
const { overrides } = read('package.json');
const { packages } = read('package-lock.json');

const problems = [];
for (const [name, range] of Object.entries(overrides)) {
  const copies = Object.entries(packages).filter(([path]) => path.endsWith(`node_modules/${name}`));
  if (copies.length === 0) problems.push(`${name}: overridden to ${range}, but not in the lock file`);
  for (const [path, { version }] of copies) {
    if (!satisfies(version, range)) problems.push(`${path} is ${version}; package.json demands ${range}`);
  }
}
if (problems.length > 0) {
  console.error(`package-lock.json breaks the overrides of package.json:\n  ${problems.join('\n  ')}`);
  process.exit(1);
}
console.log(
  `The lock file keeps ${Object.entries(overrides)
    .map(([name, range]) => `${name} ${range}`)
    .join(', ')}.`,
);

/** Exact versions and caret ranges from 1.0.0: all that the overrides use. */
function satisfies(version, range) {
  const wanted = /^(\^?)([1-9]\d*\.\d+\.\d+)$/.exec(range);
  if (!wanted) throw new Error(`This check knows "1.2.3" and "^1.2.3" only; got ${JSON.stringify(range)}.`);
  const [, caret, floor] = wanted;
  if (caret === '') return version === floor;
  const [have, least] = [version, floor].map((text) => text.split('.').map(Number));
  if (version.includes('-') || have[0] !== least[0]) return false;
  return have[1] === least[1] ? have[2] >= least[2] : have[1] > least[1];
}
