import { LabWorld } from './lab-world.ts';

/** What random scripts have found once, in as few steps as it takes. */
describe('found by scripts', () => {
  test('a topic whose ack was lost is confirmed by the connection that replaces its own', async () => {
    const world = new LabWorld({ seed: 1 });
    await world.clock.advance(5_000);
    world.exchange.faults.inject({ type: 'lose-ack', count: 1, forMs: 10_000 });
    world.network.drop();
    await world.clock.advance(5_000);
    expect(world.view('book:BTC-USDT')).toMatchObject({ state: 'resubscribing', data: 'live' });
    const { connection } = world.view('book:BTC-USDT');
    if (connection === undefined) throw new Error('Nobody carries the book.');
    expect(world.stream.manager('lab').rotate(connection)).toBe(true);
    await world.clock.advance(5_000);
    expect(world.view('book:BTC-USDT')).toMatchObject({ state: 'subscribed', data: 'live', attempts: 0 });
    expect(world.view('book:BTC-USDT').connection).not.toBe(connection);
    await world.expectTruth();
    await world.close();
  });

  test('a halt whose end was told while the connection was away ends', async () => {
    const world = new LabWorld({ seed: 1 });
    await world.clock.advance(5_000);
    world.exchange.halt('BTC-USDT');
    await world.clock.advance(1_000);
    expect(world.view('book:BTC-USDT').data).toBe('halted');
    world.network.drop();
    await world.clock.advance(50);
    world.exchange.reopen('BTC-USDT');
    await world.clock.advance(10_000);
    await world.expectTruth();
    await world.close();
  });
});
