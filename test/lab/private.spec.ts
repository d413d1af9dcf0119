import { PRIVATE_CHANNELS } from '@exchange-stream/market-data';
import { AccountFollower } from './account-follower.ts';
import { LabWorld, type SpokenDialects } from './lab-world.ts';

/** Somebody who follows all that an account has. */
function follow(world: LabWorld, account?: string): AccountFollower {
  const follower = new AccountFollower();
  for (const channel of PRIVATE_CHANNELS)
    world.stream
      .subscribe({ exchange: 'lab', channel, ...(account !== undefined && { account }) })
      .on(follower.receive);
  return follower;
}

/** The accounts rest, so that everybody holds the same. */
async function rest(world: LabWorld): Promise<void> {
  world.exchange.market.pause();
  await world.clock.advance(2_000);
}

const upTo = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

const ENTRIES: SpokenDialects[] = [
  { entry: 'login' },
  { entry: 'nonce', acks: 'channel' },
  { entry: 'token', packing: 'gzip' },
  { entry: 'listen', acks: 'topic' },
];

describe('what accounts have at lab', () => {
  test.each(ENTRIES)('is what the exchange has of each of them (%j)', async (dialects) => {
    const world = new LabWorld({ seed: 7, dialects });
    const first = follow(world);
    const second = follow(world, 'second');
    await world.clock.advance(200_000);
    await rest(world);
    first.expectTruth(world.exchange, 'lab-key');
    second.expectTruth(world.exchange, 'lab-key-2');
    expect(first.fillIds).toEqual(
      world.exchange.account('lab-key').fills.map(({ fillId }) => Number(fillId)),
    );
    expect(first.fills.length).toBeGreaterThan(15);
    expect(first.fills[0]).toMatchObject({
      symbol: expect.stringMatching('/USDT') as string,
      account: 'default',
    });
    expect(second.fills[0]).toMatchObject({ account: 'second', recovered: false });
    world.expectNoLeak();
    world.expectPromises();
    await world.close();
  });

  test('survives losses of the connection, with every fill told once', async () => {
    const world = new LabWorld({ seed: 8 });
    const follower = follow(world);
    await world.clock.advance(20_000);
    for (let round = 0; round < 5; round++) {
      world.network.refusing = true;
      world.exchange.disconnectAll(1006);
      await world.clock.advance(30_000);
      world.network.refusing = false;
      await world.clock.advance(30_000);
    }
    await world.recover(60_000);
    await rest(world);
    follower.expectTruth(world.exchange, 'lab-key');
    expect(follower.fillIds).toEqual(upTo(1, follower.fills.length));
    expect(follower.fillIds.at(-1)).toBe(world.exchange.account('lab-key').fills.length);
    expect(follower.fills.some(({ recovered }) => recovered)).toBe(true);
    await world.expectTruth();
    await world.close();
  });

  test('misses no fill that is lost on the way', async () => {
    const world = new LabWorld({ seed: 9 });
    const follower = follow(world);
    await world.clock.advance(20_000);
    let frames = 0;
    world.loses = (frame) => frame.includes('"topic":"fills"') && ++frames % 3 === 1;
    await world.clock.advance(120_000);
    world.loses = () => false;
    await world.clock.advance(20_000);
    await rest(world);
    follower.expectTruth(world.exchange, 'lab-key');
    expect(follower.fillIds).toEqual(upTo(1, follower.fills.length));
    expect(follower.gaps).toBeGreaterThan(2);
    await world.close();
  });

  test('goes over to a fresh connection without a word', async () => {
    const world = new LabWorld({ seed: 10 });
    const follower = follow(world);
    await world.clock.advance(20_000);
    const states: string[] = [];
    world.stream.listen({ exchange: 'lab' }, (event) => {
      if (event.type === 'status') states.push(`${event.channel} ${event.state}`);
    });
    states.length = 0;
    expect(world.stream.manager('lab').rotate('lab/private/1')).toBe(true);
    await world.clock.advance(60_000);
    await rest(world);
    expect(states).toEqual([]);
    expect(world.stream.connections().map(({ id }) => id)).toContain('lab/private/2');
    follower.expectTruth(world.exchange, 'lab-key');
    expect(follower.fillIds).toEqual(upTo(1, follower.fills.length));
    await world.close();
  });

  test('fails with its login, and heals with other credentials', async () => {
    const world = new LabWorld({ seed: 11 });
    const manager = world.stream.manager('lab');
    const follower = follow(world);
    await world.clock.advance(20_000);
    world.exchange.withdrawKey('lab-key');
    await world.clock.advance(600_000);
    const [view] = world.stream.subscriptions().filter(({ channel }) => channel === 'orders');
    expect(view).toMatchObject({ state: 'failed', failure: 'auth', data: 'stale' });
    expect(manager.canUseAuthenticated()).toMatchObject({ canUse: false, state: 'rejected' });
    manager.setCredentials({ key: 'lab-key-2', secret: 'lab-secret-2' });
    await world.clock.advance(30_000);
    await rest(world);
    expect(manager.canUseAuthenticated()).toMatchObject({ canUse: true, state: 'authenticated' });
    // The other key is of another account, whose orders, balances and positions they are from now on.
    expect([...follower.orders.keys()]).toEqual(
      world.exchange.account('lab-key-2').orders.map(({ orderId }) => orderId),
    );
    await world.close();
  });
});
