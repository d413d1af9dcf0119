import type { ConnectionView } from '../connection/connection-state.ts';
import type { AccountView } from '../credentials/login-state.ts';
import type { SubscriptionView } from '../subscription/subscription-state.ts';
import { judgeConnection } from './connection-health.ts';
import { judgeCritical } from './critical-health.ts';
import { judgeExchange } from './exchange-health.ts';
import { isHealthy, reportHealth, reportHealthInDetail, type HealthSource } from './health-report.ts';
import { judgeSubscription } from './subscription-health.ts';

const connection = (part: Partial<ConnectionView>): ConnectionView => ({
  id: 'lab/public/1',
  exchange: 'lab',
  endpoint: 'public',
  url: 'wss://lab.test/ws?listenKey=secret',
  state: 'open',
  since: 0,
  reason: 'opened',
  attempts: 0,
  reconnects: 0,
  topics: 1,
  frames: 0,
  bytes: 0,
  ...part,
});

const subscription = (part: Partial<SubscriptionView>): SubscriptionView => ({
  key: `${part.channel} ${part.symbol}`,
  exchange: 'lab',
  channel: 'trades',
  symbol: 'BTC/USDT',
  params: {},
  state: 'subscribed',
  stateSince: 0,
  data: 'live',
  dataSince: 0,
  reason: 'subscribed',
  attempts: 0,
  references: 1,
  wantedMs: 0,
  liveMs: 0,
  haltedMs: 0,
  counters: {
    received: 0,
    delivered: 0,
    conflated: 0,
    rejected: 0,
    dropped: 0,
    lost: 0,
    waiting: 0,
    gaps: 0,
    snapshots: 0,
    resubscribes: 0,
  },
  ...part,
});

const account = (part: Partial<AccountView>): AccountView => ({
  exchange: 'lab',
  account: 'default',
  state: 'authenticated',
  since: 3,
  reason: 'logged in',
  loggedIn: 1,
  logins: { accepted: 1, refused: 0, failed: 0 },
  ...part,
});

const judge = (...subscriptions: Partial<SubscriptionView>[]): ReturnType<typeof judgeExchange> =>
  judgeExchange('lab', [connection({})], subscriptions.map(subscription));

describe('judgeExchange', () => {
  it('calls an exchange of which nothing is wanted up', () => {
    expect(judge()).toMatchObject({ status: 'up', reason: 'nothing is subscribed' });
    expect(judge({ state: 'unsubscribed', data: 'stale' })).toMatchObject({ status: 'up' });
    expect(judge({ state: 'unsubscribing', data: 'stale' })).toMatchObject({ status: 'up' });
  });

  it('is up when all is live, halted, or quiet since it was confirmed', () => {
    expect(judge({}, { data: 'halted' }, { channel: 'candles', data: 'syncing' })).toMatchObject({
      status: 'up',
      reason: '3 of 3 subscriptions served',
    });
  });

  it('says what the exchange says of itself, which changes no status', () => {
    expect(judge({}, { channel: 'status', symbol: '', notice: 'upgrade' })).toMatchObject({
      status: 'up',
      reason: '2 of 2 subscriptions served; the exchange says: upgrade',
    });
  });

  it('is degraded while a part is not served, and says which and why', () => {
    expect(
      judge({}, { symbol: 'ETH/USDT', data: 'stale', reason: 'silent for 60 s' }, { data: 'gap' }),
    ).toEqual({
      exchange: 'lab',
      status: 'degraded',
      reason: '1 of 3 subscriptions served; trades ETH/USDT is stale, silent for 60 s (and 1 more)',
      connections: { open: 1 },
      subscriptions: { subscribed: 3 },
      data: { live: 1, stale: 1, gap: 1 },
      accounts: [],
    });
  });

  it('is degraded while a book waits for its snapshot', () => {
    expect(judge({}, { channel: 'book', data: 'syncing' })).toMatchObject({ status: 'degraded' });
  });

  it('is down when nothing is served: before the first confirmation, and after a loss', () => {
    expect(
      judge({ state: 'inactive', data: 'syncing', reason: 'waiting for the instruments' }),
    ).toMatchObject({
      status: 'down',
      reason: '0 of 1 subscriptions served; trades BTC/USDT is inactive, waiting for the instruments',
    });
    expect(judge({ state: 'resubscribing', data: 'stale' }, { state: 'subscribing' })).toMatchObject({
      status: 'down',
    });
  });

  it('is degraded, never down, by requests that were refused', () => {
    expect(judge({ state: 'failed', data: 'stale' })).toMatchObject({ status: 'degraded' });
    expect(judge({ state: 'failed', data: 'stale' }, {})).toMatchObject({ status: 'degraded' });
    expect(judge({ state: 'failed', data: 'stale' }, { data: 'stale' })).toMatchObject({ status: 'down' });
  });

  it('calls one that the user has switched off disabled, whatever became of its subscriptions', () => {
    const states = ['inactive', 'failed', 'unsubscribed'] as const;
    const left = states.map((state) => subscription({ state, data: 'stale' }));
    expect(judgeExchange('lab', [], left, false)).toMatchObject({
      status: 'disabled',
      reason: 'disabled by the user; 2 subscriptions wait until it is enabled',
      subscriptions: { inactive: 1, failed: 1 },
    });
    expect(judgeExchange('lab', [], [], false)).toMatchObject({
      status: 'disabled',
      reason: 'disabled by the user; nothing is subscribed',
    });
  });

  it('passes over other exchanges and shows no URL', () => {
    const health = judgeExchange(
      'lab',
      [connection({ state: 'waiting' }), connection({ exchange: 'other', state: 'open' })],
      [subscription({}), subscription({ exchange: 'other', data: 'stale' })],
    );
    expect(health).toMatchObject({ status: 'up', subscriptions: { subscribed: 1 } });
    expect(health.connections).toEqual({ waiting: 1 });
    expect(JSON.stringify(health)).not.toContain('secret');
  });
});

describe('accounts in the health of an exchange', () => {
  const rejected = { state: 'rejected', reason: 'the exchange refused the login: bad key' } as const;
  const health = (
    data: SubscriptionView['data'],
    accounts: readonly AccountView[],
    enabled = true,
  ): ReturnType<typeof judgeExchange> =>
    judgeExchange('lab', [], [subscription({ data })], enabled, accounts);

  it('degrade it when they are rejected, and say why', () => {
    const accounts = [account({}), account({ account: 'hedge', ...rejected })];
    expect(health('live', accounts)).toMatchObject({
      status: 'degraded',
      reason:
        '1 of 1 subscriptions served; account hedge is rejected, the exchange refused the login: bad key',
      accounts: [
        { account: 'default', state: 'authenticated', status: 'up', reason: 'logged in', since: 3 },
        { account: 'hedge', status: 'down', ...rejected },
      ],
    });
    expect(health('live', [...accounts, account({ account: 'third', ...rejected })]).reason).toContain(
      'bad key (and 1 more)',
    );
    expect(judgeExchange('lab', [], [], true, accounts).status).toBe('degraded');
  });

  it('say why once, where a subscription has said it already', () => {
    const failed = subscription({ state: 'failed', data: 'stale', reason: rejected.reason });
    expect(judgeExchange('lab', [], [failed], true, [account(rejected)]).reason).toBe(
      `0 of 1 subscriptions served; trades BTC/USDT is failed, ${rejected.reason}; account default is rejected`,
    );
  });

  it('leave it down where it is, and disabled where it is, whoever is rejected', () => {
    expect(health('stale', [account(rejected)])).toMatchObject({
      status: 'down',
      reason: expect.stringContaining('account default is rejected') as string,
    });
    expect(health('live', [account(rejected)], false)).toMatchObject({
      status: 'disabled',
      accounts: [{ state: 'rejected', status: 'disabled' }],
    });
  });

  it.each([
    ['none', 'up'],
    ['pending', 'degraded'],
    ['authenticated', 'up'],
  ] as const)('are %s: the account is %s, the exchange goes on', (state, status) => {
    const { accounts, ...exchange } = health('live', [account({ state }), account({ exchange: 'other' })]);
    expect(exchange.status).toBe('up');
    expect(accounts).toMatchObject([{ state, status }]);
  });
});

describe('reportHealth', () => {
  const source: HealthSource = {
    exchanges: ['lab', 'other'],
    isEnabled: () => true,
    connections: () => [],
    subscriptions: () => [subscription({}), subscription({ exchange: 'other', data: 'stale' })],
    accounts: () => [],
  };

  it('sums up the exchanges', () => {
    expect(reportHealth(source, 7)).toMatchObject({
      at: 7,
      status: 'degraded',
      exchanges: [{ status: 'up' }, { status: 'down' }],
    });
    expect(reportHealth(source, 7, ['other']).status).toBe('down');
    expect(reportHealth(source, 7, ['lab']).status).toBe('up');
  });

  it('is healthy by policy', () => {
    expect(isHealthy(reportHealth(source, 0), 'any')).toBe(true);
    expect(isHealthy(reportHealth(source, 0), 'all')).toBe(false);
    expect(isHealthy(reportHealth(source, 0, ['other']), 'any')).toBe(false);
    expect(isHealthy(reportHealth(source, 0, []), 'all')).toBe(true);
    expect(reportHealth(source, 0, []).status).toBe('up');
  });

  it('is healthy while an exchange is only degraded', () => {
    const degraded = { ...source, subscriptions: () => [subscription({}), subscription({ data: 'stale' })] };
    const report = reportHealth(degraded, 0, ['lab']);
    expect(report.status).toBe('degraded');
    expect([isHealthy(report, 'any'), isHealthy(report, 'all')]).toEqual([true, true]);
  });
});

describe('what the user has switched off', () => {
  const source = (...disabled: string[]): HealthSource => ({
    exchanges: ['lab', 'other'],
    isEnabled: (exchange) => !disabled.includes(exchange),
    connections: () => [],
    subscriptions: () => [
      subscription({ exchange: 'lab', ...(disabled.includes('lab') && { state: 'inactive' as const }) }),
      subscription({ exchange: 'other', state: 'inactive' }),
    ],
    accounts: () => [account({ state: 'rejected', exchange: 'other' })],
  });

  it('is asked for nothing, and the others are judged as if it were not there', () => {
    const report = reportHealth(source('other'), 0);
    expect(report).toMatchObject({ status: 'up', exchanges: [{ status: 'up' }, { status: 'disabled' }] });
    expect([isHealthy(report, 'all'), isHealthy(report, 'any')]).toEqual([true, true]);
    const troubled = reportHealth(source('lab'), 0);
    expect(troubled.status).toBe('down');
    expect([isHealthy(troubled, 'all'), isHealthy(troubled, 'any')]).toEqual([false, false]);
  });

  it('is all there is to say where nothing else is in use, and no reason to send nobody here', () => {
    const report = reportHealth(source('lab', 'other'), 0);
    expect(report.status).toBe('disabled');
    expect([isHealthy(report, 'all'), isHealthy(report, 'any')]).toEqual([true, true]);
  });

  it('takes its subscriptions with it', () => {
    const { subscriptions } = reportHealthInDetail(source('other'), 0);
    expect(subscriptions.map(({ status }) => status)).toEqual(['up', 'disabled']);
  });
});

describe('reportHealthInDetail', () => {
  it('says whose a connection is that logs in, and how far it has come', () => {
    const login = { account: 'hedge', login: 'pending' } as const;
    expect(judgeConnection(connection({ state: 'authenticating', attempts: 1, ...login }))).toMatchObject({
      status: 'degraded',
      ...login,
    });
  });

  it('judges every connection and every wanted subscription, with the reason in words, without URLs', () => {
    const source: HealthSource = {
      exchanges: ['lab', 'other'],
      isEnabled: () => true,
      connections: () => [connection({}), connection({ exchange: 'other' })],
      subscriptions: () => [
        subscription({ dataSince: 5 }),
        subscription({ exchange: 'other' }),
        subscription({ state: 'unsubscribed' }),
      ],
      accounts: () => [account({}), account({ exchange: 'other' })],
    };
    const detail = reportHealthInDetail(source, 7, ['lab']);
    expect(detail).toMatchObject({
      status: 'up',
      exchanges: [{ accounts: [{ account: 'default', status: 'up' }] }],
      connections: [{ id: 'lab/public/1', status: 'up', reason: 'open: opened', since: 0 }],
      subscriptions: [{ status: 'up', reason: 'trades BTC/USDT is live, subscribed', since: 5 }],
    });
    expect([detail.connections.length, detail.subscriptions.length]).toEqual([1, 1]);
    expect(JSON.stringify(detail)).not.toContain('secret');
  });

  it.each<[Partial<ConnectionView>, string]>([
    [{ state: 'open' }, 'up'],
    [{ state: 'idle' }, 'degraded'],
    [{ state: 'connecting', attempts: 1 }, 'degraded'],
    [{ state: 'authenticating', attempts: 1 }, 'degraded'],
    [{ state: 'connecting', attempts: 2 }, 'down'],
    [{ state: 'connecting', failure: { kind: 'dns' } }, 'down'],
    [{ state: 'draining' }, 'degraded'],
    [{ state: 'draining', failure: { kind: 'login', code: '401' } }, 'down'],
    [{ state: 'waiting' }, 'down'],
    [{ state: 'closed' }, 'down'],
  ])('calls a connection that is %j %s', (part, status) =>
    expect(judgeConnection(connection(part)).status).toBe(status),
  );

  it.each<[Partial<SubscriptionView>, string]>([
    [{}, 'up'],
    [{ data: 'halted' }, 'up'],
    [{ data: 'syncing' }, 'up'],
    [{ data: 'syncing', channel: 'book' }, 'degraded'],
    [{ data: 'stale' }, 'degraded'],
    [{ data: 'gap' }, 'degraded'],
    [{ state: 'subscribing' }, 'down'],
    [{ state: 'failed' }, 'down'],
  ])('calls a subscription that is %j %s', (part, status) =>
    expect(judgeSubscription(subscription(part)).status).toBe(status),
  );

  it('dates a subscription by its state or its data, whichever changed last', () => {
    const since = (stateSince: number, dataSince: number): number =>
      judgeSubscription(subscription({ stateSince, dataSince })).since;
    expect([since(9, 5), since(5, 9)]).toEqual([9, 9]);
  });
});

describe('judgeCritical', () => {
  const views = [
    subscription({}),
    subscription({ symbol: 'ETH/USDT', data: 'stale', reason: 'silent' }),
    subscription({ channel: 'candles', params: { interval: '1m' }, data: 'syncing' }),
    subscription({ channel: 'quotes', state: 'unsubscribed' }),
    subscription({ channel: 'ticker', state: 'resubscribing', reason: 'lost' }),
    subscription({ channel: 'ticker', symbol: 'ETH/USDT', data: 'gap' }),
  ];

  it('takes none for well that is not confirmed, though its data has not been called stale, and counts the others', () => {
    expect(judgeCritical([{ channel: 'ticker' }], views)).toEqual([
      {
        subscription: 'ticker',
        status: 'down',
        reason: 'ticker BTC/USDT is resubscribing, lost (and 1 more)',
      },
    ]);
    expect(judgeCritical([{ channel: 'ticker', symbol: 'BTC/USDT' }], views)).toMatchObject([
      { status: 'down' },
    ]);
  });

  it('asks that each is subscribed and live, and says of each why not', () => {
    expect(
      judgeCritical(
        [
          { channel: 'trades', symbol: 'BTC/USDT' },
          { exchange: 'lab', channel: 'trades' },
          { channel: 'candles', params: { interval: '1m' } },
          { channel: 'quotes' },
          { channel: 'candles', params: { interval: '1h' } },
        ],
        views,
      ),
    ).toEqual([
      { subscription: 'trades BTC/USDT', status: 'up', reason: '1 subscribed and live' },
      { subscription: 'lab trades', status: 'down', reason: 'trades ETH/USDT is stale, silent' },
      {
        subscription: 'candles interval=1m',
        status: 'down',
        reason: 'candles BTC/USDT is syncing, subscribed',
      },
      { subscription: 'quotes', status: 'down', reason: 'nobody has subscribed it' },
      { subscription: 'candles interval=1h', status: 'down', reason: 'nobody has subscribed it' },
    ]);
  });
});
