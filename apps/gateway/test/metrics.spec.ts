import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { LifecycleEvent } from '@exchange-stream/nestjs';
import type { Credentials } from '@exchange-stream/nestjs/contract';
import { HandshakeError } from '@exchange-stream/nestjs/engine';
import { FakeWorld, trades } from '../../../libs/exchange-stream/test/engine/fake-exchange.ts';
import { CREDENTIALS, privateAdapter } from '../../../libs/exchange-stream/test/engine/private-exchange.ts';
import { StoreProblems } from '../src/control/store-problems.ts';
import type { FeedHub } from '../src/feed/feed-hub.ts';
import { FeedStatistics } from '../src/feed/feed-statistics.ts';
import { MAX_LABELLED_ACCOUNTS, registerAccountMetrics } from '../src/metrics/account-metrics.ts';
import { registerCredentialMetrics } from '../src/metrics/credential-metrics.ts';
import { registerExchangeMetrics } from '../src/metrics/exchange-metrics.ts';
import { registerFeedMetrics } from '../src/metrics/feed-metrics.ts';
import { ReadMetrics } from '../src/metrics/read-metrics.ts';
import { registerStateMetrics } from '../src/metrics/state-metrics.ts';
import { registerStoreMetrics } from '../src/metrics/store-metrics.ts';

/** The compiler sees to it that all are here. */
const LIFECYCLE_EVENTS: Readonly<Record<LifecycleEvent['type'], true>> = {
  exchange: true,
  connection: true,
  rotation: true,
  pause: true,
  'platform-status': true,
  subscription: true,
  'illegal-transition': true,
  'instruments-loaded': true,
  'instruments-recalled': true,
  'instruments-failed': true,
  'defaults-changed': true,
  account: true,
  'seed-failed': true,
  'frame-problem': true,
  'consumer-failed': true,
  'listener-failed': true,
  'listener-overdue': true,
  'listener-overflowed': true,
  inconsistency: true,
  'consumer-overdue': true,
  'consumer-overflowed': true,
  'events-lost': true,
};

function registryOf(world: FakeWorld, problems = new StoreProblems()): Registry {
  const registry = new Registry();
  const metrics = new ReadMetrics(registry);
  registerExchangeMetrics(metrics, world.stream);
  registerStateMetrics(metrics, world.stream);
  registerAccountMetrics(metrics, world.stream);
  registerStoreMetrics(metrics, problems);
  registerCredentialMetrics(metrics, { counts: () => [['fake', { taken: 2, unusable: 3 }]] });
  return registry;
}

/** Each series with its value. */
async function seriesOf(registry: Registry): Promise<Map<string, number>> {
  const lines = (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

describe('metrics', () => {
  it('have as many series with one subscription as with hundreds, and name none of them', async () => {
    const world = new FakeWorld();
    world.symbols = Array.from({ length: 500 }, (_, n) => `C${n}/USDT`);
    const registry = registryOf(world);
    world.stream.subscribe(trades('C0/USDT'));
    const socket = await world.connect();
    socket.ackAll();
    await world.clock.advance(1_000);
    const before = await seriesOf(registry);

    for (const symbol of world.symbols) world.stream.subscribe(trades(symbol));
    const accepted = new Set([socket]);
    for (let second = 0; second < 60; second++) {
      await world.clock.advance(1_000);
      if (second === 50) socket.end(4_321);
      for (const opened of world.sockets) {
        if (opened.closed) continue;
        if (!accepted.has(opened)) opened.accept();
        accepted.add(opened);
        opened.handlers.onPong();
        opened.ackAll();
      }
    }
    const after = await seriesOf(registry);
    const counted = 'exchange_stream_subscriptions{exchange="fake",channel="trades",state="live"}';
    expect(after.get(counted)).toBeGreaterThan(100);
    const added = [...after.keys()].filter((key) => !before.has(key));
    expect(
      added.filter((key) => !/^exchange_stream_(events_total|lag_seconds|live_ratio|round_trip)/.test(key)),
    ).toEqual([]);
    expect(added.length).toBeLessThanOrEqual(8);
    expect([...after.keys()].join()).not.toMatch(/C\d+\/?USDT|fake\/public/);
  });

  it('count how connections end, how requests are answered, and what goes wrong', async () => {
    const world = new FakeWorld();
    const problems = new StoreProblems();
    const registry = registryOf(world, problems);
    world.stream.onLifecycle((event: LifecycleEvent) => {
      if (event.type === 'instruments-loaded') throw new Error('a bad listener');
    });
    problems.add('unsaved');
    world.stream.subscribe(trades('BTC/USDT')).on(() => {
      throw new Error('a bad consumer');
    });
    world.stream.subscribe(trades('ETH/USDT'));
    world.stream.start();
    await world.clock.advance(0);
    world.socket.end(1006, new HandshakeError('tls', 'no trust'));
    await world.clock.advance(1_000);
    world.socket.accept();
    await world.clock.advance(500);
    const [sent] = world.socket.sent.splice(0);
    world.socket.push({ ack: sent?.key });
    world.socket.end(4_321);
    await world.clock.advance(5_000);
    world.socket.accept();
    await world.clock.advance(3_000);
    const series = await seriesOf(registry);
    const of = (name: string, labels = ''): number | undefined =>
      series.get(`exchange_stream_${name}{exchange="fake"${labels}}`);
    expect({
      tls: of('connects_total', ',outcome="tls"'),
      open: of('connects_total', ',outcome="open"'),
      dns: of('connects_total', ',outcome="dns"'),
      losses: of('losses_total'),
      reconnects: of('reconnects_total'),
      other: of('closes_total', ',code="other"'),
      confirmed: of('requests_total', ',purpose="subscribe",outcome="answered"'),
      timeout: of('requests_total', ',purpose="subscribe",outcome="timeout"'),
      waited: of('request_wire_seconds_sum', ',purpose="subscribe"'),
      answers: of('request_wire_seconds_count', ',purpose="subscribe"'),
      sent: of('messages_sent_total'),
      topics: of('topics', ',endpoint="public"'),
      capacity: of('topic_capacity', ',endpoint="public"'),
      listeners: series.get('exchange_stream_listener_failures_total'),
      store: series.get('subscription_store_problems_total{kind="unsaved"}'),
      credentials: series.get('credential_files_total{exchange="fake",outcome="unusable"}'),
    }).toEqual({
      tls: 1,
      open: 2,
      dns: 0,
      losses: 1,
      reconnects: 1,
      other: 1,
      confirmed: 1,
      timeout: 1,
      waited: 0.5,
      answers: 1,
      sent: 3,
      topics: 2,
      capacity: 100,
      listeners: 1,
      store: 1,
      credentials: 3,
    });
    const within = (bound: string): number | undefined =>
      series.get(
        `exchange_stream_request_wire_seconds_bucket{exchange="fake",purpose="subscribe",le="${bound}"}`,
      );
    expect([within('0.25'), within('0.5'), within('10'), within('+Inf')]).toEqual([0, 1, 1, 1]);
    expect(of('consumer_failures_total')).toBeGreaterThan(0);
    expect(of('live_ratio', ',channel="trades",window="ever",of="worst"')).toBeLessThan(1);
  });
});

describe('metrics of limits', () => {
  it('tell an exchange that the user has disabled from one without connections', async () => {
    const world = new FakeWorld();
    const registry = registryOf(world);
    const enabled = async (): Promise<number | undefined> =>
      (await seriesOf(registry)).get('exchange_stream_enabled{exchange="fake"}');
    expect(await enabled()).toBe(1);
    void world.stream.disable('fake');
    expect(await enabled()).toBe(0);
    world.stream.enable('fake');
    expect(await enabled()).toBe(1);
  });

  it('show how far each budget is used and what waits for it, and the cap that was learnt', async () => {
    const world = new FakeWorld();
    world.symbols = Array.from({ length: 70 }, (_, n) => `C${n}/USDT`);
    const registry = registryOf(world);
    for (const symbol of world.symbols) world.stream.subscribe(trades(symbol));
    const socket = await world.connect();
    const of = async (name: string, labels: string): Promise<number | undefined> =>
      (await seriesOf(registry)).get(`exchange_stream_${name}{exchange="fake",${labels}}`);

    // Ten topics a message and two messages a second: two of seven are out.
    expect(await of('budget_used_ratio', 'budget="messages"')).toBe(1);
    expect(await of('budget_waiting', 'budget="messages"')).toBe(5);
    expect(await of('budget_used_ratio', 'budget="connects"')).toBe(1 / 5);
    expect(await of('budget_used_ratio', 'budget="requests"')).toBe(1 / 100);
    expect(await of('budget_waiting', 'budget="connects"')).toBe(0);
    expect(await of('topic_capacity', 'endpoint="public"')).toBe(100);

    const [first] = socket.sent.splice(0, 1);
    socket.push({ ack: first?.key });
    const endpoint = () => world.stream.manager('fake').endpoints()[0];
    for (let second = 0; second < 60 && endpoint()?.learntTopicsPerConnection === undefined; second++) {
      for (const { key } of socket.sent.splice(0)) socket.push({ refuse: key, full: 'yes' });
      await world.clock.advance(1_000);
    }
    expect(endpoint()).toMatchObject({ learntTopicsPerConnection: 10 });
    expect(await of('topic_capacity', 'endpoint="public"')).toBe(endpoint()!.connections * 10);

    await Promise.all([world.stream.close(), world.clock.advance(10_000)]);
    expect(await of('budget_waiting', 'budget="messages"')).toBe(0);
  });

  it('show how long pings take, pauses, and what became of rotations', async () => {
    const world = new FakeWorld();
    const registry = registryOf(world);
    world.stream.subscribe(trades('BTC/USDT'));
    const socket = await world.connect();
    socket.ackAll();
    await world.clock.advance(5_040);
    socket.handlers.onPong();
    const roundTrip = (await seriesOf(registry)).get(
      'exchange_stream_round_trip_seconds{exchange="fake",endpoint="public",of="worst"}',
    );
    expect(roundTrip).toBe(0.04);

    socket.push({ pause: 'maintenance' });
    socket.push({ resume: 'it is over' });
    socket.push({ closing: 'restart' });
    await Promise.all([world.stream.close(), world.clock.advance(10_000)]);
    const series = await seriesOf(registry);
    const of = (name: string, labels = ''): number | undefined =>
      series.get(`exchange_stream_${name}{exchange="fake"${labels}}`);
    expect(of('pauses_total')).toBe(1);
    expect(of('rotations_total', ',outcome="cancelled"')).toBe(1);
    expect(of('rotations_total', ',outcome="completed"')).toBe(0);
  });
});

describe('metrics of accounts', () => {
  const worldOf = (accounts: Record<string, Credentials>): FakeWorld =>
    new FakeWorld(privateAdapter(), { settings: { fake: { credentials: CREDENTIALS, accounts } } });

  it('tell how far each login has come, and how often it was accepted, refused or failed', async () => {
    const world = worldOf({ hedge: { key: 'k', secret: 's' } });
    const registry = registryOf(world);
    for (const params of [undefined, { account: 'hedge' }])
      world.stream.subscribe({
        exchange: 'fake',
        channel: 'ticker',
        symbol: 'BTC/USDT',
        ...(params && { params }),
      });
    world.stream.start();
    for (let round = 0; round < 5; round++) await world.clock.advance(0);
    for (const socket of world.sockets) socket.accept();
    await world.clock.advance(0);
    const [first, hedge] = world.sockets;
    first?.push({ ack: first.sent[0]?.key });
    hedge?.push({ denied: hedge.sent[0]?.key, code: '401' });
    await world.clock.advance(0);
    const series = await seriesOf(registry);
    const of = (name: string, account: string, kind: string): number | undefined =>
      series.get(`exchange_stream_${name}{exchange="fake",account="${account}",${kind}}`);
    expect({
      default: of('accounts', 'default', 'state="authenticated"'),
      hedge: of('accounts', 'hedge', 'state="authenticated"'),
      rejected: of('accounts', 'hedge', 'state="rejected"'),
      accepted: of('account_logins_total', 'default', 'outcome="accepted"'),
      refused: of('account_logins_total', 'hedge', 'outcome="refused"'),
      failed: of('account_logins_total', 'hedge', 'outcome="failed"'),
      total: series.get('exchange_stream_logins_total{exchange="fake",outcome="refused"}'),
    }).toEqual({ default: 1, hedge: 0, rejected: 1, accepted: 1, refused: 1, failed: 0, total: 1 });
    await Promise.all([world.stream.close(), world.clock.advance(10_000)]);
  });

  it('have a bounded number of series, whoever asks for accounts', async () => {
    const many = Array.from({ length: 200 }, (_, n) => [`account-${n}`, { key: 'k', secret: 's' }]);
    const registry = registryOf(worldOf(Object.fromEntries(many) as Record<string, Credentials>));
    const series = [...(await seriesOf(registry))].filter(([key]) => key.includes('account='));
    expect(series).toHaveLength((MAX_LABELLED_ACCOUNTS + 1) * 7);
    expect(
      new Map(series).get('exchange_stream_accounts{exchange="fake",account="(others)",state="none"}'),
    ).toBe(201 - MAX_LABELLED_ACCOUNTS);
  });
});

describe('docs/operations.md', () => {
  const document = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'operations.md'), 'utf8');
  const registry = registryOf(new FakeWorld());
  collectDefaultMetrics({ register: registry });
  registerFeedMetrics(registry, new FeedStatistics(), { size: 0 } as FeedHub); // the part that is used

  it.each(registry.getMetricsAsArray().map(({ name }) => name))('documents %s', (name) =>
    expect(document).toContain(`\`${name}\``),
  );

  it.each(Object.keys(LIFECYCLE_EVENTS))('documents the life-cycle event %s', (type) =>
    expect(document).toMatch(new RegExp(`^\\| \`${type}\` `, 'm')),
  );

  it('documents no metric that there is not', () => {
    const known = registry.getMetricsAsArray().map(({ name }) => name);
    const named = [...document.matchAll(/^\| `([a-z_]+)`/gm)].map(([, name]) => name);
    expect(named.filter((name) => name?.includes('_') && !known.includes(name))).toEqual([]);
  });
});
