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
        const { topic = '', ack, isWhole, link, orders, levels } = JSON.parse(frame.toString()) as Frame;
        if (ack !== undefined) return sink.reply(ack);
        const stream = sink.stream(topic);
        if (!stream) return;
        if (orders && isWhole) sink.bookOrdersSnapshot(stream, 1, link, orders.bids, orders.asks);
        else if (orders) sink.bookOrdersUpdate(stream, 1, link, orders.bids, orders.asks);
        if (levels && isWhole) sink.bookSnapshot(stream, 1, link, levels.bids, levels.asks);
        else if (levels) sink.bookUpdate(stream, 1, link, levels.bids, levels.asks);
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
  policy: 'all' | 'merge' = 'all',
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
    const settle = async (): Promise<void> => {
      for (let turn = 0; turn < 6; turn++) {
        release();
        await world.clock.advance(0);
      }
    };
    await settle();
    told.splice(0);
    socket.push(whole(5));
    socket.push(change({ last: 6 }, [order('12', '9.5')]));
    socket.push(change({ last: 7 }, [order('4', '0', '0')], [order('12', '10.5')]));
    socket.push(change({ last: 8 }, [order('6', '9')]));
    await settle();
    expect(told.filter((type) => type !== 'live')).toEqual(['book-orders-snapshot', 'book-orders-update']);
    expect(book()?.bidOrders()).toEqual([BIDS[1], order('6', '9')]);
    expect(book()?.askOrders()).toEqual([order('12', '10.5'), ...ASKS]);
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
