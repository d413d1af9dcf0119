import type { DataState } from '@exchange-stream/market-data';
import type {
  ConnectionManager,
  ConnectionState,
  ExchangeStream,
  SubscriptionState,
  SubscriptionView,
} from '@exchange-stream/nestjs';
import { channelsOf, type EndpointView } from '@exchange-stream/nestjs/engine';
import type { ReadMetrics, Sample } from './read-metrics.ts';

const CONNECTION_STATES: readonly ConnectionState[] = [
  'idle',
  'connecting',
  'authenticating',
  'open',
  'draining',
  'waiting',
  'closed',
];
const SUBSCRIPTION_STATES: readonly SubscriptionState[] = [
  'inactive',
  'subscribing',
  'subscribed',
  'resubscribing',
  'unsubscribing',
  'unsubscribed',
  'failed',
];
const DATA_STATES: readonly DataState[] = ['syncing', 'live', 'stale', 'gap', 'halted'];

/** How connections and subscriptions stand. Every state is there, those that nothing is in with zero. */
export function registerStateMetrics(metrics: ReadMetrics, stream: ExchangeStream): void {
  const ofEach = <S>(read: (manager: ConnectionManager, exchange: string) => readonly S[]): readonly S[] =>
    stream.exchanges.flatMap((exchange) => read(stream.manager(exchange), exchange));

  metrics.gauge(
    'exchange_stream_enabled',
    'Whether the exchange is to be talked to: 1, or 0 while the user has disabled it',
    ['exchange'],
    () => ofEach((manager, exchange) => [[{ exchange }, manager.enabled ? 1 : 0]]),
  );
  metrics.gauge(
    'exchange_stream_connections',
    'Connections to the exchange in each state',
    ['exchange', 'state'],
    () =>
      ofEach((manager, exchange) => {
        const states = manager.connections().map(({ state }) => state);
        return CONNECTION_STATES.map((state) => [{ exchange, state }, countOf(states, state)]);
      }),
  );
  metrics.gauge(
    'exchange_stream_topics',
    'Topics that are on connections, or should be',
    ['exchange', 'endpoint'],
    () =>
      ofEach((manager, exchange) =>
        perEndpoint(manager, ({ topics }) => topics).map(([endpoint, topics]) => [
          { exchange, endpoint },
          topics,
        ]),
      ),
  );
  metrics.gauge(
    'exchange_stream_topic_capacity',
    'Topics that the present connections can carry',
    ['exchange', 'endpoint'],
    () =>
      ofEach((manager, exchange) =>
        perEndpoint(manager, ({ connections, topicsPerConnection }) => connections * topicsPerConnection).map(
          ([endpoint, capacity]) => [{ exchange, endpoint }, capacity],
        ),
      ),
  );
  metrics.gauge(
    'exchange_stream_round_trip_seconds',
    'Time that the last ping of each connection took to be answered: the longest and the mean',
    ['exchange', 'endpoint', 'of'],
    () =>
      ofEach((manager, exchange) => {
        const views = manager.connections();
        return Object.keys(manager.adapter.endpoints).flatMap((endpoint) =>
          worstAndMean(
            views.flatMap((view) => (view.endpoint === endpoint ? [secondsOf(view.roundTripMs)] : [])),
            { exchange, endpoint },
            Math.max,
          ),
        );
      }),
  );
  metrics.gauge(
    'exchange_stream_budget_used_ratio',
    'Part of the safe limit that is used, of the fullest window; of messages, on the busiest connection',
    ['exchange', 'budget'],
    () =>
      ofEach((manager, exchange) =>
        manager.budgets().map(({ budget, used }) => [{ exchange, budget }, used]),
      ),
  );
  metrics.gauge(
    'exchange_stream_budget_waiting',
    'Requests that wait until a limit has room for them',
    ['exchange', 'budget'],
    () =>
      ofEach((manager, exchange) =>
        manager.budgets().map(({ budget, waiting }) => [{ exchange, budget }, waiting]),
      ),
  );
  metrics.gauge(
    'exchange_stream_subscriptions',
    'Subscriptions by how far their data can be trusted',
    ['exchange', 'channel', 'state'],
    () =>
      ofEach((manager, exchange) =>
        perChannel(manager, (channel, own) =>
          DATA_STATES.map((state) => [
            { exchange, channel, state },
            own.filter((s) => s.data === state).length,
          ]),
        ),
      ),
  );
  metrics.gauge(
    'exchange_stream_subscription_states',
    'Subscriptions by where they stand at the exchange',
    ['exchange', 'channel', 'state'],
    () =>
      ofEach((manager, exchange) =>
        perChannel(manager, (channel, own) =>
          SUBSCRIPTION_STATES.map((state) => [
            { exchange, channel, state },
            own.filter((subscription) => subscription.state === state).length,
          ]),
        ),
      ),
  );
  metrics.gauge(
    'exchange_stream_live_ratio',
    'Share of their wanted time that subscriptions were live: the worst one and the mean, ever and in the last hour',
    ['exchange', 'channel', 'window', 'of'],
    () =>
      ofEach((manager, exchange) =>
        perChannel(manager, (channel, own) => [
          ...worstAndMean(
            own.map(({ liveShare }) => liveShare),
            { exchange, channel, window: 'ever' },
            Math.min,
          ),
          ...worstAndMean(
            own.map(({ liveShareLastHour }) => liveShareLastHour),
            { exchange, channel, window: 'hour' },
            Math.min,
          ),
        ]),
      ),
  );
}

/** The connections of all accounts together: how full they are is the exchange's matter. */
function perEndpoint(manager: ConnectionManager, read: (view: EndpointView) => number): [string, number][] {
  const totals = new Map<string, number>();
  for (const view of manager.endpoints())
    totals.set(view.endpoint, (totals.get(view.endpoint) ?? 0) + read(view));
  return [...totals];
}

function perChannel<S>(
  manager: ConnectionManager,
  read: (channel: string, own: readonly SubscriptionView[]) => readonly S[],
): readonly S[] {
  const views = manager.subscriptions();
  return channelsOf(manager.adapter).flatMap((channel) =>
    read(
      channel,
      views.filter((view) => view.channel === channel),
    ),
  );
}

/** Nothing where there is no value yet. */
function worstAndMean<Label extends string>(
  values: readonly (number | undefined)[],
  labels: Readonly<Record<Label, string>>,
  worstOf: (...values: number[]) => number,
): Sample<Label | 'of'>[] {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return [];
  const mean = known.reduce((total, value) => total + value, 0) / known.length;
  return [
    [{ ...labels, of: 'worst' }, worstOf(...known)],
    [{ ...labels, of: 'mean' }, mean],
  ];
}

function secondsOf(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1_000;
}

function countOf<S>(states: readonly S[], state: S): number {
  return states.filter((other) => other === state).length;
}
