/**
 * What reading a frame costs, from its bytes to the call with exact text: Binance's hottest frames, against building them
 * with `JSON.parse` and doing nothing with it, and against what other libraries make of them. Then frames of exchanges
 * whose prices are JSON numbers, read with every digit.
 *
 *   npm run bench:decode   [-- --frames=200000 --rounds=9 --json]
 *
 * CPU time per frame, and the ratio to the floor of the same round. `by JSON.parse` is our own way for frames that are
 * written otherwise.
 */
import { binance } from '@exchange-stream/adapters';
import { readExactJson } from '../libs/adapters/dist/decoder/exact-json.js';
import { recordedFrames } from './decode/recordings.mjs';
import { rivalsOf } from './decode/rivals.mjs';
import { areRivalsInstalled, cpuMicros, report, rowOf, sizeOf, takeTurns, tellOfRivals } from './measure.mjs';

const VARIANTS = 1_000;
const FRAMES = sizeOf('frames', 200_000, 20_000);
const ROUNDS = sizeOf('rounds', 9, 3);
const FLOOR = 'JSON.parse alone';
const GOAL = 0.35;
const EXACT_GOAL = 1.5;
/** Of other libraries there is less to measure: a tenth of the frames is enough. */
const SHARE_OF_RIVALS = 0.1;
/** At least so many times our cost is what theirs should be. */
const RIVAL_GOALS = {
  trade: { 'tardis-dev': 5, 'ccxt pro': 20 },
  bookTicker: { 'tardis-dev': 5, 'ccxt pro': 20 },
  'depth of 8 changes': { 'tardis-dev': 5, 'ccxt pro': 13 },
};

const price = (variant) => (65_000 + variant / 100).toFixed(8);
const amount = (variant) => (variant / 317 + 0.001).toFixed(8);
/** Changes near the best price, of which one in three removes its level. */
const levels = (variant, sign) =>
  [1, 2, 3, 4].map((index) => {
    const ticks = (variant * 7 + index * 31) % 400;
    return [
      (65_050 + (sign * (1 + ticks)) / 100).toFixed(8),
      (variant + index) % 3 === 0 ? '0.00000000' : amount(variant * index),
    ];
  });
const KINDS = {
  trade: (variant) => ({
    stream: 'btcusdt@trade',
    data: {
      ...{ e: 'trade', E: 1672515782136 + variant, s: 'BTCUSDT', t: 1234567890 + variant },
      ...{ p: price(variant), q: amount(variant), T: 1672515782136 + variant, m: variant % 2 === 0, M: true },
    },
  }),
  bookTicker: (variant) => ({
    stream: 'btcusdt@bookTicker',
    data: {
      ...{ u: 400900217123 + variant, s: 'BTCUSDT', b: price(variant), B: amount(variant) },
      ...{ a: price(variant + 1), A: amount(variant + 7) },
    },
  }),
  'depth of 8 changes': (variant) => ({
    stream: 'btcusdt@depth@100ms',
    data: {
      ...{ e: 'depthUpdate', E: 1672515782136 + variant, s: 'BTCUSDT' },
      ...{
        U: 40090021711 + 9 * variant,
        u: 40090021719 + 9 * variant,
        b: levels(variant, -1),
        a: levels(variant, 1),
      },
    },
  }),
};

/** Where the book of the updates begins. */
const BOOK = {
  before: 40090021710,
  bids: Array.from({ length: 1_000 }, (_, level) => [(65_049.99 - level / 100).toFixed(8), '1.00000000']),
  asks: Array.from({ length: 1_000 }, (_, level) => [(65_050.01 + level / 100).toFixed(8), '1.00000000']),
};

let sum = 0;
const stream = { topic: 'any' };
const refused = () => {
  throw new Error('a frame of the benchmark was not read');
};
const sink = {
  stream: () => stream,
  trade: (_stream, time, id, tradePrice) => (sum += time + id.length + tradePrice.length),
  quote: (_stream, _time, sequence, bid) => (sum += sequence + bid.length),
  bookUpdate: (_stream, time, link, bids, asks) => (sum += time + link.last + bids.length + asks.length),
  rejected: refused,
  unhandled: refused,
  ignored: refused,
};

const rows = [];
if (!areRivalsInstalled) tellOfRivals();
for (const [kind, build] of Object.entries(KINDS)) {
  const frames = Array.from({ length: VARIANTS }, (_, variant) =>
    Buffer.from(JSON.stringify(build(variant))),
  );
  const spaced = frames.map((frame) => Buffer.concat([Buffer.from(' '), frame]));
  const session = binance().createSession({
    endpoint: 'public',
    url: 'wss://bench.test/stream',
    nextId: () => 1,
  });
  const rivals = areRivalsInstalled ? await rivalsOf(kind, frames, BOOK) : {};
  const ways = {
    [FLOOR]: () => measured((index) => (sum += JSON.parse(frames[index].latin1Slice()).stream.length)),
    ours: () => measured((index) => session.onFrame(frames[index], false, 0, sink)),
    'ours, by JSON.parse': () => measured((index) => session.onFrame(spaced[index], false, 0, sink)),
    ...Object.fromEntries(
      Object.entries(rivals).map(([who, { read, results }]) => [
        who,
        () => measuredRival(who, read, results),
      ]),
    ),
  };
  const costs = await takeTurns(ways, ROUNDS);
  const what = `decode ${kind}`;
  rows.push(rowOf({ what, who: 'ours', against: FLOOR, unit: 'ns', goal: GOAL }, costs));
  rows.push(rowOf({ what, who: 'ours, by JSON.parse', against: FLOOR, unit: 'ns' }, costs));
  for (const who of Object.keys(rivals)) {
    const times = RIVAL_GOALS[kind][who];
    const note = `at least ${times} times slower`;
    rows.push(
      rowOf({ what, who: 'ours', against: who, unit: 'ns', goal: +(1 / times).toFixed(3), note }, costs),
    );
  }
}

for (const [exchange, frames] of Object.entries(recordedFrames())) {
  const ways = {
    [FLOOR]: (frame) => (sum += Object.keys(JSON.parse(frame.latin1Slice())).length > 0 ? 1 : 0),
    'every digit kept': (frame) => (sum += Object.keys(readExactJson(frame)).length > 0 ? 1 : 0),
  };
  const costs = await takeTurns(
    Object.fromEntries(
      Object.entries(ways).map(([way, read]) => [
        way,
        () => measured((index) => read(frames[index % frames.length])),
      ]),
    ),
    ROUNDS,
  );
  const what = `read recorded frames of ${exchange}`;
  rows.push(rowOf({ what, who: 'every digit kept', against: FLOOR, unit: 'ns', goal: EXACT_GOAL }, costs));
}

if (!Number.isFinite(sum)) throw new Error('nothing was read');
report(rows);

/** Nanoseconds of CPU time per frame. */
function measured(read, count = FRAMES) {
  const before = process.cpuUsage();
  for (let frame = 0; frame < count; frame++) read(frame % VARIANTS);
  return (cpuMicros(before) * 1_000) / count;
}

/** Throws if the library did not read what it was given. */
function measuredRival(who, read, results) {
  const count = Math.ceil((FRAMES * SHARE_OF_RIVALS) / VARIANTS) * VARIANTS;
  const already = results();
  const cost = measured(read, count);
  if (results() - already !== count) throw new Error(`${who} read ${results() - already} of ${count} frames`);
  return cost;
}
