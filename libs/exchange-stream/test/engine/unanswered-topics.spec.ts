import type { ExchangeAdapter, Session, SessionContext, Stream } from '@exchange-stream/nestjs/contract';
import { FakeWorld, fakeAdapter, trades } from './fake-exchange.ts';

/** An exchange that tells of one topic without being asked for it, and answers for the others. */
function adapter(): ExchangeAdapter {
  const fake = fakeAdapter();
  const others = (topics: readonly string[]): readonly string[] => topics.filter((topic) => topic !== OPEN);
  return {
    ...fake,
    createSession: <S extends Stream>(context: SessionContext): Session<S> => {
      const session: Session<S> = fake.createSession(context);
      return {
        ...session,
        subscribe: (topics) => (others(topics).length > 0 ? session.subscribe(others(topics)) : []),
        unsubscribe: (topics) => (others(topics).length > 0 ? session.unsubscribe(others(topics)) : []),
      };
    },
  };
}

const OPEN = 'trades.ETHUSDT';

test('a topic that no answer decides on goes with the message that gives back the others, and is back with theirs', async () => {
  const world = new FakeWorld(adapter(), { subscriptions: [trades('SOL/USDT')] });
  const handles = [trades('BTC/USDT'), trades('ETH/USDT')].map((request) => world.stream.subscribe(request));
  await world.connect();
  world.socket.ackAll();
  await world.clock.advance(0);
  const topics = (): number[] => world.stream.connections().map((connection) => connection.topics);
  expect(topics()).toEqual([3]);
  for (const handle of handles) void handle.unsubscribe();
  await world.clock.advance(0);
  expect(world.socket.sent.at(-1)).toMatchObject({ op: 'unsub', topics: ['trades.BTCUSDT'] });
  world.socket.ackAll();
  await world.clock.advance(0);
  expect(topics()).toEqual([1]);
  const again = world.stream.subscribe(trades('ETH/USDT'));
  await world.clock.advance(0);
  expect(again.view().state).toBe('subscribed');
  await Promise.all([world.stream.close(), world.clock.advance(10_000)]);
  expect(world.clock.pending).toBe(0);
});
