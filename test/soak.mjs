/**
 * Streams from an exchange that goes wrong at random, over real sockets and in real time, and watches what a leak would
 * move: heap after a collection, open handles, timers, listeners. Expects a build and node --expose-gc:
 *
 *   npm run soak -- --minutes 20
 *
 * Exits with 1 when the heap grows faster than allowed, when something is left after the close, and when an error or a
 * warning of Node's reaches the process.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const MB = 1024 * 1024;
const HOUR_MS = 3_600_000;
/** Growth that counts as none: caches and compiled code still settle, and a longer run shows it for what it is. */
const SETTLING_MB = 1.5;
/** How long the system may take to free sockets after the close. */
const RELEASE_MS = 10_000;

const { minutes, seed, maxSlope } = readOptions();
const require = createRequire(import.meta.url);
const { binance } = require('@exchange-stream/adapters');
const { ExchangeStream } = require('@exchange-stream/nestjs/engine');

const problems = [];
process.on('warning', (warning) => problems.push(`warning: ${warning.message}`));
process.on('unhandledRejection', (reason) => problems.push(`unhandled rejection: ${String(reason)}`));
process.on('uncaughtException', (error) => problems.push(`uncaught: ${error.stack}`));

const exchange = fork(new URL('soak-exchange.mjs', import.meta.url), [String(seed)], { execArgv: [] });
const [{ restUrl, webSocketUrl }] = await once(exchange, 'message');

const baseline = measure();
const stream = new ExchangeStream({
  exchanges: [binance()],
  subscriptions: ['BTC/USDT', 'ETH/USDT'].flatMap(everythingOf),
  settings: { binance: { urls: { public: webSocketUrl, rest: restUrl } } },
});
stream.start();

console.log(`Soaking for ${minutes} min against ${webSocketUrl}, seed ${seed}.\n`);
printRow(['min', 'heap MB', 'handles', 'timers', 'listeners', 'live', 'frames', 'reconnects']);
const samples = [];
const began = performance.now();
const endMs = minutes * 60_000;
const everyMs = Math.max(1_000, endMs / 120);
let printedAt = -Infinity;
for (let turn = 0; performance.now() - began < endMs; turn++) {
  await churn(turn);
  const sample = { atMs: performance.now() - began, ...measure() };
  samples.push(sample);
  if (sample.atMs - printedAt >= endMs / 20) {
    printedAt = sample.atMs;
    printSample(sample);
  }
  await sleep(Math.max(0, Math.min(began + endMs, began + sample.atMs + everyMs) - performance.now()));
}

const framesReceived = stream.manager('binance').counters().frames;
await stream.close();
const left = await leftAfterClose();
exchange.disconnect();
judge();

/** Checked; ends the process with what would be right. */
function readOptions() {
  const refuse = (message) => {
    console.error(`${message}\nUsage: npm run soak -- --minutes 20 [--seed 1] [--max-slope 10]`);
    process.exit(2);
  };
  const read = () => {
    try {
      return parseArgs({
        options: {
          minutes: { type: 'string', default: '20' },
          seed: { type: 'string', default: '1' },
          'max-slope': { type: 'string', default: '10' },
        },
      }).values;
    } catch (error) {
      return refuse(error.message);
    }
  };
  const given = read();
  const number = (name, isRight, allowed) => {
    const value = Number(given[name]);
    if (given[name].trim() === '' || !isRight(value)) {
      refuse(`--${name} is ${JSON.stringify(given[name])}: expected ${allowed}.`);
    }
    return value;
  };
  if (typeof globalThis.gc !== 'function') refuse('Node runs without --expose-gc, which the heap needs.');
  return {
    minutes: number('minutes', (n) => n >= 0.5 && n <= 10_080, 'a number from 0.5 to 10080 (a week)'),
    seed: number('seed', (n) => Number.isSafeInteger(n) && n >= 0, 'an integer from 0'),
    maxSlope: number('max-slope', (n) => n > 0 && n <= 1_000, 'MB an hour, above 0 and up to 1000'),
  };
}

function everythingOf(symbol) {
  const of = { exchange: 'binance', symbol };
  return [
    { ...of, channel: 'book' },
    { ...of, channel: 'book', params: { depth: 20 } },
    { ...of, channel: 'trades' },
    { ...of, channel: 'ticker' },
    { ...of, channel: 'quotes' },
    { ...of, channel: 'candles', params: { interval: '1m' } },
  ];
}

/** What users do all day: take and release subscriptions, listen, loop, leave loops. */
async function churn(turn) {
  const requests = everythingOf(turn % 2 === 0 ? 'BNB/USDT' : 'BTC/USDT');
  const handles = requests.map((request) => stream.subscribe(request));
  const leave = handles.map((handle) => handle.on(() => {}));
  const loops = handles.map(async (handle) => {
    for await (const event of handle.events({ capacity: 100 })) if (event.type === 'never') break;
  });
  const stop = stream.listen({ exchange: 'binance' }, () => {});
  await sleep(500);
  stop();
  for (const end of leave) end();
  await Promise.all(handles.map((handle) => handle.unsubscribe()));
  await Promise.all(loops);
}

function measure() {
  // Twice: what finalizers let go is collected by the second.
  globalThis.gc();
  globalThis.gc();
  const resources = process.getActiveResourcesInfo();
  const timers = resources.filter((name) => name === 'Timeout' || name === 'Immediate').length;
  return {
    heapMb: process.memoryUsage().heapUsed / MB,
    handles: resources.length - timers,
    timers,
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
  };
}

/** What is still open when the system has had its time. */
async function leftAfterClose() {
  const until = performance.now() + RELEASE_MS;
  for (;;) {
    const now = measure();
    const over = ['handles', 'timers', 'listeners'].filter((name) => now[name] > baseline[name]);
    if (over.length === 0 || performance.now() > until) {
      return over.map((name) => `${now[name]} ${name} after the close, ${baseline[name]} before the start`);
    }
    await sleep(100);
  }
}

function judge() {
  // Whatever is compiled and cached once is not of the slope.
  const settled = samples.filter(({ atMs }) => atMs >= Math.min(endMs / 3, 5 * 60_000));
  const { slope, hours } = leastSquares(settled);
  const allowed = maxSlope + SETTLING_MB / hours;
  console.log(
    `\nHeap: ${signed(slope)} MB/h over ${(hours * 60).toFixed(1)} min, allowed ${allowed.toFixed(1)} ` +
      `(${maxSlope} MB/h and ${SETTLING_MB} MB to settle).`,
  );
  const open = ({ handles, timers, listeners }) => `${handles}, ${timers}, ${listeners}`;
  console.log(
    `Handles, timers, listeners: ${open(baseline)} before the start, ${open(measure())} after the close.`,
  );
  if (slope > allowed) problems.push(`the heap grows by ${slope.toFixed(1)} MB/h`);
  problems.push(...left);
  if (framesReceived === 0) problems.push('nothing was received');
  for (const problem of problems.slice(0, 20)) console.error(`FAIL  ${problem}`);
  if (problems.length === 0) console.log('ok');
  process.exitCode = problems.length === 0 ? 0 : 1;
}

/** Growth by least squares, in MB an hour. */
function leastSquares(points) {
  const mean = (pick) => points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const meanMs = mean(({ atMs }) => atMs);
  const meanMb = mean(({ heapMb }) => heapMb);
  let covariance = 0;
  let variance = 0;
  for (const { atMs, heapMb } of points) {
    covariance += (atMs - meanMs) * (heapMb - meanMb);
    variance += (atMs - meanMs) ** 2;
  }
  const hours = (points.at(-1).atMs - points[0].atMs) / HOUR_MS;
  return { slope: variance === 0 ? 0 : (covariance / variance) * HOUR_MS, hours };
}

function printSample(sample) {
  const views = stream.subscriptions();
  const { frames, reconnects } = stream.manager('binance').counters();
  printRow([
    (sample.atMs / 60_000).toFixed(1),
    sample.heapMb.toFixed(2),
    sample.handles,
    sample.timers,
    sample.listeners,
    `${views.filter(({ data }) => data === 'live').length}/${views.length}`,
    frames,
    reconnects,
  ]);
}

function printRow(cells) {
  console.log(cells.map((cell) => String(cell).padStart(10)).join(' '));
}

function signed(number) {
  return `${number < 0 ? '' : '+'}${number.toFixed(2)}`;
}
