import { createMemoryTransport, type MemorySocket } from '@exchange-stream/simulator';
import { LabClient, startLab } from './lab-client.ts';
import type { PackingDialect } from './lab.options.ts';

const TICKER = 'ticker:BTC-USDT';

describe('notices of lab', () => {
  test('a restart is announced, and comes with 1012', async () => {
    const { clock, lab } = startLab();
    const client = new LabClient(lab);
    lab.faults.inject({ type: 'server-shutdown', closeAfterMs: 10_000 });
    const stays = new LabClient(lab);
    expect(client.frames).toEqual([{ notice: 'restart', inMs: 10_000 }]);
    await clock.advance(10_000);
    expect(client.closed).toMatchObject({ code: 1012 });
    expect(stays.closed).toBeUndefined();
  });

  test('in a pause nothing comes and nothing is taken; after it everything has to be asked for again', async () => {
    const { clock, lab } = startLab();
    const client = new LabClient(lab);
    client.subscribe(TICKER);
    await clock.advance(2_000);
    lab.faults.inject({ type: 'pause', forMs: 30_000 });
    const before = client.texts.length;
    await clock.advance(20_000);
    expect(client.texts.slice(before)).toEqual([]);
    expect(client.pings).not.toEqual([]);
    expect(client.subscribe('trades:BTC-USDT')).toEqual([
      { error: { code: 3, message: 'not now, try again' }, id: 2 },
    ]);
    await clock.advance(20_000);
    expect(client.frames.at(-1)).toEqual({ notice: 'resume' });
    expect([...lab.connections][0]!.subscriptions.size).toBe(0);
    expect(client.subscribe(TICKER)).toEqual([{ ack: 3 }]);
    await clock.advance(1_000);
    expect(client.frames.at(-1)).toMatchObject({ topic: TICKER });
  });

  test('while a market is halted its topics are still, those of others are not', async () => {
    const { clock, lab } = startLab({ books: 'stream' });
    const client = new LabClient(lab);
    const other = new LabClient(lab);
    client.subscribe(TICKER, 'trades:BTC-USDT', 'book:BTC-USDT', 'ticker:ETH-USDT');
    other.subscribe('ticker:ETH-USDT');
    await clock.advance(5_050);
    const fault = lab.faults.inject({ type: 'halt', symbol: 'BTC-USDT' });
    expect(client.frames.at(-1)).toEqual({ notice: 'halted', symbol: 'BTC-USDT' });
    const before = client.texts.length;
    await clock.advance(5_000);
    expect(client.frames.slice(before).map(({ topic }) => topic)).toEqual(Array(5).fill('ticker:ETH-USDT'));
    expect(other.subscribe('book:BTC-USDT')).toEqual([{ ack: 2 }, { notice: 'halted', symbol: 'BTC-USDT' }]);
    fault.clear();
    expect(client.frames.at(-1)).toEqual({ notice: 'trading', symbol: 'BTC-USDT' });
    await clock.advance(3_000);
    expect(other.of('book:BTC-USDT')[0]).toMatchObject({ snapshot: true });
    expect(client.frames.at(-1)).toMatchObject({ topic: expect.any(String) as unknown });
    expect(client.of(TICKER).length).toBeGreaterThan(6);
  });
});

describe('faults on lab', () => {
  test('logins can be refused, for good or for now', () => {
    const { lab } = startLab();
    const client = new LabClient(lab, '/private');
    const login = { op: 'login', key: 'lab-key', time: 1, signature: 'x' };
    lab.faults.inject({ type: 'refuse-logins', count: 1, temporary: true });
    expect(client.ask(login)).toMatchObject([{ error: { code: 3 }, id: 1 }]);
    lab.faults.inject({ type: 'refuse-logins', count: 1 });
    expect(client.ask(login)).toMatchObject([{ error: { code: 7 }, id: 2 }]);
  });

  test('requests can be refused for now, acknowledged for others, and answered twice', () => {
    const { lab } = startLab({ acks: 'topic' });
    const client = new LabClient(lab);
    lab.faults.inject({ type: 'refuse-subscriptions', count: 1, temporary: true });
    expect(client.subscribe(TICKER)).toMatchObject([{ error: { code: 3 }, id: 1, topic: TICKER }]);
    lab.faults.inject({ type: 'misdirect-ack', count: 1 });
    expect(client.subscribe(TICKER)).toEqual([{ ack: Number.MAX_SAFE_INTEGER, topic: TICKER }]);
    lab.faults.inject({ type: 'ack-then-error', count: 1 });
    expect(client.subscribe(TICKER)).toMatchObject([{ ack: 3 }, { error: { code: 1 }, id: 3 }]);
  });

  test('a close can come without a code, or malformed', () => {
    const { lab } = startLab();
    const client = new LabClient(lab);
    lab.faults.inject({ type: 'close' });
    expect(client.closed).toEqual({ code: undefined, reason: '' });
    const other = new LabClient(lab);
    lab.faults.inject({ type: 'malformed-close' });
    expect(other.closed).toEqual({ code: 1006, reason: '' });
  });
});

describe('lab over memory', () => {
  test.each(['text', 'binary', 'gzip', 'deflate', 'deflate-raw'] as PackingDialect[])(
    'packs every frame: %s',
    async (packing) => {
      const { clock, lab } = startLab({ packing });
      const client = new LabClient(lab);
      client.subscribe(TICKER);
      await clock.advance(3_000);
      expect(client.of(TICKER)).toHaveLength(3);
      expect(new Set(client.binary)).toEqual(new Set([packing !== 'text']));
    },
  );

  test('tells of refused handshakes with all that was answered, and of closes', async () => {
    const { clock, lab } = startLab({ packing: 'gzip' });
    const network = createMemoryTransport(lab, clock);
    const told: unknown[] = [];
    const open = (path: string): MemorySocket =>
      network.sockets.open(
        `wss://lab.test${path}`,
        { handshakeTimeoutMs: 5_000, maxFrameBytes: 1_000 },
        {
          onOpen: () => told.push('open'),
          onFrame: (_data, binary) => told.push(binary),
          onPing: () => undefined,
          onPong: () => undefined,
          onError: (error) => told.push(error),
          onClose: (code) => told.push(code),
        },
      );
    open('/nowhere');
    await clock.advance(0);
    expect(told.splice(0)).toEqual([expect.objectContaining({ kind: 'http-status' }), 1006]);
    for (let dial = 0; dial < 5; dial++) open('/public');
    await clock.advance(0);
    expect(told.splice(0).at(-2)).toMatchObject({
      code: 'HANDSHAKE',
      kind: 'http-status',
      answer: { status: 429, retryAfterMs: 15_000 },
    });
    lab.faults.inject({ type: 'close' });
    await clock.advance(0);
    expect(told.splice(0)).toEqual([1005, 1005, 1005, 1005]);
    network.resolving = false;
    open('/public');
    await clock.advance(0);
    expect(told.splice(0)).toEqual([expect.objectContaining({ kind: 'dns' }), 1006]);
    network.resolving = true;
    network.intercepted = { status: 200, body: '<html>' };
    open('/public');
    await clock.advance(0);
    expect(told.splice(0)).toEqual([
      expect.objectContaining({ kind: 'http-status', answer: { status: 200, body: '<html>' } }),
      1006,
    ]);
    network.intercepted = undefined;
    network.hanging = true;
    open('/public');
    await clock.advance(5_000);
    expect(told.splice(0)).toEqual([expect.objectContaining({ kind: 'timeout' }), 1006]);
    network.hanging = false;
    await clock.advance(15_000);
    open('/public').send(JSON.stringify({ op: 'subscribe', id: 1, topics: [TICKER] }));
    await clock.advance(0);
    const socket = open('/public');
    await clock.advance(0);
    socket.send(JSON.stringify({ op: 'subscribe', id: 1, topics: [TICKER] }));
    await clock.advance(1_000);
    expect(told.splice(0)).toEqual(['open', 'open', true, true]);
    lab.faults.inject({ type: 'malformed-close' });
    await clock.advance(0);
    expect(told.splice(0)).toEqual([expect.any(Error), 1006, expect.any(Error), 1006]);
    lab.stop();
    await clock.advance(0);
    expect(clock.pending).toBe(0);
  });
});
