import type { ExchangeAdapter, Session, SessionContext, Stream } from '../../src/contract/index.ts';
import type { ConnectionView } from '../../src/engine/index.ts';
import { FakeWorld, fakeAdapter, trades, type FakeSocket } from './fake-exchange.ts';

type Endpoint = ExchangeAdapter['endpoints'][string];

/** The made-up exchange with other limits or another heartbeat. */
function adapterWith(
  limits: Partial<Endpoint['limits']>,
  heartbeat?: Endpoint['heartbeat'],
): ExchangeAdapter {
  const adapter = fakeAdapter({ topicsPerConnection: 4, topicsPerMessage: 2 });
  const endpoint = adapter.endpoints.public!;
  return {
    ...adapter,
    endpoints: {
      public: {
        ...endpoint,
        limits: { ...endpoint.limits, ...limits },
        heartbeat: heartbeat ?? endpoint.heartbeat,
      },
    },
  };
}

const limit = (safe: number): { documented: number; safe: number } => ({ documented: safe, safe });

const symbols = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'].map((base) => `${base}/USDT`);

async function started(adapter: ExchangeAdapter, subscribed = symbols): Promise<FakeWorld> {
  const world = new FakeWorld(adapter, { subscriptions: subscribed.map(trades) });
  world.symbols = symbols;
  world.stream.start();
  await world.clock.advance(0);
  for (const socket of world.sockets) socket.accept();
  await world.clock.advance(0);
  return world;
}

const asked = ({ sent }: FakeSocket): string[] => sent.map(({ op, topics }) => `${op} ${topics.join(' ')}`);

const viewOf = (world: FakeWorld): ConnectionView => world.stream.connections()[0]!;

describe('messages', () => {
  test('of all connections together stay within what the exchange takes from one address', async () => {
    const world = await started(adapterWith({ messagesPerAddress: { ...limit(3), windowMs: 10_000 } }));
    expect(world.sockets).toHaveLength(2);
    for (let second = 0; second < 60; second++) {
      await world.clock.advance(1_000);
      for (const socket of world.sockets) socket.handlers.onPong();
    }
    const times = world.sockets.flatMap(({ sent, pingTimes }) => [...sent.map(({ at }) => at), ...pingTimes]);
    for (const end of times)
      expect(times.filter((at) => at > end - 10_000 && at <= end).length).toBeLessThanOrEqual(3);
    expect(times.length).toBeGreaterThan(12);
  });

  test('are cut so that none is larger than the exchange takes', async () => {
    const world = await started(adapterWith({ bytesPerMessage: limit(60), topicsPerMessage: limit(10) }));
    await world.clock.advance(5_000);
    const frames = world.sockets.flatMap(({ sent }) => sent);
    for (const { op, key, topics } of frames)
      expect(JSON.stringify({ op, key, topics }).length).toBeLessThanOrEqual(60);
    expect(new Set(frames.flatMap(({ topics }) => topics)).size).toBe(8);
  });

  test('that are too large for a single topic are not sent, and the reason is told', async () => {
    const world = await started(adapterWith({ bytesPerMessage: limit(30) }), ['A/USDT']);
    expect(world.socket.sent).toEqual([]);
    expect(world.stream.subscriptions()[0]).toMatchObject({
      state: 'failed',
      failure: 'rejected',
      reason: 'the request takes 48 bytes, and the exchange takes at most 30 a message',
    });
  });

  test('that nobody wants any more before they are sent never are, and leave their place', async () => {
    const world = await started(adapterWith({ messages: { ...limit(1), windowMs: 1_000 } }), ['A/USDT']);
    const handles = ['B/USDT', 'C/USDT'].map((symbol) => world.stream.subscribe(trades(symbol)));
    await world.clock.advance(0);
    expect(asked(world.socket)).toEqual(['sub trades.AUSDT']);
    void handles[0]!.unsubscribe();
    await world.clock.advance(2_000);
    expect(asked(world.socket)).toEqual(['sub trades.AUSDT', 'sub trades.CUSDT']);
    expect(viewOf(world).topics).toBe(2);
  });

  test('that give topics back go before those that ask for some', async () => {
    const world = await started(adapterWith({ messages: { ...limit(1), windowMs: 1_000 } }), []);
    const first = world.stream.subscribe(trades('A/USDT'));
    await world.clock.advance(0);
    world.socket.accept();
    await world.clock.advance(0);
    world.socket.push({ ack: world.socket.sent[0]!.key });
    world.stream.subscribe(trades('B/USDT'));
    await world.clock.advance(0);
    void first.unsubscribe();
    await world.clock.advance(2_200);
    expect(asked(world.socket)).toEqual(['sub trades.AUSDT', 'unsub trades.AUSDT', 'sub trades.BUSDT']);
  });
});

describe('what is told of messages', () => {
  test('counts everything that goes out, and names the budget that a request waits for', async () => {
    const world = await started(
      adapterWith({ messages: { ...limit(1), windowMs: 1_000 }, topicsPerMessage: limit(1) }),
      ['A/USDT', 'B/USDT'],
    );
    const { socket } = world;
    const reasons = (): string[] => world.stream.subscriptions().map(({ reason }) => reason);
    expect(reasons()).toEqual(['asked of the exchange', 'waiting for the message budget']);
    await world.clock.advance(1_100);
    expect(reasons()).toEqual(['asked of the exchange', 'asked of the exchange']);
    socket.handlers.onPing(Buffer.from('1'));
    await world.clock.advance(8_000);
    expect(socket.pings).toBeGreaterThan(0);
    expect(socket.pongs).toHaveLength(1);
    expect(world.stream.manager('fake').counters().messagesSent).toBe(socket.sent.length + socket.pings + 1);
  });
});

describe('silence of one connection, where the market always moves,', () => {
  test('is found within the timeout of the exchange, whatever pauses were seen; no other restarts', async () => {
    const world = new FakeWorld(adapterWith({}), {
      subscriptions: symbols.map(trades),
      settings: { fake: { trafficTimeoutMs: 20_000 } },
    });
    const reasons: string[] = [];
    world.stream.onLifecycle((event) => {
      if (event.type === 'connection') reasons.push(event.connection.reason);
    });
    world.symbols = symbols;
    world.stream.start();
    await world.clock.advance(0);
    for (const socket of world.sockets) socket.accept();
    await world.clock.advance(0);
    const [quiet, lively] = world.sockets;
    const row = (socket: FakeSocket, topic: string): void => socket.push({ topic, id: '1', price: '1' });
    const run = async (durationMs: number, push: () => void): Promise<void> => {
      for (let passedMs = 0; passedMs < durationMs; passedMs += 1_000) {
        await world.clock.advance(1_000);
        for (const socket of world.sockets) socket.handlers.onPong();
        for (const socket of [quiet!, lively!]) if (!socket.closed) socket.ackAll();
        push();
      }
    };
    await run(3_000, () => undefined);
    const moveOther = (): void => row(lively!, 'trades.EUSDT');
    // A long pause that ended by itself: elsewhere it would make the watch patient.
    for (let pause = 0; pause < 3; pause++) {
      row(quiet!, 'trades.AUSDT');
      await run(15_000, moveOther);
    }
    row(quiet!, 'trades.AUSDT');
    await run(19_000, moveOther);
    expect(world.stream.connections().map(({ state }) => state)).toEqual(['open', 'open']);
    await run(2_000, moveOther);
    expect(reasons.filter((reason) => reason.startsWith('no data'))).toEqual(['no data for 20000 ms']);
    expect(quiet!.closed).toBeTruthy();
    expect(lively!.closed).toBeFalsy();
  });

  test.each([0, -1, Number.NaN])('cannot be judged within %p ms', (trafficTimeoutMs) => {
    expect(() => new FakeWorld(adapterWith({}), { settings: { fake: { trafficTimeoutMs } } })).toThrow(
      /settings\.fake\.trafficTimeoutMs: got .* Allowed: a number above 0/,
    );
  });
});

describe('pings', () => {
  test('in frames, of a flood, are answered within half of the limit, and leave room for requests', async () => {
    const adapter = adapterWith({ messages: { ...limit(4), windowMs: 1_000 } });
    const world = await started({
      ...adapter,
      createSession: <S extends Stream>(context: SessionContext): Session<S> => {
        const session = adapter.createSession<S>(context);
        return {
          subscribe: (topics) => session.subscribe(topics),
          unsubscribe: (topics) => session.unsubscribe(topics),
          onFrame: (frame, _binary, _receivedAt, sink) =>
            sink.answer(JSON.stringify({ op: 'pong', key: frame.toString(), topics: [] })),
        };
      },
    });
    const { socket } = world;
    const before = socket.sent.length;
    const wanted = new Set(socket.sent.flatMap(({ topics }) => topics));
    expect(wanted.size).toBe(4);
    for (let flood = 0; flood < 500; flood++) {
      socket.push(String(flood));
      socket.handlers.onPing(Buffer.from(String(flood)));
      await world.clock.advance(10);
    }
    const times = [...socket.sent.map(({ at }) => at), ...socket.pongTimes, ...socket.pingTimes];
    for (const end of times)
      expect(times.filter((at) => at > end - 1_000 && at <= end).length).toBeLessThanOrEqual(4);
    const answers = socket.sent.filter(({ op }) => op === 'pong');
    expect(answers.length).toBeGreaterThan(4);
    expect(answers.length + socket.pongs.length).toBeLessThanOrEqual(12);
    expect(Number(JSON.parse(answers.at(-1)!.key))).toBeGreaterThan(440);
    // Nobody confirmed them: they are asked for again in the midst of the flood.
    expect(new Set(socket.sent.slice(before).flatMap(({ topics }) => topics))).toEqual(wanted);
    const closing = world.stream.close();
    await world.clock.advance(10_000);
    await closing;
    expect(world.clock.pending).toBe(0);
  });

  test('of a flood are answered by the newest, within the message limit, and leave room for requests', async () => {
    const world = await started(adapterWith({ messages: { ...limit(4), windowMs: 1_000 } }));
    const { socket } = world;
    for (let flood = 0; flood < 500; flood++) {
      socket.handlers.onPing(Buffer.from(String(flood)));
      await world.clock.advance(10);
    }
    const times = [...socket.sent.map(({ at }) => at), ...socket.pongTimes, ...socket.pingTimes];
    for (const end of times)
      expect(times.filter((at) => at > end - 1_000 && at <= end).length).toBeLessThanOrEqual(4);
    expect(socket.pongs.length).toBeGreaterThanOrEqual(9);
    expect(Number(socket.pongs.at(-1))).toBeGreaterThan(440);
    expect(new Set(socket.sent.flatMap(({ topics }) => topics)).size).toBe(4);
  });

  test('are sent in the words of the exchange where it has some, and their answers measured', async () => {
    const adapter = adapterWith({});
    const world = await started(
      {
        ...adapter,
        createSession: <S extends Stream>(context: SessionContext): Session<S> => {
          const session = adapter.createSession<S>(context);
          return {
            subscribe: (topics) => session.subscribe(topics),
            unsubscribe: (topics) => session.unsubscribe(topics),
            ping: () => JSON.stringify({ op: 'ping', key: '', topics: [] }),
            onFrame: (frame, binary, receivedAt, sink) =>
              frame.toString() === '"pong"' ? sink.pong() : session.onFrame(frame, binary, receivedAt, sink),
          };
        },
      },
      ['A/USDT'],
    );
    const { socket } = world;
    socket.ackAll();
    await world.clock.advance(5_000);
    expect(asked(socket)).toContain('ping ');
    expect(socket.pings).toBe(0);
    await world.clock.advance(40);
    socket.push('"pong"');
    expect(viewOf(world)).toMatchObject({ roundTripMs: 40, roundTripMaxMs: 40 });
    await world.clock.advance(100);
    socket.push('"pong"');
    expect(viewOf(world)).toMatchObject({ roundTripMs: 40, roundTripMaxMs: 40 });
  });

  test('are sent while data flows, too', async () => {
    const world = await started(adapterWith({}), ['A/USDT']);
    world.socket.ackAll();
    for (let second = 0; second < 20; second++) {
      await world.clock.advance(1_000);
      world.socket.push({ topic: 'trades.AUSDT', id: String(second), price: '1' });
    }
    expect(world.socket.pings).toBe(4);
  });

  test('have their share of a limit with a long window, whatever is asked for', async () => {
    const world = await started(
      adapterWith({ messages: { ...limit(3), windowMs: 3_600_000 }, topicsPerMessage: limit(1) }),
    );
    const socket = world.sockets[0]!;
    await world.clock.advance(5_000);
    expect(socket.sent).toHaveLength(2);
    expect(socket.pings).toBe(1);
  });

  test.each([
    ['blocked for 2 s', 2_000],
    ['suspended for an hour', 3_600_000],
  ])('of a process that was %s: no false reconnect, no storm', async (_case, blockedMs) => {
    const world = await started(adapterWith({}), ['A/USDT']);
    world.socket.ackAll();
    // The last sign of life is almost as old as it may be when the process is blocked.
    await world.clock.advance(14_999);
    const { clock } = world;
    const [now, monotonic] = [clock.now.bind(clock), clock.monotonic.bind(clock)];
    clock.now = () => now() + blockedMs;
    clock.monotonic = () => monotonic() + blockedMs;
    const before = world.socket.pings;
    // What waits at the socket is read after the timers that were due.
    clock.after(1, () => world.socket.handlers.onPong());
    await world.clock.advance(1_000);
    expect(viewOf(world).state).toBe('open');
    expect(world.sockets).toHaveLength(1);
    expect(world.socket.pings - before).toBeLessThanOrEqual(1);
    await world.clock.advance(14_999);
    expect(viewOf(world).state).not.toBe('open');
  });
});
