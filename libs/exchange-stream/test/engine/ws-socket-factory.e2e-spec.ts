import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { runInThisContext } from 'node:vm';
import { HandshakeError, type SocketOptions } from '../../src/engine/index.ts';
import { WsSocketFactory } from '../../src/engine/platform/ws-socket-factory.ts';
import {
  httpServer,
  selfSignedServer,
  tcpServer,
  webSocketServer,
  type HostileServer,
} from './hostile-server.ts';

const CANARY = 'c4n4ry';

/** What a socket told until it was closed. */
interface Told {
  readonly opened: boolean;
  readonly errors: readonly Error[];
}

function dial(
  url: string,
  options: Partial<SocketOptions> = {},
  resolver: LookupFunction = lookup,
): Promise<Told> {
  const errors: Error[] = [];
  let opened = false;
  return new Promise((resolve) => {
    new WsSocketFactory(resolver).open(
      url,
      { handshakeTimeoutMs: 5_000, maxFrameBytes: 1_000, closeDeadlineMs: 1_000, ...options },
      {
        onOpen: () => (opened = true),
        onFrame: () => undefined,
        onPing: () => undefined,
        onPong: () => undefined,
        onError: (error) => errors.push(error),
        onClose: () => resolve({ opened, errors }),
      },
    );
  });
}

/** The one error of a handshake that did not succeed. */
async function refusal(...of: Parameters<typeof dial>): Promise<HandshakeError> {
  const { opened, errors } = await dial(...of);
  expect(opened).toBe(false);
  expect(errors).toEqual([expect.any(HandshakeError)]);
  return errors[0] as HandshakeError;
}

describe('a socket that is open', () => {
  test('leaves the answer to a ping to whoever holds it, and answers byte by byte', async () => {
    const pongs: Buffer[] = [];
    const asked = Buffer.from([0xff, 0x00, 0x80]);
    const server = await webSocketServer((peer) => {
      peer.on('pong', (payload: Buffer) => {
        pongs.push(payload);
        if (pongs.length === 1) peer.close();
      });
      peer.ping('never answered');
      peer.ping(asked);
    });
    await new Promise<void>((resolve) => {
      const socket = new WsSocketFactory(lookup).open(
        `ws://${server.host}/ws`,
        { handshakeTimeoutMs: 5_000, maxFrameBytes: 1_000, closeDeadlineMs: 1_000 },
        {
          onOpen: () => undefined,
          onFrame: () => undefined,
          onPing: (payload) => {
            if (payload.equals(asked)) socket.pong(payload);
          },
          onPong: () => undefined,
          onError: () => undefined,
          onClose: () => resolve(),
        },
      );
    });
    await server.close();
    expect(pongs).toEqual([asked]);
  });
});

describe('a socket that does not open', () => {
  const servers: HostileServer[] = [];
  const running = async (server: Promise<HostileServer>): Promise<HostileServer> => {
    servers.push(await server);
    return server;
  };

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  test('tells that nobody listens', async () => {
    const { host, close } = await tcpServer(() => undefined);
    await close();
    expect(await refusal(`ws://${host}/ws`)).toMatchObject({
      kind: 'refused',
      code: 'HANDSHAKE',
      message: `${host} refused the connection or cut it (ECONNREFUSED)`,
    });
  });

  test('tells that the connection was cut before the answer', async () => {
    const { host } = await running(
      tcpServer((socket) => socket.once('data', () => socket.resetAndDestroy())),
    );
    expect(await refusal(`ws://${host}/ws`)).toMatchObject({
      kind: 'refused',
      message: `${host} refused the connection or cut it (ECONNRESET)`,
    });
  });

  test('tells that nothing came in time', async () => {
    const { host } = await running(tcpServer(() => undefined));
    expect(await refusal(`ws://${host}/ws`, { handshakeTimeoutMs: 150 })).toMatchObject({
      kind: 'timeout',
      message: 'no open socket within 150 ms',
    });
  });

  test.each(['ENOTFOUND', 'EAI_AGAIN'])('tells that the name has no address: %s', async (code) => {
    const fails: LookupFunction = (name, _options, done) =>
      done(Object.assign(new Error(`getaddrinfo ${code} ${name}`), { code }), '');
    expect(await refusal('wss://gone.test/ws', {}, fails)).toMatchObject({
      kind: 'dns',
      message: `the name of gone.test could not be resolved (${code})`,
    });
  });

  test('asks for the address anew with every attempt', async () => {
    const { host } = await running(httpServer((_request, response) => response.writeHead(503).end()));
    const port = host.split(':')[1];
    const asked: string[] = [];
    const resolver: LookupFunction = (name, options, done) => {
      asked.push(name);
      lookup('127.0.0.1', options, done);
    };
    for (let attempt = 0; attempt < 2; attempt++) await refusal(`ws://moves.test:${port}/ws`, {}, resolver);
    expect(asked).toEqual(['moves.test', 'moves.test']);
  });

  test('trusts no certificate that it should not, whatever the environment says', async () => {
    const { host } = await running(selfSignedServer());
    // What Jest calls `process.env` is a copy that Node's TLS never reads.
    const environment = runInThisContext('process.env') as NodeJS.ProcessEnv;
    environment.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      expect(await refusal(`wss://${host}/ws`)).toMatchObject({
        kind: 'tls',
        message: `no trusted TLS connection to ${host} (DEPTH_ZERO_SELF_SIGNED_CERT)`,
      });
    } finally {
      delete environment.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });

  test('does not fall back to plain text', async () => {
    const server = await running(webSocketServer(() => undefined));
    expect(await refusal(`wss://${server.host}/ws`)).toMatchObject({ kind: 'tls' });
    expect(server.connections).toBe(1);
  });

  test('tells an HTTP answer with the beginning of its body, and no secret in it', async () => {
    const page = `<html><h1>Access\n denied</h1><a href="/why?token=${CANARY}">why</a>${' ?a'.repeat(50_000)}`;
    const { host } = await running(
      httpServer((_request, response) => response.writeHead(403, { 'content-type': 'text/html' }).end(page)),
    );
    const { kind, message, answer } = await refusal(`ws://${host}/ws`);
    expect({ kind, status: answer?.status }).toEqual({ kind: 'http-status', status: 403 });
    expect(message).toContain(
      `${host} answered HTTP 403 in place of a WebSocket: Access denied why ?[redacted] ?`,
    );
    expect(message.length).toBeLessThan(300);
    expect(answer?.body).toContain('Access\n denied');
    expect(answer?.body.length).toBeLessThanOrEqual(4_096);
    expect(answer?.body + message).not.toContain(CANARY);
  });

  test('tells the status though the body never ends', async () => {
    const { host } = await running(
      httpServer((_request, response) => response.writeHead(429, { 'retry-after': '7' }).write('slow down')),
    );
    expect(await refusal(`ws://${host}/ws`)).toMatchObject({
      message: expect.stringContaining('asks to stay away for 7 s: slow down') as string,
      answer: { status: 429, retryAfterMs: 7_000, body: 'slow down' },
      stopMs: 7_000,
    });
  });

  test('reads no more of a body than it shows, however fast it comes', async () => {
    const part = 'x'.repeat(64 * 1024);
    let sent = 0;
    const { host } = await running(
      httpServer((_request, response) => {
        const more = (): void => {
          do sent += part.length;
          while (response.write(part));
        };
        response.on('drain', more);
        more();
      }),
    );
    expect((await refusal(`ws://${host}/ws`)).answer?.body).toBe(part.slice(0, 4_096));
    // What fits into the buffers of the way is more than what is read, and far less than a second could bring.
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });

  test.each([
    ['in seconds', { 'retry-after': '120' }, 120_000],
    [
      'as a date, by the clock of the answer',
      { date: 'Wed, 21 Oct 2015 07:28:00 GMT', 'retry-after': 'Wed, 21 Oct 2015 07:28:30 GMT' },
      30_000,
    ],
    ['as nonsense: the default counts', { 'retry-after': 'soon' }, 60_000],
    ['as zero: the default counts', { 'retry-after': '0' }, 60_000],
    ['without measure: no timer takes it', { 'retry-after': '9'.repeat(400) }, 7 * 24 * 3_600_000],
    ['not at all: the default counts', {}, 60_000],
  ])('reads how long to stay away %s', async (_how, headers, stopMs) => {
    const { host } = await running(
      httpServer((_request, response) => response.writeHead(418, headers).end()),
    );
    expect((await refusal(`ws://${host}/ws`)).stopMs).toBe(stopMs);
  });

  test('does not follow a redirect', async () => {
    const elsewhere = await running(webSocketServer(() => undefined));
    const { host } = await running(
      httpServer((_request, response) =>
        response.writeHead(301, { location: `ws://${elsewhere.host}/ws` }).end(),
      ),
    );
    expect(await refusal(`ws://${host}/ws`)).toMatchObject({
      message: `${host} answered HTTP 301 in place of a WebSocket (a redirect, which is not followed)`,
    });
    expect(elsewhere.connections).toBe(0);
  });

  test.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
    [
      'a wrong accept key',
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: no\r\n\r\n',
    ],
  ])('tells an answer that is no handshake: %s', async (_what, answer) => {
    const { host } = await running(tcpServer((socket) => socket.once('data', () => socket.write(answer))));
    const { kind, message } = await refusal(`ws://${host}/ws`);
    expect(kind).toBe('protocol');
    expect(message).toContain(`${host} does not speak WebSocket: `);
  });
});
