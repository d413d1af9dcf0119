import type { DataState } from '@exchange-stream/market-data';
import type {
  ConnectionManager,
  ConnectionState,
  ExchangeStream,
  SubscriptionState,
  SubscriptionView,
} from '@exchange-stream/nestjs';
import { channelsOf } from '@exchange-stream/nestjs/engine';
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
        Object.keys(manager.adapter.endpoints).map((endpoint) => {
          const own = manager.connections().filter((connection) => connection.endpoint === endpoint);
          return [{ exchange, endpoint }, own.reduce((total, { topics }) => total + topics, 0)];
        }),
      ),
  );
  metrics.gauge(
    'exchange_stream_topic_capacity',
    'Topics that the present connections can carry',
    ['exchange', 'endpoint'],
    () =>
      ofEach((manager, exchange) =>
        Object.entries(manager.adapter.endpoints).map(([endpoint, { limits }]) => {
          const own = manager.connections().filter((connection) => connection.endpoint === endpoint);
          return [{ exchange, endpoint }, own.length * limits.topicsPerConnection.safe];
        }),
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
          ...sharesOf(
            own.map(({ liveShare }) => liveShare),
            { exchange, channel, window: 'ever' },
          ),
          ...sharesOf(
            own.map(({ liveShareLastHour }) => liveShareLastHour),
            { exchange, channel, window: 'hour' },
          ),
        ]),
      ),
  );
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

/** Nothing where no time has passed for any of them. */
function sharesOf(
  shares: readonly (number | undefined)[],
  labels: Readonly<Record<'exchange' | 'channel' | 'window', string>>,
): Sample<'exchange' | 'channel' | 'window' | 'of'>[] {
  const known = shares.filter((share) => share !== undefined);
  if (known.length === 0) return [];
  const mean = known.reduce((total, share) => total + share, 0) / known.length;
  return [
    [{ ...labels, of: 'worst' }, Math.min(...known)],
    [{ ...labels, of: 'mean' }, mean],
  ];
}

function countOf<S>(states: readonly S[], state: S): number {
  return states.filter((other) => other === state).length;
}
