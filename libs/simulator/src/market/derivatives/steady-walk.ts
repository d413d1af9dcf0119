import type { Chance } from '../chance.ts';

/** After so many steps at once nobody watched in between: one long step does. */
const STEPS_AT_ONCE = 20_000;

/**
 * Time in steps of one length, whoever asks and whenever: what is drawn by chance for each step is the same for one
 * reader as for many.
 */
export class SteadyWalk {
  private time: number;

  /** @param onStep draws what one step, or one long one, brings */
  constructor(
    startTime: number,
    private readonly stepMs: number,
    private readonly chance: Chance,
    private readonly onStep: (elapsedMs: number, chance: Chance) => void,
  ) {
    this.time = startTime;
  }

  advance(now: number): void {
    const steps = Math.floor((now - this.time) / this.stepMs);
    if (steps <= 0) return;
    this.time += steps * this.stepMs;
    if (steps > STEPS_AT_ONCE) return this.onStep(steps * this.stepMs, this.chance);
    for (let step = 0; step < steps; step++) this.onStep(this.stepMs, this.chance);
  }

  /** The clock was set: the latest step is as long ago as before. */
  shift(byMs: number): void {
    this.time += byMs;
  }
}
