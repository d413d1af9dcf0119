import type { ExchangeAdapter, Session, SessionContext, Stream } from '../../src/contract/index.ts';
import { FakeWorld, fakeAdapter } from './fake-exchange.ts';

/** It sends trades of ETH to everybody, so that nobody has to ask for them. */
function withGift(): ExchangeAdapter {
  const fake = fakeAdapter();
  return {
    ...fake,
    createSession: <S extends Stream>(context: SessionContext): Session<S> => {
      const session = fake.createSession<S>(context);
      const asked = (topics: readonly string[]): readonly string[] =>
        topics.filter((topic) => topic !== 'trades.ETHUSDT');
      return {
        ...session,
        subscribe: (topics) => (asked(topics).length > 0 ? session.subscribe(asked(topics)) : []),
      };
    },
  };
}

describe('a topic that need not be asked for', () => {
  test.each([
    ['alone', ['ETH/USDT']],
    ['beside one that has to be', ['ETH/USDT', 'BTC/USDT']],
  ])('is subscribed %s', async (_, symbols) => {
    const world = new FakeWorld(withGift());
    const handles = symbols.map((symbol) =>
      world.stream.subscribe({ exchange: 'fake', channel: 'trades', symbol }),
    );
    const socket = await world.connect();
    await world.clock.advance(1_000);
    socket.ackAll();
    expect(handles.map((handle) => handle.view().state)).toEqual(symbols.map(() => 'subscribed'));
  });
});
