import type { Clock, Random, Timer } from '@exchange-stream/market-data';

/** How soon to ask again, after an answer and after none; a tenth sooner or later, so that many instances do not ask at once. */
const EVERY_MS = 600_000;
const AFTER_FAILURE_MS = 60_000;
const JITTER = 0.1;

/** What quartz may gain or lose: a measurement is the less exact the older it is. */
const DRIFT = 100e-6;

/** How far the clock of an exchange is from ours. */
export interface ClockOffset {
  /** The exchange's clock less ours, in milliseconds. */
  readonly offsetMs: number;
  /** The truth is within so many milliseconds of it: half of the time that the answer took, and drift since. */
  readonly uncertaintyMs: number;
}

interface Measurement {
  /** The exchange's time, milliseconds since the epoch, … */
  readonly exchangeTime: number;
  /** … when our monotonic clock showed this. */
  readonly atMs: number;
  readonly uncertaintyMs: number;
}

/**
 * The clock of an exchange, by its own word: asked at the start and every now and then, and carried on by our monotonic
 * clock in between, so that one of ours that is wrong, or set, harms no signature.
 */
export class ExchangeClock {
  private measured: Measurement | undefined;
  private timer: Timer | undefined;
  /** Our clock at the beginning less the time that had passed then. */
  private readonly leadMs: number;
  /** Distinguishes the present question from its forerunners, whose late answers count for nothing. */
  private question = 0;
  /** The present question, for those who wait for its answer. */
  private answer: Promise<boolean> | undefined;

  /** @param ask the exchange's time; undefined where it does not tell */
  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly ask: (() => Promise<number>) | undefined,
  ) {
    this.leadMs = clock.now() - clock.monotonic();
  }

  /** The exchange's time in milliseconds since the epoch; ours until it has told. */
  now(): number {
    const { measured } = this;
    if (!measured) return this.clock.now();
    return Math.round(measured.exchangeTime + this.clock.monotonic() - measured.atMs);
  }

  /** The same, but until the exchange has told, ours as it was at the beginning and as time has passed since. */
  steadyNow(): number {
    return this.measured ? this.now() : this.clock.monotonic() + this.leadMs;
  }

  /** Undefined until the exchange has told. */
  get offset(): ClockOffset | undefined {
    const { measured } = this;
    return (
      measured && { offsetMs: this.now() - this.clock.now(), uncertaintyMs: this.uncertaintyOf(measured) }
    );
  }

  /** Begins to measure; again, it does nothing. */
  start(): void {
    if (!this.timer) void this.measure();
  }

  /** Asks at once, or waits for the answer that is due. Resolves with whether the exchange has told its time. */
  async refresh(): Promise<boolean> {
    // One that rests asks nobody.
    if (!this.timer) return false;
    return (await (this.answer ?? this.measure())) ?? false;
  }

  /** What is measured stays. */
  stop(): void {
    this.question++;
    this.answer = undefined;
    this.timer?.cancel();
    this.timer = undefined;
  }

  /** Others answer from now on: what is measured is forgotten. */
  restart(): void {
    this.measured = undefined;
    if (!this.timer) return;
    this.stop();
    this.start();
  }

  private measure(): Promise<boolean> | undefined {
    if (!this.ask) return undefined;
    const question = ++this.question;
    const askedMs = this.clock.monotonic();
    // Where no answer comes, this is the next try.
    this.measureAfter(AFTER_FAILURE_MS);
    const answer = this.ask().then(
      (exchangeTime) => {
        if (question !== this.question) return false;
        this.answer = undefined;
        this.answered(exchangeTime, askedMs);
        this.measureAfter(EVERY_MS);
        return true;
      },
      () => {
        if (question === this.question) this.answer = undefined;
        return false;
      },
    );
    return (this.answer = answer);
  }

  private measureAfter(delayMs: number): void {
    this.timer?.cancel();
    const jitteredMs = delayMs * (1 + JITTER * (2 * this.random.next() - 1));
    this.timer = this.clock.after(jitteredMs, () => void this.measure());
  }

  private answered(exchangeTime: number, askedMs: number): void {
    const tookMs = this.clock.monotonic() - askedMs;
    const atMs = askedMs + tookMs / 2;
    const { measured } = this;
    if (measured) {
      const knownMs = this.uncertaintyOf(measured);
      const apartMs = Math.abs(exchangeTime - (measured.exchangeTime + atMs - measured.atMs));
      // One that took long says less than what was known, unless that cannot be true any more: the exchange has set its clock.
      if (knownMs < tookMs / 2 && apartMs <= knownMs + tookMs / 2) return;
    }
    this.measured = { exchangeTime, atMs, uncertaintyMs: tookMs / 2 };
  }

  private uncertaintyOf({ uncertaintyMs, atMs }: Measurement): number {
    return uncertaintyMs + (this.clock.monotonic() - atMs) * DRIFT;
  }
}
