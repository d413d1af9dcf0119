/**
 * What a series of candles costs: its memory with 1,000 candles, kept or as objects, and the CPU time of an update from the
 * row to the consumer's event, beside `JSON.parse` of the row alone. Candles that are made of trades are beside it: what is
 * added up, digit by digit.
 *
 *   npm run bench:candles   [-- --series=100 --updates=200000 --rounds=9 --json]
 */
import { createRequire } from 'node:module';
import { CandleInterval, CandleSeries, candleOfTrade, joinCandles } from '@exchange-stream/market-data';
import { cpuMicros, report, rowOf, sizeOf, takeTurns } from './measure.mjs';

const require = createRequire(import.meta.url);
// Not for users: behind `handle.series` and the events of a subscription.
const { CandleSynchronizer } = require('../libs/exchange-stream/dist/engine/candles/candle-synchronizer.js');

const KEPT = 1_000;
const SERIES = sizeOf('series', 100, 20);
const UPDATES = sizeOf('updates', 200_000, 20_000);
const ROUNDS = sizeOf('rounds', 9, 3);
const MINUTE = 60_000;
const PARSE = 'JSON.parse of the row';
const interval = new CandleInterval('1m');

/** As JSON brings it: every text is one of its own. */
function rowAt(minute, close, closed) {
  return JSON.parse(
    `{"interval":"1m","openTime":${minute * MINUTE},"closeTime":${(minute + 1) * MINUTE},"open":"97367.57000000",` +
      `"high":"97${400 + (minute % 100)}.12000000","low":"97${100 + (minute % 100)}.03000000","close":"${close}.57000000",` +
      `"baseVolume":"${minute % 1000}.01732000","quoteVolume":"${minute}.4567890100","tradeCount":${minute % 5000},` +
      `"takerBuyBaseVolume":"${minute % 500}.00866000","takerBuyQuoteVolume":"${minute}.7283945000","closed":${closed}}`,
  );
}

function told(row) {
  return { ...row, source: 'stream', exchangeTime: row.openTime + 0.5, receivedAt: row.openTime + 5 };
}

function synchronizer(deliver) {
  const nothing = () => undefined;
  return new CandleSynchronizer(
    {
      ...{ interval, params: {}, history: KEPT - 1, synthetic: false, skipsQuiet: false },
      ...{ settlesWithinMs: 2_000, canFetch: false, source: 'stream' },
    },
    {
      ...{ now: () => 0, exchangeNow: () => 0, need: nothing, wakeAfter: nothing, settled: nothing },
      ...{ ended: nothing, added: nothing, flows: nothing, broken: nothing, silent: nothing, deliver },
    },
  );
}

function held() {
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Kilobytes of one series of 1,000 candles. */
function kilobytes(create) {
  const before = held();
  const all = Array.from({ length: SERIES }, (_, index) => create(index));
  const used = held() - before;
  if (all.length !== SERIES) throw new Error('series are missing');
  return used / SERIES / 1_000;
}

const kept = () => {
  const series = new CandleSeries(interval, KEPT);
  for (let minute = 0; minute < KEPT; minute++) series.set(told(rowAt(minute, minute, true)));
  return series;
};
const objects = () => Array.from({ length: KEPT }, (_, minute) => told(rowAt(minute, minute, true)));

const memory = await takeTurns({ ours: () => kilobytes(kept), objects: () => kilobytes(objects) }, 3);

let seen = 0;
const rows = Array.from({ length: 1_000 }, (_, index) => rowAt(1_000, index, false));
const texts = rows.map((row) => JSON.stringify(row));
const series = synchronizer((candle) => {
  const event = { type: 'candle', exchange: 'bench', symbol: 'BTC/USDT', ...candle };
  seen += event.close.length;
});
series.begin();
let exchangeTime = 0;

/** Microseconds of CPU time for each. */
function cost(work) {
  const since = process.cpuUsage();
  for (let index = 0; index < UPDATES; index++) work(rows[index % rows.length], index);
  return cpuMicros(since) / UPDATES;
}

let sum = candleOfTrade('97367.57', '0.01732', 'buy');
const cpu = await takeTurns(
  {
    ours: () => cost((row) => series.row(0, exchangeTime++, row)),
    [PARSE]: () => cost((_, index) => (seen += JSON.parse(texts[index % texts.length]).close.length)),
    trades: () => {
      sum = candleOfTrade('97367.57', '0.01732', 'buy');
      return cost(() => (sum = joinCandles(sum, candleOfTrade('97367.57', '0.01732', 'buy'))));
    },
  },
  ROUNDS,
);
if (seen === 0 || sum.tradeCount !== UPDATES + 1) throw new Error('updates are missing');

report([
  rowOf({ what: `a series of ${KEPT} candles`, who: 'ours', against: 'objects', unit: 'KB' }, memory),
  rowOf({ what: 'an update of a candle', who: 'ours', against: PARSE, unit: 'µs' }, cpu),
  rowOf({ what: 'a trade added to a candle', who: 'trades', unit: 'µs' }, cpu),
]);
