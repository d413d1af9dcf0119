import assert from 'node:assert/strict';
import { haveSameNumbers } from '@exchange-stream/market-data';
import type { AcceptanceCard } from '../card.ts';
import type { Followed, Stage } from '../stage/stage.ts';
import type { Declared } from '../subject.ts';

const MINUTE = 60_000;
/** A minute, in which every exchange has candles. */
const INTERVAL = '1m';

const needsMinutes = (declared: Declared): string | undefined => {
  const candles = declared.channel('candles');
  const streamed = candles?.params.interval?.values ?? [];
  const asked = candles ? declared.askedIntervals(candles) : [];
  return streamed.includes(INTERVAL) || asked.includes(INTERVAL) ? undefined : 'no candles of a minute';
};
const needsRest = (declared: Declared): string | undefined =>
  needsMinutes(declared) ?? (declared.adapter.rest.candles ? undefined : 'no candles by REST');

/** Trades and candles: each once, in order, and none missing in silence. */
export const SERIES: readonly AcceptanceCard[] = [
  {
    number: 31,
    name: 'trades: each once, in order, and as the exchange has them',
    exempt: (declared: Declared): string | undefined =>
      declared.channel('trades') ? undefined : 'no trades',
    async play(stage: Stage): Promise<void> {
      const trades = await stage.live('trades');
      await stage.pass(30_000);
      stage.exchange.market.pause();
      await stage.pass(3_000);
      stage.expectEachTradeOnce(trades);
      const [last, truth] = [
        trades.trades.at(-1),
        stage.exchange.market.trades(stage.instrument.market).at(-1),
      ];
      assert.equal(Number(last?.price), Number(truth?.price), 'the latest price');
      assert.equal(last?.side, truth?.takerSide, 'the side of the taker');
    },
  },
  {
    number: 32,
    name: 'backfill: trades that were missed come late, in their place, or are told as missing',
    exempt: (declared: Declared): string | undefined =>
      declared.channel('trades') && declared.adapter.rest.trades ? undefined : 'no trades by REST',
    async play(stage: Stage, declared: Declared): Promise<void> {
      const trades = await stage.live('trades');
      await stage.pass(10_000);
      stage.inject({ type: 'refuse-handshakes', status: 503, forMs: 5_000 });
      stage.inject({ type: 'cut' });
      await stage.pass(30_000);
      await stage.untilLive();
      await stage.pass(10_000);
      const isTold = trades.states.includes('gap');
      if (declared.tradeIds === 'contiguous' || !isTold) stage.expectEachTradeOnce(trades);
    },
  },
  {
    number: 33,
    name: 'candle close: each minute closes once, with the numbers of the exchange',
    exempt: needsMinutes,
    async play(stage: Stage): Promise<void> {
      const candles = stage.follow('candles', { interval: INTERVAL });
      await stage.pass(4 * MINUTE);
      expectCandles(stage, candles, 3);
    },
  },
  {
    number: 34,
    name: 'history: so many candles come first, without a hole before the running one',
    exempt: needsRest,
    async play(stage: Stage): Promise<void> {
      const candles = stage.follow('candles', { interval: INTERVAL, history: 150 });
      await stage.pass(20_000);
      assert.equal(candles.candles.size, 150);
      await stage.pass(2 * MINUTE);
      expectCandles(stage, candles, 151);
      assert.equal(candles.handle.series?.ready, true);
    },
  },
  {
    number: 35,
    name: 'missed candles: what closed while the stream was away is fetched',
    exempt: needsRest,
    async play(stage: Stage): Promise<void> {
      const candles = stage.follow('candles', { interval: INTERVAL });
      await stage.pass(2 * MINUTE);
      stage.inject({ type: 'refuse-handshakes', status: 503, forMs: 3 * MINUTE });
      stage.inject({ type: 'cut' });
      await stage.pass(6 * MINUTE);
      expectCandles(stage, candles, 7);
    },
  },
  {
    number: 36,
    name: 'polled candles: REST alone brings the same',
    exempt: needsRest,
    async play(stage: Stage): Promise<void> {
      const candles = stage.follow('candles', { interval: INTERVAL, source: 'rest' });
      await stage.pass(4 * MINUTE);
      expectCandles(stage, candles, 3);
      assert.ok([...candles.candles.values()].every(({ source }) => source !== 'stream'));
    },
  },
];

/** Closed candles are those of the exchange; one that is not there had no trades. */
function expectCandles({ exchange, instrument }: Stage, { candles }: Followed, least: number): void {
  assert.ok(candles.size >= least, `${candles.size} candles closed, not ${least}`);
  const first = Math.min(...candles.keys());
  const last = Math.max(...candles.keys());
  for (const truth of exchange.market.candles(instrument.market, INTERVAL)) {
    if (truth.openTime < first || truth.openTime > last) continue;
    const told = candles.get(truth.openTime);
    if (!told && truth.trades === 0) continue;
    assert.ok(told, `the candle of ${truth.openTime} is missing`);
    const { open, high, low, close, volume, quoteVolume } = truth;
    // Markets count contracts, and of inverse ones what they are worth in the base asset beside.
    const isSame = [volume, quoteVolume].some((baseVolume) =>
      haveSameNumbers({ ...told, quoteVolume: undefined }, { open, high, low, close, baseVolume }),
    );
    assert.ok(isSame, `${JSON.stringify(told)} is not ${JSON.stringify(truth)}`);
  }
}
