import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { ExchangeAdapter, SocketEndpoint } from '../../src/contract/index.ts';
import { Replay } from '../../src/engine/index.ts';
import { FakeWorld, fakeAdapter, trades, type FakeSocket } from './fake-exchange.ts';

const TRADE = JSON.stringify({ topic: 'trades.BTCUSDT', id: '1', price: '1' });
const MIB = 1024 * 1024;

function packing(compression: SocketEndpoint['compression']): ExchangeAdapter {
  const adapter = fakeAdapter();
  const endpoint = adapter.endpoints.public!;
  return { ...adapter, endpoints: { public: { ...endpoint, ...(compression && { compression }) } } };
}

async function connected(
  compression: SocketEndpoint['compression'],
): Promise<{ world: FakeWorld; socket: FakeSocket }> {
  const world = new FakeWorld(packing(compression), { subscriptions: [trades('BTC/USDT')] });
  const socket = await world.connect();
  socket.ackAll();
  return { world, socket };
}

const counters = (world: FakeWorld): unknown => world.stream.manager('fake').counters();

describe('packed frames', () => {
  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate-raw', deflateRawSync],
  ] as const)('are unpacked before they are read: %s', async (compression, pack) => {
    const { world, socket } = await connected(compression);
    expect(socket.options.permessageDeflate).toBeUndefined();
    socket.pushBytes(pack(TRADE));
    // Text on the same connection comes as it is.
    socket.push(TRADE.replace('"id":"1"', '"id":"2"'));
    expect(counters(world)).toMatchObject({ undecodable: 0, events: { trades: 2 } });
    // What came off the wire is counted, not what it became.
    expect(world.stream.connections()[0]?.bytes).toBeLessThan(pack(TRADE).length + TRADE.length + 100);

    const problems: unknown[] = [];
    const replay = new Replay(packing(compression), { onProblem: (problem) => problems.push(problem) });
    replay.read({ kind: 'connect', time: 0, url: 'wss://one.test/stream' });
    for (const [frame, binary] of [
      [pack(TRADE), true],
      [Buffer.from(TRADE), false],
    ] as const)
      replay.read({ kind: 'recv', time: 1, frame, binary });
    expect(problems).toEqual([]);
  });

  test('are left to the socket where it is the WebSocket that packs them', async () => {
    const { world, socket } = await connected('permessage-deflate');
    expect(socket.options.permessageDeflate).toBe(true);
    socket.pushBytes(Buffer.from(TRADE));
    expect(counters(world)).toMatchObject({ undecodable: 0, events: { trades: 1 } });
  });

  test('are no such thing where nobody declared them', async () => {
    const { world, socket } = await connected(undefined);
    expect(socket.options.permessageDeflate).toBeUndefined();
    socket.pushBytes(gzipSync(TRADE));
    expect(counters(world)).toMatchObject({ undecodable: 1 });
  });

  test.each([
    ['garbage', Buffer.from('no gzip')],
    ['cut off', gzipSync(TRADE).subarray(0, 30)],
    ['nothing', Buffer.alloc(0)],
  ])('that cannot be unpacked are dropped, counted and kept: %s', async (_what, frame) => {
    const { world, socket } = await connected('gzip');
    for (let time = 0; time < 19; time++) socket.pushBytes(frame);
    expect(counters(world)).toMatchObject({ undecodable: 19 });
    expect(world.stream.connections()[0]).toMatchObject({ state: 'open' });
    expect(world.stream.connections()[0]?.undecodableFrames).toHaveLength(5);
    socket.pushBytes(frame);
    expect(world.stream.connections()[0]).toMatchObject({ state: 'waiting' });
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate-raw', deflateRawSync],
  ] as const)('that are bombs cost the connection, and no time: %s', async (compression, pack) => {
    const bomb = pack(Buffer.alloc(256 * MIB));
    const tookMs: number[] = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      const { world, socket } = await connected(compression);
      const heapBefore = process.memoryUsage().arrayBuffers;
      const startedAt = process.cpuUsage();
      socket.pushBytes(bomb);
      const { user, system } = process.cpuUsage(startedAt);
      tookMs.push((user + system) / 1_000);
      expect(world.stream.connections()[0]).toMatchObject({
        state: 'waiting',
        reason: `a frame would unpack to more than ${8 * MIB} bytes`,
      });
      expect(counters(world)).toMatchObject({ undecodable: 1 });
      expect(process.memoryUsage().arrayBuffers - heapBefore).toBeLessThan(2 * 8 * MIB);
    }
    // Time of the processor, and the best of three: what else the machine does is not the point. The whole bomb takes
    // several times as long.
    expect(Math.min(...tookMs)).toBeLessThan(50);
  });
});
