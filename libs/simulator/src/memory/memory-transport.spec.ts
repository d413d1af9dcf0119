import { VirtualClock } from '@exchange-stream/market-data';
import { createMemoryTransport, createSimulatedExchange, type SimulatedExchange } from '../index.ts';
import type { MemoryTransport } from './memory-transport.ts';
import type { MemorySocket } from './transport-ports.ts';

describe('the memory transport', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;
  let transport: MemoryTransport;
  let calls: string[];

  beforeEach(() => {
    clock = new VirtualClock(Date.UTC(2026, 10, 21, 10));
    exchange = createSimulatedExchange('binance', { clock, market: { symbols: ['BTCUSDT'] } });
    exchange.start();
    transport = createMemoryTransport(exchange, clock, { latencyMs: 20 });
    calls = [];
  });
  afterEach(() => exchange.stop());

  const open = (path = '/ws', maxFrameBytes = 1_000_000): MemorySocket => {
    const socket = transport.sockets.open(
      `ws://stream.binance.com:9443${path}`,
      { handshakeTimeoutMs: 10_000, maxFrameBytes },
      {
        onOpen: () => calls.push('open'),
        onFrame: (data) => calls.push(data.toString()),
        onPing: (payload) => {
          calls.push('ping');
          socket.pong(payload);
        },
        onPong: () => calls.push('pong'),
        onClose: (code, reason) => calls.push(`close ${code} ${reason}`),
        onError: (error) => calls.push(`error ${error.message}`),
      },
    );
    return socket;
  };
  const request = (path: string): Promise<{ status: number; body: string }> =>
    transport.http.request({
      method: 'GET',
      url: `https://api.binance.com${path}`,
      timeoutMs: 5000,
      maxBodyBytes: 1000,
    });

  it('opens, carries messages each way, and closes, each after its latency', async () => {
    const socket = open();
    expect(calls).toEqual([]);
    await clock.advance(39);
    expect(calls).toEqual([]);
    await clock.advance(1);
    expect(calls).toEqual(['open']);
    socket.send('{"method":"LIST_SUBSCRIPTIONS","id":1}');
    expect(socket.bufferedBytes).toBe(38);
    await clock.advance(40);
    expect(socket.bufferedBytes).toBe(0);
    socket.ping();
    await clock.advance(40);
    socket.close(1000, 'done');
    expect(calls).toEqual(['open', '{"result":[],"id":1}', 'pong']);
    await clock.advance(40);
    expect(calls.at(-1)).toBe('close 1000 done');
    expect(exchange.connections.size).toBe(0);
  });

  it('says nothing after the close', async () => {
    const socket = open('/ws/btcusdt@depth@100ms');
    await clock.advance(1000);
    socket.terminate();
    await clock.advance(1000);
    expect(calls.filter((call) => call.startsWith('close'))).toEqual(['close 1006 ']);
    expect(calls.at(-1)).toBe('close 1006 ');
  });

  it('carries pongs to the exchange, unless told not to', async () => {
    open();
    await clock.advance(200_000);
    expect(calls).not.toContain('close 1008 Pong timeout');
    transport.answersPings = false;
    await clock.advance(100_000);
    expect(calls.at(-1)).toBe('close 1008 Pong timeout');
  });

  it('refuses connections and requests', async () => {
    transport.refusing = true;
    open();
    const refused = expect(request('/api/v3/ping')).rejects.toThrow('ECONNREFUSED');
    await clock.advance(100);
    await refused;
    expect(calls).toEqual([
      'error stream.binance.com:9443 refused the connection or cut it (ECONNREFUSED)',
      'close 1006 ',
    ]);
  });

  it('freezes: open connections fall silent, new ones time out, thawed ones work', async () => {
    const frozen = open('/ws/btcusdt@depth@100ms');
    await clock.advance(1000);
    transport.freeze();
    const before = calls.length;
    const unanswered = expect(request('/api/v3/ping')).rejects.toThrow('within 5000 ms');
    await clock.advance(10_000);
    await unanswered;
    expect(calls).toHaveLength(before);
    open();
    await clock.advance(10_000);
    expect(calls.slice(before)).toEqual(['error no open socket within 10000 ms', 'close 1006 ']);
    transport.thaw();
    frozen.close();
    open();
    await clock.advance(30_000);
    expect(calls.slice(before + 2)).toContain('open');
    expect(calls).toContain('close 1006 ');
    expect(calls.filter((call) => call.startsWith('close'))).toHaveLength(2);
  });

  it('drops connections: the client sees 1006, the exchange forgets them', async () => {
    open();
    await clock.advance(100);
    transport.drop();
    await clock.advance(0);
    expect(calls).toEqual(['open', 'close 1006 ']);
    expect(exchange.connections.size).toBe(0);
  });

  it('delivers the code by which the exchange closes', async () => {
    open();
    await clock.advance(100);
    exchange.disconnectAll(1012);
    await clock.advance(100);
    expect(calls.at(-1)).toBe('close 1012 ');
  });

  it('fails on a frame that is larger than allowed', async () => {
    open('/ws/btcusdt@depth20@100ms', 100);
    await clock.advance(1000);
    expect(calls).toEqual(['open', 'error Max payload size exceeded', 'close 1009 ']);
  });

  it('answers requests, and refuses bodies that are too large or no longer wanted', async () => {
    const ping = request('/api/v3/ping');
    const tooLarge = expect(request('/api/v3/depth?symbol=BTCUSDT')).rejects.toThrow(
      'larger than 1000 bytes',
    );
    const abort = new AbortController();
    const aborted = expect(
      transport.http.request({
        method: 'GET',
        url: 'http://x/api/v3/ping',
        timeoutMs: 1000,
        maxBodyBytes: 1000,
        signal: abort.signal,
      }),
    ).rejects.toThrow('aborted');
    abort.abort();
    await clock.advance(40);
    await expect(ping).resolves.toMatchObject({ status: 200, body: '{}' });
    await tooLarge;
    await aborted;
  });

  it('leaves nothing behind in the clock', async () => {
    open('/ws/btcusdt@trade').close();
    open('/ws/btcusdt@trade');
    await clock.advance(1000);
    exchange.stop();
    await clock.advance(20);
    expect(clock.pending).toBe(0);
  });
});
