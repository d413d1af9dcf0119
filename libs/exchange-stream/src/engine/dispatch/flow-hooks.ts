import type { MarketEvent } from '@exchange-stream/market-data';
import type { AccountData, AccountDataHooks, FillsAsked } from '../account-data/account-data.ts';
import type { TradeHooks } from '../trades/trade-series.ts';
import type { DataFlowEnvironment } from './data-flow-environment.ts';
import type { DataPresence } from './data-presence.ts';
import type { FillSource } from './fill-recovery.ts';
import type { FlowCounts } from './flow-counts.ts';
import type { FlowEvents } from './flow-events.ts';

/** The parts of a flow that what keeps its data right acts on. */
export interface FlowParts {
  readonly environment: DataFlowEnvironment;
  readonly events: FlowEvents;
  readonly counts: FlowCounts;
  readonly presence: DataPresence;
  accountData(): AccountData | undefined;
  deliver(event: MarketEvent): void;
}

/** What the data of an account does to its flow. */
export function accountHooks(flow: FlowParts): AccountDataHooks {
  const { counts, environment, presence } = flow;
  return {
    now: () => environment.clock.now(),
    need: (need) => {
      presence.seeding();
      environment.needAccountData(need);
    },
    deliver: (event) => flow.deliver(event),
    ended: (fate, rows) => {
      counts[fate] += rows;
      if (fate === 'rejected') environment.statistics.rejected += rows;
    },
    added: (rows) => (counts.received += rows),
    flows: (reason) => {
      // Not when somebody who was told of it had the source taken away.
      if (flow.accountData()?.live) presence.flows(reason);
    },
    broken: (reason, lost) => presence.broken(reason, lost),
  };
}

/** Who has the fills of an account, for consumers that were too slow. */
export function fillSourceOf(fills: AccountData, ask: FillsAsked): FillSource {
  return {
    newest: () => fills.newest,
    ask: (after, limit, told, failed) =>
      ask({ after, limit }, (rows, isAll) => told(fills.recovered(rows), isAll), failed),
  };
}

/** What the series of trades does to its flow. */
export function tradeHooks(flow: FlowParts): TradeHooks {
  const { counts, environment, events, presence } = flow;
  return {
    backfilled: (row) => events.backfilledTrade(environment.clock.now(), row),
    deliver: (event) => flow.deliver(event),
    added: (rows) => (counts.received += rows),
    dropped: (rows) => (counts.dropped += rows),
    flows: (reason) => presence.flows(reason),
    broken: (reason, lost) => presence.broken(reason, lost),
    need: (need) => environment.needTrades(need),
  };
}
