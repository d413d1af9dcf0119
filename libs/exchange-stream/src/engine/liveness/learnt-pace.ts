/** Arrivals that have to be seen before anything is judged. */
const ENOUGH_SAMPLES = 20;
/** How many times the typical wait may pass. */
const WAITS = 5;
/** What is left of the longest wait with every arrival. */
const MEMORY = 0.95;
/** Slower topics are not judged: nobody would wait so long for the verdict. */
const MAX_PATIENCE_MS = 900_000;

/**
 * How long rows of one topic take to come, learnt from those that came. The typical wait is the longest one, forgotten
 * little by little: a topic that pauses now and then is not accused of it.
 */
export class LearntPace {
  private samples = 0;
  private typicalMs = 0;

  /** @param leastMs the patience that holds for topics with many rows */
  constructor(private readonly leastMs: number) {}

  /** Rows have come, so long after they were due. */
  learn(waitMs: number): void {
    this.samples = Math.min(this.samples + 1, ENOUGH_SAMPLES);
    this.typicalMs = Math.max(waitMs, this.typicalMs * MEMORY);
  }

  /** How long to wait for a row that is due; undefined where silence proves nothing, yet or at all. */
  get patienceMs(): number | undefined {
    const patienceMs = Math.max(this.leastMs, WAITS * this.typicalMs);
    return this.samples < ENOUGH_SAMPLES || patienceMs > MAX_PATIENCE_MS ? undefined : patienceMs;
  }
}
