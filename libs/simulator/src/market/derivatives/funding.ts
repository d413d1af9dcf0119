import type { Random } from '@exchange-stream/market-data';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** What a perpetual at the price of its index pays in eight hours. */
const BASE_RATE = 0.0001;
const LARGEST_RATE = 0.0075;
/** Rates are told with eight decimal places. */
const PLACES = 1e8;

/** What longs pay shorts, as a fraction of the position: below zero, shorts pay longs. */
export interface Funding {
  /** Estimated for the payment to come. */
  readonly rate: number;
  /** Of the latest payment. */
  readonly lastRate: number;
  /** Of the next payment, in milliseconds since the epoch. */
  readonly nextTime: number;
  readonly intervalMs: number;
}

export interface FundingPayment {
  readonly time: number;
  readonly rate: number;
}

/** The payments of one perpetual, past and to come: each follows from the seed and its own time alone. */
export class FundingSchedule {
  /** @param random a source of its own for each payment */
  constructor(
    readonly intervalMs: number,
    private readonly random: (time: number) => Random,
  ) {}

  /** The estimate nears the rate that will be paid, minute by minute. */
  at(now: number): Funding {
    const minute = Math.floor(now / MINUTE_MS) * MINUTE_MS;
    const nextTime = this.after(minute);
    const last = this.rateAt(nextTime - this.intervalMs);
    const done = 1 - (nextTime - minute) / this.intervalMs;
    const rate = last + (this.rateAt(nextTime) - last) * done;
    return { rate: rounded(rate), lastRate: last, nextTime, intervalMs: this.intervalMs };
  }

  /** The latest payments up to a time, oldest first. */
  before(time: number, count: number): readonly FundingPayment[] {
    const latest = this.after(time) - this.intervalMs;
    return Array.from({ length: count }, (_, index) => {
      const at = latest - (count - 1 - index) * this.intervalMs;
      return { time: at, rate: this.rateAt(at) };
    });
  }

  private after(time: number): number {
    const midnight = Math.floor(time / DAY_MS) * DAY_MS;
    return midnight + (Math.floor((time - midnight) / this.intervalMs) + 1) * this.intervalMs;
  }

  private rateAt(time: number): number {
    const spread = (this.random(time).next() - 0.5) * 4;
    const rate = BASE_RATE * (this.intervalMs / (DAY_MS / 3)) * (1 + spread);
    return rounded(Math.max(-LARGEST_RATE, Math.min(LARGEST_RATE, rate)));
  }
}

function rounded(rate: number): number {
  return Math.round(rate * PLACES) / PLACES;
}
