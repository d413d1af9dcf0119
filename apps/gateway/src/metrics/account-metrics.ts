import type { ConnectionManager, ExchangeStream } from '@exchange-stream/nestjs';
import { LOGIN_STATES, type AccountView, type LoginCounts } from '@exchange-stream/nestjs/engine';
import type { ReadMetrics, Sample } from './read-metrics.ts';

/** Accounts of one exchange that have series of their own, the first ones; the rest are one. */
export const MAX_LABELLED_ACCOUNTS = 50;

/** The label of the rest: none that an account can have. */
const OTHERS = '(others)';

const OUTCOMES: readonly (keyof LoginCounts)[] = ['accepted', 'refused', 'failed'];

type Label = 'exchange' | 'account';

/** How far the logins of our accounts have come, and how they have ended. */
export function registerAccountMetrics(metrics: ReadMetrics, stream: ExchangeStream): void {
  const ofEach = <Kind extends string>(
    read: (account: AccountView) => readonly (readonly [kind: Readonly<Record<Kind, string>>, number])[],
  ): readonly Sample<Label | Kind>[] =>
    stream.exchanges.flatMap((exchange) => summed(stream.manager(exchange), read));

  metrics.gauge(
    'exchange_stream_accounts',
    'Accounts at the exchange by how far their login has come; none where there are no credentials',
    ['exchange', 'account', 'state'],
    () => ofEach((view) => LOGIN_STATES.map((state) => [{ state }, view.state === state ? 1 : 0])),
  );
  metrics.counter(
    'exchange_stream_account_logins_total',
    'Logins of each account, by how they ended',
    ['exchange', 'account', 'outcome'],
    () => ofEach(({ logins }) => OUTCOMES.map((outcome) => [{ outcome }, logins[outcome]])),
  );
}

/** The samples of each account, those beyond the bound added up. */
function summed<Kind extends string>(
  manager: ConnectionManager,
  read: (account: AccountView) => readonly (readonly [kind: Readonly<Record<Kind, string>>, number])[],
): Sample<Label | Kind>[] {
  const sums = new Map<string, { labels: Readonly<Record<Label | Kind, string>>; value: number }>();
  for (const [index, view] of manager.accounts().entries()) {
    const account = index < MAX_LABELLED_ACCOUNTS ? view.account : OTHERS;
    for (const [kind, value] of read(view)) {
      const labels = { exchange: view.exchange, account, ...kind };
      const key = JSON.stringify(labels);
      const sum = sums.get(key);
      if (sum) sum.value += value;
      else sums.set(key, { labels, value });
    }
  }
  return [...sums.values()].map(({ labels, value }) => [labels, value]);
}
