import type { AuditedConnection, AuditedExchange, AuditedSubscription, AuditedTopic } from './audited.ts';
import type { InconsistencyKind, Suspicion } from './inconsistency.ts';
import { GRACE_MS } from './patience.ts';

/** What is wrong with the connections of an exchange, and with the topics on them, if it lasts. */
export function suspectConnections({
  subscriptions,
  connections,
  closing,
  defined,
  socketless,
}: AuditedExchange): Suspicion[] {
  const all = [...connections, ...defined];
  // Any request that leaves shows that the budgets of the exchange let something pass.
  const asked = all.reduce((total, connection) => total + connection.asked, 0);
  return [
    ...[...all, ...closing].flatMap((connection) => suspectStage(connection)),
    ...all.flatMap((connection) => suspectTopics(connection, asked)),
    ...suspectHolders(connections, subscriptions),
    ...connections.flatMap((connection) => suspectNeed(connection)),
    ...socketless.map((connection): Suspicion => ({
      kind: 'stranded',
      connection,
      found: 'it is to be open, and has no socket',
      mark: '',
      lastsMs: GRACE_MS,
    })),
  ];
}

/** Every state but `idle` and `open` has a deadline. */
function suspectStage(connection: AuditedConnection): Suspicion[] {
  const { id, state, since, attempts, isPaused, isIntroducing, backsOff, awaits, lifelessMs, bounds } =
    connection;
  const mark = `${state} ${since} ${attempts}`;
  const stays = (ms: number, doing: string): Suspicion[] => [
    {
      kind: 'overdue',
      connection: id,
      found: `it is ${doing} for longer than ${ms} ms`,
      mark,
      lastsMs: ms + GRACE_MS,
    },
  ];
  switch (state) {
    case 'connecting':
      return stays(bounds.handshakeMs, 'connecting');
    case 'authenticating':
      return stays(bounds.loginMs, 'authenticating');
    case 'draining':
      return stays(bounds.closeMs, 'draining');
    case 'waiting':
      if (backsOff) return stays(bounds.backoffMs, 'waiting to dial again');
      if (awaits) return [];
      return [{ kind: 'overdue', connection: id, found: 'it waits for nothing', mark, lastsMs: GRACE_MS }];
    case 'open':
      if (isPaused) return stays(bounds.pauseMs, 'paused');
      if (isIntroducing) return stays(bounds.budgetMs + bounds.ackMs, 'introduced');
      if (lifelessMs === undefined || lifelessMs <= bounds.lifelessMs) return [];
      return [
        {
          kind: 'silent',
          connection: id,
          found: `it is open without a sign of life for more than ${bounds.lifelessMs} ms`,
          mark,
          lastsMs: GRACE_MS,
        },
      ];
    case 'idle':
    case 'closed':
      return [];
  }
}

function suspectTopics(
  { id, state, isPaused, isIntroducing, since, topics, bounds }: AuditedConnection,
  asked: number,
): Suspicion[] {
  if (state !== 'open' || isPaused || isIntroducing) return [];
  const suspect = (
    { topic, phase, step }: AuditedTopic,
    kind: InconsistencyKind,
    found: string,
    ms: number,
    moves = '',
  ): Suspicion => ({
    kind,
    connection: id,
    topic,
    found: `its topic ${topic} ${found}`,
    mark: `${since} ${phase} ${step} ${moves}`,
    lastsMs: ms + GRACE_MS,
  });
  return topics.flatMap((topic): Suspicion[] => {
    const { phase, isUnsent, holders } = topic;
    const isLeaving = phase === 'unwanted' || phase === 'leaving';
    if (holders.length === 0 && !isLeaving)
      return [suspect(topic, 'unwanted', 'is kept, and nobody wants it', 0)];
    switch (phase) {
      case 'wanted':
        return [suspect(topic, 'overdue', 'is wanted, and nobody asks for it', 0)];
      case 'unwanted':
      case 'renewed':
        return [suspect(topic, 'overdue', 'is to be given back, and nobody does', 0)];
      case 'requested':
        if (isUnsent)
          return [
            suspect(
              topic,
              'overdue',
              `waits for the message budget, which has let nothing pass for ${bounds.budgetMs} ms`,
              bounds.budgetMs,
              `of ${asked}`,
            ),
          ];
        return [
          suspect(
            topic,
            'unconfirmed',
            `was asked for, and neither an answer came within ${bounds.ackMs} ms nor the deadline for it`,
            bounds.ackMs,
          ),
        ];
      case 'leaving':
        return [
          suspect(
            topic,
            'overdue',
            'is given back, and neither an answer came nor the deadline for it',
            bounds.budgetMs + bounds.ackMs,
            `of ${asked}`,
          ),
        ];
      case 'confirmed':
        return [];
    }
  });
}

/** A connection is closed with its last topic, unless somebody holds it open. */
function suspectNeed({ id, state, since, topics, isHeld = false }: AuditedConnection): Suspicion[] {
  if (topics.length > 0 || isHeld) return [];
  const found = `it is ${state}, and carries nothing`;
  return [{ kind: 'unwanted', connection: id, found, mark: `${since}`, lastsMs: GRACE_MS }];
}

/** A topic is there for a subscription that there is, and that is on this connection, or about to go over to it. */
function suspectHolders(
  connections: readonly AuditedConnection[],
  subscriptions: readonly AuditedSubscription[],
): Suspicion[] {
  const leaving = new Set(connections.filter(({ isLeaving }) => isLeaving).map(({ id }) => id));
  const homes = new Map(subscriptions.map(({ view }) => [view.key, view.connection]));
  return connections.flatMap(({ id, since, topics }) => {
    const isHome = (key: string): boolean => {
      const home = homes.get(key);
      return home === id || (home !== undefined && leaving.has(home));
    };
    return topics.flatMap(({ topic, step, holders }): Suspicion[] => {
      if (holders.length === 0 || holders.some(isHome)) return [];
      const found = `its topic ${topic} is there for nobody: ${holders.join(', ')} is elsewhere`;
      return [
        { kind: 'unwanted', connection: id, topic, found, mark: `${since} ${step}`, lastsMs: GRACE_MS },
      ];
    });
  });
}
