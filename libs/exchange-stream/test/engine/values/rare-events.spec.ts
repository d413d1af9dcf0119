import { SubscriptionRequestError } from '../../../src/engine/index.ts';
import { ValuedWorld, follow } from './valued-exchange.ts';

const LIQUIDATION = { side: 'sell', price: '9', priceKind: 'bankruptcy', amount: '2' } as const;
const NOTICE = { id: '7', state: 'scheduled', text: 'upgrade', begin: 1_000, end: 2_000 } as const;

describe('events that are rare', () => {
  let world: ValuedWorld;
  beforeEach(() => (world = new ValuedWorld()));
  afterEach(() => world.close());

  it('leave liquidations live while none comes, and tell of a loss', async () => {
    const told = follow(world.hold('liquidations'));
    (await world.connect()).ackAll();
    await world.rest(6);
    expect(told).toEqual(['syncing', 'live']);
    world.push({ topic: 'liquidations.BTCUSDT', at: 5, liquidation: LIQUIDATION });
    await world.reconnect();
    expect(told.slice(2)).toEqual([
      { type: 'liquidation', exchangeTime: 5, ...LIQUIDATION },
      ...['stale', 'gap', 'live'],
    ]);
  });

  it('are of the whole exchange where they are notices: without a symbol', async () => {
    const handle = world.stream.subscribe({ exchange: 'fake', channel: 'status' });
    expect(handle.key).toBe('["fake","status","",{}]');
    expect(() => world.hold('status')).toThrow(SubscriptionRequestError);
    const socket = await world.connect();
    expect(socket.sent.flatMap(({ topics }) => topics)).toEqual(['status']);
  });

  it('tell late comers of notices that are not over, and nobody twice of the same', async () => {
    const handle = world.hold('status', '');
    const told = follow(handle);
    (await world.connect()).ackAll();
    const notice = (row: object): void => world.push({ topic: 'status', notice: { ...NOTICE, ...row } });
    notice({});
    notice({});
    notice({ id: '8', state: 'ongoing' });
    expect(told.filter((event) => typeof event === 'object')).toHaveLength(2);
    expect(handle.view().counters).toMatchObject({ received: 3, delivered: 2, dropped: 1 });
    expect(follow(handle)).toMatchObject([{ id: '7' }, { id: '8' }, 'live']);
    notice({ id: '8', state: 'completed' });
    expect(follow(handle)).toMatchObject([{ id: '7' }, 'live']);
    expect(handle.latest()).toMatchObject({ type: 'platform-status', id: '7', state: 'scheduled' });
  });

  it('are told as life-cycle events, and shown while they go on by word or by time', async () => {
    const handle = world.hold('status', '');
    (await world.connect()).ackAll();
    const now = world.clock.now();
    const notice = (row: object): void =>
      world.push({ topic: 'status', notice: { ...NOTICE, begin: now + 1_000, end: now + 2_000, ...row } });
    notice({ text: `up\n${'g'.repeat(300)}rade` });
    expect(handle.view().notice).toBeUndefined();
    await world.clock.advance(1_000);
    expect(handle.view().notice).toBe(`up ${'g'.repeat(197)}`);
    await world.clock.advance(1_000);
    expect(handle.view().notice).toBeUndefined();
    notice({ id: '8', state: 'ongoing', begin: undefined, end: undefined });
    await world.reconnect();
    expect(handle.view().notice).toBe('upgrade');
    notice({ id: '8', state: 'completed', text: 'done' });
    expect(handle.view().notice).toBeUndefined();
    const told = world.lifecycle.flatMap((event) => (event.type === 'platform-status' ? [event.notice] : []));
    expect(told.map(({ id, state }) => `${id} ${state}`)).toEqual([
      '7 scheduled',
      '8 ongoing',
      '8 completed',
    ]);
  });

  it('cannot be merged', async () => {
    const liquidations = world.hold('liquidations');
    expect(() => liquidations.on(() => undefined, { policy: 'merge' })).toThrow(
      'Allowed for liquidations: all, latest.',
    );
    const status = world.hold('status', '');
    expect(() => status.on(() => undefined, { policy: 'latest' })).toThrow('Allowed for status: all.');
    await world.connect();
  });
});
