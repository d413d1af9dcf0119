import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ADAPTERS } from '@exchange-stream/adapters';
import { ExchangeStreamService, type LifecycleEvent } from '@exchange-stream/nestjs';
import type { ConnectionDefinition } from '@exchange-stream/nestjs/engine';
import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { fakeAdapter, trades } from '../../../libs/exchange-stream/test/engine/fake-exchange.ts';
import { connectProxy, type ProxyServer } from '../../../libs/exchange-stream/test/engine/proxy-server.ts';
import { ConfigError } from '../src/config/config-error.ts';
import { loadConfig } from '../src/config/load-config.ts';
import type { GatewayConfig } from '../src/config/gateway-config.ts';
import { APP_OPTIONS, configureApp } from '../src/configure-app.ts';
import { CredentialFiles } from '../src/credentials/credential-files.ts';
import { GatewayModule } from '../src/gateway.module.ts';
import { FeedReader } from './feed-reader.ts';
import { until } from './gateway-under-test.ts';
import { canariesIn, CANARIES, NAMED } from './secrets/canaries.ts';
import {
  refusing,
  startIndiscreetExchange,
  withTokens,
  type IndiscreetExchange,
} from './secrets/indiscreet-exchange.ts';
import { filesIn, printed, WholeLog } from './secrets/shown.ts';

const EXCHANGES = ['refusing', 'tokened', 'barred', 'proxied'];

const ANSWERS = [
  '/v1/connections',
  '/v1/subscriptions',
  '/v1/exchanges',
  ...EXCHANGES.map((exchange) => `/v1/exchanges/${exchange}/capabilities`),
  '/v1/instruments?exchange=refusing',
  '/health/detail',
  '/health/exchanges',
  '/health/live',
  '/health/ready',
  '/metrics',
  '/docs-json',
  '/docs/feed.yaml',
];

/** What REST refuses, each for another reason. */
const REFUSALS: readonly [method: 'get' | 'post', path: string, body?: object][] = [
  ['get', '/v1/nowhere'],
  ['get', '/v1/exchanges/nobody/capabilities'],
  ['get', '/v1/book?exchange=refusing&symbol=BTC/USDT'],
  ['get', '/v1/latest?exchange=refusing&channel=ticker&symbol=BTC/USDT'],
  ['post', '/v1/subscriptions', { exchange: 'refusing', channel: 'trades', symbol: 'NO/USDT' }],
  [
    'post',
    '/v1/subscriptions',
    { ...trades('BTC/USDT'), exchange: 'refusing', params: { account: 'nobody' } },
  ],
  ['post', '/v1/connections/rotate', { connection: 'refusing/private/1' }],
  ['post', '/v1/connections/recycle', { connection: 'nobody' }],
  ['post', '/v1/exchanges/disable', {}],
];

describe('secrets', () => {
  const log = new WholeLog();
  const events: LifecycleEvent[] = [];
  const thrown: unknown[] = [];
  const frames: unknown[] = [];
  let folder: string;
  let exchange: IndiscreetExchange;
  let proxy: ProxyServer;
  let proxyHeard = '';
  let app: NestExpressApplication;
  let stream: ExchangeStreamService;
  let config: GatewayConfig;
  let feed: FeedReader;

  /** A file that holds a secret. */
  const file = (name: string, text: string): string => {
    const path = join(folder, 'secrets', name);
    writeFileSync(path, `${text}\n`);
    return path;
  };
  const keep = (error: unknown): void => void thrown.push(error);

  function told(): GatewayConfig {
    const { refused, accepted, ofToken, withoutToken, proxy: ofProxy } = CANARIES;
    const url = `ws://${exchange.host}`;
    const env: Record<string, string> = {
      EXCHANGES: EXCHANGES.join(),
      TRANSPORT_LOG: EXCHANGES.join(),
      LOG_LEVEL: 'trace',
      SUBSCRIPTIONS_FILE: join(folder, 'state', 'subscriptions.json'),
      INSTRUMENTS_DIR: join(folder, 'state'),
      PROXIED_PROXY_URL: `http://${ofProxy.user}:${ofProxy.password}@${proxy.host}`,
      REFUSING_API_KEY_FILE: file('refused-key', refused.key),
      REFUSING_API_SECRET_FILE: file('refused-secret', refused.secret),
      REFUSING_API_PASSPHRASE_FILE: file('refused-passphrase', refused.passphrase),
      REFUSING_ACCOUNTS: 'good',
      REFUSING_ACCOUNT_GOOD_API_KEY: accepted.key,
      REFUSING_ACCOUNT_GOOD_API_SECRET: accepted.secret,
      REFUSING_ACCOUNT_GOOD_API_PASSPHRASE: accepted.passphrase,
      TOKENED_API_KEY: ofToken.key,
      TOKENED_API_SECRET: ofToken.secret,
      BARRED_API_KEY: withoutToken.key,
      BARRED_API_SECRET: withoutToken.secret,
    };
    for (const id of EXCHANGES) {
      env[`${id.toUpperCase()}_WS_URL`] = url;
      env[`${id.toUpperCase()}_REST_URL`] = `http://${exchange.host}`;
    }
    const loaded = loadConfig({
      env,
      argv: [],
      adapters: ADAPTERS,
      readFile: (path) => readFileSync(path, 'utf8'),
    });
    const { exchangeSettings } = loaded;
    const settings = {
      ...exchangeSettings,
      refusing: { ...exchangeSettings.refusing, connections: ofTheUser(url) },
      proxied: {
        ...exchangeSettings.proxied,
        connections: [{ name: 'tunnelled', url, handler: () => undefined, ...HELD }],
      },
    };
    const subscriptions = [
      { exchange: 'refusing', channel: 'trades', symbol: 'BTC/USDT' },
      { exchange: 'refusing', channel: 'ticker', symbol: 'BTC/USDT' },
      ...['BTC/USDT', 'ETH/USDT'].map((symbol) => ({
        ...{ exchange: 'refusing', channel: 'ticker', symbol, params: { account: 'good' } },
      })),
      ...['tokened', 'barred', 'proxied'].map((id) => ({ ...trades('BTC/USDT'), exchange: id })),
    ];
    return Object.assign(loaded, { exchangeSettings: settings, subscriptions });
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'canaries-'));
    for (const name of ['secrets', 'state']) mkdirSync(join(folder, name));
    exchange = await startIndiscreetExchange();
    proxy = await connectProxy({
      leadsTo: exchange.host,
      answers: `HTTP/1.1 407 Proxy Authentication Required\r\n\r\nProxy-Authorization: Basic ${CANARIES.proxy.password}`,
      heard: (given) => (proxyHeard += given),
    });
    Object.assign(ADAPTERS, {
      refusing,
      tokened: () => withTokens('tokened'),
      barred: () => withTokens('barred'),
      proxied: () => ({ ...fakeAdapter(), exchange: 'proxied' }),
    });
    config = told();
    const module = await Test.createTestingModule({ imports: [GatewayModule.with(config)] }).compile();
    const { logger } = log;
    app = module.createNestApplication<NestExpressApplication>({ ...APP_OPTIONS, logger });
    Logger.overrideLogger(logger);
    configureApp(app);
    stream = app.get(ExchangeStreamService);
    stream.onLifecycle((event) => events.push(event));
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    feed = await FeedReader.connect(`http://127.0.0.1:${port}`);
    feed.socket.onAny((...frame: unknown[]) => frames.push(frame));
  });

  afterAll(async () => {
    await feed.close();
    await app.close();
    await Promise.all([exchange.close(), proxy.close()]);
    rmSync(folder, { recursive: true, force: true });
    Logger.overrideLogger(['error']);
  });

  const failed = (id: string, endpoint: string, kind: string) => (event: LifecycleEvent) =>
    event.type === 'connection' &&
    event.connection.exchange === id &&
    event.connection.endpoint === endpoint &&
    event.connection.failure?.kind === kind;
  const account = (id: string, name: string, state: string) => (event: LifecycleEvent) =>
    event.type === 'account' &&
    event.account.exchange === id &&
    event.account.account === name &&
    event.account.state === state;

  /** What happens, each with a secret in it. */
  const happenings: Readonly<Record<string, (event: LifecycleEvent) => boolean>> = {
    'a page in place of a WebSocket': failed('refusing', 'public', 'http-status'),
    'a refused login': account('refusing', 'default', 'rejected'),
    'a login that is accepted': account('refusing', 'good', 'authenticated'),
    'a token that is refused': account('barred', 'default', 'rejected'),
    'a token that is taken': (event) =>
      event.type === 'subscription' &&
      event.subscription.exchange === 'tokened' &&
      event.subscription.data === 'live',
    'a close that quotes a token': (event) =>
      event.type === 'connection' &&
      event.connection.exchange === 'tokened' &&
      event.connection.state === 'waiting' &&
      event.connection.reason.includes('4001'),
    'a URL that cannot be had': failed('refusing', 'looked-up', 'url'),
    'a URL where nobody listens': failed('refusing', 'nowhere', 'refused'),
    'a login of the user that fails': failed('refusing', 'signed-in', 'login'),
    'a proxy that refuses a socket': failed('proxied', 'tunnelled', 'http-status'),
    'a proxy that refuses a request': (event) =>
      event.type === 'instruments-failed' && event.exchange === 'proxied',
    'a frame that is none': (event) => event.type === 'frame-problem' && event.exchange === 'refusing',
    'a topic that is refused in words that quote a login': (event) =>
      event.type === 'subscription' &&
      event.subscription.symbol === 'ETH/USDT' &&
      event.subscription.state === 'failed',
    'a token that is lost in words that quote it': (event) =>
      event.type === 'connection' && event.connection.reason.includes('has expired'),
    'a frame that quotes a token': (event) => event.type === 'frame-problem' && event.exchange === 'tokened',
  };
  const stillToCome = (): string[] =>
    Object.entries(happenings).flatMap(([what, isIt]) => (events.some(isIt) ? [] : [what]));

  /** Users say what they should not, and give what is none. */
  async function misuse(): Promise<void> {
    const manager = stream.manager('refusing');
    const say = (op: string, key: string): Promise<unknown> => {
      const frame = JSON.stringify({ op, key, token: CANARIES.frame.sent });
      return manager.send('refusing/private@good', frame, { match: { key }, deadlineMs: 1_500 });
    };
    await say('unanswered', 'u1').catch(keep);
    await say('refused', 'u2').catch(keep);
    for (const op of ['pause', 'closing']) {
      const frame = JSON.stringify({ op, key: op });
      await manager.send('refusing/private@good', frame, { match: { key: op } }).catch(keep);
    }
    await until(() => events.some(({ type }) => type === 'rotation'));
    await manager.send('refusing/private/1', JSON.stringify(CANARIES.refused), {}).catch(keep);
    for (const wrong of [CANARIES.refused.secret, { key: CANARIES.refused.key }, null]) {
      try {
        manager.setCredentials(wrong as never);
      } catch (error) {
        keep(error);
      }
    }
    try {
      loadConfig({
        env: {
          EXCHANGES: 'refusing',
          REFUSING_API_KEY: CANARIES.refused.key,
          REFUSING_API_SECRET_FILE: CANARIES.refused.secret,
          PROXY_URL: CANARIES.proxy.password,
        },
        argv: [],
        adapters: ADAPTERS,
        readFile: (path) => readFileSync(path, 'utf8'),
      });
    } catch (error) {
      keep(error);
    }
    expect(thrown.map((error) => (error instanceof Error ? error.name : error))).toEqual([
      'RequestTimeoutError',
      'RequestRefusedError',
      'RequestLostError',
      'ConnectionClosedError',
      ...Array<string>(3).fill('InvalidOptionsError'),
      ConfigError.name,
    ]);
  }

  it('appear in no log line, event, view, metric, answer, frame, error or file, whatever happens', async () => {
    await until(() => stillToCome().length === 0).catch(() => expect(stillToCome()).toEqual([]));
    await feed.subscribe(
      ...[trades('BTC/USDT'), { exchange: 'x', channel: 'ticker', symbol: 'BTC/USDT' }].flatMap((channel) =>
        EXCHANGES.map((id) => ({ ...channel, exchange: id })),
      ),
    );
    await request(app.getHttpServer())
      .post('/v1/subscriptions')
      .send({ ...trades('BTC/USDT'), exchange: 'tokened' })
      .expect(201);
    await misuse();
    writeFileSync(join(folder, 'secrets', 'refused-key'), `${CANARIES.refused.key}\0`);
    await app.get(CredentialFiles).takeNow();

    const shown = new Map<string, string>([
      ['configuration', printed(config.accounts) + JSON.stringify(config.accounts)],
      // What holds them shows nothing to who prints it in passing.
      ['files of credentials', inspect(app.get(CredentialFiles))],
      ['stream', inspect(stream)],
      ['manager', inspect(stream.manager('refusing'))],
      ['events', printed(events)],
      ['errors', thrown.map((error) => `${printed(error)} ${JSON.stringify(error)}`).join('\n')],
      ['connections', printed(stream.connections())],
      ['subscriptions', printed(stream.subscriptions())],
      ['accounts', printed(stream.accounts())],
      ['consumers', printed(stream.consumers())],
    ]);
    for (const id of EXCHANGES) {
      const manager = stream.manager(id);
      shown.set(`counters of ${id}`, printed(manager.counters()));
      shown.set(`limits of ${id}`, printed([manager.endpoints(), manager.budgets()]));
      shown.set(`use of ${id}`, printed(stream.canUseAuthenticated(id)));
    }
    for (const path of ANSWERS) {
      const { text, headers } = await request(app.getHttpServer()).get(path);
      shown.set(path, text + printed(headers));
    }
    for (const [method, path, body] of REFUSALS) {
      const { status, text } = await request(app.getHttpServer())[method](path).send(body);
      expect([path, status >= 400]).toEqual([path, true]);
      shown.set(`${method} ${path}`, text);
    }
    shown.set('frames', printed([feed.hello, feed.messages, feed.errors, frames]));
    shown.set('files', filesIn(join(folder, 'state')));
    shown.set('log as it is handed on', log.handedOn.join('\n'));
    shown.set('log as it is written', log.written.join('\n'));

    expect(shown.get('log as it is written')).toContain('"context":"Transport"');
    // Nothing is taken for a secret that says what is wrong.
    expect(shown.get('log as it is written')).toContain('gives out no token (barred refused');
    expect(shown.get('files')).toContain('tokened');
    const leaks: string[] = [];
    for (const [where, text] of shown) {
      expect(text.length).toBeGreaterThan(10);
      leaks.push(...canariesIn(text).map((name) => `${name} in ${where}`));
      if (/canary:canary/.test(text)) leaks.push(`credentials of a link in ${where}`);
    }
    expect(leaks).toEqual([]);
  });

  it('have all been told to those who may hear them, so that they could have leaked', () => {
    const heard = exchange.heard() + proxyHeard;
    const ofOthers = [
      'url.closedPort',
      'page.',
      'user.',
      'frame.received',
      'refused.passphrase',
      'accepted.passphrase',
    ];
    const unheard = [...NAMED].filter(
      ([name, value]) => !heard.includes(value) && !ofOthers.some((of) => name.startsWith(of)),
    );
    expect(unheard.map(([name]) => name)).toEqual([]);
  });
});

/** Open from the start, with nothing to hear. */
const HELD = { openAtStart: true, needsSubscriptions: false } as const;

/** Connections that a user has defined, whose own code knows secrets. */
function ofTheUser(url: string): ConnectionDefinition[] {
  const { url: ofUrl, user } = CANARIES;
  const handler = (): void => undefined;
  const fail = (secret: string) => (): Promise<never> =>
    Promise.reject(new Error(`GET https://auth.test/token?key=${secret}: ${secret} is unknown`));
  const withCredentials = url.replace('//', `//${ofUrl.user}:${ofUrl.user}@`);
  return [
    { name: 'looked-up', url: fail(user.lookup), handler, ...HELD },
    { name: 'nowhere', url: `ws://127.0.0.1:1/?token=${ofUrl.closedPort}`, handler, ...HELD },
    {
      name: 'signed-in',
      url: `${withCredentials}/private?token=${ofUrl.query}`,
      handler,
      authenticate: fail(user.login),
      ...HELD,
    },
  ];
}
