import { VirtualClock } from '@exchange-stream/market-data';
import type { ExchangeAdapter, MessageLimit } from '../../../src/contract/index.ts';
import { InProcessBudgets } from '../../../src/engine/limits/budget-provider.ts';
import { defined, accept, settle } from '../defined-world.ts';
import { FakeWorld, fakeAdapter, trades } from '../fake-exchange.ts';
import { Line, watch, type LineOptions } from './line.ts';

const ORDERS = 'order.place';
const perSecond = (safe: number, per: MessageLimit['per']): MessageLimit => ({
  ...{ documented: safe, safe, windowMs: 1_000, per },
});

/** Connections of one exchange, whose kinds are limited alike. */
function lines(per: MessageLimit['per'], ...options: LineOptions[]): Line[] {
  const clock = new VirtualClock();
  const budgets = new InProcessBudgets(clock);
  const ofKinds = { [ORDERS]: perSecond(2, per) };
  return options.map((each) => new Line(clock, { budgets, ofKinds, ...each }));
}

const sayAll = (line: Line, frames: readonly string[], limit?: string): void => {
  for (const frame of frames) watch(line.requests.send(frame, limit === undefined ? {} : { limit }));
};

describe('a kind of messages with a limit of its own', () => {
  test('keeps to it, and keeps no other message from leaving', async () => {
    const [line] = lines('connection', {}) as [Line];
    sayAll(line, ['one', 'two', 'three'], ORDERS);
    sayAll(line, ['query']);
    expect(line.sent).toEqual(['one', 'two', 'query']);
    await line.clock.advance(1_100);
    expect(line.sent).toEqual(['one', 'two', 'query', 'three']);
    expect(line.clock.pending).toBe(0);
  });

  test('counts among all messages of its connection, too', async () => {
    const [line] = lines('account', { perSecond: 3 }) as [Line];
    sayAll(line, ['a', 'b']);
    sayAll(line, ['one', 'two'], ORDERS);
    expect(line.sent).toEqual(['a', 'b', 'one']);
    await line.clock.advance(1_100);
    expect(line.sent.at(-1)).toBe('two');
  });

  test.each([
    ['connection', ['1', '1', '2', '2', '3', '3', '4', '4']],
    ['account', ['1', '1', '3', '3', '4', '4']],
    ['address', ['1', '1']],
  ] as const)('per %s is shared so far and no further', async (per, atOnce) => {
    const all = lines(
      per,
      { connection: '1', account: 'default' },
      { connection: '2', account: 'default' },
      { connection: '3', account: 'second' },
      { connection: '4' },
    );
    for (const line of all) sayAll(line, ['one', 'two'], ORDERS);
    const sent = (): string[] => all.flatMap((line) => line.sent.map(() => line.matcher.connection));
    expect(sent()).toEqual(atOnce);
    await all[0]!.clock.advance(5_000);
    expect(sent()).toHaveLength(8);
    expect(all[0]!.clock.pending).toBe(0);
  });

  test('tells who refuses to wait how long it would be, and only that kind', async () => {
    const [line, other] = lines('account', { account: 'a' }, { account: 'a', connection: '2' }) as [
      Line,
      Line,
    ];
    sayAll(line, ['one', 'two'], ORDERS);
    const refused = watch(other.requests.send('three', { limit: ORDERS, maxWaitMs: 0 }));
    const free = watch(other.requests.send('query', { maxWaitMs: 0 }));
    await line.clock.advance(0);
    expect(refused.error).toMatchObject({ code: 'BUDGET', waitMs: 1_100 });
    expect(free).toMatchObject({ isSettled: true });
    expect(other.sent).toEqual(['query']);
  });

  test('is known by its name only', async () => {
    const [line] = lines('account', {}) as [Line];
    const typo = watch(line.requests.send('one', { limit: 'order.palce' }));
    await line.clock.advance(0);
    expect(typo.error).toMatchObject({
      code: 'INVALID_OPTIONS',
      message: 'limit: got "order.palce". Allowed: order.place.',
    });
  });
});

describe('kinds of messages', () => {
  test('are what sessions send, and what users send on their connections', async () => {
    const world = new FakeWorld(withLimitedSubscribes(), { subscriptions: [trades('BTC/USDT')] });
    const socket = await world.connect();
    world.stream.subscribe(trades('ETH/USDT'));
    await settle(world);
    expect(socket.sent.map(({ topics }) => topics)).toEqual([['trades.BTCUSDT']]);
    const mine = watch(
      world.stream
        .manager('fake')
        .send('fake/public', JSON.stringify({ op: 'sub' }), { limit: 'subscribe', maxWaitMs: 0 }),
    );
    await settle(world);
    expect(mine.error).toMatchObject({ code: 'BUDGET' });
    await world.clock.advance(2_200);
    expect(socket.sent.map(({ topics, at }) => [topics, at])).toEqual([
      [['trades.BTCUSDT'], 0],
      [['trades.ETHUSDT'], 2_200],
    ]);
    await Promise.all([world.stream.close(), world.clock.advance(10_000)]);
    expect(world.clock.pending).toBe(0);
  });

  test('are limited by definitions of users', async () => {
    const { world, handle } = defined({ messagesOfKinds: { [ORDERS]: perSecond(1, 'address') } });
    handle.subscribe(['btc']);
    await settle(world);
    await accept(world);
    const place = (maxWaitMs: number): ReturnType<typeof watch> =>
      watch(handle.send(JSON.stringify({ op: 'place' }), { limit: ORDERS, maxWaitMs }));
    const [first, second] = [place(0), place(0)];
    await settle(world);
    expect([first.error, second.error]).toMatchObject([undefined, { code: 'BUDGET', waitMs: 1_100 }]);
    expect(() =>
      world.stream.manager('fake').define({
        ...{ name: 'other', url: 'wss://other.test', handler: () => undefined },
        messagesOfKinds: { [ORDERS]: { ...perSecond(1, 'address'), per: 'planet' as 'address' } },
      }),
    ).toThrow(
      'define.messagesOfKinds["order.place"]: got object. Allowed: { documented, safe, windowMs, per } with numbers above 0, per one of connection, account, address.',
    );
    await Promise.all([world.stream.close(), world.clock.advance(10_000)]);
    expect(world.clock.pending).toBe(0);
  });
});

/** The made-up exchange that takes one message with topics in two seconds. */
function withLimitedSubscribes(): ExchangeAdapter {
  const fake = fakeAdapter();
  const endpoint = fake.endpoints['public']!;
  const ofKinds = { subscribe: { ...perSecond(1, 'address'), windowMs: 2_000 } };
  return {
    ...fake,
    endpoints: { public: { ...endpoint, limits: { ...endpoint.limits, ofKinds } } },
    createSession: (context) => {
      const session = fake.createSession(context);
      const limited: typeof session.subscribe = (topics) =>
        session.subscribe(topics).map((control) => ({ ...control, limit: 'subscribe' }));
      return {
        subscribe: limited,
        unsubscribe: (topics) => session.unsubscribe(topics),
        onFrame: (...frame) => session.onFrame(...frame),
      };
    },
  };
}
