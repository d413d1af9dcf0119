import { tradeCandle, type Candle } from './candle.ts';
import { CandleSeries } from './candle-series.ts';
import { Timeframe } from './timeframe.ts';
import type { InstrumentFormat } from './instrument.ts';
import type { Trade } from './tape.ts';

/** Sixty days of minutes, and half an hour of seconds: what stays in memory for one instrument. */
const RETAINED_MINUTES = 60 * 1440;
const RETAINED_SECONDS = 1800;

const MINUTES = new Timeframe('1m');
const SECONDS = new Timeframe('1s');

/**
 * All candle series of one instrument. Seconds and minutes are always kept; longer candles are built from the minutes
 * when somebody first asks, and kept up to date from then on. History is written at that moment too: a test that never
 * looks at candles does not pay for it.
 */
export class CandleBoard {
  private readonly series = new Map<string, CandleSeries>();
  private readonly minutes: CandleSeries;
  private hasHistory = false;

  constructor(
    startTime: number,
    price: number,
    private readonly format: Pick<InstrumentFormat, 'turnover'>,
    private readonly history: () => readonly Candle[],
    private readonly onClosed: (timeframe: Timeframe, candle: Candle) => void,
  ) {
    this.minutes = this.create(MINUTES, startTime, price, RETAINED_MINUTES);
    this.series.set(key(MINUTES), this.minutes);
    this.series.set(key(SECONDS), this.create(SECONDS, startTime, price, RETAINED_SECONDS));
  }

  add(trade: Trade): void {
    const candle = tradeCandle(trade, this.format.turnover(trade.ticks, trade.lots));
    for (const series of this.series.values()) series.add(candle);
  }

  closeUntil(time: number): void {
    for (const series of this.series.values()) series.closeUntil(time);
  }

  /** The series of a timeframe, history included (seconds have none: they begin with the live market). */
  of(timeframe: Timeframe): CandleSeries {
    this.writeHistory();
    return this.series.get(key(timeframe)) ?? this.derive(timeframe);
  }

  private writeHistory(): void {
    if (this.hasHistory) return;
    this.hasHistory = true;
    this.minutes.prepend(this.history());
  }

  private derive(timeframe: Timeframe): CandleSeries {
    const first = this.minutes.closed[0] ?? this.minutes.running;
    const series = this.create(timeframe, first.openTime, first.open, RETAINED_MINUTES);
    for (const minute of this.minutes.closed) series.add(minute);
    series.add(this.minutes.running);
    this.series.set(key(timeframe), series);
    return series;
  }

  private create(timeframe: Timeframe, startTime: number, price: number, retained: number): CandleSeries {
    return new CandleSeries(timeframe, startTime, price, retained, (candle) => {
      // A series that is still being built from the past closes candles that are no news.
      if (this.series.has(key(timeframe))) this.onClosed(timeframe, candle);
    });
  }
}

function key(timeframe: Timeframe): string {
  return `${timeframe.interval}@${timeframe.offsetMs}`;
}
