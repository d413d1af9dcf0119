/**
 * What reading a frame costs, from its bytes to the call with exact text: Binance's hottest frames, against building them
 * with `JSON.parse` and doing nothing with it.
 *
 *   npm run bench:decode   [-- --frames=200000 --rounds=9 --json]
 *
 * The ways take turns within every round; the first two rounds do not count. CPU time per frame, median (least to most),
 * and the ratio to the floor of the same round. `by JSON.parse` is our own way for frames that are written otherwise.
 */
import { binance } from '@exchange-stream/adapters';

const WARM_UP = 2;
const VARIANTS = 1_000;
const given = Object.fromEntries(process.argv.slice(2).map((part) => part.replace(/^--/, '').split('=')));
const FRAMES = Number(given.frames ?? 200_000);
const ROUNDS = Number(given.rounds ?? 9);

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

const rows = Object.entries(KINDS).map(([kind, build]) => {
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
    'JSON.parse alone': (index) => (sum += JSON.parse(frames[index].latin1Slice()).stream.length),
    ours: (index) => session.onFrame(frames[index], false, 0, sink),
    'ours, by JSON.parse': (index) => session.onFrame(spaced[index], false, 0, sink),
  };
  const rounds = Array.from({ length: ROUNDS + WARM_UP }, () =>
    Object.fromEntries(Object.entries(ways).map(([way, read]) => [way, measured(read)])),
  ).slice(WARM_UP);
  return Object.keys(ways).map((way) => ({
    kind,
    way,
    ns: spread(rounds.map((round) => round[way])),
    ratio: spread(rounds.map((round) => round[way] / round['JSON.parse alone'])),
  }));
});

if (!Number.isFinite(sum)) throw new Error('nothing was read');
if ('json' in given) console.log(JSON.stringify(rows.flat()));
else {
  console.log('| frame | way | CPU time | against JSON.parse alone |\n| --- | --- | --- | --- |');
  for (const { kind, way, ns, ratio } of rows.flat())
    console.log(`| ${kind} | ${way} | ${shown(ns, 0)} ns | ${shown(ratio, 2)} × |`);
}

/** Nanoseconds of CPU time per frame. */
function measured(read) {
  const before = process.cpuUsage();
  for (let frame = 0; frame < FRAMES; frame++) read(frame % VARIANTS);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1_000) / FRAMES;
}

function spread(values) {
  const sorted = values.toSorted((one, other) => one - other);
  return { median: sorted[sorted.length >> 1], least: sorted[0], most: sorted.at(-1) };
}

function shown({ median, least, most }, digits) {
  const [middle, low, high] = [median, least, most].map((value) => value.toFixed(digits));
  return `${middle} (${low}–${high})`;
}
