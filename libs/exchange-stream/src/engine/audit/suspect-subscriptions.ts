import type { SubscriptionView } from '../subscription/subscription-state.ts';
import type { AuditedConnection, AuditedExchange, AuditedSubscription, AuditedTopic } from './audited.ts';
import type { InconsistencyKind, Suspicion } from './inconsistency.ts';
import { GRACE_MS } from './patience.ts';

/** What is wrong with the subscriptions of an exchange, at once or if it lasts. */
export function suspectSubscriptions({ subscriptions, connections }: AuditedExchange): Suspicion[] {
  const byId = new Map(connections.map((connection) => [connection.id, connection]));
  const carried = new Map<string, AuditedTopic>();
  for (const { id, topics } of connections)
    for (const topic of topics) for (const key of topic.holders) carried.set(`${id} ${key}`, topic);
  return subscriptions.flatMap((subscription) => {
    const { state, connection: id, key } = subscription.view;
    if (subscription.isPolled) return [];
    if (state === 'inactive' || state === 'failed') return suspectRest(subscription);
    if (state !== 'subscribing' && state !== 'resubscribing' && state !== 'subscribed') return [];
    const connection = id === undefined ? undefined : byId.get(id);
    if (!connection) {
      const found = `it is ${state} on ${id ?? 'no connection'}, which there is not`;
      return [{ kind: 'no-connection', subscription: key, found, mark: '', lastsMs: 0 }];
    }
    return suspectCarried(subscription, connection, carried.get(`${connection.id} ${key}`));
  });
}

/** Nothing is under way for it: then it must be that nothing can be. */
function suspectRest({ view, canBegin, isRetried }: AuditedSubscription): Suspicion[] {
  const { state, failure } = view;
  if (!canBegin || isRetried) return [];
  if (state === 'inactive') return [lasting(view, 'stranded', 'it is inactive, and could be asked for')];
  if (failure === 'ack-timeout')
    return [lasting(view, 'stranded', 'it failed for a reason that may pass, and is not tried again')];
  if (failure === 'unknown-symbol')
    return [lasting(view, 'stranded', 'it failed for its symbol, which the exchange lists')];
  return [];
}

function suspectCarried(
  subscription: AuditedSubscription,
  connection: AuditedConnection,
  topic: AuditedTopic | undefined,
): Suspicion[] {
  const { view, isSeeding, isSeedAsked, isHaltKnown, silenceMs } = subscription;
  const { key, state, data } = view;
  const { id } = connection;
  const suspicions: Suspicion[] = [];
  // One that drains delivers to its end.
  if (
    data === 'live' &&
    !subscription.isPolledMeanwhile &&
    connection.state !== 'open' &&
    connection.state !== 'draining'
  )
    suspicions.push({
      kind: 'live-without-connection',
      subscription: key,
      found: `its data is live while ${id} is ${connection.state}`,
      mark: '',
      lastsMs: 0,
    });
  if (!topic)
    suspicions.push(lasting(view, 'not-carried', `it is ${state} on ${id}, which does not carry it`));
  // In a pause everything is to be asked for anew, and keeps its state until then.
  else if (!connection.isPaused && (topic.phase === 'confirmed') !== (state === 'subscribed'))
    suspicions.push(
      lasting(
        view,
        'out-of-step',
        `it is ${state} while its topic on ${id} is ${topic.phase}`,
        `${topic.step}`,
      ),
    );
  if (data === 'halted' && !isHaltKnown && !connection.isPaused)
    suspicions.push(
      lasting(view, 'out-of-step', 'it is halted, and neither its market nor the exchange stands still'),
    );
  if (state !== 'subscribed') return suspicions;
  if (isSeeding && !isSeedAsked)
    suspicions.push(lasting(view, 'unseeded', 'its book waits for a whole book that nobody asks for'));
  if (data === 'live' && silenceMs !== undefined)
    suspicions.push({
      ...lasting(
        view,
        'silent',
        `it is live without data for more than ${silenceMs} ms`,
        `${view.counters.received}`,
      ),
      lastsMs: silenceMs + GRACE_MS,
    });
  return suspicions;
}

function lasting(view: SubscriptionView, kind: InconsistencyKind, found: string, moves = ''): Suspicion {
  const { key, stateSince, dataSince, connection = '', lastAckAt = 0 } = view;
  return {
    kind,
    subscription: key,
    found,
    mark: `${stateSince} ${dataSince} ${connection} ${lastAckAt} ${moves}`,
    lastsMs: GRACE_MS,
  };
}
