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
import { readExactJson } from '../libs/adapters/dist/decoder/exact-json.js';
import binance from './decode/binance.mjs';
import binanceUsdm from './decode/binance-usdm.mjs';
import bitfinex from './decode/bitfinex.mjs';
import bybit from './decode/bybit.mjs';
import coinbase from './decode/coinbase.mjs';
import coinbaseExchange from './decode/coinbase-exchange.mjs';
import kraken from './decode/kraken.mjs';
import krakenFutures from './decode/kraken-futures.mjs';
import okx from './decode/okx.mjs';
import { recordedFrames } from './decode/recordings.mjs';
import { rivalsOf } from './decode/rivals.mjs';
import { areRivalsInstalled, cpuMicros, report, rowOf, sizeOf, takeTurns, tellOfRivals } from './measure.mjs';

const VARIANTS = 1_000;
const FRAMES = sizeOf('frames', 200_000, 20_000);
const ROUNDS = sizeOf('rounds', 9, 3);
const FLOOR = 'JSON.parse alone';
const EXACT_GOAL = 1.5;
/** Of other libraries there is less to measure: a tenth of the frames is enough. */
const SHARE_OF_RIVALS = 0.1;
/** At least so many times our cost is what theirs should be. */
const RIVAL_GOALS = {
  trade: { 'tardis-dev': 5, 'ccxt pro': 20 },
  bookTicker: { 'tardis-dev': 5, 'ccxt pro': 20 },
  'depth of 8 changes': { 'tardis-dev': 5, 'ccxt pro': 13 },
};

/** What is measured, exchange by exchange: its session, the topics that it reads, and its frames by kind. */
const EXCHANGES = [
  binance,
  binanceUsdm,
  bitfinex,
  bybit,
  coinbase,
  coinbaseExchange,
  kraken,
  krakenFutures,
  okx,
];

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
/** Not every exchange numbers the updates of a book. */
const lastOf = (link) => link?.last ?? 0;
const sink = {
  stream: () => stream,
  framesCountFrom: () => {},
  frameNumber: (number) => (sum += number) > 0,
  trade: (_stream, time, id, tradePrice) => (sum += time + id.length + tradePrice.length),
  quote: (_stream, _time, sequence, bid) => (sum += sequence + bid.length),
  bookSnapshot: (_stream, time, link, bids, asks) => (sum += time + lastOf(link) + bids.length + asks.length),
  bookUpdate: (_stream, time, link, bids, asks) => (sum += time + lastOf(link) + bids.length + asks.length),
  bookOrdersUpdate: (_stream, time, _link, bids, asks) => (sum += time + bids.length + asks.length),
  rejected: refused,
  unhandled: refused,
  ignored: refused,
};

const rows = [];
if (!areRivalsInstalled) tellOfRivals();
for (const { session: open, topics, goal, kinds } of EXCHANGES)
  for (const [kind, build] of Object.entries(kinds)) await measureKind(open, topics, goal, kind, build);

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

/** A row for each way in which frames of a kind are read. */
async function measureKind(open, topics, goal, kind, build) {
  const frames = Array.from({ length: VARIANTS }, (_, variant) => {
    const frame = build(variant);
    // Written already, where zeros at the end of numbers count.
    return Buffer.from(typeof frame === 'string' ? frame : JSON.stringify(frame));
  });
  const spaced = frames.map((frame) => Buffer.concat([Buffer.from(' '), frame]));
  const session = open();
  session.subscribe(topics);
  const rivals = areRivalsInstalled && kind in RIVAL_GOALS ? await rivalsOf(kind, frames, BOOK) : {};
  const ways = {
    [FLOOR]: () => measured((index) => (sum += JSON.parse(frames[index].latin1Slice()) ? 1 : 0)),
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
  rows.push(rowOf({ what, who: 'ours', against: FLOOR, unit: 'ns', goal }, costs));
  rows.push(rowOf({ what, who: 'ours, by JSON.parse', against: FLOOR, unit: 'ns' }, costs));
  for (const who of Object.keys(rivals)) {
    const times = RIVAL_GOALS[kind][who];
    const note = `at least ${times} times slower`;
    rows.push(
      rowOf({ what, who: 'ours', against: who, unit: 'ns', goal: +(1 / times).toFixed(3), note }, costs),
    );
  }
}

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
