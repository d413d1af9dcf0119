import { SystemClock, type Clock } from '@exchange-stream/market-data';
import { Injectable } from '@nestjs/common';
import { InProcessBudgets, type BudgetProvider, type Platform } from '../../engine/index.ts';

/**
 * What all instances of one application have in common: the clock, and with it the budgets, because an exchange counts
 * per address and does not care how many instances sit behind it.
 */
@Injectable()
export class SharedPlatform {
  private readonly clock = new SystemClock();
  private readonly budgets = new Map<Clock, BudgetProvider>();

  /** The parts that an instance shall be created with; what is overridden stays as it is. */
  with(overrides: Partial<Platform> = {}): Partial<Platform> {
    const clock = overrides.clock ?? this.clock;
    return { ...overrides, clock, budgets: overrides.budgets ?? this.budgetsOf(clock) };
  }

  /** One for each clock: windows of different times cannot be added up. */
  private budgetsOf(clock: Clock): BudgetProvider {
    const budgets = this.budgets.get(clock) ?? new InProcessBudgets(clock);
    this.budgets.set(clock, budgets);
    return budgets;
  }
}
