import { LabWorld } from './lab-world.ts';

const TOPIC = 'book:BTC-USDT';
const TICKER = { exchange: 'lab', channel: 'ticker', symbol: 'BTC/USDT' } as const;

const connectionsOf = (world: LabWorld): (string | undefined)[] =>
  [TOPIC, 'ticker:BTC-USDT'].map((topic) => world.view(topic).connection);

describe('a book that its connection brings wrong again and again', () => {
  test.each(['range', 'stream', 'chain', 'none'] as const)(
    'goes to another connection after three bad checksums within a minute (books: %s)',
    async (books) => {
      const world = new LabWorld({
        seed: 1,
        dialects: { books, checksums: true },
        subscriptions: [TICKER],
      });
      await world.clock.advance(10_000);
      const [before, ticker] = connectionsOf(world);
      expect(before).toBe(ticker);
      for (let spoiled = 0; spoiled < 3; spoiled++) {
        expect(connectionsOf(world)[0]).toBe(before);
        world.exchange.faults.inject({
          type: 'spoil-books',
          how: 'wrong-checksum',
          topic: TOPIC,
          count: 1,
        });
        await world.clock.advance(9_000);
      }
      await world.clock.advance(5_000);
      const [after, tickerAfter] = connectionsOf(world);
      expect(after).not.toBe(before);
      expect(tickerAfter).toBe(ticker);
      expect(world.view(TOPIC)).toMatchObject({ state: 'subscribed', data: 'live' });
      expect(world.stream.manager('lab').counters().bookBreaks.checksum).toBe(3);
      await world.expectTruth();
      await world.close();
    },
  );

  test('does not hammer the exchange', async () => {
    const world = new LabWorld({ seed: 1, dialects: { books: 'stream' } });
    await world.clock.advance(10_000);
    for (let step = 0; step < 100; step++) {
      world.exchange.faults.inject({ type: 'drop-frames', topic: TOPIC, count: 1 });
      await world.clock.advance(2_000);
    }
    const { begun } = world.stream.manager('lab').counters().bookResyncs;
    expect(begun).toBeGreaterThan(5);
    expect(begun).toBeLessThan(20);
    world.calm();
    await world.recover(120_000);
    await world.expectTruth();
    await world.close();
  });
});
