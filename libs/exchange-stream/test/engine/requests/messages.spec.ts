import type { ExchangeStreamOptions } from '../../../src/engine/index.ts';
import { RequestLostError } from '../../../src/engine/requests/request-error.ts';
import type { RequestReport } from '../../../src/engine/requests/request-report.ts';
import { FakeWorld, fakeAdapter, trades } from '../fake-exchange.ts';
import { watch } from './line.ts';

const frame = (key: string, op = 'ask'): string => JSON.stringify({ op, key, topics: [] });

/** A world with one open connection, and what was told of requests. */
async function connected(options: Partial<ExchangeStreamOptions> = {}): Promise<{
  world: FakeWorld;
  reports: RequestReport[];
}> {
  const reports: RequestReport[] = [];
  const world = new FakeWorld(fakeAdapter(), {
    subscriptions: [trades('BTC/USDT')],
    requestReporter: (report) => reports.push(report),
    ...options,
  });
  await world.connect();
  world.socket.ackAll();
  return { world, reports };
}

const ask = (world: FakeWorld, key: string, connection = 'fake/public/1'): ReturnType<typeof watch> =>
  watch(world.stream.manager('fake').send(connection, frame(key), { match: { key } }));

const problems = (world: FakeWorld): unknown[] =>
  world.lifecycle.flatMap((event) => (event.type === 'frame-problem' ? [event] : []));

async function close(world: FakeWorld): Promise<void> {
  await Promise.all([world.stream.close(), world.clock.advance(10_000)]);
  expect(world.clock.pending).toBe(0);
}

describe('messages on the connections of an exchange', () => {
  test('are answered by the key that its session reads, with the frame as it came', async () => {
    const { world, reports } = await connected();
    const byId = ask(world, 'k1');
    const byEndpoint = ask(world, 'k2', 'fake/public');
    await world.clock.advance(1_100);
    expect(world.socket.sent.map(({ key }) => key)).toEqual(['k1', 'k2']);
    world.socket.push({ ack: 'k2' });
    world.socket.push({ refuse: 'k1' });
    await world.clock.advance(0);
    expect(byEndpoint.value).toEqual([{ frame: '{"ack":"k2"}', match: 0 }]);
    expect(byId.error).toMatchObject({ code: 'REQUEST_REFUSED', refusal: { message: 'no' }, wasSent: true });
    expect(reports).toMatchObject([
      { purpose: 'rest', path: 'GET /instruments', ending: 'answered' },
      { purpose: 'subscribe', ending: 'answered', wireMs: 0 },
      { purpose: 'other', ending: 'answered', limiterMs: 1_100 },
      { purpose: 'other', ending: 'refused' },
    ]);
    await close(world);
  });

  test('are answered by what stands in a frame, while its data flows on', async () => {
    const { world } = await connected();
    let trade = 0;
    world.stream.listen({}, (event) => void (event.type === 'trade' && trade++));
    const seen = watch(
      world.stream.manager('fake').expect('fake/public/1', { when: (text) => text.includes('"id":"9"') }),
    );
    for (const id of ['8', '9', '10']) world.socket.push({ topic: 'trades.BTCUSDT', id, price: '5' });
    await world.clock.advance(0);
    expect(seen.value).toMatchObject([{ frame: expect.stringContaining('"id":"9"') as string }]);
    expect(trade).toBe(3);
    await close(world);
  });

  test('end when the socket goes, when it is closed, and while the exchange pauses', async () => {
    const { world } = await connected();
    const lost = ask(world, 'k1');
    world.socket.end(1006);
    const homeless = ask(world, 'k2');
    await world.clock.advance(1_100);
    expect(lost.error).toBeInstanceOf(RequestLostError);
    expect(homeless.error).toMatchObject({ code: 'CONNECTION_CLOSED' });
    world.socket.accept();
    world.socket.ackAll();
    const paused = ask(world, 'k3');
    world.socket.push({ pause: 'maintenance' });
    const quiet = ask(world, 'k4');
    await world.clock.advance(0);
    expect(paused.error).toMatchObject({ code: 'REQUEST_LOST', wasSent: true });
    expect(quiet.error).toMatchObject({ code: 'CONNECTION_CLOSED' });
    world.socket.push({ resume: 'it is over' });
    await world.clock.advance(1_100);
    const closing = ask(world, 'k5');
    await close(world);
    expect(closing.error).toMatchObject({ code: 'REQUEST_LOST' });
  });

  test('to a connection that closes are not sent', async () => {
    const { world } = await connected();
    world.socket.answersClose = false;
    const closing = world.stream.close();
    const late = ask(world, 'k1');
    await world.clock.advance(10_000);
    await closing;
    expect(late.error).toMatchObject({ code: 'CONNECTION_CLOSED', connection: 'fake/public/1' });
    expect(world.socket.sent.filter(({ key }) => key === 'k1')).toEqual([]);
  });

  test('have no key that the session waits for', async () => {
    const { world } = await connected();
    world.stream.subscribe(trades('ETH/USDT'));
    await world.clock.advance(0);
    const key = world.socket.sent.at(-1)?.key ?? '';
    const twice = ask(world, key);
    await world.clock.advance(0);
    expect(twice.error).toMatchObject({ code: 'DUPLICATE_REQUEST', key });
    world.socket.ackAll();
    expect(world.stream.subscriptions().every(({ state }) => state === 'subscribed')).toBe(true);
    await close(world);
  });

  test('whose key the session gives again hold up its topics, and confuse nobody', async () => {
    const { world } = await connected();
    // The session will take 2 for its next request.
    const mine = ask(world, '2');
    world.stream.subscribe(trades('ETH/USDT'));
    await world.clock.advance(2_000);
    world.socket.push({ ack: '2' });
    await world.clock.advance(0);
    expect(mine.value).toHaveLength(1);
    const topics = world.socket.sent.filter(({ op }) => op === 'sub').flatMap((sent) => sent.topics);
    expect(topics).toEqual(['trades.ETHUSDT']);
    world.socket.ackAll();
    expect(world.stream.subscriptions().every(({ state }) => state === 'subscribed')).toBe(true);
    await close(world);
  });
});

describe('a connection that is not needed any more', () => {
  test('waits for the answers to what users have asked on it, and then closes', async () => {
    const { world } = await connected();
    const manager = world.stream.manager('fake');
    const seen = watch(
      manager.send('fake/public', frame('k1'), { match: { key: 'k1' }, deadlineMs: 20_000 }),
    );
    const [first] = world.sockets;
    expect(manager.rotate('fake/public/1')).toBe(true);
    await world.clock.advance(0);
    world.socket.accept();
    for (let passedMs = 0; passedMs < 15_000; passedMs += 1_000) {
      await world.clock.advance(1_000);
      for (const socket of world.sockets) socket.handlers.onPong();
      if (world.socket.sent.length > 0) world.socket.ackAll();
    }
    expect(world.lifecycle.filter(({ type }) => type === 'rotation')).toMatchObject([
      { outcome: 'completed' },
    ]);
    expect(first?.closed).toBe(false);
    const elsewhere = ask(world, 'k2', 'fake/public');
    expect(world.socket.sent.map(({ key }) => key)).toEqual(['k2']);
    first?.push({ ack: 'k1' });
    world.socket.push({ ack: 'k2' });
    await world.clock.advance(1_000);
    expect(seen.value).toHaveLength(1);
    expect(elsewhere.value).toHaveLength(1);
    expect(first?.closed).toBe(true);
    await close(world);
  });

  test('does not close where somebody needs it again meanwhile', async () => {
    const world = new FakeWorld();
    const first = world.stream.subscribe(trades('BTC/USDT'));
    await world.connect();
    world.socket.ackAll();
    const seen = ask(world, 'k1');
    void first.unsubscribe();
    await world.clock.advance(1_000);
    world.socket.ackAll();
    expect(world.socket.closed).toBe(false);
    const second = world.stream.subscribe(trades('ETH/USDT'));
    await world.clock.advance(1_000);
    world.socket.ackAll();
    expect(seen.value).toHaveLength(1);
    await world.clock.advance(2_000);
    expect(second.view()).toMatchObject({ state: 'subscribed', connection: 'fake/public/1' });
    await close(world);
  });

  test('closes after 30 s without them', async () => {
    const world = new FakeWorld();
    const handle = world.stream.subscribe(trades('BTC/USDT'));
    await world.connect();
    world.socket.ackAll();
    const manager = world.stream.manager('fake');
    const seen = watch(manager.expect('fake/public', { when: () => false }, { deadlineMs: 3_600_000 }));
    void handle.unsubscribe();
    await world.clock.advance(0);
    world.socket.ackAll();
    for (let passedMs = 0; passedMs < 35_000; passedMs += 5_000) {
      await world.clock.advance(5_000);
      if (!world.socket.closed) world.socket.handlers.onPong();
    }
    expect(world.socket.closed).toBe(true);
    expect(seen.error).toMatchObject({ code: 'REQUEST_LOST' });
    await close(world);
  });
});

describe('answers that nobody waits for', () => {
  test('are reported, those that come too late with the reason', async () => {
    const { world } = await connected();
    const seen = watch(
      world.stream
        .manager('fake')
        .send('fake/public', frame('k1'), { match: { key: 'k1' }, deadlineMs: 200 }),
    );
    await world.clock.advance(300);
    expect(seen.error).toMatchObject({ code: 'REQUEST_TIMEOUT' });
    world.socket.push({ ack: 'k1' });
    // One a minute is told.
    for (let second = 0; second < 60; second += 5) {
      await world.clock.advance(5_000);
      world.socket.handlers.onPong();
    }
    world.socket.push({ ack: 'k9' });
    expect(problems(world)).toMatchObject([
      {
        problem: 'unmatched',
        connection: 'fake/public/1',
        detail: 'answer under "k1": it came after the deadline of its request: {"ack":"k1"}',
      },
      { problem: 'unmatched', detail: expect.stringContaining('nobody waits for it') as string },
    ]);
    await close(world);
  });

  test('are not, where the request was taken back or that is switched off', async () => {
    const { world } = await connected();
    const stop = new AbortController();
    const options = { match: { key: 'k1' }, signal: stop.signal };
    const seen = watch(world.stream.manager('fake').send('fake/public', frame('k1'), options));
    stop.abort();
    world.socket.push({ ack: 'k1' });
    await world.clock.advance(0);
    expect(seen.isSettled).toBe(true);
    expect(problems(world)).toEqual([]);
    await close(world);

    const { world: lenient } = await connected({ settings: { fake: { requireMatch: false } } });
    lenient.socket.push({ ack: 'stray' });
    expect(problems(lenient)).toEqual([]);
    expect(lenient.stream.manager('fake').counters().ignored.get('reply nobody waits for')).toBe(1);
    await close(lenient);
  });
});

describe('a reporter of requests', () => {
  test('of one exchange takes the place of that for all', async () => {
    const own: RequestReport[] = [];
    const { world, reports } = await connected({
      settings: { fake: { requestReporter: (report) => own.push(report) } },
    });
    expect(own).toMatchObject([
      { exchange: 'fake', purpose: 'rest', ending: 'answered', connection: 'fake/rest' },
      { exchange: 'fake', purpose: 'subscribe', ending: 'answered', connection: 'fake/public/1' },
    ]);
    expect(reports).toEqual([]);
    expect(world.stream.manager('fake').counters().requests.subscribe.endings.answered).toBe(1);
    await close(world);
  });

  test('is a function', () => {
    const settings = { fake: { requestReporter: 'log' as unknown as () => void } };
    expect(() => new FakeWorld(fakeAdapter(), { settings })).toThrow(
      'settings.fake.requestReporter: got string',
    );
  });

  test('that throws is told of, and harms nobody', async () => {
    const { world } = await connected({
      requestReporter: () => {
        throw new RangeError('reporter');
      },
    });
    expect(world.stream.subscriptions()).toMatchObject([{ state: 'subscribed' }]);
    const told = { listener: 'request reporter', error: new RangeError('reporter') };
    // Of the instruments and of the subscription.
    expect(world.lifecycle.filter(({ type }) => type === 'listener-failed')).toMatchObject([told, told]);
    await close(world);
  });
});

describe('a hold on an endpoint', () => {
  test('opens a connection without topics, keeps it over losses, and lets it go', async () => {
    const world = new FakeWorld();
    const hold = world.stream.manager('fake').hold('public');
    expect(hold.view()).toBeUndefined();
    await expect(hold.send('early')).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    world.stream.start();
    await world.clock.advance(0);
    world.socket.accept();
    const id = String(hold.nextId());
    const seen = watch(hold.send(frame(id), { match: { key: id } }));
    world.socket.push({ ack: id });
    await world.clock.advance(0);
    expect(seen.value).toHaveLength(1);

    world.socket.end(1006);
    await world.clock.advance(1_100);
    world.socket.accept();
    expect(hold.view()).toMatchObject({ id: 'fake/public/1', state: 'open', topics: 0 });

    // A topic that comes and goes leaves it open.
    const handle = world.stream.subscribe(trades('BTC/USDT'));
    await world.clock.advance(0);
    world.socket.ackAll();
    void handle.unsubscribe();
    await world.clock.advance(1_100);
    world.socket.ackAll();
    await world.clock.advance(1_100);
    expect(world.sockets).toHaveLength(2);
    expect(hold.view()).toMatchObject({ state: 'open', topics: 0 });

    const other = world.stream.manager('fake').hold('public');
    hold.release();
    hold.release();
    expect(world.stream.connections()).toHaveLength(1);
    other.release();
    await world.clock.advance(1_100);
    expect(world.stream.connections()).toEqual([]);
    await expect(hold.send('late')).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    await close(world);
  });

  test('outlives the disabling of its exchange', async () => {
    const world = new FakeWorld();
    const hold = world.stream.manager('fake').hold('public');
    world.stream.start();
    await world.clock.advance(0);
    world.socket.accept();
    await Promise.all([world.stream.disable('fake'), world.clock.advance(1_100)]);
    expect(world.stream.connections()).toEqual([]);
    world.stream.enable('fake');
    await world.clock.advance(0);
    world.socket.accept();
    expect(hold.view()).toMatchObject({ state: 'open' });
    await close(world);
  });

  test('is not for an endpoint that there is not', () => {
    const world = new FakeWorld();
    expect(() => world.stream.manager('fake').hold('moon')).toThrow('declares no endpoint "moon"');
  });
});

describe('what is configured', () => {
  const flags =
    (value: string) =>
    (nextId: () => number | string): { frame: string; match: { key: string } } => {
      const key = `f${nextId()}`;
      return { frame: JSON.stringify({ op: value, key, topics: [] }), match: { key } };
    };
  const ops = (world: FakeWorld): string[] => world.socket.sent.map(({ op }) => op);

  test('is confirmed, and said on every new socket before the subscriptions', async () => {
    const { world, reports } = await connected();
    const hold = world.stream.manager('fake').hold('public');
    const set = watch(hold.configure('flags', flags('conf 1')));
    expect(ops(world)).toEqual(['conf 1']);
    await world.clock.advance(0);
    expect(set.isSettled).toBe(false);
    world.socket.ackAll();
    await world.clock.advance(0);
    expect(set).toMatchObject({ isSettled: true, value: undefined });
    expect(reports.at(-1)).toMatchObject({ purpose: 'flags', ending: 'answered' });

    world.socket.end(1006);
    await world.clock.advance(1_100);
    world.socket.accept();
    await world.clock.advance(500);
    expect(ops(world)).toEqual(['conf 1']);
    world.socket.ackAll();
    await world.clock.advance(0);
    expect(ops(world)).toEqual(['sub']);
    await close(world);
  });

  test('is not kept when the exchange refuses: what stood there before stands', async () => {
    const { world } = await connected();
    const hold = world.stream.manager('fake').hold('public');
    void hold.configure('flags', flags('conf 1'));
    world.socket.ackAll();
    await world.clock.advance(0);
    const set = watch(hold.configure('flags', flags('conf 2')));
    await world.clock.advance(1_100);
    world.socket.push({ refuse: world.socket.sent.at(-1)?.key });
    await world.clock.advance(0);
    expect(set.error).toMatchObject({ code: 'REQUEST_REFUSED' });
    world.socket.end(1006);
    await world.clock.advance(1_100);
    world.socket.accept();
    await world.clock.advance(0);
    expect(ops(world)).toEqual(['conf 1']);
    hold.forget('flags');
    world.socket.end(1006);
    await world.clock.advance(2_000);
    world.socket.accept();
    await world.clock.advance(0);
    expect(ops(world)).toEqual(['sub']);
    await close(world);
  });

  test('counts as set where its socket goes before it is confirmed, and is said on the next one', async () => {
    const { world } = await connected();
    const hold = world.stream.manager('fake').hold('public');
    const set = watch(hold.configure('flags', flags('conf 1')));
    world.socket.end(1006);
    await world.clock.advance(1_100);
    expect(set).toMatchObject({ isSettled: true, value: undefined });
    world.socket.accept();
    await world.clock.advance(0);
    expect(ops(world)).toEqual(['conf 1']);
    await close(world);
  });

  test('costs the socket when it is not confirmed there, and is dropped when it is refused for good', async () => {
    const { world } = await connected();
    const hold = world.stream.manager('fake').hold('public');
    void hold.configure('flags', flags('conf 1'));
    world.socket.ackAll();
    await world.clock.advance(0);
    world.socket.end(1006);
    await world.clock.advance(1_100);
    world.socket.accept();
    await world.clock.advance(3_000);
    expect(world.stream.connections()).toMatchObject([
      { state: 'waiting', reason: expect.stringContaining('not confirmed: RequestTimeoutError') as string },
    ]);
    await world.clock.advance(2_000);
    world.socket.accept();
    await world.clock.advance(0);
    world.socket.push({ refuse: world.socket.sent.at(-1)?.key });
    await world.clock.advance(0);
    expect(ops(world)).toEqual(['conf 1', 'sub']);
    expect(world.lifecycle.filter(({ type }) => type === 'consumer-failed')).toMatchObject([
      { subscription: 'fake/public/1', consumer: 'configure "flags"' },
    ]);
    await close(world);
  });
});
