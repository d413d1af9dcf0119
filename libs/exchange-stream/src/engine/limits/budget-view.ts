import type { BudgetProvider } from './budget-provider.ts';
import type { BudgetUse } from './budget.ts';

/**
 * What is counted: connection attempts and REST requests by address, messages by connection, and by address where an
 * exchange counts them so.
 */
export const BUDGETS = ['connects', 'requests', 'messages', 'address-messages'] as const;

export type BudgetName = (typeof BUDGETS)[number];

/** How one budget of an exchange is used at this moment. */
export interface BudgetView extends BudgetUse {
  readonly budget: BudgetName;
}

const UNUSED: BudgetUse = { used: 0, waiting: 0 };

/**
 * The budgets of an exchange that there are.
 * @param connections how each connection uses its own, user-defined ones included
 */
export function budgetViews(
  exchange: string,
  provider: Pick<BudgetProvider, 'usage'>,
  connections: readonly BudgetUse[],
): BudgetView[] {
  const byAddress = provider.usage?.(exchange);
  const own: BudgetUse = {
    used: Math.max(0, ...connections.map(({ used }) => used)),
    waiting: connections.reduce((total, { waiting }) => total + waiting, 0),
  };
  const uses: Readonly<Record<BudgetName, BudgetUse | undefined>> = {
    connects: byAddress && (byAddress.connects ?? UNUSED),
    requests: byAddress && (byAddress.requests ?? UNUSED),
    messages: own,
    'address-messages': byAddress?.messages,
  };
  return BUDGETS.flatMap((budget) => {
    const use = uses[budget];
    return use ? [{ budget, ...use }] : [];
  });
}
