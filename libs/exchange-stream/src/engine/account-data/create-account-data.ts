import type { AccountData, AccountDataHooks } from './account-data.ts';
import { AccountEvents } from './account-events.ts';
import type { AccountRules } from './account-rules.ts';
import { AccountStates } from './account-states.ts';
import { FillSeries } from './fill-series.ts';

/** What keeps the data of an account right, by its rules. */
export function createAccountData(
  rules: AccountRules,
  exchange: string,
  hooks: AccountDataHooks,
): AccountData {
  const events = new AccountEvents(exchange, rules);
  return rules.kind === 'fills'
    ? new FillSeries(rules, events, hooks)
    : new AccountStates(rules, events, hooks);
}
