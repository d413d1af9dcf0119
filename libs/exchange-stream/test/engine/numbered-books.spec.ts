import type { BookLevel, MarketEvent, ParamValue } from '@exchange-stream/market-data';
import type { BookLink, ExchangeAdapter, Session, SessionContext, Stream } from '../../src/contract/index.ts';
import type { SubscriptionHandle } from '../../src/engine/index.ts';
import { fakeAdapter, FakeWorld, type FakeSocket } from './fake-exchange.ts';

/** What a frame has: rows of a book, or nothing but its number. */
interface Frame {
  readonly topic?: string;
  readonly number?: number;
  readonly isWhole?: boolean;
  readonly link?: BookLink;
  readonly bids?: readonly BookLevel[];
}

const BEST_PRICE_SUM = (bids: readonly BookLevel[]): number =>
  bids.reduce((sum, [price]) => sum + Number(price), 0);

/** The made-up exchange, whose books bear no numbers of their own: frames do, over the connection, and a checksum proves them. */
function adapter(): ExchangeAdapter {
  const fake = fakeAdapter();
  return {
    ...fake,
    channels: {
      book: {
        endpoint: 'public',
        params: {
          precision: { description: 'Digits of prices', values: ['P0', 'P1'], default: 'P0' },
          speed: { description: 'Pace of changes', values: ['F0', 'F1'], default: 'F0' },
          depth: { description: 'Levels of each side', values: [25, 100], default: 25 },
        },
        topic: (nativeSymbol, { precision = 'P0', speed = 'F0', depth = 25 }) =>
          [nativeSymbol, precision, speed, depth].join(':'),
        book: () => ({
          ...{ kind: 'linked', seed: 'stream', follows: () => 'follows' },
          checksum: { levels: 25, of: BEST_PRICE_SUM },
        }),
      },
    },
    createSession: <S extends Stream>(context: SessionContext): Session<S> => {
      const session = fake.createSession<S>(context);
      return {
        ...session,
        onFrame: (frame, binary, receivedAt, sink) => {
          const { topic, number, isWhole, link, bids = [] } = JSON.parse(frame.toString()) as Frame;
          if (number === undefined) return session.onFrame(frame, binary, receivedAt, sink);
          if (!sink.frameNumber(number)) return;
          const stream = topic === undefined ? undefined : sink.stream(topic);
          if (!stream) sink.ignored('heartbeat');
          else if (isWhole) sink.bookSnapshot(stream, undefined, link, bids, []);
          else sink.bookUpdate(stream, undefined, link, bids, []);
        },
      };
    },
  };
}

const P0 = 'BTCUSDT:P0:F0:25';
const P1 = 'BTCUSDT:P1:F0:25';
const ETH = 'ETHUSDT:P0:F0:25';

/** Three books on one connection, each with its whole. */
class Books {
  readonly told: string[] = [];
  private number = 0;

  private constructor(
    readonly world: FakeWorld,
    readonly socket: FakeSocket,
    readonly handles: readonly SubscriptionHandle[],
  ) {
    for (const handle of handles)
      handle.on((event) => void this.told.push(`${String(handle.view().topic)} ${kindOf(event)}`));
  }

  static async live(): Promise<Books> {
    const world = new FakeWorld(adapter());
    const hold = (symbol: string, params: Record<string, ParamValue> = {}): SubscriptionHandle =>
      world.stream.subscribe({ exchange: 'fake', channel: 'book', symbol, params });
    const handles = [hold('BTC/USDT'), hold('BTC/USDT', { precision: 'P1' }), hold('ETH/USDT')];
    const socket = await world.connect();
    socket.ackAll();
    const books = new Books(world, socket, handles);
    books.whole(P0, '10.5');
    books.whole(P1, '10');
    books.whole(ETH, '3');
    books.told.splice(0);
    return books;
  }

  whole(topic: string, price: string): void {
    this.push({ topic, isWhole: true, bids: [[price, '1']] });
  }

  push(frame: Frame): void {
    this.socket.push({ ...frame, number: ++this.number });
  }

  /** Frames that the network swallows. */
  lose(): void {
    this.number++;
  }

  get bids(): unknown[] {
    return this.handles.map((handle) => handle.book?.bids());
  }

  get states(): unknown[] {
    return this.handles.map((handle) => handle.view().data);
  }
}

function kindOf(event: MarketEvent): string {
  return event.type === 'status' ? event.state : event.type;
}

describe('books on a connection whose frames are numbered', () => {
  test('are each of their own parameters, of one symbol too', async () => {
    const books = await Books.live();
    books.push({ topic: P1, bids: [['9', '2']] });
    expect(books.told).toEqual([`${P1} book-update`]);
    expect(books.bids).toEqual([
      [['10.5', '1']],
      [
        ['10', '1'],
        ['9', '2'],
      ],
      [['3', '1']],
    ]);
    await books.handles[1]?.unsubscribe();
    await books.world.clock.advance(1_000);
    expect(books.socket.sent.map(({ op, topics }) => [op, topics])).toEqual([['unsub', [P1]]]);
    books.push({ topic: P0, bids: [['10.4', '2']] });
    expect(books.told.at(-1)).toBe(`${P0} book-update`);
  });

  test('all begin anew when a frame is missing, asked for as they were', async () => {
    const books = await Books.live();
    books.lose();
    books.push({ topic: P0, bids: [['10.4', '2']] });
    expect(books.told).toEqual([`${P0} gap`, `${P1} gap`, `${ETH} gap`]);
    expect(books.bids).toEqual([undefined, undefined, undefined]);
    await books.world.clock.advance(1_000);
    const asked = books.socket.sent.filter(({ op }) => op === 'sub').flatMap(({ topics }) => topics);
    const left = books.socket.sent.filter(({ op }) => op === 'unsub').flatMap(({ topics }) => topics);
    expect([asked.sort(), left.sort()]).toEqual([[], [P0, P1, ETH].sort()]);
    books.socket.ackAll();
    await books.world.clock.advance(1_000);
    expect(books.socket.sent.flatMap(({ op, topics }) => [op, ...topics]).sort()).toEqual(
      [P0, P1, ETH, 'sub'].sort(),
    );
    books.socket.ackAll();
    books.told.splice(0);
    books.whole(P0, '11');
    expect(books.told).toEqual([`${P0} book-snapshot`, `${P0} live`]);
    expect(books.states).toEqual(['live', 'gap', 'gap']);
  });

  test('miss frames that bear no rows, and are proved by frames that bear nothing but a checksum', async () => {
    const books = await Books.live();
    books.push({});
    books.push({ topic: P0, link: { checksum: 10.5 } });
    books.push({});
    books.push({ topic: P0, bids: [['10.4', '2']] });
    expect(books.states).toEqual(['live', 'live', 'live']);
    expect(books.world.stream.manager('fake').counters()).toMatchObject({ frameGaps: 0, repeatedFrames: 0 });
    books.lose();
    books.push({});
    expect(books.states).toEqual(['gap', 'gap', 'gap']);
  });

  test('are built anew alone when a checksum is not theirs', async () => {
    const books = await Books.live();
    books.push({ topic: P1, link: { checksum: 7 } });
    expect(books.states).toEqual(['live', 'gap', 'live']);
    await books.world.clock.advance(1_000);
    expect(books.socket.sent.map(({ op, topics }) => [op, topics])).toEqual([['unsub', [P1]]]);
  });
});
