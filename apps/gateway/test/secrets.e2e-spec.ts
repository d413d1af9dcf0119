import { createServer, type IncomingMessage } from 'node:http';
import { inspect } from 'node:util';
import { ADAPTERS } from '@exchange-stream/adapters';
import { ExchangeStreamService, type LifecycleEvent } from '@exchange-stream/nestjs';
import { Logger, type LoggerService } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { WebSocketServer } from 'ws';
import { fakeAdapter, trades } from '../../../libs/exchange-stream/test/engine/fake-exchange.ts';
import { listen, type HostileServer } from '../../../libs/exchange-stream/test/engine/hostile-server.ts';
import { CREDENTIALS, privateAdapter } from '../../../libs/exchange-stream/test/engine/private-exchange.ts';
import { connectProxy } from '../../../libs/exchange-stream/test/engine/proxy-server.ts';
import { GatewayConfig } from '../src/config/gateway-config.ts';
import { APP_OPTIONS, configureApp } from '../src/configure-app.ts';
import { GatewayModule } from '../src/gateway.module.ts';
import { until } from './gateway-under-test.ts';

/** In every secret there is: of proxies, credentials, URLs and whatever the other side writes. */
const CANARY = /canary/;

const ANSWERS = [
  '/v1/connections',
  '/v1/subscriptions',
  '/v1/exchanges',
  '/v1/exchanges/fake/capabilities',
  '/health/detail',
  '/health/exchanges',
  '/health/ready',
  '/metrics',
  '/docs-json',
];

/** A server that lists instruments, refuses every public socket with a page, and every login with what it was sent. */
async function startIndiscreet(): Promise<HostileServer> {
  const server = createServer((_request, response) => response.end('["BTC/USDT"]'));
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (incoming: IncomingMessage, socket, head) => {
    if (incoming.url?.startsWith('/private')) {
      sockets.handleUpgrade(incoming, socket, head, (accepted) =>
        accepted.on('message', (data: Buffer) => {
          const { key, op } = JSON.parse(data.toString()) as { key: string; op: string };
          accepted.send(`garbage {"token":"canary-of-a-frame"}`);
          if (op === 'login')
            accepted.send(JSON.stringify({ denied: key, code: `401-${CREDENTIALS.secret}` }));
        }),
      );
      return;
    }
    const page =
      '<html>api_key=canary-of-a-page <a href="wss://canary:canary@elsewhere/?token=canary">in</a>';
    socket.end(
      `HTTP/1.1 403 Forbidden\r\ncontent-length: ${page.length}\r\nconnection: close\r\n\r\n${page}`,
    );
  });
  return listen(server);
}

describe('secrets', () => {
  const lines: string[] = [];
  const keep = (...parts: unknown[]): void => void lines.push(inspect(parts, { depth: 10 }));
  // As Nest hands them on: nothing is redacted behind the places that write.
  const logger: LoggerService = {
    log: keep,
    warn: keep,
    error: keep,
    debug: keep,
    verbose: keep,
    fatal: keep,
  };
  const events: LifecycleEvent[] = [];
  const open: HostileServer[] = [];
  let app: NestExpressApplication;
  let stream: ExchangeStreamService;

  beforeAll(async () => {
    const venue = await startIndiscreet();
    const proxy = await connectProxy({
      leadsTo: venue.host,
      answers:
        'HTTP/1.1 407 Proxy Authentication Required\r\n\r\nProxy-Authorization: Basic canary-of-the-proxy',
    });
    open.push(venue, proxy);
    const urls = { public: `ws://${venue.host}`, rest: `http://${venue.host}` };
    Object.assign(ADAPTERS, {
      fake: () => privateAdapter(),
      proxied: () => ({ ...fakeAdapter(), exchange: 'proxied' }),
    });
    const refuse = (): Promise<never> =>
      Promise.reject(
        new Error('GET https://auth.test/token?key=canary-of-a-lookup: canary-of-a-lookup is unknown'),
      );
    const ignore = (): void => undefined;
    const held = { openAtStart: true, needsSubscriptions: false };
    const config: GatewayConfig = Object.assign(new GatewayConfig(), {
      exchanges: ['fake', 'proxied'],
      exchangeSettings: {
        fake: {
          urls: { ...urls, private: urls.public },
          credentials: CREDENTIALS,
          connections: [
            {
              name: 'looked-up',
              url: refuse,
              handler: ignore,
              ...held,
            },
            {
              name: 'signed-in',
              url: `ws://${venue.host}/private?token=canary-of-a-url`,
              handler: ignore,
              authenticate: refuse,
              ...held,
            },
          ],
        },
        proxied: {
          urls,
          proxy: `http://canary-user:canary-password@${proxy.host}`,
          connections: [{ name: 'tunnelled', url: urls.public, handler: ignore, ...held }],
        },
      },
      subscriptions: [
        trades('BTC/USDT'),
        { exchange: 'fake', channel: 'ticker', symbol: 'BTC/USDT' },
        { ...trades('BTC/USDT'), exchange: 'proxied' },
      ],
    });
    const module = await Test.createTestingModule({ imports: [GatewayModule.with(config)] }).compile();
    app = module.createNestApplication<NestExpressApplication>({ ...APP_OPTIONS, logger });
    Logger.overrideLogger(logger);
    configureApp(app);
    stream = app.get(ExchangeStreamService);
    stream.onLifecycle((event) => events.push(event));
    await app.listen(0, '127.0.0.1');
  });

  afterAll(async () => {
    await app.close();
    await Promise.all(open.map((server) => server.close()));
    Logger.overrideLogger(['error']);
  });

  const failed = (exchange: string, endpoint: string, kind: string) => (event: LifecycleEvent) =>
    event.type === 'connection' &&
    event.connection.exchange === exchange &&
    event.connection.endpoint === endpoint &&
    event.connection.failure?.kind === kind;

  /** What goes wrong, each with a secret in it. */
  const faults: Readonly<Record<string, (event: LifecycleEvent) => boolean>> = {
    'a page in place of a WebSocket': failed('fake', 'public', 'http-status'),
    'a refused login': failed('fake', 'private', 'login'),
    'a URL that cannot be had': failed('fake', 'looked-up', 'url'),
    'a login of the user that fails': failed('fake', 'signed-in', 'login'),
    'a proxy that refuses a socket': failed('proxied', 'tunnelled', 'http-status'),
    'a proxy that refuses a request': (event) =>
      event.type === 'instruments-failed' && event.exchange === 'proxied',
    'a frame that is none': (event) => event.type === 'frame-problem',
  };
  const stillToCome = (): string[] =>
    Object.entries(faults).flatMap(([what, isIt]) => (events.some(isIt) ? [] : [what]));

  it('appear in no log line, event, view, metric or answer, whatever goes wrong with them', async () => {
    await until(() => stillToCome().length === 0).catch(() => expect(stillToCome()).toEqual([]));
    const shown = new Map<string, string>([
      ['events', inspect(events, { depth: 10 })],
      ['connections', JSON.stringify(stream.connections())],
      ['subscriptions', JSON.stringify(stream.subscriptions())],
      ['counters', inspect(stream.manager('fake').counters(), { depth: 10 })],
    ]);
    for (const path of ANSWERS) {
      const { text } = await request(app.getHttpServer()).get(path);
      shown.set(path, text);
    }
    shown.set('log', lines.join('\n'));
    for (const [where, text] of shown) {
      expect(text.length).toBeGreaterThan(10);
      expect([where, CANARY.exec(text)]).toEqual([where, null]);
    }
  });
});
