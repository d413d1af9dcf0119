import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { CountingClock } from '../../../test/counting-clock.ts';
import { InvalidToxicError, startFaultyNetwork, startSimulator, type FaultyNetwork } from '../../index.ts';

describe('a faulty network', () => {
  let server: Server;
  let network: FaultyNetwork;
  let client: Socket;
  let accepted: Socket;
  /** What the server received, and what the client received, piece by piece. */
  let up: Buffer[];
  let down: Buffer[];
  let clientEnd: string | undefined;

  beforeEach(async () => {
    server = createServer({ allowHalfOpen: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    network = await startFaultyNetwork({ to: { host: '127.0.0.1', port }, seed: 7 });
    await open();
  });
  afterEach(async () => {
    await network.stop();
    client.destroy();
    accepted.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  async function open(): Promise<void> {
    const connection = once(server, 'connection');
    client = connect({ port: network.port, host: '127.0.0.1', allowHalfOpen: true }).setNoDelay(true);
    [accepted] = (await connection) as [Socket];
    accepted.setNoDelay(true);
    up = [];
    down = [];
    clientEnd = undefined;
    client.on('data', (bytes: Buffer) => down.push(bytes));
    client.on('end', () => (clientEnd ??= 'FIN'));
    client.on('error', (error: NodeJS.ErrnoException) => (clientEnd = error.code));
    accepted.on('data', (bytes: Buffer) => up.push(bytes));
    accepted.on('error', () => undefined);
  }
  const length = (pieces: Buffer[]): number => Buffer.concat(pieces).length;
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  const elapsedUntil = async (condition: () => boolean): Promise<number> => {
    const start = performance.now();
    await until(condition);
    // A timer may fire up to a millisecond early by this other clock.
    return performance.now() - start + 2;
  };
  /** A message the other way round: whatever could have arrived by now has. */
  const upstreamRoundTrip = async (): Promise<void> => {
    const before = length(up);
    client.write('!');
    await until(() => length(up) > before);
  };

  it('changes nothing by itself', async () => {
    client.write('hello');
    await until(() => length(up) === 5);
    accepted.end('world');
    await until(() => clientEnd === 'FIN');
    expect(Buffer.concat(down).toString()).toBe('world');
  });

  it('delays one direction and not the other, and keeps the order', async () => {
    network.add({ type: 'latency', direction: 'downstream', delayMs: 60, jitterMs: 20 });
    accepted.write('a');
    const elapsed = elapsedUntil(() => length(down) >= 1);
    await upstreamRoundTrip();
    expect(down).toEqual([]);
    for (const letter of 'bcdef') accepted.write(letter);
    await until(() => length(down) === 6);
    expect(Buffer.concat(down).toString()).toBe('abcdef');
    expect(await elapsed).toBeGreaterThanOrEqual(40);
  });

  it('narrows the line', async () => {
    network.add({ type: 'bandwidth', direction: 'downstream', bytesPerSecond: 10_000 });
    accepted.write(Buffer.alloc(2000));
    expect(await elapsedUntil(() => length(down) === 2000)).toBeGreaterThanOrEqual(200);
  });

  it('tells of the end later', async () => {
    network.add({ type: 'slow-close', direction: 'downstream', delayMs: 80 });
    accepted.end('last words');
    const elapsed = elapsedUntil(() => clientEnd !== undefined);
    await until(() => length(down) === 10);
    await upstreamRoundTrip();
    expect(clientEnd).toBeUndefined();
    expect(await elapsed).toBeGreaterThanOrEqual(80);
    expect(clientEnd).toBe('FIN');
  });

  it('is a black hole until the toxic goes, and then delivers like TCP', async () => {
    const hole = network.add({ type: 'timeout', direction: 'downstream' });
    accepted.end('swallowed');
    await upstreamRoundTrip();
    expect(length(down)).toBe(0);
    network.remove(hole);
    await until(() => clientEnd === 'FIN');
    expect(Buffer.concat(down).toString()).toBe('swallowed');
  });

  it('is a black hole that closes after its time', async () => {
    network.add({ type: 'timeout', direction: 'downstream', closeAfterMs: 50 });
    accepted.write('swallowed');
    expect(await elapsedUntil(() => clientEnd !== undefined)).toBeGreaterThanOrEqual(50);
    expect([clientEnd, length(down)]).toEqual(['FIN', 0]);
  });

  it('resets', async () => {
    network.add({ type: 'reset', direction: 'downstream', afterMs: 20 });
    expect(await elapsedUntil(() => clientEnd !== undefined)).toBeGreaterThanOrEqual(20);
    expect(clientEnd).toBe('ECONNRESET');
  });

  it('slices', async () => {
    network.add({ type: 'slicer', direction: 'upstream', bytes: 2, delayMs: 5 });
    client.write('0123456789');
    expect(await elapsedUntil(() => length(up) === 10)).toBeGreaterThanOrEqual(25);
    expect(Buffer.concat(up).toString()).toBe('0123456789');
    expect(up.length).toBeGreaterThan(1);
  });

  it('closes after so many bytes', async () => {
    network.add({ type: 'limit-data', direction: 'downstream', bytes: 4 });
    accepted.write('0123456789');
    await until(() => clientEnd !== undefined);
    expect([clientEnd, Buffer.concat(down).toString()]).toEqual(['FIN', '0123']);
  });

  it('combines toxics, on connections to come as well', async () => {
    network.add({ type: 'latency', direction: 'downstream', delayMs: 50 });
    network.add({ type: 'limit-data', direction: 'downstream', bytes: 3 });
    client.destroy();
    accepted.destroy();
    await open();
    accepted.write('012345');
    expect(await elapsedUntil(() => clientEnd !== undefined)).toBeGreaterThanOrEqual(50);
    expect(Buffer.concat(down).toString()).toBe('012');
  });

  it('stops reading a sender whose bytes cannot go on', async () => {
    network.add({ type: 'timeout', direction: 'upstream' });
    let backlog = 0;
    // Kernel buffers hold some megabytes; what is more must stay with the sender.
    for (let sent = 0; sent < 64; sent++) client.write(Buffer.alloc(1024 * 1024));
    for (let stable = 0; stable < 20;) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      stable = client.writableLength === backlog ? stable + 1 : 0;
      backlog = client.writableLength;
    }
    expect(backlog).toBeGreaterThan(32 * 1024 * 1024);
    network.clear('upstream');
    await until(() => up.reduce((sum, { length: bytes }) => sum + bytes, 0) === 64 * 1024 * 1024);
  });

  it('forgets connections that are over, and refuses toxics that cannot be', async () => {
    expect(network.connections).toBe(1);
    client.end();
    accepted.end();
    await until(() => network.connections === 0);
    expect(() => network.add({ type: 'bandwidth', direction: 'upstream', bytesPerSecond: 0 })).toThrow(
      InvalidToxicError,
    );
    expect(network.toxics).toEqual([]);
  });

  it('carries a simulated exchange, and leaves nothing open after its stop', async () => {
    const clock = new CountingClock();
    const simulator = await startSimulator({ exchange: 'binance', market: { symbols: ['BTCUSDT'] } });
    const inFront = await startFaultyNetwork({ to: simulator, clock });
    inFront.add({ type: 'slicer', direction: 'downstream', bytes: 40, variation: 30 });
    const socket = new WebSocket(`${inFront.webSocketUrl}/ws/btcusdt@depth@100ms`);
    const [data] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(data.toString())).toMatchObject({ e: 'depthUpdate', s: 'BTCUSDT' });
    expect(await (await fetch(`${inFront.restUrl}/api/v3/ping`)).json()).toEqual({});
    inFront.add({ type: 'timeout', direction: 'downstream', closeAfterMs: 3_600_000 });
    expect(clock.pending).toBeGreaterThan(0);
    const closed = once(socket, 'close');
    await Promise.all([inFront.stop(), inFront.stop()]);
    await closed;
    expect([inFront.connections, clock.pending]).toEqual([0, 0]);
    await simulator.stop();
  });
});
