import { VirtualClock } from '@exchange-stream/market-data';
import type { SubscriptionView } from '../subscription/subscription-state.ts';
import type { AuditedConnection, AuditedExchange, AuditedSubscription, AuditedTopic } from './audited.ts';
import { Auditor } from './auditor.ts';
import type { Inconsistency } from './inconsistency.ts';
import { GRACE_MS } from './patience.ts';

const BOUNDS = {
  ...{ handshakeMs: 10_000, loginMs: 20_000, closeMs: 6_000, backoffMs: 30_000 },
  ...{ pauseMs: 600_000, lifelessMs: 15_000, ackMs: 3_000, budgetMs: 2_000 },
};

const topic = (part: Partial<AuditedTopic> = {}): AuditedTopic => ({
  topic: 'trades.BTC',
  phase: 'confirmed',
  step: 2,
  isUnsent: false,
  holders: ['BTC'],
  ...part,
});

const connection = (part: Partial<AuditedConnection> = {}): AuditedConnection => ({
  id: 'lab/public/1',
  state: 'open',
  reason: 'connected',
  since: 0,
  attempts: 0,
  isPaused: false,
  isLeaving: false,
  backsOff: false,
  awaits: true,
  asked: 1,
  topics: [topic()],
  bounds: BOUNDS,
  ...part,
});

const subscription = (
  view: Partial<SubscriptionView> = {},
  part: Partial<AuditedSubscription> = {},
): AuditedSubscription => ({
  view: {
    key: 'BTC',
    exchange: 'lab',
    channel: 'trades',
    symbol: 'BTC/USDT',
    params: {},
    state: 'subscribed',
    stateSince: 0,
    data: 'live',
    dataSince: 0,
    reason: '',
    attempts: 0,
    references: 1,
    connection: 'lab/public/1',
    wantedMs: 0,
    liveMs: 0,
    haltedMs: 0,
    counters: {
      received: 7,
      delivered: 7,
      conflated: 0,
      rejected: 0,
      dropped: 0,
      lost: 0,
      waiting: 0,
      gaps: 0,
      snapshots: 0,
      resubscribes: 0,
    },
    ...view,
  },
  canBegin: true,
  isRetried: false,
  isSeeding: false,
  isSeedAsked: false,
  isHaltKnown: false,
  ...part,
});

const exchange = (part: Partial<AuditedExchange> = {}): AuditedExchange => ({
  subscriptions: [subscription()],
  connections: [connection()],
  closing: [],
  defined: [],
  socketless: [],
  ...part,
});

/** With a subscription that is asked for, and its topic so far. */
const asking = (part: Partial<AuditedTopic>, of: Partial<AuditedConnection> = {}): AuditedExchange =>
  exchange({
    subscriptions: [subscription({ state: 'subscribing', data: 'syncing' })],
    connections: [connection({ topics: [topic(part)], ...of })],
  });

/** With a connection in trouble, and what is on it. */
const troubled = (part: Partial<AuditedConnection>): AuditedExchange =>
  exchange({
    subscriptions: [subscription({ state: 'resubscribing', data: 'stale' })],
    connections: [connection({ topics: [topic({ phase: 'wanted' })], ...part })],
  });

const kinds = (found: readonly Inconsistency[]): string[] => found.map(({ kind }) => kind);

describe('the audit', () => {
  let clock: VirtualClock;
  let auditor: Auditor;

  beforeEach(() => {
    clock = new VirtualClock();
    auditor = new Auditor(clock);
  });

  /** Looks once a second at what never moves; how long until it is found. */
  async function foundAfter(
    stuck: AuditedExchange,
    withinMs: number,
  ): Promise<[number, readonly Inconsistency[]]> {
    for (let ms = 0; ms <= withinMs; ms += 1_000) {
      const { found } = auditor.look(stuck);
      if (found.length > 0) return [ms, found];
      await clock.advance(1_000);
    }
    return [Infinity, []];
  }

  const resting = (
    view: Partial<SubscriptionView>,
    part: Partial<AuditedSubscription> = {},
  ): AuditedExchange => exchange({ subscriptions: [subscription(view, part)], connections: [] });

  test.each<[string, AuditedExchange]>([
    ['is as it should be', exchange()],
    ['has nothing', exchange({ subscriptions: [], connections: [] })],
    ['waits for the connect budget', troubled({ state: 'waiting' })],
    [
      'is halted, as is known',
      exchange({ subscriptions: [subscription({ data: 'halted' }, { isHaltKnown: true })] }),
    ],
    ['refused a request for good', resting({ state: 'failed', failure: 'rejected' })],
    ['is asked again later', resting({ state: 'failed', failure: 'ack-timeout' }, { isRetried: true })],
    ['has not told its instruments', resting({ state: 'inactive' }, { canBegin: false })],
    [
      'pauses',
      exchange({
        subscriptions: [subscription({ data: 'halted' })],
        connections: [connection({ isPaused: true, topics: [topic({ phase: 'wanted' })] })],
      }),
    ],
    [
      'has a connection held open without a topic',
      exchange({ subscriptions: [], connections: [connection({ topics: [], isHeld: true })] }),
    ],
    [
      'has a connection replaced',
      exchange({ connections: [connection({ isLeaving: true }), connection({ id: 'lab/public/2' })] }),
    ],
    [
      'is asked for a snapshot',
      exchange({
        subscriptions: [subscription({ data: 'syncing' }, { isSeeding: true, isSeedAsked: true })],
      }),
    ],
  ])('finds nothing in an exchange that %s', async (_name, world) => {
    expect((await foundAfter(world, 600_000))[1]).toEqual([]);
  });

  test.each<[string, AuditedExchange, string]>([
    [
      'a subscription on a connection that there is not',
      exchange({ connections: [] }),
      'it is subscribed on lab/public/1, which there is not',
    ],
    [
      'data that is live while its connection is lost',
      exchange({ connections: [connection({ state: 'waiting', topics: [topic({ phase: 'wanted' })] })] }),
      'its data is live while lab/public/1 is waiting',
    ],
  ])('finds at once %s', (_name, world, words) => {
    expect(auditor.look(world).found.map(({ found }) => found)).toEqual([words]);
  });

  test.each<[string, AuditedExchange, string, number, string]>([
    ['a handshake without end', troubled({ state: 'connecting' }), 'overdue', 10_000, 'it is connecting for'],
    [
      'a login without end',
      troubled({ state: 'authenticating' }),
      'overdue',
      20_000,
      'it is authenticating for',
    ],
    [
      'a close without end',
      exchange({ closing: [connection({ id: 'lab/public/0', state: 'draining', topics: [] })] }),
      'overdue',
      6_000,
      'it is draining for',
    ],
    [
      'a wait without end',
      troubled({ state: 'waiting', backsOff: true }),
      'overdue',
      30_000,
      'it is waiting to dial',
    ],
    [
      'a wait for nothing',
      troubled({ state: 'waiting', awaits: false }),
      'overdue',
      0,
      'it waits for nothing',
    ],
    [
      'a pause without end',
      troubled({ isPaused: true }),
      'overdue',
      600_000,
      'it is paused for longer than 600000 ms',
    ],
    [
      'an open connection without a sign of life',
      exchange({ connections: [connection({ lifelessMs: 15_001 })] }),
      'silent',
      0,
      'it is open without a sign of life for more than 15000 ms',
    ],
    ['a topic that nobody asks for', asking({ phase: 'wanted' }), 'overdue', 0, 'nobody asks for it'],
    ['a topic that nobody gives back', asking({ phase: 'renewed' }), 'overdue', 0, 'nobody does'],
    [
      'a request that no budget lets pass',
      asking({ phase: 'requested', isUnsent: true }),
      'overdue',
      2_000,
      'the message budget, which has let nothing pass for 2000 ms',
    ],
    [
      'a request that nothing answers',
      asking({ phase: 'requested' }),
      'unconfirmed',
      3_000,
      'neither an answer came within 3000 ms nor the deadline for it',
    ],
    [
      'a topic that never leaves',
      exchange({
        connections: [
          connection({ topics: [topic(), topic({ topic: 'x', phase: 'leaving', holders: [] })] }),
        ],
      }),
      'overdue',
      5_000,
      'its topic x is given back',
    ],
    [
      'a topic that nobody wants',
      exchange({ connections: [connection({ topics: [topic(), topic({ topic: 'x', holders: [] })] })] }),
      'unwanted',
      0,
      'its topic x is kept, and nobody wants it',
    ],
    [
      'a topic of a subscription that has ended',
      exchange({ connections: [connection({ topics: [topic(), topic({ topic: 'x', holders: ['ETH'] })] })] }),
      'unwanted',
      0,
      'its topic x is there for nobody: ETH is elsewhere',
    ],
    [
      'a topic that was left behind on another connection',
      exchange({ connections: [connection(), connection({ id: 'lab/public/2' })] }),
      'unwanted',
      0,
      'its topic trades.BTC is there for nobody: BTC is elsewhere',
    ],
    [
      'a connection that carries nothing',
      exchange({ connections: [connection(), connection({ id: 'lab/public/2', topics: [] })] }),
      'unwanted',
      0,
      'it is open, and carries nothing',
    ],
    [
      'a user-defined connection that is wanted and not opened',
      exchange({ socketless: ['lab/news'] }),
      'stranded',
      0,
      'it is to be open, and has no socket',
    ],
    [
      'a user-defined connection that is stuck',
      exchange({ defined: [connection({ id: 'lab/news/1', state: 'connecting', topics: [] })] }),
      'overdue',
      10_000,
      'it is connecting',
    ],
    [
      'a subscription that its connection does not carry',
      exchange({
        subscriptions: [subscription(), subscription({ key: 'ETH' })],
        connections: [connection({ topics: [topic({ holders: ['ETH'] })] })],
      }),
      'not-carried',
      0,
      'it is subscribed on lab/public/1, which does not carry it',
    ],
    [
      'a subscription that has not heard of its confirmation',
      asking({}),
      'out-of-step',
      0,
      'it is subscribing while its topic on lab/public/1 is confirmed',
    ],
    [
      'a halt without a cause',
      exchange({ subscriptions: [subscription({ data: 'halted' })] }),
      'out-of-step',
      0,
      'neither its market nor the exchange stands still',
    ],
    [
      'a subscription that nobody begins',
      exchange({ subscriptions: [subscription({ state: 'inactive', data: 'syncing' })], connections: [] }),
      'stranded',
      0,
      'it is inactive, and could be asked for',
    ],
    [
      'a failure that may pass, and is not tried again',
      exchange({
        subscriptions: [subscription({ state: 'failed', failure: 'ack-timeout' })],
        connections: [],
      }),
      'stranded',
      0,
      'is not tried again',
    ],
    [
      'a symbol that the exchange lists again',
      exchange({
        subscriptions: [subscription({ state: 'failed', failure: 'unknown-symbol' })],
        connections: [],
      }),
      'stranded',
      0,
      'which the exchange lists',
    ],
    [
      'a book that nobody asks for',
      exchange({ subscriptions: [subscription({ data: 'gap' }, { isSeeding: true })] }),
      'unseeded',
      0,
      'nobody asks for',
    ],
    [
      'live data that does not come',
      exchange({ subscriptions: [subscription({}, { silenceMs: 20_000 })] }),
      'silent',
      20_000,
      'it is live without data for more than 20000 ms',
    ],
  ])('finds %s, not before its time', async (_name, stuck, kind, boundMs, words) => {
    const [afterMs, found] = await foundAfter(stuck, 3_600_000);
    expect(found).toMatchObject([{ kind, found: expect.stringContaining(words) as string }]);
    expect(afterMs).toBeGreaterThanOrEqual(boundMs + GRACE_MS);
    expect(afterMs).toBeLessThanOrEqual(boundMs + GRACE_MS + 1_000);
  });

  test.each<[string, (round: number) => AuditedExchange]>([
    ['dials again and again', (attempts) => troubled({ state: 'connecting', attempts })],
    ['is asked for again and again', (step) => asking({ phase: 'requested', step })],
    [
      'waits while the budget lets others pass',
      (asked) => asking({ phase: 'requested', isUnsent: true }, { asked }),
    ],
    [
      'brings data',
      (received) =>
        exchange({
          subscriptions: [
            subscription({ counters: { ...subscription().view.counters, received } }, { silenceMs: 1_000 }),
          ],
        }),
    ],
    [
      'loses its books now and then',
      (at) =>
        exchange({ subscriptions: [subscription({ data: 'gap', dataSince: at }, { isSeeding: true })] }),
    ],
  ])('takes nothing for stuck that moves: what %s', async (_name, world) => {
    for (let round = 0; round < 600; round++) {
      expect(auditor.look(world(Math.floor(round / 3))).found).toEqual([]);
      await clock.advance(1_000);
    }
  });

  test('accuses nobody of the time in which the process was suspended', async () => {
    auditor.look(troubled({ state: 'connecting' }));
    await clock.advance(3_600_000);
    expect(auditor.look(troubled({ state: 'connecting' })).found).toEqual([]);
    // Asked twice in one go, it is no wiser.
    expect(auditor.look(troubled({ state: 'connecting' })).found).toEqual([]);
    await clock.advance(1_000);
    expect(auditor.look(exchange()).found).toEqual([]);
    auditor.look(troubled({ state: 'connecting' }));
    await clock.advance(1_000);
    expect(auditor.look(troubled({ state: 'connecting' })).found).toEqual([]);
  });

  test('finds it however seldom it looks', async () => {
    for (let look = 0; look < 3; look++) {
      expect(kinds(auditor.look(troubled({ state: 'connecting' })).found)).toEqual(
        look < 2 ? [] : ['overdue'],
      );
      await clock.advance(30_000);
    }
  });

  test('tells what lasts once in five minutes, and always returns it', async () => {
    let told = 0;
    for (let second = 0; second < 900; second++) {
      const { found, news } = auditor.look(exchange({ connections: [] }));
      expect(kinds(found)).toEqual(['no-connection']);
      told += news.length;
      await clock.advance(1_000);
    }
    expect(told).toBe(3);
  });
});
