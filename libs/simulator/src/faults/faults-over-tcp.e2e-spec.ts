import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { WebSocket } from 'ws';
import { CountingClock } from '../../test/counting-clock.ts';
import { startSimulator, type RunningSimulator } from '../index.ts';

/** Bytes that the answers made meanwhile hold for their readers, at this moment. */
function watchedAnswers(): { readonly made: readonly ServerResponse[]; heldBytes(): number; stop(): void } {
  const answers: ServerResponse[] = [];
  const onRequest = (message: unknown): void =>
    void answers.push((message as { response: ServerResponse }).response);
  subscribe('http.server.request.start', onRequest);
  return {
    made: answers,
    heldBytes: () => answers.reduce((sum, answer) => sum + answer.writableLength, 0),
    stop: () => void unsubscribe('http.server.request.start', onRequest),
  };
}

describe('faults over TCP', () => {
  let clock: CountingClock;
  let simulator: RunningSimulator;

  beforeEach(async () => {
    clock = new CountingClock();
    simulator = await startSimulator({ exchange: 'binance', clock, market: { symbols: ['BTCUSDT'] } });
  });
  afterEach(() => simulator.stop());

  const open = (path = '/ws', options = {}): WebSocket =>
    new WebSocket(`${simulator.webSocketUrl}${path}`, options).on('error', () => undefined);

  /** Unlike `once`, not put off by the error before it. */
  const closing = (socket: WebSocket): Promise<string> =>
    new Promise((resolve) => socket.on('close', (code, reason) => resolve(`${code} ${reason.toString()}`)));

  it('refuses handshakes with a status', async () => {
    simulator.exchange.faults.inject({ type: 'refuse-handshakes', status: 403, count: 1 });
    const [error] = (await once(open(), 'error')) as [Error];
    expect(error.message).toBe('Unexpected server response: 403');
    const socket = open();
    await once(socket, 'open');
    socket.terminate();
  });

  it('sends bytes that a WebSocket library cannot take', async () => {
    simulator.exchange.faults.inject({ type: 'corrupt-frames', how: 'invalid-utf8', count: 1 });
    const socket = open('/ws/btcusdt@depth@100ms');
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toBe('Invalid WebSocket frame: invalid UTF-8 sequence');
    expect(await closing(socket)).toBe('1006 ');
  });

  it('sends frames larger than allowed, and closes by code and reason', async () => {
    const [small, other] = [open('/ws', { maxPayload: 1000 }), open()];
    await Promise.all([once(small, 'open'), once(other, 'open')]);
    const tooLarge = closing(small);
    simulator.exchange.faults.inject({ type: 'oversize-frame', bytes: 2000 });
    // The library hangs up by itself, so it never hears a code.
    expect(await tooLarge).toBe('1006 ');
    const closed = closing(other);
    simulator.exchange.faults.inject({ type: 'close', code: 1013, reason: 'Try again' });
    expect(await closed).toBe('1013 Try again');
  });

  it('lets a library answer a flood of pings, and stays connected', async () => {
    const socket = open();
    await once(socket, 'open');
    let pings = 0;
    const flooded = new Promise<void>((resolve) => socket.on('ping', () => ++pings === 50 && resolve()));
    simulator.exchange.faults.inject({ type: 'ping-flood', pings: 50 });
    await flooded;
    socket.send('{"method":"LIST_SUBSCRIPTIONS","id":1}');
    expect(String(await once(socket, 'message'))).toContain('"result":[]');
    expect(simulator.exchange.violations).toEqual([]);
    socket.terminate();
  });

  it('answers slowly, and leaves no answer behind after a stop', async () => {
    simulator.exchange.faults.inject({ type: 'rest-slow', delayMs: 50, count: 1 });
    const start = performance.now();
    expect((await fetch(`${simulator.restUrl}/api/v3/ping`)).status).toBe(200);
    // A timer may fire up to a millisecond early by this other clock.
    expect(performance.now() - start).toBeGreaterThanOrEqual(49);
    const { exchange } = simulator;
    exchange.faults.inject({ type: 'rest-slow', delayMs: 3_600_000 });
    const unanswered = expect(fetch(`${simulator.restUrl}/api/v3/ping`)).rejects.toThrow('fetch failed');
    while (exchange.faults.log.at(-1)?.event !== 'hit')
      await new Promise((resolve) => setTimeout(resolve, 2));
    await simulator.stop();
    await unanswered;
    while (clock.pending > 0) await new Promise((resolve) => setTimeout(resolve, 2));
  });

  it.each([true, false])('streams 100 MB, and holds none of it (declared %s)', async (declared) => {
    const bytes = 100_000_000;
    simulator.exchange.faults.inject({ type: 'rest-oversize', bytes, declared, count: 2 });
    const answers = watchedAnswers();
    const response = await fetch(`${simulator.restUrl}/api/v3/ping`);
    expect(response.headers.get('content-length')).toBe(declared ? String(bytes) : null);
    let received = 0;
    let mostHeld = 0;
    for await (const chunk of response.body!) {
      received += (chunk as Uint8Array).length;
      mostHeld = Math.max(mostHeld, answers.heldBytes());
    }
    answers.stop();
    expect(received).toBe(bytes);
    expect(answers.made).toHaveLength(1);
    // A chunk or two wait for the reader; of a body that is held whole, all of it would.
    expect(mostHeld).toBeLessThan(1_000_000);
    // Who has seen enough hangs up.
    const abandoned = await fetch(`${simulator.restUrl}/api/v3/ping`);
    await abandoned.body!.cancel();
    expect((await fetch(`${simulator.restUrl}/api/v3/ping`)).status).toBe(200);
  });

  it('bans for a while', async () => {
    simulator.exchange.faults.inject({ type: 'rest-status', status: 418, retryAfterSeconds: 60, count: 1 });
    const banned = await fetch(`${simulator.restUrl}/api/v3/ping`);
    expect([banned.status, banned.headers.get('retry-after')]).toEqual([418, '60']);
    expect((await fetch(`${simulator.restUrl}/api/v3/ping`)).status).toBe(200);
  });
});
