import type { LifecycleEvent } from '../../src/engine/index.ts';
import { FakeWorld, trades } from './fake-exchange.ts';

const told = (event: LifecycleEvent): string => {
  if (event.type === 'connection') return `${event.connection.id} ${event.connection.state}`;
  if (event.type === 'subscription') {
    const { channel, symbol, state, data } = event.subscription;
    return `${channel} ${symbol} ${state} ${data}`;
  }
  return event.type;
};

describe('lifecycle', () => {
  it('can be followed with for await, in order, until the stream closes', async () => {
    const world = new FakeWorld();
    const seen: string[] = [];
    const loop = (async () => {
      for await (const event of world.stream.lifecycle()) seen.push(told(event));
    })();
    world.stream.subscribe(trades('BTC/USDT'));
    const socket = await world.connect();
    socket.ackAll();
    socket.end(1006);
    const closing = world.stream.close();
    await world.clock.advance(10_000);
    await closing;
    await loop;
    expect(seen).toEqual(world.lifecycle.map(told));
    expect(seen).toEqual(
      expect.arrayContaining([
        'fake/public/1 open',
        'trades BTC/USDT subscribed live',
        'fake/public/1 waiting',
        'trades BTC/USDT resubscribing stale',
        'trades BTC/USDT unsubscribed stale',
      ]),
    );
    expect(world.clock.pending).toBe(0);
  });

  it('counts for each subscription the share of time that it was live', async () => {
    const world = new FakeWorld();
    const handle = world.stream.subscribe(trades('BTC/USDT'));
    const socket = await world.connect();
    await world.clock.advance(1_000);
    socket.ackAll();
    for (let n = 0; n < 6; n++) {
      await world.clock.advance(1_000);
      socket.handlers.onPong();
    }
    socket.end(1006);
    await world.clock.advance(1_000);
    expect(handle.view()).toMatchObject({ wantedMs: 8_000, liveMs: 6_000, haltedMs: 0, liveShare: 0.75 });
    await handle.unsubscribe();
    await world.clock.advance(60_000);
    expect(handle.view()).toMatchObject({ wantedMs: 8_000, liveMs: 6_000 });
  });
});
