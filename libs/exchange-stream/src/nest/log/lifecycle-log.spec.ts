import { VirtualClock } from '@exchange-stream/market-data';
import { Logger, type LoggerService } from '@nestjs/common';
import type { ConnectionState, ConnectionView, LoginState, SubscriptionView } from '../../engine/index.ts';
import { LifecycleLog } from './lifecycle-log.ts';

const lines: string[] = [];
const keep =
  (level: string) =>
  (message: string, ...rest: unknown[]): void =>
    void lines.push(`${level} ${String(rest.at(-1))} ${message}`);
const logger: LoggerService = {
  log: keep('log'),
  warn: keep('warn'),
  error: keep('error'),
  debug: keep('debug'),
  verbose: keep('verbose'),
};

const connection = (state: ConnectionState): ConnectionView => ({
  id: 'lab/public/1',
  exchange: 'lab',
  endpoint: 'public',
  url: 'wss://lab.test/ws',
  state,
  since: 0,
  reason: 'no sign of life for 20000 ms',
  attempts: 2,
  reconnects: 0,
  topics: 1,
  frames: 0,
  bytes: 0,
});

const subscription = (part: Partial<SubscriptionView>): SubscriptionView => ({
  key: 'k',
  exchange: 'lab',
  channel: 'candles',
  symbol: 'BTC/USDT',
  params: { interval: '1m' },
  state: 'failed',
  stateSince: 0,
  failure: 'rejected',
  data: 'stale',
  dataSince: 0,
  reason: 'the exchange refused: no',
  attempts: 1,
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

/** Without what is for those who look for something. */
const plain = (): string[] => lines.filter((line) => !/^(debug|verbose)/.test(line));

describe('LifecycleLog', () => {
  let clock: VirtualClock;
  let log: LifecycleLog;

  beforeAll(() => void Logger.overrideLogger(logger));
  afterAll(() => void Logger.overrideLogger(['error']));
  beforeEach(() => {
    lines.length = 0;
    clock = new VirtualClock();
    log = new LifecycleLog('fast', clock);
  });

  it('tells when a connection opens and when it is lost', () => {
    log.write({ type: 'connection', connection: connection('connecting'), previous: 'idle' });
    log.write({ type: 'connection', connection: connection('open'), previous: 'connecting' });
    log.write({ type: 'connection', connection: connection('waiting'), previous: 'open' });
    expect(plain()).toEqual([
      'log ExchangeStream:fast lab/public/1 is open',
      'warn ExchangeStream:fast lab/public/1 is lost: no sign of life for 20000 ms',
    ]);
  });

  it('tells that a connection could not be opened, which is not a loss', () => {
    log.write({ type: 'connection', connection: connection('waiting'), previous: 'connecting' });
    expect(lines).toEqual(['warn ExchangeStream:fast lab/public/1 waits: no sign of life for 20000 ms']);
  });

  it('tells in words that an exchange was disabled and enabled', () => {
    log.write({ type: 'exchange', exchange: 'lab', change: 'disabled' });
    log.write({ type: 'exchange', exchange: 'lab', change: 'enabled' });
    expect(lines).toEqual([
      'log ExchangeStream:fast lab was disabled: its connections close, its subscriptions wait until it is enabled',
      'log ExchangeStream:fast lab was enabled: what is wanted of it comes back',
    ]);
  });

  it('tells that an account is rejected, and when it has recovered', () => {
    const tell = (state: LoginState, reason: string): void =>
      log.write({
        type: 'account',
        account: {
          ...{ exchange: 'lab', account: 'hedge', state, reason },
          ...{ since: 0, loggedIn: 0, logins: { accepted: 0, refused: 0, failed: 0 } },
        },
      });
    tell('pending', 'logging in');
    tell('authenticated', 'logged in');
    tell('rejected', 'the exchange refused the login: expired');
    tell('pending', 'logging in');
    tell('authenticated', 'logged in');
    tell('authenticated', 'logged in');
    expect(lines.filter((line) => !line.startsWith('debug'))).toEqual([
      'error ExchangeStream:fast Account hedge at lab is rejected: the exchange refused the login: expired',
      'log ExchangeStream:fast Account hedge at lab is authenticated: logged in again',
    ]);
  });

  it('tells a failed subscription once, until it has recovered', () => {
    const failed = { type: 'subscription', subscription: subscription({}) } as const;
    log.write(failed);
    log.write(failed);
    log.write({ type: 'subscription', subscription: subscription({ state: 'subscribed' }) });
    log.write(failed);
    expect(plain()).toEqual(
      Array(2).fill(
        'error ExchangeStream:fast lab candles BTC/USDT interval=1m failed (rejected): the exchange refused: no',
      ),
    );
  });

  it('tells problems of frames with a sample, and how many more there were', () => {
    const problem = (suppressed: number): void =>
      log.write({
        type: 'frame-problem',
        exchange: 'lab',
        connection: 'lab/public/1',
        problem: 'unhandled',
        detail: '{"e":"?"}',
        suppressed,
      });
    problem(0);
    problem(2);
    const line =
      'warn ExchangeStream:fast lab/public/1 sent a frame that its adapter does not know: {"e":"?"}';
    expect(lines).toEqual([line, `${line} (and 2 more like it since it was last told)`]);
  });

  it('tells of instruments, seeds and consumers that fail', () => {
    const error = new Error('HTTP 500');
    log.write({ type: 'instruments-loaded', exchange: 'lab', count: 3 });
    log.write({ type: 'instruments-failed', exchange: 'lab', error, retryInMs: 1_000 });
    log.write({ type: 'instruments-recalled', exchange: 'lab', count: 3 });
    log.write({ type: 'seed-failed', exchange: 'lab', subscription: 'book', error });
    log.write({ type: 'consumer-failed', exchange: 'lab', subscription: 'book', consumer: 'loop', error });
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['log', 'warn', 'warn', 'warn', 'error']);
    expect(lines.join()).toContain('next attempt in 1000 ms: HTTP 500');
  });

  it.each<[level: string, connection: Partial<ConnectionView>, previous: ConnectionState]>([
    ['debug', { state: 'waiting', reason: 'waits for the connect budget' }, 'idle'],
    ['debug', { state: 'connecting' }, 'waiting'],
    ['warn', { state: 'waiting' }, 'connecting'],
    ['warn', { state: 'waiting', failure: { kind: 'url' } }, 'waiting'],
    ['warn', { state: 'waiting', failure: { kind: 'login' } }, 'authenticating'],
    ['error', { state: 'draining', failure: { kind: 'login' } }, 'authenticating'],
    ['debug', { state: 'draining' }, 'open'],
    ['debug', { state: 'closed' }, 'draining'],
  ])('tells at level %s that a connection is %j after %s', (level, part, previous) => {
    log.write({ type: 'connection', connection: { ...connection('open'), ...part }, previous });
    expect(lines.map((line) => line.split(' ')[0])).toEqual([level]);
  });

  it('warns of what is missing for a while, and only of that', () => {
    const rotation = { exchange: 'lab', from: 'lab/public/1', to: 'lab/public/2', reason: 'age' } as const;
    for (const outcome of ['completed', 'overtaken', 'incomplete', 'cancelled'] as const)
      log.write({ type: 'rotation', ...rotation, outcome, seamless: 7, tookMs: 10 });
    for (const change of ['paused', 'resumed'] as const)
      log.write({ type: 'pause', exchange: 'lab', connection: 'lab/public/1', change, reason: 'upgrade' });
    log.write({ type: 'subscription', subscription: subscription({ state: 'subscribed', data: 'live' }) });
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      ...['log', 'warn', 'warn', 'debug'],
      ...['warn', 'log'],
      'verbose',
    ]);
    expect(lines).toContain('warn ExchangeStream:fast lab/public/1 is paused by the exchange: upgrade');
  });

  it('tells what an exchange says of itself, on one line', () => {
    const notice = {
      ...({ type: 'platform-status', exchange: 'lab', symbol: '', nativeSymbol: '', receivedAt: 0 } as const),
      ...{ id: '1', text: 'up\ngrade' },
    };
    for (const state of ['scheduled', 'ongoing', 'completed'] as const)
      log.write({ type: 'platform-status', exchange: 'lab', notice: { ...notice, state } });
    expect(lines).toEqual([
      'log ExchangeStream:fast lab says of itself, scheduled: up grade',
      'warn ExchangeStream:fast lab says of itself, ongoing: up grade',
      'log ExchangeStream:fast lab says of itself, completed: up grade',
    ]);
  });
});
