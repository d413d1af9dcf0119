import { VirtualClock } from '@exchange-stream/market-data';
import { RecordingClient, rest, restBody } from '../../test/recording-client.ts';
import {
  createSimulatedExchange,
  FAULT_TYPES,
  InvalidFaultError,
  randomFaults,
  type Fault,
  type FaultRecord,
  type FrameCorruption,
  type SimulatedExchange,
} from '../index.ts';

const TRADES = 'btcusdt@trade';
const DEPTH = 'btcusdt@depth@100ms';

describe('faults of a simulated exchange', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;

  beforeEach(() => {
    clock = new VirtualClock(Date.UTC(2026, 10, 21, 10));
    exchange = createSimulatedExchange('binance', { clock, market: { symbols: ['BTCUSDT', 'ETHUSDT'] } });
    exchange.start();
  });
  afterEach(() => exchange.stop());

  const connect = (path = `/stream?streams=${TRADES}/${DEPTH}`): RecordingClient =>
    new RecordingClient(exchange, path);
  const hits = (): readonly FaultRecord[] => exchange.faults.log.filter(({ event }) => event === 'hit');
  const texts = (topic: string): string[] =>
    hits()
      .filter((hit) => hit.topic === topic)
      .map(({ text }) => text!);
  const tradeIds = (client: RecordingClient): number[] => client.of(TRADES).map(({ t }) => t as number);
  const consecutive = (ids: number[]): boolean =>
    ids.every((id, index) => index === 0 || id === ids[index - 1]! + 1);

  describe('in data frames', () => {
    it('drops the next frames of one topic, and tells which', async () => {
      const client = connect();
      exchange.faults.inject({ type: 'drop-frames', topic: TRADES, count: 2 });
      await clock.advance(10_000);
      const lost = texts(TRADES).map((text) => (JSON.parse(text) as { data: { t: number } }).data.t);
      expect(lost).toHaveLength(2);
      expect(tradeIds(client)[0]).toBe(lost[1]! + 1);
      expect(consecutive([...lost, ...tradeIds(client)])).toBe(true);
      expect(client.of(DEPTH).length).toBeGreaterThan(0);
      expect(exchange.faults.log.map(({ event }) => event)).toEqual(['began', 'hit', 'hit', 'ended']);
      expect(exchange.faults.active).toEqual([]);
    });

    it('duplicates', async () => {
      const client = connect();
      exchange.faults.inject({ type: 'duplicate-frames', topic: TRADES, count: 1 });
      await clock.advance(10_000);
      const [first, second, ...others] = tradeIds(client);
      expect(first).toBe(second);
      expect(consecutive([second!, ...others])).toBe(true);
    });

    it('reorders', async () => {
      const client = connect();
      exchange.faults.inject({ type: 'reorder-frames', topic: TRADES, count: 3 });
      await clock.advance(10_000);
      const [a, b, c, ...others] = tradeIds(client);
      expect(consecutive([c!, b!, a!, ...others])).toBe(true);
      expect(others.length).toBeGreaterThan(0);
    });

    it('lets held frames go when the fault is cleared before it is complete', async () => {
      const client = connect();
      const fault = exchange.faults.inject({ type: 'reorder-frames', topic: TRADES, count: 1000 });
      await clock.advance(10_000);
      expect(tradeIds(client)).toEqual([]);
      fault.clear();
      expect(fault.hits).toBeGreaterThan(1);
      expect(consecutive(tradeIds(client).reverse())).toBe(true);
      expect(client.of(TRADES)).toHaveLength(fault.hits);
    });

    it('sends held frames to nobody who has left', async () => {
      const client = connect(`/stream?streams=${TRADES}`);
      exchange.faults.inject({ type: 'reorder-frames', count: 1000 });
      await clock.advance(10_000);
      client.leave();
      exchange.faults.clear();
      expect(hits().length).toBeGreaterThan(0);
      expect(client.texts).toEqual([]);
    });

    it('stalls all data for a while, while pings go on', async () => {
      const client = connect();
      exchange.faults.inject({ type: 'stall', forMs: 60_000 });
      await clock.advance(59_999);
      expect(client.texts).toEqual([]);
      expect(client.pings.length).toBeGreaterThanOrEqual(2);
      await clock.advance(10_000);
      expect(client.texts.length).toBeGreaterThan(0);
      expect(exchange.violations).toEqual([]);
    });

    it('stalls one connection and not the other', async () => {
      const [stalled, other] = [connect(), connect()];
      exchange.faults.inject({ type: 'stall', connectionId: 1 });
      await clock.advance(10_000);
      expect(stalled.texts).toEqual([]);
      expect(other.texts.length).toBeGreaterThan(0);
    });

    const corrupted = async (how: FrameCorruption): Promise<string> => {
      const client = connect(`/ws/${DEPTH}`);
      exchange.faults.inject({ type: 'corrupt-frames', how, count: 1 });
      await clock.advance(10_000);
      expect(() => client.texts.slice(1).map((text) => JSON.parse(text) as unknown)).not.toThrow();
      return client.texts[0]!;
    };

    it.each(['garbage', 'truncated'] as const)('sends %s for JSON', async (how) => {
      const text = await corrupted(how);
      expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    });

    it('sends keys that would reach for the prototype', async () => {
      const frame = JSON.parse(await corrupted('prototype-keys')) as object;
      expect(Object.keys(frame)).toEqual(expect.arrayContaining(['__proto__', 'constructor', 'e', 'U', 'u']));
    });

    it('sends infinite numbers', async () => {
      const frame = JSON.parse(await corrupted('infinite-numbers')) as {
        U: number;
        b: string[][];
        a: string[][];
      };
      const numbers = [...frame.b, ...frame.a].flat();
      expect(new Set(numbers)).toEqual(new Set(['1e400']));
      expect(frame.U).toBeLessThan(Infinity);
    });

    it('sends deep nesting', async () => {
      expect(await corrupted('deep-nesting')).toContain('['.repeat(100_000));
    });

    it('sends bytes that are no UTF-8', async () => {
      expect(await corrupted('invalid-utf8')).toMatch(/\uFFFD$/);
    });
  });

  describe('in answers to requests', () => {
    const subscribe = (client: RecordingClient, topic = TRADES, id = 1): void =>
      client.say({ method: 'SUBSCRIBE', params: [topic], id });
    const ACK = { result: null, id: 1 };

    it.each<[Fault, { answers: unknown[]; subscribed: boolean }]>([
      [{ type: 'lose-ack' }, { answers: [], subscribed: true }],
      [{ type: 'repeat-ack' }, { answers: [ACK, ACK], subscribed: true }],
      [
        { type: 'misdirect-ack' },
        { answers: [{ result: null, id: Number('9223372036854775807') }], subscribed: true },
      ],
      [
        { type: 'ack-then-error' },
        { answers: [ACK, expect.objectContaining({ code: 2, id: 1 })], subscribed: false },
      ],
      [{ type: 'ignore-requests' }, { answers: [ACK], subscribed: false }],
      [
        { type: 'refuse-subscriptions', topic: TRADES },
        { answers: [expect.objectContaining({ code: 2, id: 1 })], subscribed: false },
      ],
      [
        { type: 'refuse-subscriptions', topic: DEPTH },
        { answers: [ACK], subscribed: true },
      ],
    ])('%j', (fault, { answers, subscribed }) => {
      const client = connect('/ws');
      exchange.faults.inject(fault);
      subscribe(client);
      expect(client.frames).toEqual(answers);
      expect([...exchange.connections][0]!.subscriptions.has(TRADES)).toBe(subscribed);
      // Nothing of this is the client's fault.
      expect(exchange.violations).toEqual([]);
    });

    it('acknowledges late, and never after the end', async () => {
      exchange.market.pause();
      const [client, gone] = [connect('/ws'), connect('/ws')];
      exchange.faults.inject({ type: 'delay-ack', delayMs: 5000, count: 2 });
      subscribe(client);
      subscribe(gone);
      await clock.advance(4999);
      expect(client.texts).toEqual([]);
      gone.leave();
      await clock.advance(1);
      expect(client.frames).toEqual([ACK]);
      expect(gone.texts).toEqual([]);
      subscribe(client, DEPTH, 2);
      expect(client.answer).toEqual({ result: null, id: 2 });
    });
  });

  describe('in REST answers', () => {
    it.each([
      [429, undefined],
      [429, 30],
      [418, 120],
      [500, undefined],
    ])('answers %i with retry-after %s, and counts the weight', (status, retryAfterSeconds) => {
      exchange.faults.inject({
        type: 'rest-status',
        status,
        path: '/api/v3/time',
        count: 1,
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      });
      expect(rest(exchange, '/api/v3/ping').status).toBe(200);
      const answer = rest(exchange, '/api/v3/time');
      expect(answer.status).toBe(status);
      expect(answer.headers['retry-after']).toBe(retryAfterSeconds?.toString());
      expect(answer.headers['x-mbx-used-weight-1m']).toBe('2');
      expect(JSON.parse(answer.body)).toHaveProperty('code');
      expect(rest(exchange, '/api/v3/time').status).toBe(200);
    });

    it('refuses by one method, and changes nothing', () => {
      const answers = ['GET', 'POST'].map((method) => {
        const fault = exchange.faults.inject({ type: 'rest-status', status: 503, method, count: 1 });
        const { status } = rest(exchange, '/api/v3/time');
        fault.clear();
        return status;
      });
      expect(answers).toEqual([503, 200]);
    });

    it('sends a web page, half an answer, and a large one', () => {
      const path = '/api/v3/time';
      const time = restBody(exchange, path);
      exchange.faults.inject({ type: 'rest-corrupt', how: 'garbage', count: 1 });
      exchange.faults.inject({ type: 'rest-corrupt', how: 'truncated', count: 1 });
      exchange.faults.inject({ type: 'rest-oversize', bytes: 5000, count: 1 });
      expect(rest(exchange, path).body).toMatch(/^<!DOCTYPE html>/);
      expect(() => restBody(exchange, path)).toThrow(SyntaxError);
      const large = rest(exchange, path).body;
      expect(large).toHaveLength(5000);
      expect(JSON.parse(large)).toEqual(time);
    });

    it('serves books from before, cut to what is asked, until told otherwise', async () => {
      const path = '/api/v3/depth?symbol=BTCUSDT';
      const before = restBody<{ lastUpdateId: number; bids: unknown[] }>(exchange, `${path}&limit=5`);
      const fault = exchange.faults.inject({ type: 'rest-stale-book' });
      await clock.advance(5000);
      expect(restBody(exchange, `${path}&limit=5`)).toEqual(before);
      expect(rest(exchange, '/api/v3/depth?symbol=NONE').status).toBe(400);
      expect(rest(exchange, '/api/v3/ping').body).toBe('{}');
      expect(fault.hits).toBe(1);
      fault.clear();
      expect(restBody<typeof before>(exchange, path).lastUpdateId).toBeGreaterThan(before.lastUpdateId);
    });
  });

  describe('in its clock', () => {
    const START = Date.UTC(2026, 10, 21, 10);
    const time = (): number => restBody<{ serverTime: number }>(exchange, '/api/v3/time').serverTime - START;

    it('shows another time, and lives as fast as before', async () => {
      const client = connect();
      await clock.advance(10_000);
      const before = client.of(TRADES).length;
      const fault = exchange.faults.inject({ type: 'clock-off', offsetMs: -600_000 });
      expect(time()).toBe(-590_000);
      await clock.advance(60_000);
      const trades = client.of(TRADES).slice(before);
      expect(trades.length).toBeGreaterThan(before);
      expect(consecutive(tradeIds(client))).toBe(true);
      for (const { E, T } of trades) {
        expect(Number(E) - START).toBeLessThan(-529_000);
        expect(Number(T) - START).toBeLessThan(-529_000);
      }
      fault.clear();
      expect(time()).toBe(70_000);
      exchange.faults.inject({ type: 'clock-off', offsetMs: 600_000, forMs: 5_000 });
      exchange.faults.inject({ type: 'clock-off', offsetMs: 1_000, forMs: 10_000 });
      expect(time()).toBe(671_000);
      await clock.advance(5_000);
      expect(time()).toBe(76_000);
      await clock.advance(5_000);
      expect(time()).toBe(80_000);
      expect(exchange.violations).toEqual([]);
    });

    it.each([-300_000, 300_000])('draws the same trades when it is %i ms off', async (offsetMs) => {
      const trades = async (by: number): Promise<string[]> => {
        const time = new VirtualClock(Date.UTC(2026, 10, 21, 10));
        const own = createSimulatedExchange('binance', { clock: time, market: { symbols: ['BTCUSDT'] } });
        own.start();
        own.faults.inject({ type: 'clock-off', offsetMs: by });
        const client = new RecordingClient(own, `/stream?streams=${TRADES}`);
        await time.advance(10_000);
        own.stop();
        expect(time.pending).toBe(0);
        return client.of(TRADES).map(({ p, q }) => `${String(p)} ${String(q)}`);
      };
      const unshifted = await trades(0);
      expect(unshifted.length).toBeGreaterThan(5);
      expect(await trades(offsetMs)).toEqual(unshifted);
    });
  });

  describe('of a moment', () => {
    it('closes with code and reason, one connection or all', () => {
      const [first, second] = [connect(), connect()];
      exchange.faults.inject({ type: 'close', code: 1013, reason: 'Try again', connectionId: 2 });
      expect([first.closed, second.closed]).toEqual([undefined, { code: 1013, reason: 'Try again' }]);
      exchange.faults.inject({ type: 'cut' });
      expect(first.closed).toEqual({ code: 1006, reason: '' });
      expect(exchange.connections.size).toBe(0);
    });

    it('floods with pings, and does not blame the client for answering', () => {
      const client = connect();
      exchange.faults.inject({ type: 'ping-flood', pings: 100 });
      expect(client.pings).toHaveLength(100);
      // Answered out of order or twice: the second answer is the client's own doing.
      for (let extra = 0; extra < 6; extra++) client.pong('flood 1.1');
      expect(exchange.violations.map(({ rule }) => rule)).toEqual(['messages-per-second']);
    });

    it('excuses a client that answers each ping of a flood', async () => {
      const late = new RecordingClient(exchange, '/ws', false);
      exchange.faults.inject({ type: 'ping-flood', pings: 100 });
      for (const payload of late.pings) late.pong(payload);
      await clock.advance(10_000);
      expect(exchange.violations).toEqual([]);
      expect(late.closed).toBeUndefined();
    });

    it('sends frames that nobody asked for, and large ones', () => {
      const client = connect('/stream');
      exchange.faults.inject({ type: 'unsolicited-frame', topic: 'ethusdt@trade', data: { e: 'trade' } });
      expect(client.answer).toEqual({ stream: 'ethusdt@trade', data: { e: 'trade' } });
      exchange.faults.inject({ type: 'oversize-frame', bytes: 100_000 });
      expect(client.texts.at(-1)).toHaveLength(100_000);
    });

    it('announces a shutdown in the form of each connection, closes them, and spares later ones', async () => {
      const [raw, combined] = [connect('/ws'), connect('/stream')];
      exchange.faults.inject({ type: 'server-shutdown', closeAfterMs: 5000 });
      const notice = { e: 'serverShutdown', E: clock.now() };
      expect(raw.frames).toEqual([notice]);
      expect(combined.frames).toEqual([{ stream: '!serverShutdown', data: notice }]);
      const later = connect('/ws');
      await clock.advance(4999);
      expect(raw.closed).toBeUndefined();
      await clock.advance(1);
      expect([raw.closed?.code, combined.closed?.code, later.closed]).toEqual([1001, 1001, undefined]);
    });
  });

  describe('by script', () => {
    it('begins faults at their time and upon events, and strikes the event itself', async () => {
      exchange.faults.run([
        { atMs: 5000, fault: { type: 'close', code: 1012 } },
        {
          when: { on: 'frame', topic: TRADES, nth: 3 },
          fault: { type: 'drop-frames', topic: TRADES, count: 1 },
        },
        { when: { on: 'request', topic: 'x@trade' }, fault: { type: 'lose-ack', count: 1 } },
        { when: { on: 'rest' }, fault: { type: 'rest-status', status: 500, count: 1 } },
        { when: { on: 'connect', nth: 2 }, fault: { type: 'close', code: 1008, connectionId: 2 } },
      ]);
      expect(rest(exchange, '/api/v3/ping').status).toBe(500);
      const client = connect(`/stream?streams=${TRADES}`);
      expect(connect().closed?.code).toBe(1008);
      client.say({ method: 'SUBSCRIBE', params: ['x@trade'], id: 1 });
      expect(client.texts).toEqual([]);
      await clock.advance(4999);
      expect(client.closed).toBeUndefined();
      const [a, b, c] = tradeIds(client);
      expect([b! - a!, c! - b!]).toEqual([1, 2]);
      await clock.advance(1);
      expect(client.closed?.code).toBe(1012);
    });

    it('forgets what is left when cleared, and leaves nothing in the clock', async () => {
      exchange.faults.run([
        { atMs: 5000, fault: { type: 'close', code: 1012 } },
        { when: { on: 'rest' }, fault: { type: 'rest-status', status: 500 } },
      ]);
      exchange.faults.inject({ type: 'stall', forMs: 1e9 });
      exchange.faults.inject({ type: 'server-shutdown', closeAfterMs: 1e9 });
      exchange.faults.inject({ type: 'delay-ack', delayMs: 1e9 });
      const client = connect('/ws');
      client.say({ method: 'SUBSCRIBE', params: [TRADES], id: 1 });
      exchange.faults.clear();
      expect(exchange.faults.active).toEqual([]);
      await clock.advance(6000);
      expect(client.closed).toBeUndefined();
      expect(rest(exchange, '/api/v3/ping').status).toBe(200);
      exchange.stop();
      expect(clock.pending).toBe(0);
    });

    it('ends with the exchange', () => {
      exchange.faults.run([{ atMs: 5000, fault: { type: 'close', code: 1012 } }]);
      exchange.faults.inject({ type: 'stall', forMs: 1e9 });
      exchange.stop();
      expect(clock.pending).toBe(0);
      expect(exchange.faults.active).toEqual([]);
    });

    it.each<Fault>([
      { type: 'reorder-frames', count: 1 },
      { type: 'reorder-frames', count: 1001 },
      { type: 'drop-frames', count: 0 },
      { type: 'stall', forMs: Number.NaN },
      { type: 'close', code: 1006 },
      { type: 'close', code: 1000, reason: 'ü'.repeat(62) },
      { type: 'refuse-handshakes', status: 101 },
      { type: 'oversize-frame', bytes: 1e12 },
    ])('refuses %j, and all of a script with it', (fault) => {
      expect(() => exchange.faults.inject(fault)).toThrow(InvalidFaultError);
      const script = [
        { atMs: 0, fault: { type: 'cut' } as const },
        { atMs: 0, fault },
      ];
      const pending = clock.pending;
      expect(() => exchange.faults.run(script)).toThrow(InvalidFaultError);
      expect(clock.pending).toBe(pending);
    });

    it('refuses notices that the exchange has no words for', () => {
      expect(() => exchange.faults.inject({ type: 'pause' })).toThrow(InvalidFaultError);
      expect(exchange.faults.active).toEqual([]);
    });
  });

  describe('by lot', () => {
    const OPTIONS = { durationMs: 600_000, intensity: 60, topics: [TRADES, DEPTH] };

    it('draws the same from the same seed, in order of time, and every type in the end', () => {
      const script = randomFaults(7, OPTIONS);
      expect(randomFaults(7, OPTIONS)).toEqual(script);
      expect(randomFaults(8, OPTIONS)).not.toEqual(script);
      expect(script).toHaveLength(600);
      expect(script.map(({ atMs }) => atMs)).toEqual(script.map(({ atMs }) => atMs).sort((a, b) => a - b));
      const notEverywhere = [
        'refuse-logins',
        'delay-logins',
        'pause',
        'halt',
        'malformed-close',
        'repeat-ack',
        'clock-off',
        'spoil-books',
        'recount-books',
        'resend-books',
      ];
      expect(new Set(script.map(({ fault }) => fault.type))).toEqual(
        new Set(FAULT_TYPES.filter((type) => !notEverywhere.includes(type))),
      );
    });

    it.each([1, 2, 3])('is over in time, and the exchange is well again (seed %i)', async (seed) => {
      const durationMs = 60_000;
      exchange.faults.run(randomFaults(seed, { ...OPTIONS, durationMs }));
      let client = connect();
      for (let second = 0; second < 60; second++) {
        if (client.closed) client = connect();
        client.say({ method: 'SUBSCRIBE', params: [TRADES, DEPTH], id: second });
        rest(exchange, '/api/v3/depth?symbol=BTCUSDT');
        await clock.advance(1000);
      }
      expect(exchange.faults.active).toEqual([]);
      expect(hits().length).toBeGreaterThan(10);
      expect(exchange.violations).toEqual([]);
      const healthy = connect();
      await clock.advance(10_000);
      expect(consecutive(tradeIds(healthy))).toBe(true);
      expect(restBody(exchange, '/api/v3/ping')).toEqual({});
    });
  });
});
