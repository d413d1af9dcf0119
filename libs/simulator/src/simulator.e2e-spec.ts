import { once } from 'node:events';
import { WebSocket } from 'ws';
import { LocalBook, type DepthSnapshot, type DepthUpdate } from '../test/local-book.ts';
import { startSimulator, type RunningSimulator } from './index.ts';

describe('a simulated exchange on a port', () => {
  let simulator: RunningSimulator;

  beforeEach(async () => {
    simulator = await startSimulator({ exchange: 'binance', market: { symbols: ['BTCUSDT'] } });
  });
  afterEach(() => simulator.stop());

  it('lets a client that follows the instructions build the exact book', async () => {
    const socket = new WebSocket(`${simulator.webSocketUrl}/ws/0`);
    const updates: DepthUpdate[] = [];
    const acknowledged = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        const frame = JSON.parse(data.toString()) as DepthUpdate & { id?: number };
        if (frame.id === 1) resolve();
        else updates.push(frame);
      });
    });
    await once(socket, 'open');
    socket.send(JSON.stringify({ method: 'SUBSCRIBE', params: ['btcusdt@depth@100ms'], id: 1 }));
    await acknowledged;
    while (updates.length < 2) await once(socket, 'message');
    const response = await fetch(`${simulator.restUrl}/api/v3/depth?symbol=BTCUSDT&limit=1000`);
    const local = new LocalBook((await response.json()) as DepthSnapshot);
    const enough = updates.length + 5;
    while (updates.length < enough) await once(socket, 'message');
    simulator.exchange.market.pause();
    const truth = simulator.exchange.market.book('BTCUSDT');
    while (updates.at(-1)!.u < truth.lastUpdateId) await once(socket, 'message');
    for (const update of updates) local.apply(update);
    expect(local.book).toEqual(truth);
    expect(response.headers.get('x-mbx-used-weight-1m')).toBe('50');
    expect(simulator.exchange.violations).toEqual([]);
    socket.terminate();
  });

  it('cuts off a client that floods it', async () => {
    const socket = new WebSocket(`${simulator.webSocketUrl}/ws`);
    await once(socket, 'open');
    for (let id = 1; id <= 6; id++) socket.send(JSON.stringify({ method: 'LIST_SUBSCRIPTIONS', id }));
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([1008, 'Too many requests']);
  });

  it('stops, twice if asked, and frees its port', async () => {
    const socket = new WebSocket(`${simulator.webSocketUrl}/ws/btcusdt@trade`);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    await Promise.all([simulator.stop(), simulator.stop()]);
    await closed;
    const again = await startSimulator({
      exchange: 'binance',
      port: simulator.port,
      market: { symbols: [] },
    });
    expect(again.port).toBe(simulator.port);
    await again.stop();
  });

  it('names the port that is taken', async () => {
    const { port } = simulator;
    await expect(
      startSimulator({ exchange: 'binance', port, market: { symbols: [] } }),
    ).rejects.toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: expect.stringContaining(`127.0.0.1:${port}`) as string,
    });
  });

  it('names the exchanges there are', async () => {
    await expect(startSimulator({ exchange: 'mtgox' })).rejects.toThrow('Use one of: binance');
  });

  it('names the symbols there are', async () => {
    const market = { symbols: ['BTCEUR'] };
    await expect(startSimulator({ exchange: 'binance', market })).rejects.toThrow('Listed: BTCUSDT');
  });
});
