import type { DataEvent, SubscriptionRequest } from '@exchange-stream/market-data';
import { capabilitiesOf, SubscriptionRequestError } from '../../src/engine/index.ts';
import { parseRecordedLine } from '../../src/engine/replay/recorded-line.ts';
import { Replay } from '../../src/engine/replay/replay.ts';
import { dividedAdapter, OPTION, SPOT, SWAP } from './divided-exchange.ts';
import { FakeWorld, type FakeSocket } from './fake-exchange.ts';

const trades = ({ symbol }: { symbol: string }, params = {}): SubscriptionRequest<'trades'> => ({
  ...{ exchange: 'fake', channel: 'trades', symbol },
  ...(Object.keys(params).length > 0 && { params }),
});

async function connect(world: FakeWorld): Promise<Record<string, FakeSocket>> {
  world.stream.start();
  await world.clock.advance(0);
  for (const socket of world.sockets) socket.accept();
  await world.clock.advance(0);
  for (const socket of world.sockets) socket.ackAll();
  return Object.fromEntries(
    world.sockets.map((socket) => [new URL(socket.url).pathname.split('/').at(-1) ?? '', socket] as const),
  );
}

/** The whole message of the refusal. */
function refusalOf(world: FakeWorld, request: SubscriptionRequest): string {
  try {
    world.stream.subscribe(request);
  } catch (error) {
    if (error instanceof SubscriptionRequestError) return `${error.code}: ${error.message}`;
  }
  return 'not refused';
}

describe('a native symbol of two categories', () => {
  test('is subscribed at the endpoint of each, under one name, and rows go to whom they are of', async () => {
    const world = new FakeWorld(dividedAdapter());
    const told: string[] = [];
    for (const instrument of [SPOT, SWAP]) {
      world.stream
        .subscribe(trades(instrument))
        .on((event) => void (event.type === 'trade' && told.push(`${event.symbol} ${event.id}`)));
    }
    const { cash, swaps } = await connect(world);
    expect(world.sockets).toHaveLength(2);
    cash?.push({ topic: 'trades.BTCUSDT', id: '1', price: '10' });
    swaps?.push({ topic: 'trades.BTCUSDT', id: '9', price: '11' });
    expect(told).toEqual(['BTC/USDT 1', 'BTC/USDT:USDT 9']);
    expect(
      world.stream.subscriptions().map(({ symbol, topic, endpoint }) => [symbol, topic, endpoint]),
    ).toEqual([
      ['BTC/USDT', 'trades.BTCUSDT', 'cash'],
      ['BTC/USDT:USDT', 'trades.BTCUSDT', 'swaps'],
    ]);
  });

  test('has topic, rules and REST asked of the category', async () => {
    const world = new FakeWorld(dividedAdapter());
    const paths: string[] = [];
    const { respond } = world;
    world.respond = (request) => {
      paths.push(new URL(request.url).search);
      return respond(request);
    };
    world.stream.subscribe({ ...trades(SWAP), channel: 'ticker' });
    const book = world.stream.subscribe({ ...trades(SPOT), channel: 'book' });
    book.on(() => undefined);
    await connect(world);
    await world.clock.advance(1_000);
    expect(world.stream.subscriptions()[0]?.topic).toBe('ticker.swaps.BTCUSDT');
    expect(paths).toContain('?symbol=BTCUSDT&category=cash');
  });

  test('is halted in the one that the exchange means, and in no other', async () => {
    const world = new FakeWorld(dividedAdapter());
    for (const instrument of [SPOT, SWAP]) world.stream.subscribe(trades(instrument));
    const { cash } = await connect(world);
    cash?.push({ halt: 'BTCUSDT', category: 'swaps' });
    expect(world.stream.subscriptions().map(({ data }) => data)).toEqual(['live', 'halted']);
    cash?.push({ halt: 'BTCUSDT' });
    const { ignored } = world.stream.manager('fake').counters();
    expect(ignored.get('market status of an unknown symbol')).toBe(1);
  });

  test('is found in each of them by its own name', async () => {
    const world = new FakeWorld(dividedAdapter());
    await connect(world);
    const { instruments } = world.stream.manager('fake');
    expect(instruments.named('BTCUSDT')).toEqual([SPOT, SWAP]);
    expect(instruments.named('BTC/USDT:USDT')).toEqual([SWAP]);
    expect(instruments.listed({ nativeSymbol: 'BTCUSDT', category: 'swaps' })).toEqual(SWAP);
    expect(instruments.listed({ nativeSymbol: 'BTCUSDT', category: 'options' })).toBeUndefined();
    expect(refusalOf(world, trades({ symbol: 'BTCUSDT' }))).toBe(
      'UNKNOWN_SYMBOL: "BTCUSDT" is no unified symbol. fake means "BTC/USDT" or "BTC/USDT:USDT" by it.',
    );
  });
});

describe('what only some kinds of instruments have', () => {
  test('is refused of others, with what can be had of them, known or not', () => {
    const world = new FakeWorld(dividedAdapter());
    expect(refusalOf(world, { ...trades(SPOT), channel: 'ticker' })).toBe(
      'UNSUPPORTED_CHANNEL: fake has no channel "ticker" of "BTC/USDT", which is of kind spot: it has it of perpetual, option. Of "BTC/USDT" it has: trades, book.',
    );
    expect(refusalOf(world, trades(OPTION, { depth: 50 }))).toBe(
      'INVALID_PARAMETER: fake trades of kind option does not take 50 for "depth". Allowed: 25.',
    );
    expect(refusalOf(world, trades(OPTION, { speed: 1 }))).toMatch(/of kind option has no parameter "speed"/);
    expect(refusalOf(world, trades(SPOT, { depth: 25 }))).toMatch(/Allowed: 1, 50\.$/);
  });

  test('has the default of its kind', () => {
    const { stream } = new FakeWorld(dividedAdapter());
    const manager = stream.manager('fake');
    expect(manager.canonical(trades(OPTION, { depth: '25' }))).toEqual(trades(OPTION));
    expect(manager.canonical(trades(SWAP, { depth: '25' }))).toEqual(trades(SWAP, { depth: 25 }));
    expect(manager.canonical(trades(SWAP, { depth: 50 }))).toEqual(trades(SWAP));
  });

  test('stands in the capabilities', () => {
    const { categories, channels, raw } = capabilitiesOf(dividedAdapter());
    expect(raw).toEqual({ endpoints: ['cash', 'swaps'] });
    expect(categories).toEqual(['cash', 'swaps', 'options']);
    expect(channels.map(({ channel, endpoints, kinds }) => [channel, endpoints, kinds])).toEqual([
      ['trades', ['cash', 'swaps', 'options'], undefined],
      ['ticker', ['cash', 'swaps', 'options'], ['perpetual', 'option']],
      ['book', ['cash'], undefined],
    ]);
    expect(channels[0]?.params[1]?.perKind).toEqual({ option: { values: [] } });
  });

  test('does not keep a template from what it can have, when the instruments come', async () => {
    const world = new FakeWorld(dividedAdapter());
    const kind = ['spot', 'perpetual', 'option'] as const;
    world.stream.setDefaults([
      { exchange: 'fake', channel: 'trades', symbols: { kind }, params: { depth: 25 } },
    ]);
    await connect(world);
    expect(world.stream.subscriptions().map(({ symbol }) => symbol)).toEqual([SWAP.symbol, OPTION.symbol]);
    const template = { exchange: 'fake', channel: 'ticker', symbols: { kind } } as const;
    expect(() => world.stream.setDefaults([template])).toThrow(/which is of kind spot/);
  });
});

describe('a recording', () => {
  test('tells by the path of its sockets which category a topic is of', () => {
    const told: string[] = [];
    const replay = new Replay(dividedAdapter(), {
      instruments: [SPOT, SWAP],
      onEvent: (event) => void (event.type === 'trade' && told.push(`${event.symbol} ${event.id}`)),
    });
    let time = 0;
    const read = (line: object): void =>
      replay.read(parseRecordedLine(JSON.stringify({ t: time++, ...line })));
    const frame = (content: object): { frame: string } => ({ frame: JSON.stringify(content) });
    // The last one is of a host that is no more.
    for (const [id, url] of [
      '//one.test/public/swaps',
      '//one.test/public/cash',
      '//old.test/public/swaps',
    ].entries()) {
      read({ k: 'connect', url: `wss:${url}` });
      read({ k: 'send', ...frame({ topics: ['trades.BTCUSDT'] }) });
      read({ k: 'recv', ...frame({ topic: 'trades.BTCUSDT', id: String(id), price: '1' }) });
    }
    expect(told).toEqual(['BTC/USDT:USDT 0', 'BTC/USDT 1', 'BTC/USDT:USDT 2']);
  });
});

describe('a raw topic of several endpoints', () => {
  const raw = (symbol: string, endpoint?: string): SubscriptionRequest<'raw'> => ({
    ...{ exchange: 'fake', channel: 'raw', symbol },
    ...(endpoint !== undefined && { params: { endpoint } }),
  });

  test('is that of the first, or of the one that is named', async () => {
    const world = new FakeWorld(dividedAdapter());
    const told: [string, DataEvent['type']][] = [];
    for (const request of [raw('all', 'cash'), raw('all', 'swaps')]) {
      const handle = world.stream.subscribe(request);
      handle.on((event) => void (event.type === 'raw' && told.push([handle.key, event.type])));
    }
    const { swaps } = await connect(world);
    expect(world.stream.subscriptions().map(({ endpoint, params }) => [endpoint, params])).toEqual([
      ['cash', {}],
      ['swaps', { endpoint: 'swaps' }],
    ]);
    swaps?.push({ topic: 'all', id: '1' });
    expect(told).toEqual([['["fake","raw","all",{"endpoint":"swaps"}]', 'raw']]);
  });

  test('is refused where it is not served, and where there is nothing to choose', () => {
    const world = new FakeWorld(dividedAdapter());
    expect(refusalOf(world, raw('all', 'options'))).toBe(
      'INVALID_PARAMETER: fake raw "all" does not take "options" for "endpoint". Allowed: cash, swaps.',
    );
    expect(refusalOf(world, raw('system', 'cash'))).toMatch(/has no parameter "endpoint"/);
  });
});
