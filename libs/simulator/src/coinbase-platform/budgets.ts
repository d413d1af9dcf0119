import type { Clock } from '@exchange-stream/market-data';
import { SlidingWindow } from '../sliding-window.ts';

/** So many a second of one address. @property burst so many at once, refilled at that rate; without it no second has more */
export interface Budget {
  readonly perSecond: number;
  readonly burst?: number;
}

const SECOND_MS = 1000;

/** Counts what each address does against one budget. */
export class AddressBudgets {
  private readonly windows = new Map<string, { take(): boolean }>();

  constructor(
    private readonly clock: Clock,
    private readonly budget: Budget,
  ) {}

  /** Counts one more. @returns whether it was within the budget */
  take(address: string): boolean {
    const known = this.windows.get(address) ?? this.open();
    this.windows.set(address, known);
    return known.take();
  }

  /** The budget in words. */
  get text(): string {
    const { perSecond, burst } = this.budget;
    return `${perSecond} a second are allowed${burst === undefined ? '' : `, ${burst} at once`}`;
  }

  private open(): { take(): boolean } {
    const { perSecond, burst } = this.budget;
    if (burst !== undefined) return new Bucket(this.clock, perSecond, burst);
    const window = new SlidingWindow(this.clock, SECOND_MS);
    return { take: () => window.add() <= perSecond };
  }
}

class Bucket {
  private left: number;
  private filledAt: number;

  constructor(
    private readonly clock: Clock,
    private readonly perSecond: number,
    private readonly burst: number,
  ) {
    this.left = burst;
    this.filledAt = clock.monotonic();
  }

  take(): boolean {
    const now = this.clock.monotonic();
    this.left = Math.min(this.burst, this.left + ((now - this.filledAt) * this.perSecond) / SECOND_MS);
    this.filledAt = now;
    if (this.left < 1) return false;
    this.left--;
    return true;
  }
}
