import { SystemClock, type Clock } from '@exchange-stream/market-data';
import { Injectable } from '@nestjs/common';
import {
  InProcessBudgets,
  InProcessNonces,
  type BudgetProvider,
  type NonceProvider,
  type Platform,
} from '../../engine/index.ts';

/**
 * What all instances of one application have in common: the clock, and with it the budgets and the nonces, because an
 * exchange counts per address and by key and does not care how many instances sit behind them.
 */
@Injectable()
export class SharedPlatform {
  private readonly clock = new SystemClock();
  private readonly budgets = new Map<Clock, BudgetProvider>();
  private readonly nonces = new Map<Clock, NonceProvider>();

  /** The parts that an instance shall be created with; what is overridden stays as it is. */
  with(overrides: Partial<Platform> = {}): Partial<Platform> {
    const clock = overrides.clock ?? this.clock;
    return {
      ...overrides,
      clock,
      budgets: overrides.budgets ?? this.budgetsOf(clock),
      nonces: overrides.nonces ?? this.noncesOf(clock),
    };
  }

  /** One for each clock: windows of different times cannot be added up. */
  private budgetsOf(clock: Clock): BudgetProvider {
    const budgets = this.budgets.get(clock) ?? new InProcessBudgets(clock);
    this.budgets.set(clock, budgets);
    return budgets;
  }

  private noncesOf(clock: Clock): NonceProvider {
    const nonces = this.nonces.get(clock) ?? new InProcessNonces(clock);
    this.nonces.set(clock, nonces);
    return nonces;
  }
}
