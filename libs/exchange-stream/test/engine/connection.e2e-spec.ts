import {
  createPlatform,
  ExchangeStream,
  type ConnectionView,
  type EngineTuning,
} from '../../src/engine/index.ts';
import { fakeAdapter, trades } from './fake-exchange.ts';
import { httpServer, webSocketServer, type HostileServer } from './hostile-server.ts';

/** An engine with real sockets, on the way to a server. */
class RealWorld {
  readonly views: ConnectionView[] = [];
  private readonly stream: ExchangeStream;
  private check: () => void = () => undefined;

  constructor(server: HostileServer, tuning: EngineTuning = {}) {
    this.stream = new ExchangeStream(
      {
        exchanges: [fakeAdapter()],
        settings: { fake: { urls: { public: `ws://${server.host}` } } },
        subscriptions: [trades('BTC/USDT')],
        tuning: { backoffInitialMs: 1, backoffMaxMs: 1, ...tuning },
      },
      createPlatform({
        http: { request: () => Promise.resolve({ status: 200, headers: {}, body: '["BTC/USDT"]' }) },
      }),
    );
    this.stream.onLifecycle((event) => {
      if (event.type !== 'connection') return;
      this.views.push(event.connection);
      this.check();
    });
    this.stream.start();
  }

  /** The first view of which it holds. */
  until(holds: (view: ConnectionView) => boolean): Promise<ConnectionView> {
    return new Promise((resolve) => {
      this.check = () => {
        const found = this.views.find(holds);
        if (found) resolve(found);
      };
      this.check();
    });
  }

  close(): Promise<void> {
    return this.stream.close();
  }
}

const lost = ({ state }: ConnectionView): boolean => state === 'waiting';
const back = ({ state, reconnects }: ConnectionView): boolean => state === 'open' && reconnects === 1;

describe('a connection over real sockets', () => {
  let server: HostileServer;
  let world: RealWorld;

  afterEach(async () => {
    await world.close();
    await server.close();
  });

  test('shows why it was refused, in a word and in words', async () => {
    server = await httpServer((_request, response) => response.writeHead(451).end('Restricted location'));
    world = new RealWorld(server);
    expect(await world.until(lost)).toMatchObject({
      failure: { kind: 'http-status', status: 451 },
      reason: `${server.host} answered HTTP 451 in place of a WebSocket: Restricted location`,
    });
  });

  test('closes with 1009 over a frame beyond the cap, says so, and comes back', async () => {
    let told: (code: number) => void = () => undefined;
    const firstClose = new Promise<number>((resolve) => (told = resolve));
    server = await webSocketServer((socket) => {
      socket.on('close', told);
      if (server.connections === 1) socket.send('x'.repeat(2_000));
    });
    world = new RealWorld(server, { maxFrameBytes: 1_000 });
    expect((await world.until(lost)).reason).toBe(
      'a frame was larger than 1000 bytes, so we closed with code 1009',
    );
    await world.until(back);
    expect(await firstClose).toBe(1009);
  });

  test.each([
    ['more than the cap', 400, 5, 'a frame was larger than 1000 bytes, so we closed with code 1009'],
    ['nothing', 0, 20_000, 'a frame came in too many fragments, so we closed with code 1008'],
  ])('does not collect fragments for ever that bring %s', async (_what, bytes, fragments, reason) => {
    server = await webSocketServer((socket) => {
      if (server.connections > 1) return;
      for (let sent = 0; sent < fragments; sent++) socket.send('x'.repeat(bytes), { fin: false });
    });
    world = new RealWorld(server, { maxFrameBytes: 1_000 });
    expect((await world.until(lost)).reason).toBe(reason);
    await world.until(back);
  });

  test('does not wait for a peer that never answers the close', async () => {
    server = await webSocketServer((socket) => {
      if (server.connections > 1) return;
      socket.send('x'.repeat(2_000));
      socket.pause();
    });
    world = new RealWorld(server, { maxFrameBytes: 1_000, closeDeadlineMs: 600_000 });
    await world.until(back);
  });

  test('closes with 1007 over text that is not UTF-8, says so, and comes back', async () => {
    let told: (code: number) => void = () => undefined;
    const firstClose = new Promise<number>((resolve) => (told = resolve));
    server = await webSocketServer((socket) => {
      socket.on('close', told);
      if (server.connections === 1) socket.send(Buffer.from([0x7b, 0xff, 0xfe]), { binary: false });
    });
    world = new RealWorld(server);
    expect((await world.until(lost)).reason).toBe('a text frame was not UTF-8, so we closed with code 1007');
    await world.until(back);
    expect(await firstClose).toBe(1007);
  });
});
