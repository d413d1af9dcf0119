import type { ExchangeAdapter } from '../../src/contract/index.ts';
import type { SubscriptionRequestError } from '../../src/engine/index.ts';
import { FakeWorld, fakeAdapter, trades } from './fake-exchange.ts';

/** The made-up exchange with books of which it streams one depth for each symbol. */
const adapter = (): ExchangeAdapter => ({
  ...fakeAdapter(),
  channels: {
    ...fakeAdapter().channels,
    book: {
      endpoint: 'public',
      params: { depth: { description: 'levels', values: [5, 25], default: 25 } },
      topic: (symbol, { depth = 25 }) => `book.${symbol}.${depth}`,
      exclusive: 'exchange',
    },
  },
});

const book = (symbol: string, depth?: number): ReturnType<typeof trades> =>
  ({
    ...trades(symbol),
    channel: 'book',
    ...(depth === undefined ? {} : { params: { depth } }),
  }) as never;

const keys = (world: FakeWorld): string[] => world.stream.subscriptions().map(({ topic }) => topic ?? '');

const refused = (): Error => expect.objectContaining({ code: 'CONFLICT' }) as SubscriptionRequestError;

describe('a channel that is streamed in one variant', () => {
  test('refuses a second one and names the first with its holders', async () => {
    const world = new FakeWorld(adapter());
    const handle = world.stream.subscribe(book('BTC/USDT'));
    world.stream.subscribe(book('BTC/USDT', 25));
    world.stream.subscribe(book('ETH/USDT', 5));
    expect(() => world.stream.subscribe(book('BTC/USDT', 5))).toThrow(
      'fake book BTC/USDT depth=5 cannot go beside fake book BTC/USDT (held 2 times)',
    );
    expect(() => world.stream.subscribe(book('BTC/USDT', 5))).toThrow(refused());
    await world.connect();
    expect(keys(world)).toEqual(['book.BTCUSDT.25', 'book.ETHUSDT.5']);
    expect(handle.view().references).toBe(2);
  });

  test('takes another once the first is released', async () => {
    const world = new FakeWorld(adapter());
    const handle = world.stream.subscribe(book('BTC/USDT'));
    await world.connect();
    await handle.unsubscribe();
    world.stream.subscribe(book('BTC/USDT', 5));
    expect(keys(world)).toEqual(['book.BTCUSDT.5']);
  });

  test('lets a new list of defaults replace one variant by another, and refuses both in one list', async () => {
    const world = new FakeWorld(adapter(), { subscriptions: [book('BTC/USDT')] });
    await world.connect();
    expect(() => world.stream.setDefaults([book('BTC/USDT'), book('BTC/USDT', 5)])).toThrow(refused());
    expect(keys(world)).toEqual(['book.BTCUSDT.25']);
    expect(world.stream.setDefaults([book('BTC/USDT', 5)])).toMatchObject({
      added: [book('BTC/USDT', 5)],
      released: [book('BTC/USDT')],
    });
    expect(keys(world)).toEqual(['book.BTCUSDT.5']);
  });

  test('keeps every default as it was when another holder stands in the way', async () => {
    const world = new FakeWorld(adapter(), { subscriptions: [book('BTC/USDT'), trades('ETH/USDT')] });
    world.stream.subscribe(book('BTC/USDT'));
    await world.connect();
    expect(() => world.stream.setDefaults([trades('SOL/USDT'), book('BTC/USDT', 5)])).toThrow(refused());
    expect(keys(world)).toEqual(['book.BTCUSDT.25', 'trades.ETHUSDT']);
  });

  test('is left out of what a template finds, with the reason, where another variant is held', async () => {
    const world = new FakeWorld(adapter(), {
      subscriptions: [{ exchange: 'fake', channel: 'book', symbols: 'all', params: { depth: 5 } }],
    });
    world.stream.subscribe(book('BTC/USDT'));
    world.stream.start();
    await world.clock.advance(0);
    expect(keys(world).sort()).toEqual(['book.BTCUSDT.25', 'book.ETHUSDT.5', 'book.SOLUSDT.5']);
    const change = world.lifecycle.find(({ type }) => type === 'defaults-changed');
    const refusals = change?.type === 'defaults-changed' ? change.diff.refused : [];
    expect(refusals.map(({ request }) => request)).toEqual([book('BTC/USDT', 5)]);
    expect(refusals[0]?.reason).toContain('cannot go beside');
  });
});
