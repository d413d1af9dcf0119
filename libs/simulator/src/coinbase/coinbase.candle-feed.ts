import type { Candle } from '../market/candle.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import { Timeframe } from '../market/timeframe.ts';
import { streamCandle, type Payload } from './coinbase.frames.ts';
import { CANDLE_UPDATE_MS, CANDLES_IN_SNAPSHOT } from './coinbase.limits.ts';

/** The only candles of the stream. */
export const STREAMED = new Timeframe('5m');
const BUCKET_MS = 300_000;
/** One bucket in so many is missing from snapshots, traded or not, as was seen on the wire. */
const MISSING_BUCKET = 3;

/** Candles of five minutes: the running one every few seconds, and once more when its time is over. None is called closed. */
export class CandleFeed {
  private readonly published = new WeakMap<InstrumentMarket, Candle>();
  private readonly dueAt = new WeakMap<InstrumentMarket, number>();

  /** @param chance in [0, 1): when the next update comes */
  constructor(private readonly chance: () => number) {}

  snapshot(market: InstrumentMarket): Payload {
    const { closed, running } = market.candles(STREAMED);
    const shown = closed.filter(({ trades, openTime }) => trades > 0 && !isMissing(openTime));
    const candles = [...shown, ...(running.trades > 0 ? [running] : [])].slice(-CANDLES_IN_SNAPSHOT);
    return { type: 'snapshot', candles: candles.map((candle) => streamCandle(market, candle)) };
  }

  /** The running candle, where it is time for news of it and there are some. */
  due(market: InstrumentMarket, now: number): Payload | undefined {
    if (now < (this.dueAt.get(market) ?? 0)) return undefined;
    return this.changed(market, market.candles(STREAMED).running, now);
  }

  /** A candle, where it is another one than was told last. */
  changed(market: InstrumentMarket, candle: Candle, now: number): Payload | undefined {
    if (candle.trades === 0 || this.published.get(market) === candle) return undefined;
    this.published.set(market, candle);
    const { least, most } = CANDLE_UPDATE_MS;
    this.dueAt.set(market, now + least + Math.floor(this.chance() * (most - least)));
    return { type: 'update', candles: [streamCandle(market, candle)] };
  }
}

function isMissing(openTime: number): boolean {
  return Math.imul(openTime / BUCKET_MS, 0x9e3779b1) >>> 0 < 0xffffffff / MISSING_BUCKET;
}
