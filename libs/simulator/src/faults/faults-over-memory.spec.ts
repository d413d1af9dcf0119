import { VirtualClock } from '@exchange-stream/market-data';
import {
  createMemoryTransport,
  createSimulatedExchange,
  type MemoryHttpResponse,
  type MemorySocket,
  type MemoryTransport,
  type SimulatedExchange,
} from '../index.ts';

describe('faults over the memory transport', () => {
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

  const open = (path: string): MemorySocket =>
    transport.sockets.open(
      `ws://stream.binance.com:9443${path}`,
      { handshakeTimeoutMs: 10_000, maxFrameBytes: 10_000 },
      {
        onOpen: () => calls.push('open'),
        onFrame: () => calls.push('frame'),
        onPing: () => calls.push('ping'),
        onPong: () => calls.push('pong'),
        onClose: (code, reason) => calls.push(`close ${code} ${reason}`),
        onError: (error) => calls.push(`error ${error.message}`),
      },
    );
  const ping = (): Promise<MemoryHttpResponse> =>
    transport.http.request({
      method: 'GET',
      url: 'https://api.binance.com/api/v3/ping',
      timeoutMs: 5000,
      maxBodyBytes: 1000,
    });

  it('tells of an answer that is too large as such, with what came before the body', async () => {
    exchange.faults.inject({ type: 'rest-oversize', bytes: 200_000_000, count: 1 });
    const refused = expect(ping()).rejects.toMatchObject({
      code: 'OVERSIZE_BODY',
      status: 200,
      headers: { 'x-mbx-used-weight': '1' },
    });
    await clock.advance(1000);
    await refused;
    exchange.faults.inject({ type: 'rest-oversize', bytes: 1000, count: 1 });
    const answer = ping();
    await clock.advance(1000);
    expect((await answer).body).toHaveLength(1000);
  });

  it('refuses the handshakes of one path', async () => {
    exchange.faults.inject({ type: 'refuse-handshakes', status: 429, path: '/ws', retryAfterSeconds: 3 });
    open('/stream');
    open('/ws');
    await clock.advance(1000);
    expect(calls).toEqual([
      'open',
      'error stream.binance.com:9443 answered HTTP 429 in place of a WebSocket',
      'close 1006 ',
    ]);
  });

  it('refuses handshakes with a status, as often as told', async () => {
    exchange.faults.inject({ type: 'refuse-handshakes', status: 503, count: 1 });
    open('/ws');
    await clock.advance(1000);
    expect(calls).toEqual([
      'error stream.binance.com:9443 answered HTTP 503 in place of a WebSocket',
      'close 1006 ',
    ]);
    expect(exchange.connections.size).toBe(0);
    open('/ws');
    await clock.advance(1000);
    expect(calls.at(-1)).toBe('open');
    expect(exchange.faults.log.map(({ event }) => event)).toEqual(['began', 'hit', 'ended']);
  });

  it('fails a connection whose text is no UTF-8', async () => {
    exchange.faults.inject({ type: 'corrupt-frames', how: 'invalid-utf8', count: 1 });
    open('/ws/btcusdt@depth@100ms');
    await clock.advance(1000);
    expect(calls).toEqual(['open', 'error Invalid WebSocket frame: invalid UTF-8 sequence', 'close 1006 ']);
    expect(exchange.connections.size).toBe(0);
  });

  it('fails a connection whose frame is too large', async () => {
    open('/ws');
    await clock.advance(100);
    exchange.faults.inject({ type: 'oversize-frame', bytes: 10_001 });
    await clock.advance(100);
    expect(calls).toEqual(['open', 'error Max payload size exceeded', 'close 1009 ']);
  });

  it('holds answers back, beyond the deadline of the one who asks if need be', async () => {
    exchange.faults.inject({ type: 'rest-slow', delayMs: 3000, count: 1 });
    exchange.faults.inject({ type: 'rest-slow', delayMs: 30_000, count: 1 });
    let settled = false;
    const slow = ping().finally(() => (settled = true));
    const late = expect(ping()).rejects.toThrow('within 5000 ms');
    await clock.advance(3039);
    expect(settled).toBe(false);
    await clock.advance(1);
    expect((await slow).status).toBe(200);
    await clock.advance(2000);
    await late;
    exchange.stop();
    expect(clock.pending).toBe(0);
  });

  it('refuses bodies that are too large', async () => {
    exchange.faults.inject({ type: 'rest-oversize', bytes: 1001 });
    const refused = expect(ping()).rejects.toThrow('larger than 1000 bytes');
    await clock.advance(100);
    await refused;
  });
});
