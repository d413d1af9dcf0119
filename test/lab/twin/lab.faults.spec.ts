import { createMemoryTransport, type MemorySocket } from '@exchange-stream/simulator';
import { handshake, KeyHolder, LabClient, rest, startLab } from './lab-client.ts';
import type { PackingDialect } from './lab.options.ts';

const TICKER = 'ticker:BTC-USDT';
const ORDER = { op: 'order.place', symbol: 'BTC-USDT', side: 'buy', price: '100.00', amount: '1' };

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

  test('one topic of a request can be refused, where each is answered by itself', () => {
    for (const acks of ['topic', 'request'] as const) {
      const { lab } = startLab({ acks });
      const client = new LabClient(lab);
      lab.faults.inject({ type: 'refuse-subscriptions', topic: TICKER });
      client.subscribe(TICKER, 'trades:BTC-USDT');
      expect([...[...lab.connections][0]!.subscriptions]).toEqual(
        acks === 'topic' ? ['trades:BTC-USDT'] : [],
      );
      expect(client.frames.filter(({ error }) => error !== undefined)).toHaveLength(1);
    }
  });

  test('an answer can come twice, and one about orders too late', async () => {
    const { clock, lab } = startLab();
    const holder = new KeyHolder(lab);
    const [orders, trading] = ['/private', '/trading'].map((path) => new LabClient(lab, path));
    for (const client of [orders!, trading!]) client.ask(holder.login({ time: 1 }));
    orders!.subscribe('orders');
    lab.faults.inject({ type: 'repeat-ack', topic: 'order.place', count: 1 });
    const placed = { result: { orderId: 'p1' }, id: 2 };
    expect(trading!.ask(ORDER)).toEqual([placed, placed]);
    lab.faults.inject({ type: 'delay-ack', topic: 'order.place', delayMs: 4_000, count: 1 });
    expect(trading!.ask(ORDER)).toEqual([]);
    expect(orders!.of('orders').at(-1)).toMatchObject([{ orderId: 'p2', status: 'open' }]);
    await clock.advance(4_000);
    expect(trading!.frames.at(-1)).toEqual({ result: { orderId: 'p2' }, id: 3 });
    lab.faults.inject({ type: 'ignore-requests', topic: 'order.cancel', count: 1 });
    expect(trading!.ask({ op: 'order.cancel', orderId: 'p2' })).toEqual([
      { result: { orderId: 'p2' }, id: 4 },
    ]);
    lab.faults.inject({ type: 'lose-ack', topic: 'flags', count: 1 });
    expect(trading!.ask({ op: 'flags', flags: 1 })).toEqual([]);
    expect(lab.account('lab-key').orders.map(({ orderId }) => orderId)).toContain('p2');
  });

  test('a socket can close while a request is on its way: nothing is done', () => {
    const { lab } = startLab();
    const trading = new LabClient(lab, '/trading');
    trading.ask(new KeyHolder(lab).login({ time: 1 }));
    lab.faults.run([{ when: { on: 'request', topic: 'order.place' }, fault: { type: 'close', code: 1001 } }]);
    expect(trading.ask(ORDER)).toEqual([]);
    expect(trading.closed).toMatchObject({ code: 1001 });
    expect(lab.account('lab-key').orders).toEqual([]);
  });

  test('a login can be answered late', async () => {
    const { clock, lab } = startLab();
    const client = new LabClient(lab, '/private');
    lab.faults.inject({ type: 'delay-logins', delayMs: 20_000, count: 1 });
    expect(client.ask(new KeyHolder(lab).login({ time: 1 }))).toEqual([]);
    await clock.advance(19_999);
    expect(client.texts).toEqual([]);
    await clock.advance(1);
    expect(client.frames).toEqual([{ login: 1 }]);
  });

  test('a call can fail by its method, and changes nothing then', () => {
    const { lab } = startLab({ entry: 'token' });
    const holder = new KeyHolder(lab);
    const token = holder.token();
    const fault = lab.faults.inject({
      type: 'rest-status',
      status: 503,
      path: '/api/token',
      method: 'PUT',
      count: 2,
    });
    expect(holder.prolong(token).status).toBe(503);
    expect(holder.token()).not.toBe(token);
    expect(holder.prolong(token).status).toBe(503);
    expect(fault.over).toBe(true);
    expect(holder.prolong(token).status).toBe(200);
    lab.faults.inject({ type: 'rest-status', status: 429, retryAfterSeconds: 3, count: 1 });
    const nonce = holder.nonce + 1;
    expect(holder.prolong(token)).toMatchObject({ status: 429, headers: { 'retry-after': '3' } });
    // It was not looked at.
    expect(holder.call('GET', '/api/orders', '', nonce).status).toBe(200);
    lab.faults.inject({ type: 'refuse-handshakes', status: 429, path: '/private', count: 1 });
    expect(handshake(lab, '/public')).toBeUndefined();
    expect(handshake(lab, `/private?token=${token}`)).toMatchObject({ status: 429 });
    expect(lab.violations).toEqual([]);
  });

  test('its clock can be wrong: frames, windows and tokens go by it', async () => {
    const { clock, lab } = startLab({ timeWindowMs: 5_000 });
    const client = new LabClient(lab);
    client.subscribe(TICKER, 'trades:BTC-USDT');
    const holder = new KeyHolder(lab);
    const login = (time: number): unknown => {
      const [answer] = new LabClient(lab, '/private').ask(holder.login({ time }));
      return (answer?.error as { code: number } | undefined)?.code;
    };
    await clock.advance(1_000);
    const fault = lab.faults.inject({ type: 'clock-off', offsetMs: -600_000 });
    expect(rest(lab, '/api/time').json).toEqual({ time: clock.now() - 600_000 });
    expect([login(clock.now()), login(clock.now() - 600_000)]).toEqual([9, undefined]);
    const before = client.texts.length;
    await clock.advance(30_000);
    const later = client.frames.slice(before);
    expect(later.filter(({ topic }) => topic === TICKER).length).toBeGreaterThanOrEqual(29);
    expect(later.filter(({ topic }) => topic === 'trades:BTC-USDT').length).toBeGreaterThan(10);
    expect(Math.max(...later.map(({ time }) => Number(time)))).toBeLessThanOrEqual(clock.now() - 600_000);
    const traded = client.of<{ time: number }[]>('trades:BTC-USDT').flat().at(-1)!;
    expect(traded.time).toBeLessThanOrEqual(clock.now() - 600_000);
    fault.clear();
    expect(rest(lab, '/api/time').json).toEqual({ time: clock.now() });
    expect(client.frames.at(-1)?.time).toBeLessThan(clock.now());
    const trades = client.of('trades:BTC-USDT').length;
    await clock.advance(1_000);
    expect(client.frames.at(-1)?.time).toBeGreaterThan(clock.now() - 1_000);
    // Nobody traded in the ten minutes that were no time.
    expect(client.of('trades:BTC-USDT').length - trades).toBeLessThan(20);
    // The log of what clients did wrong goes by the right time.
    expect(lab.violations.map(({ rule, at }) => [rule, at])).toEqual([['time-window', clock.now() - 31_000]]);
  });

  test('tokens end by the clock of the exchange, also when it jumps', async () => {
    const { clock, lab } = startLab({ entry: 'token' });
    const holder = new KeyHolder(lab);
    const [early, late] = [holder.token(), holder.token()];
    const client = new LabClient(lab, `/private?token=${early}`);
    lab.faults.inject({ type: 'clock-off', offsetMs: -30_000 });
    await clock.advance(89_999);
    expect(client.closed).toBeUndefined();
    expect(holder.prolong(late).status).toBe(200);
    await clock.advance(1);
    expect(client.closed).toEqual({ code: 1008, reason: 'token expired' });
    const other = new LabClient(lab, `/private?token=${late}`);
    lab.faults.inject({ type: 'clock-off', offsetMs: 60_000 });
    expect(other.closed).toEqual({ code: 1008, reason: 'token expired' });
    lab.stop();
    expect(clock.pending).toBe(0);
  });

  test('an answer may be of any size', () => {
    const { lab } = startLab();
    lab.faults.inject({ type: 'rest-oversize', bytes: 100_000_000, path: '/api/time', count: 1 });
    const url = new URL('https://lab.test/api/time');
    const answer = lab.request({
      method: 'GET',
      path: url.pathname,
      query: url.searchParams,
      target: url.pathname,
      headers: {},
      body: '',
      address: 'client',
    });
    expect(answer.body.length + answer.paddingBytes!).toBe(100_000_000);
    expect(answer.body.length).toBeLessThan(100);
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
