/**
 * Recorded sessions of real exchanges through the built command line: its figures must be those of expected.json, which
 * an independent script measured on the same recordings. Expects a build.
 *
 * CAPTURES_DIR  where the recordings lie (../shared/captures)
 * CAPTURES      "optional": succeed where there are none
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(ROOT, 'apps/cli/dist/main.js');
const COLLECTIONS = ['cryptofeed', 'cryptofeed-v3'];
const LIMIT_MS = 60_000;

const { ADAPTERS } = createRequire(import.meta.url)('@exchange-stream/adapters');
const recordings = JSON.parse(readFileSync(new URL('expected.json', import.meta.url), 'utf8'));
const folder = resolve(ROOT, process.env.CAPTURES_DIR || '../shared/captures');

if (!existsSync(folder)) {
  const optional = process.env.CAPTURES === 'optional';
  const advice = 'Set CAPTURES_DIR to them, or CAPTURES=optional to go on without.';
  console[optional ? 'log' : 'error'](
    `There are no recordings in ${folder}. ${optional ? 'Skipped.' : advice}`,
  );
  process.exit(optional ? 0 : 1);
}

let failed = false;
for (const recording of recordings) {
  const problems = await verify(recording).catch((error) => [error.message]);
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'}  ${recording.capture}`);
  for (const problem of problems) console.error(`      ${problem}`);
  failed ||= problems.length > 0;
}
for (const path of unexpected()) {
  console.error(
    `FAIL  ${path}: recorded sessions of an exchange that is built; add their figures to expected.json`,
  );
  failed = true;
}
process.exitCode = failed ? 1 : 0;

/** @returns every figure that is not as expected, in words */
async function verify({ exchange, capture, http, figures }) {
  const args = [
    CLI,
    'verify',
    join(folder, capture),
    '--http',
    join(folder, http),
    '--exchange',
    exchange,
    '--json',
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: LIMIT_MS });
  const found = figuresOf(JSON.parse(stdout));
  return Object.keys(figures)
    .filter((name) => found[name] !== figures[name])
    .map((name) => `${name} is ${found[name]}, expected ${figures[name]}`);
}

function figuresOf({ books, connections, unhandled, rejected, decodeErrors }) {
  const sum = (name, rows = books) => rows.reduce((total, row) => total + row[name], 0);
  return {
    books: books.length,
    seededBooks: books.filter(({ seeded }) => seeded).length,
    updates: sum('updates'),
    linksOk: sum('linksOk'),
    olderThanSnapshot: sum('olderThanSnapshot'),
    gaps: sum('gaps'),
    // Where an exchange numbers the frames of a connection.
    frameLinksOk: sum('linksOk', connections),
    frameGaps: sum('gaps', connections),
    checksumsOk: sum('checksumsOk'),
    checksumsBad: sum('checksumsBad'),
    crossedBooks: books.filter(({ crossedAtEnd }) => crossedAtEnd).length,
    unhandled,
    rejected,
    decodeErrors,
  };
}

/** Recordings of built exchanges that nobody has put into the table. */
function unexpected() {
  return COLLECTIONS.flatMap((collection) =>
    Object.keys(ADAPTERS).map((exchange) => `${collection}/${exchange}`),
  )
    .filter((path) => existsSync(join(folder, path)))
    .filter((path) => !recordings.some(({ capture }) => capture.startsWith(`${path}/`)));
}
