import type { Subscription } from '../../src/engine/subscription/subscription.ts';
import { FakeWorld, trades } from './fake-exchange.ts';

async function liveWorld(): Promise<{ world: FakeWorld; subscription: Subscription }> {
  const world = new FakeWorld();
  world.stream.subscribe(trades('BTC/USDT'));
  const socket = await world.connect();
  socket.ackAll();
  const found: Subscription[] = [];
  world.stream.manager('fake').forEach((subscription) => found.push(subscription));
  return { world, subscription: found[0]! };
}

const told = (world: FakeWorld): unknown[] =>
  world.lifecycle.filter(({ type }) => type === 'inconsistency').map((event) => event);

describe('audit', () => {
  it('finds nothing where nothing is wrong, through loss and return', async () => {
    const { world } = await liveWorld();
    expect(world.stream.audit()).toEqual([]);
    world.socket.end(1006);
    expect(world.stream.audit()).toEqual([]);
    await world.clock.advance(1_000);
    world.socket.accept();
    expect(world.stream.audit()).toEqual([]);
    expect(told(world)).toEqual([]);
  });

  it('finds a subscription on a connection that there is not, and has it asked for again', async () => {
    const { world, subscription } = await liveWorld();
    // As if the news of the connection's end had been lost.
    Reflect.set(subscription, 'connectionId', 'fake/public/99');
    expect(world.stream.audit()).toMatchObject([{ kind: 'no-connection' }]);
    expect(told(world)).toMatchObject([
      { exchange: 'fake', subscription: subscription.key, kind: 'no-connection' },
    ]);
    await world.clock.advance(1_000);
    world.socket.ackAll();
    expect(subscription.view()).toMatchObject({
      state: 'subscribed',
      connection: 'fake/public/1',
      data: 'live',
    });
    expect(world.stream.audit()).toEqual([]);
  });

  it('finds data that is live without an open connection, and tells its consumers', async () => {
    const { world, subscription } = await liveWorld();
    // As if the subscription had never heard of the loss.
    const lost = jest.spyOn(subscription, 'lost').mockImplementation(() => undefined);
    world.socket.end(1006);
    expect(subscription.view().data).toBe('live');
    lost.mockRestore();
    expect(world.stream.audit()).toMatchObject([
      { kind: 'live-without-connection', found: 'its data is live while fake/public/1 is waiting' },
    ]);
    expect(subscription.view()).toMatchObject({ state: 'resubscribing', data: 'stale' });
    expect(world.stream.audit()).toEqual([]);
  });
});
