/**
 * What reading a frame costs, from its bytes to the call with exact text: Binance's hottest frames, against building them
 * with `JSON.parse` and doing nothing with it.
 *
 *   npm run bench:decode   [-- --frames=200000 --rounds=9 --json]
 *
 * CPU time per frame, and the ratio to the floor of the same round. `by JSON.parse` is our own way for frames that are
 * written otherwise.
 */
import { binance } from '@exchange-stream/adapters';
import { cpuMicros, report, rowOf, sizeOf, takeTurns } from './measure.mjs';

const VARIANTS = 1_000;
const FRAMES = sizeOf('frames', 200_000, 20_000);
const ROUNDS = sizeOf('rounds', 9, 3);
const FLOOR = 'JSON.parse alone';
const GOAL = 0.35;

const price = (variant) => (65_000 + variant / 100).toFixed(8);
const amount = (variant) => (variant / 317 + 0.001).toFixed(8);
const levels = (variant) => [1, 2, 3, 4].map((index) => [price(variant + index), amount(variant * index)]);
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
        b: levels(variant),
        a: levels(variant),
      },
    },
  }),
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
  const ways = {
    [FLOOR]: (index) => (sum += JSON.parse(frames[index].latin1Slice()).stream.length),
    ours: (index) => session.onFrame(frames[index], false, 0, sink),
    'ours, by JSON.parse': (index) => session.onFrame(spaced[index], false, 0, sink),
  };
  const costs = await takeTurns(
    Object.fromEntries(Object.entries(ways).map(([way, read]) => [way, () => measured(read)])),
    ROUNDS,
  );
  const what = `decode ${kind}`;
  rows.push(rowOf({ what, who: 'ours', against: FLOOR, unit: 'ns', goal: GOAL }, costs));
  rows.push(rowOf({ what, who: 'ours, by JSON.parse', against: FLOOR, unit: 'ns' }, costs));
}

if (!Number.isFinite(sum)) throw new Error('nothing was read');
report(rows);

/** Nanoseconds of CPU time per frame. */
function measured(read) {
  const before = process.cpuUsage();
  for (let frame = 0; frame < FRAMES; frame++) read(frame % VARIANTS);
  return (cpuMicros(before) * 1_000) / FRAMES;
}
