/**
 * The first minute as the README promises it: its own command brings up an exchange and a gateway, data comes, and
 * Ctrl-C ends both.
 *
 * INSTALLED  leave out `npm ci`, which has just been run
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readmeBlock } from '../scripts/readme-block.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const START_MS = 120_000;
const STOP_MS = 15_000;
/** The line that sums up each second, while data comes. */
const DIGEST = / [1-9]\d* messages$/gm;
const WANTED_DIGESTS = 3;

const block = readmeBlock('demo', 'sh') ?? 'npm run demo';
const command = process.env.INSTALLED ? block.replace('npm ci && ', '') : block;
const demo = spawn('bash', ['-ec', command], {
  cwd: ROOT,
  // Ctrl-C in a terminal reaches everything in the foreground group: this is one of its own.
  detached: true,
  env: { ...process.env, PORT: String(await freePort()) },
  stdio: ['ignore', 'pipe', 'pipe'],
});
let output = '';
for (const stream of [demo.stdout, demo.stderr])
  stream.setEncoding('utf8').on('data', (text) => (output += text));
const ended = once(demo, 'close');

try {
  await until(() => output.match(DIGEST)?.length >= WANTED_DIGESTS, START_MS, 'did not show data');
  process.kill(-demo.pid, 'SIGINT');
  await Promise.race([ended, sleep(STOP_MS, undefined, { ref: false })]);
  if (!hasEnded()) throw new Error(`The demo did not stop within ${STOP_MS / 1000} s of Ctrl-C.`);
  if (!output.includes('Stopped.')) throw new Error('The demo did not say that it stopped.');
  console.log(`Demo: ${output.match(DIGEST).length} seconds of data, then stopped by Ctrl-C.`);
} catch (error) {
  console.error(`${output}\n${error.message}`);
  process.exitCode = 1;
} finally {
  if (!hasEnded()) process.kill(-demo.pid, 'SIGKILL');
}

async function until(condition, limitMs, failure) {
  for (const deadline = Date.now() + limitMs; !condition(); await sleep(100)) {
    if (hasEnded()) throw new Error(`The demo ended by itself with ${demo.exitCode ?? demo.signalCode}.`);
    if (Date.now() > deadline) throw new Error(`The demo ${failure} within ${limitMs / 1000} s.`);
  }
}

function hasEnded() {
  return demo.exitCode !== null || demo.signalCode !== null;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
