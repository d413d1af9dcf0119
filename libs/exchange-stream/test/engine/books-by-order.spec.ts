import { crc32 } from 'node:zlib';
import {
  MarketByOrderBook,
  type BookLevel,
  type BookOrder,
  type MarketEvent,
} from '@exchange-stream/market-data';
import type {
  BookLink,
  BookRules,
  ExchangeAdapter,
  OrdersBookRules,
  Session,
  Stream,
} from '../../src/contract/index.ts';
import { fakeAdapter, FakeWorld, type FakeSocket } from './fake-exchange.ts';

/** Frames of the exchange: orders by id, or levels of funding. */
interface Frame {
  readonly topic?: string;
  readonly ack?: string;
  /** The exchange's time; 1 where it does not matter. */
  readonly time?: number;
  readonly isWhole?: boolean;
  readonly link?: BookLink;
  readonly orders?: { readonly bids: readonly BookOrder[]; readonly asks: readonly BookOrder[] };
  readonly levels?: { readonly bids: readonly BookLevel[]; readonly asks: readonly BookLevel[] };
}

const checked = (bids: readonly BookOrder[], asks: readonly BookOrder[]): number =>
  crc32([...bids, ...asks].map(({ id, amount }) => `${id}:${amount}`).join(':')) | 0;

const ORDERS: OrdersBookRules = {
  kind: 'linked',
  level: 'order',
  seed: 'stream',
  queue: 'id',
  depth: 3,
  follows: (sequence, { last }) => (last <= sequence ? 'old' : last === sequence + 1 ? 'follows' : 'gap'),
  checksum: { levels: 2, of: checked },
};

const LEVELS: BookRules = { kind: 'linked', seed: 'stream', follows: ORDERS.follows };

/** The made-up exchange, with books by order. */
function adapter(): ExchangeAdapter {
  const base = fakeAdapter();
  return {
    ...base,
    channels: {
      book: {
        endpoint: 'public',
        params: { level: { description: 'Rows of the book.', values: ['price', 'order'], default: 'price' } },
        topic: (nativeSymbol, { level = 'price' }) => `book.${level}.${nativeSymbol}`,
        book: ({ level }) => (level === 'order' ? ORDERS : LEVELS),
      },
    },
    createSession: <S extends Stream>(
      context: Parameters<ExchangeAdapter['createSession']>[0],
    ): Session<S> => ({
      ...base.createSession<S>(context),
      onFrame: (frame, _binary, _receivedAt, sink) => {
        const { topic = '', ack, time = 1, ...book } = JSON.parse(frame.toString()) as Frame;
        const { isWhole, link, orders, levels } = book;
        if (ack !== undefined) return sink.reply(ack);
        const stream = sink.stream(topic);
        if (!stream) return;
        if (orders && isWhole) sink.bookOrdersSnapshot(stream, time, link, orders.bids, orders.asks);
        else if (orders) sink.bookOrdersUpdate(stream, time, link, orders.bids, orders.asks);
        if (levels && isWhole) sink.bookSnapshot(stream, time, link, levels.bids, levels.asks);
        else if (levels) sink.bookUpdate(stream, time, link, levels.bids, levels.asks);
      },
    }),
  };
}

const order = (id: string, price: string, amount = '1'): BookOrder => ({ id, price, amount });

const BIDS = [order('12', '10'), order('9007199254740993123', '10'), order('4', '9')];
const ASKS = [order('7', '11', '2.50')];

async function subscribed(level: 'price' | 'order'): Promise<{ world: FakeWorld; socket: FakeSocket }> {
  const world = new FakeWorld(adapter());
  world.stream.subscribe({ exchange: 'fake', channel: 'book', symbol: 'BTC/USDT', params: { level } });
  const socket = await world.connect();
  await world.clock.advance(1_000);
  socket.ackAll();
  return { world, socket };
}

/** All that a consumer is told, and the book that he makes of it. */
function follow(
  world: FakeWorld,
  policy: 'all' | 'latest' | 'merge' = 'all',
): {
  readonly told: string[];
  readonly book: () => MarketByOrderBook | undefined;
  release(): void;
} {
  const told: string[] = [];
  let book: MarketByOrderBook | undefined;
  let release = (): void => undefined;
  const handle = world.stream.subscribe({
    exchange: 'fake',
    channel: 'book',
    symbol: 'BTC/USDT',
    params: { level: 'order' },
  });
  const take = (event: MarketEvent): Promise<void> | undefined => {
    told.push(event.type === 'status' ? event.state : event.type);
    if (event.type === 'book-orders-snapshot') {
      book = new MarketByOrderBook(event.queue);
      book.applySnapshot(event.bids, event.asks);
    } else if (event.type === 'book-orders-update') book?.applyUpdate(event.bids, event.asks);
    return policy === 'all' ? undefined : new Promise((resolve) => (release = resolve));
  };
  handle.on(take, { policy });
  return { told, book: () => book, release: () => release() };
}

const TOPIC = 'book.order.BTCUSDT';
const whole = (last: number, bids = BIDS, asks = ASKS): Frame => ({
  topic: TOPIC,
  isWhole: true,
  link: { last },
  orders: { bids, asks },
});
const change = (link: BookLink, bids: readonly BookOrder[], asks: readonly BookOrder[] = []): Frame => ({
  topic: TOPIC,
  link,
  orders: { bids, asks },
});

/** Lets a slow consumer take all that waits for it. */
async function settle(world: FakeWorld, release: () => void): Promise<void> {
  for (let turn = 0; turn < 6; turn++) {
    release();
    await world.clock.advance(0);
  }
}

describe('a book by order', () => {
  test('is told whole and then by its changes, and can be rebuilt of them', async () => {
    const { world, socket } = await subscribed('order');
    const { told, book } = follow(world);
    told.splice(0);
    socket.push(whole(5));
    socket.push(change({ last: 6 }, [order('12', '9.5'), order('4', '0', '0')]));
    expect(told).toEqual(['book-orders-snapshot', 'live', 'book-orders-update']);
    expect(book()?.bidOrders()).toEqual([BIDS[1], order('12', '9.5')]);
    const handle = world.stream.subscribe({
      exchange: 'fake',
      channel: 'book',
      symbol: 'BTC/USDT',
      params: { level: 'order' },
    });
    expect(handle.latest(1)).toMatchObject({
      type: 'book-orders-snapshot',
      queue: 'id',
      sequence: 6,
      bids: [BIDS[1]],
    });
    expect(handle.book?.bids()).toEqual([
      ['10', '1', 1],
      ['9.5', '1', 1],
    ]);
    const closed = world.stream.close();
    await world.clock.advance(60_000);
    await closed;
    expect(world.clock.pending).toBe(0);
  });

  test('is proved by checksums of its orders, and dropped orders are told', async () => {
    const { world, socket } = await subscribed('order');
    const { told, book } = follow(world);
    socket.push(whole(5));
    const bids = [order('12', '10'), BIDS[1] ?? order('', ''), order('8', '9.5')];
    socket.push(change({ last: 6, checksum: checked(bids, ASKS) }, [order('8', '9.5'), order('5', '8')]));
    expect(told.at(-1)).toBe('book-orders-update');
    expect(book()?.depth.bids).toBe(3);
    expect(book()?.order('5')).toBeUndefined();
    socket.push(change({ last: 7, checksum: 17 }, [order('12', '10', '0.5')]));
    expect(told.at(-1)).toBe('gap');
  });

  test.each([
    ['a gap', change({ last: 7 }, [order('1', '9')])],
    ['a crossing', change({ last: 6 }, [order('1', '11')])],
    ['a price of zero', change({ last: 6 }, [order('1', '0')])],
  ])('leaves live with %s, and comes back with the next whole one', async (_, frame) => {
    const { world, socket } = await subscribed('order');
    const { told, book } = follow(world);
    socket.push(whole(5));
    socket.push(frame);
    expect(told.slice(-2)).toEqual(['live', 'gap']);
    // The topic is given back and asked for again.
    for (let second = 0; second < 4; second++) {
      await world.clock.advance(1_000);
      socket.ackAll();
    }
    socket.push(whole(20, [order('3', '10')]));
    expect(told.slice(-2)).toEqual(['book-orders-snapshot', 'live']);
    expect(book()?.size).toBe(2);
  });

  test('is told to who is slow in one event, whole or by the newest of every order', async () => {
    const { world, socket } = await subscribed('order');
    const { told, book, release } = follow(world, 'merge');
    await settle(world, release);
    told.splice(0);
    socket.push(whole(5));
    socket.push(change({ last: 6 }, [order('12', '9.5')]));
    socket.push(change({ last: 7 }, [order('4', '0', '0')], [order('12', '10.5')]));
    socket.push(change({ last: 8 }, [order('6', '9')]));
    await settle(world, release);
    expect(told.filter((type) => type !== 'live')).toEqual(['book-orders-snapshot', 'book-orders-update']);
    expect(book()?.bidOrders()).toEqual([BIDS[1], order('6', '9')]);
    expect(book()?.askOrders()).toEqual([order('12', '10.5'), ...ASKS]);
  });

  test.each([
    ['that it has begun to take', false],
    ['that it waits for', true],
  ])(
    'is told as it is now, in one event, to who wants the latest and is slow with one %s',
    async (_, waits) => {
      const { world, socket } = await subscribed('order');
      const { told, book, release } = follow(world, 'latest');
      await settle(world, release);
      socket.push(whole(5));
      if (!waits) await settle(world, release);
      told.splice(0);
      socket.push(change({ last: 6 }, [order('4', '0', '0'), order('12', '9.5')]));
      // One is with the consumer from here on; the next ones wait.
      await world.clock.advance(0);
      socket.push(change({ last: 7 }, [order('6', '9')], [order('13', '10.5')]));
      socket.push(change({ last: 8 }, [order('6', '9', '3')], [order('7', '0', '0')]));
      socket.push(change({ last: 9 }, [order('2', '10')]));
      await settle(world, release);
      expect(told.filter((type) => type.startsWith('book')).at(-1)).toBe('book-orders-snapshot');
      expect(told.filter((type) => type === 'book-orders-snapshot')).toHaveLength(1);
      expect(book()?.bidOrders()).toEqual([
        order('2', '10'),
        BIDS[1],
        order('12', '9.5'),
        order('6', '9', '3'),
      ]);
      expect(book()?.askOrders()).toEqual([order('13', '10.5')]);
    },
  );

  test('is built anew where a checksum of its orders does not hold, and is told whole then', async () => {
    const { world, socket } = await subscribed('order');
    const { told, book } = follow(world);
    socket.push(whole(5));
    socket.push(change({ last: 6, checksum: checked(BIDS.slice(0, 2), ASKS) + 1 }, [order('5', '8')]));
    expect(told.slice(-2)).toEqual(['live', 'gap']);
    // What comes before the next whole one is of the wrong book.
    socket.push(change({ last: 7 }, [order('6', '9')]));
    for (let second = 0; second < 4; second++) {
      await world.clock.advance(1_000);
      socket.ackAll();
    }
    expect(told.at(-1)).toBe('gap');
    const bids = [order('3', '10')];
    socket.push({ ...whole(20, bids), link: { last: 20, checksum: checked(bids, ASKS) } });
    expect(told.slice(-2)).toEqual(['book-orders-snapshot', 'live']);
    socket.push(change({ last: 21, checksum: checked([...bids, order('8', '9')], ASKS) }, [order('8', '9')]));
    expect(told.at(-1)).toBe('book-orders-update');
    expect(book()?.bidOrders()).toEqual([...bids, order('8', '9')]);
  });

  test('goes over to a fresh connection with nothing lost and nothing twice', async () => {
    const { world, socket: old } = await subscribed('order');
    const { told, book } = follow(world);
    /** What the exchange has done after its first book: one order each second. */
    const bidAt = (time: number): BookOrder[] => [order(String(100 + time), '10')];
    const bidsAt = (time: number): BookOrder[] =>
      Array.from({ length: time }, (_, at) => bidAt(at + 1)).flat();
    const step = (socket: FakeSocket, numberedFrom: number, time: number): void =>
      socket.push({ ...change({ last: numberedFrom + time }, bidAt(time)), time });
    old.push({ ...whole(0, []), time: 0 });
    step(old, 0, 1);
    expect(world.stream.manager('fake').rotate('fake/public/1')).toBe(true);
    await world.clock.advance(1_000);
    const fresh = world.socket;
    expect(fresh).not.toBe(old);
    fresh.accept();
    await world.clock.advance(1_000);
    fresh.ackAll();
    told.splice(0);
    // It numbers for itself, and is behind at first: the book must not go back.
    step(old, 0, 2);
    step(old, 0, 3);
    fresh.push({ ...whole(702, bidsAt(2)), time: 2 });
    await world.clock.advance(2_000);
    expect(told).toEqual(['book-orders-update', 'book-orders-update']);
    expect(book()?.bidOrders()).toEqual(bidsAt(3));
    step(fresh, 700, 3);
    step(fresh, 700, 4);
    await world.clock.advance(2_000);
    expect(told.slice(2)).toEqual(['book-orders-snapshot']);
    expect(book()?.bidOrders()).toEqual(bidsAt(4));
    // The old one has nothing to say any more.
    step(old, 0, 4);
    old.push({ ...change({ last: 5 }, [order('13', '9')]), time: 5 });
    step(fresh, 700, 5);
    await world.clock.advance(2_000);
    expect(told.slice(3)).toEqual(['book-orders-update']);
    expect(book()?.bidOrders()).toEqual(bidsAt(5));
    expect(world.lifecycle.filter(({ type }) => type === 'rotation')).toMatchObject([
      { outcome: 'completed' },
    ]);
  });
});

test('a book of funding goes through by rate and period, and is not crossed by offers of other periods', async () => {
  const { world, socket } = await subscribed('price');
  const topic = 'book.price.BTCUSDT';
  const bids: BookLevel[] = [
    ['0.0005', '50', 1, 2],
    ['0.0005', '100', 2, 30],
  ];
  const asks: BookLevel[] = [['0.0004', '70', 1, 120]];
  socket.push({ topic, isWhole: true, link: { last: 1 }, levels: { bids, asks } });
  socket.push({ topic, link: { last: 2 }, levels: { bids: [['0.0005', '0', 0, 2]], asks: [] } });
  const handle = world.stream.subscribe({ exchange: 'fake', channel: 'book', symbol: 'BTC/USDT' });
  expect(handle.latest()).toMatchObject({ sequence: 2, bids: bids.slice(1), asks });
});
