import { createServer as createHttpsServer } from 'node:https';
import type { LookupFunction } from 'node:net';
import { lookup } from 'node:dns';
import { WebSocketServer } from 'ws';
import {
  createPlatform,
  ExchangeStream,
  HandshakeError,
  type ConnectionView,
  type OwnedPlatform,
} from '../../src/engine/index.ts';
import { fakeAdapter, trades } from './fake-exchange.ts';
import { httpServer, listen, tcpServer, type HostileServer } from './hostile-server.ts';
import { connectProxy, socksProxy, type ProxyServer } from './proxy-server.ts';
import { SELF_SIGNED } from './self-signed.ts';

const CANARY = 'c4n4ry';

/** Says `hello` to every socket and `served` to every request, over TLS as `localhost`. */
async function exchange(): Promise<HostileServer> {
  const server = createHttpsServer(SELF_SIGNED, (_request, response) => response.end('served'));
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.on('error', () => undefined);
    socket.send('hello');
  });
  return listen(server);
}

describe('through a proxy', () => {
  const open: { close(): Promise<void> }[] = [];
  const asked: string[] = [];
  let platform: OwnedPlatform;
  let venue: HostileServer;

  const started = async <T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const server = await starting;
    open.push(server);
    return server;
  };

  /** Only `proxy.test` has an address here. */
  const resolver: LookupFunction = (name, options, done) => {
    asked.push(name);
    if (name === 'proxy.test') return lookup('127.0.0.1', options, done);
    done(Object.assign(new Error(name), { code: 'ENOTFOUND' }), '');
  };

  /** The first frame of a socket, or why there is none. */
  const dial = (url: string, proxy: string, handshakeTimeoutMs = 5_000): Promise<string | Error> =>
    new Promise((resolve) => {
      const socket = platform.sockets.open(
        url,
        { handshakeTimeoutMs, maxFrameBytes: 1_000, closeDeadlineMs: 100, proxy },
        {
          onOpen: () => undefined,
          onFrame: (data) => {
            resolve(data.toString());
            socket.terminate();
          },
          onPing: () => undefined,
          onPong: () => undefined,
          onError: resolve,
          onClose: () => resolve(new Error('closed')),
        },
      );
    });

  const ask = (url: string, proxy: string): Promise<string> =>
    platform.http
      .request({ method: 'GET', url, timeoutMs: 5_000, maxBodyBytes: 1_000, proxy })
      .then(({ status, body }) => `${status} ${body}`);

  const refusal = async (url: string, proxy: string, timeoutMs?: number): Promise<HandshakeError> => {
    const error = await dial(url, proxy, timeoutMs);
    expect(error).toBeInstanceOf(HandshakeError);
    const shown = JSON.stringify(error) + String(error);
    expect(shown).not.toContain(CANARY);
    return error as HandshakeError;
  };

  beforeEach(async () => {
    asked.length = 0;
    platform = createPlatform({ lookup: resolver, ca: SELF_SIGNED.cert });
    venue = await started(exchange());
  });

  afterEach(async () => {
    await platform.close();
    await Promise.all(open.splice(0).map((server) => server.close()));
  });

  const proxies: readonly [
    string,
    string,
    (leadsTo: string, credentials?: string) => Promise<ProxyServer>,
  ][] = [
    [
      'HTTP',
      'http',
      (leadsTo, credentials) => connectProxy({ leadsTo, ...(credentials && { credentials }) }),
    ],
    [
      'HTTPS',
      'https',
      (leadsTo, credentials) => connectProxy({ leadsTo, ...(credentials && { credentials }) }, true),
    ],
    [
      'SOCKS5',
      'socks5',
      (leadsTo, credentials) => socksProxy({ leadsTo, ...(credentials && { credentials }) }),
    ],
  ];

  describe.each(proxies)('of the kind %s', (_kind, scheme, create) => {
    test('sockets and requests reach the exchange, whose name the proxy resolves', async () => {
      const proxy = await started(create(venue.host));
      const url = `${scheme}://${proxy.host}`;
      expect(await dial('wss://localhost:9443/ws', url)).toBe('hello');
      expect(await ask('https://localhost/time', url)).toBe('200 served');
      expect(proxy.asked).toEqual(['localhost:9443', 'localhost:443']);
      expect(asked).toEqual([]);
    });

    test('credentials in the URL let us in, and others do not', async () => {
      const proxy = await started(create(venue.host, `us er:${CANARY}/@`));
      const right = `${scheme}://us%20er:${CANARY}%2F%40@${proxy.host}`;
      expect(await dial('wss://localhost:9443/ws', right)).toBe('hello');
      expect(await ask('https://localhost/time', right)).toBe('200 served');
      for (const wrong of [`${scheme}://${proxy.host}`, `${scheme}://us%20er:${CANARY}@${proxy.host}`]) {
        const error = await refusal('wss://localhost:9443/ws', wrong);
        expect(error.message).toContain(`the proxy ${proxy.host} `);
        expect(error.failure).toEqual(
          scheme === 'socks5'
            ? { kind: 'refused', proxy: proxy.host }
            : { kind: 'http-status', status: 407, proxy: proxy.host },
        );
        await expect(ask('https://localhost/time', wrong)).rejects.toThrow(`the proxy ${proxy.host} `);
      }
    });

    test('a certificate for another name is refused: the proxy cannot lead us elsewhere', async () => {
      const proxy = await started(create(venue.host));
      const url = `${scheme}://${proxy.host}`;
      const error = await refusal('wss://exchange.test/ws', url);
      expect(error).toMatchObject({
        kind: 'tls',
        message: 'no trusted TLS connection to exchange.test (ERR_TLS_CERT_ALTNAME_INVALID)',
        proxy: undefined,
      });
      await expect(ask('https://exchange.test/time', url)).rejects.toMatchObject({
        code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      });
    });

    test('a proxy that answers in plain text in place of the exchange is no way down from TLS', async () => {
      const plain = await started(httpServer((_request, response) => response.end('trust me')));
      const proxy = await started(create(plain.host));
      const url = `${scheme}://${proxy.host}`;
      expect(await refusal('wss://localhost/ws', url)).toMatchObject({ kind: 'tls' });
      await expect(ask('https://localhost/time', url)).rejects.toThrow();
    });

    test('a proxy that is not there is told by its own name', async () => {
      const { host, close } = await create(venue.host);
      await close();
      expect(await refusal('wss://localhost/ws', `${scheme}://user:${CANARY}@${host}`)).toMatchObject({
        kind: 'refused',
        message: `the proxy ${host} refused the connection or cut it (ECONNREFUSED)`,
        proxy: host,
      });
      const nowhere = `${scheme}://nowhere.test:8080`;
      expect(await refusal('wss://localhost/ws', nowhere)).toMatchObject({
        kind: 'dns',
        message: 'the name of the proxy nowhere.test:8080 could not be resolved (ENOTFOUND)',
      });
    });

    test('a proxy that never answers costs the deadline and leaves nothing open', async () => {
      const mute = await started(tcpServer(() => undefined));
      const url = `${scheme}://${mute.host}`;
      const { kind } = await refusal('wss://localhost/ws', url, 150);
      expect(kind).toBe('timeout');
    });
  });

  test('an answer of the proxy is not taken for one of the exchange', async () => {
    const answers = `HTTP/1.1 429 Too Many Requests\r\nRetry-After: 60\r\n\r\n<b>no</b> token=${CANARY}`;
    const proxy = await started(connectProxy({ leadsTo: venue.host, answers }));
    const error = await refusal('wss://localhost/ws', `http://${proxy.host}`);
    expect(error).toMatchObject({
      kind: 'http-status',
      message: `the proxy ${proxy.host} answered HTTP 429 to the request for localhost:443: no token=[redacted]`,
      // Nobody else has to stay away from the exchange because of it.
      stopMs: undefined,
    });
  });

  test('a SOCKS proxy says in words why it does not lead there', async () => {
    const proxy = await started(socksProxy({ leadsTo: venue.host, replies: 4 }));
    expect(await refusal('wss://exchange.test/ws', `socks5://${proxy.host}`)).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(
        new RegExp(`^the proxy ${proxy.host} does not lead to exchange.test:443: .*HostUnreachable`),
      ) as string,
    });
  });

  test('a server that is no proxy is told as one', async () => {
    const other = await started(
      tcpServer((socket) => socket.once('data', () => socket.end('SSH-2.0-x\r\n'))),
    );
    for (const scheme of ['http', 'socks5'])
      expect((await refusal('wss://localhost/ws', `${scheme}://${other.host}`)).message).toContain(
        `the proxy ${other.host} `,
      );
  });

  test('connections of an engine move to another proxy at run time, and show its host only', async () => {
    const [first, second] = await Promise.all([
      started(connectProxy({ leadsTo: venue.host, credentials: `me:${CANARY}` })),
      started(socksProxy({ leadsTo: venue.host, credentials: `me:${CANARY}` })),
    ]);
    const instruments = await started(httpServer((_request, response) => response.end('["BTC/USDT"]')));
    const rest = await started(connectProxy({ leadsTo: instruments.host }));
    const stream = new ExchangeStream(
      {
        exchanges: [fakeAdapter()],
        settings: { fake: { urls: { public: 'wss://localhost', rest: 'http://rest.test' } } },
        subscriptions: [trades('BTC/USDT')],
        tuning: { backoffInitialMs: 1, backoffMaxMs: 1 },
        proxy: `http://${rest.host}`,
      },
      { lookup: resolver, ca: SELF_SIGNED.cert },
    );
    open.push(stream);
    const views: ConnectionView[] = [];
    let check = (): void => undefined;
    const until = (holds: (view: ConnectionView) => boolean): Promise<void> =>
      new Promise((resolve) => {
        check = () => {
          if (views.some(holds)) resolve();
        };
        check();
      });
    const loaded = new Promise<void>((resolve) =>
      stream.onLifecycle((event) => {
        if (event.type === 'instruments-loaded') resolve();
        if (event.type !== 'connection') return;
        views.push(event.connection);
        check();
      }),
    );
    stream.start();
    await loaded;
    expect(rest.asked).toEqual(['rest.test:80']);
    stream.setProxy(`http://me:${CANARY}@${first.host}`);
    await until(({ state, proxy }) => state === 'open' && proxy === first.host);
    stream.manager('fake').setProxy(`socks5://me:${CANARY}@${second.host}`);
    await until(({ state, proxy }) => state === 'open' && proxy === second.host);
    // Now that the exchange has a setting of its own, the common one is nothing to it.
    stream.setProxy(undefined);
    expect(stream.connections().at(-1)).toMatchObject({ state: 'open', proxy: second.host });
    expect(JSON.stringify([views, stream.connections()])).not.toContain(CANARY);
  });
});
