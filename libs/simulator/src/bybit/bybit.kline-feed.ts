import type { Candle } from '../market/candle.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { Timeframe } from '../market/timeframe.ts';
import type { Feed, FeedSurroundings, Payload } from './bybit.feed.ts';
import { short } from './bybit.numbers.ts';
import type { KlineTopic } from './bybit.topics.ts';

const PERIOD_MS = 1000;

/** Candles of one interval: the running one as it changes, and each once more, with `confirm`, when it is over. */
export class KlineFeed implements Feed {
  private published: Candle | undefined;

  constructor(
    private readonly market: InstrumentMarket,
    private readonly asked: KlineTopic,
    private readonly isSpot: boolean,
    private readonly surroundings: FeedSurroundings,
  ) {}

  greeting(): Payload {
    this.market.closeCandles(this.surroundings.clock.now());
    return this.frame(this.running, false);
  }

  candleClosed(timeframe: Timeframe, candle: Candle): void {
    if (timeframe.interval === this.asked.timeframe.interval)
      this.surroundings.send(this.frame(candle, true));
  }

  beat(due: (periodMs: number) => boolean): void {
    if (due(PERIOD_MS)) this.flush();
  }

  flush(): void {
    const { running } = this;
    if (running === this.published || running.trades === 0) return;
    this.published = running;
    this.surroundings.send(this.frame(running, false));
  }

  private get running(): Candle {
    return this.market.candles(this.asked.timeframe).running;
  }

  private frame(candle: Candle, confirm: boolean): Payload {
    const { topic, clock } = this.surroundings;
    const { price, amount, notional } = this.market.format;
    const kline = {
      start: candle.openTime,
      // Inclusive: the last millisecond.
      end: candle.endTime - 1,
      interval: this.asked.interval,
      open: short(price.text(candle.open)),
      close: short(price.text(candle.close)),
      high: short(price.text(candle.high)),
      low: short(price.text(candle.low)),
      volume: short(amount.text(candle.volume)),
      turnover: short(notional.text(candle.quoteVolume)),
      confirm,
      timestamp: Math.floor(this.market.tape.last?.time ?? candle.openTime),
    };
    const ts = Math.floor(clock.now());
    return this.isSpot
      ? { type: 'snapshot', topic, data: [kline], ts }
      : { topic, data: [kline], ts, type: 'snapshot' };
  }
}
