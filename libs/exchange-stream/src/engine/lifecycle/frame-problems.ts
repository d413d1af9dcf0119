import type { Clock } from '@exchange-stream/market-data';
import type { FrameProblemKind, LifecycleListener } from './lifecycle-event.ts';

/** From one report of a kind to the next. */
const WINDOW_MS = 60_000;

/**
 * Reports frames and rows of one exchange that could not be used: the first of a kind with a sample, and then at most one a
 * minute, with the number of those in between. The counters count all; an exchange that goes wrong goes wrong with
 * every frame.
 */
export class FrameProblems {
  private readonly told = new Map<FrameProblemKind, { readonly at: number; suppressed: number }>();

  constructor(
    private readonly exchange: string,
    private readonly clock: Clock,
    private readonly report: LifecycleListener,
  ) {}

  /** @param detail made only when it is told: reading a frame again has its price */
  add(connection: string, problem: FrameProblemKind, detail: () => string): void {
    const now = this.clock.monotonic();
    const last = this.told.get(problem);
    if (last && now - last.at < WINDOW_MS) {
      last.suppressed++;
      return;
    }
    this.told.set(problem, { at: now, suppressed: 0 });
    this.report({
      type: 'frame-problem',
      exchange: this.exchange,
      connection,
      problem,
      detail: detail(),
      suppressed: last?.suppressed ?? 0,
    });
  }
}
