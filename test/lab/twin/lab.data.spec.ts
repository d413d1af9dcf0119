import { compareDecimals, isZeroDecimal } from '@exchange-stream/market-data';
import type { BookDialect } from './lab.options.ts';
import { LabClient, rest, startLab } from './lab-client.ts';

type Levels = readonly (readonly [string, string])[];
interface BookData {
  readonly snapshot?: boolean;
  readonly first?: number;
  readonly previous?: number;
  readonly last: number;
  readonly bids: Levels;
  readonly asks: Levels;
}

const BOOK = 'book:BTC-USDT';

/** A client's book by the letter of the sheet. */
class Replica {
  private readonly bids = new Map<string, string>();
  private readonly asks = new Map<string, string>();
  private last = -1;

  constructor(private readonly books: BookDialect) {}

  begin({ last, bids, asks }: Pick<BookData, 'last' | 'bids' | 'asks'>): void {
    this.last = last;
    this.bids.clear();
    this.asks.clear();
    this.set({ bids, asks });
  }

  apply(data: BookData): void {
    if (data.snapshot === true) return this.begin(data);
    // Older than the REST book.
    if (this.books !== 'stream' && data.last <= this.last) return;
    if (!this.follows(data)) throw new Error(`${JSON.stringify(data)} does not follow ${this.last}`);
    this.last = data.last;
    this.set(data);
  }

  get content(): { bids: Levels; asks: Levels } {
    return {
      bids: [...this.bids].sort(([a], [b]) => compareDecimals(b, a)),
      asks: [...this.asks].sort(([a], [b]) => compareDecimals(a, b)),
    };
  }

  private follows({ first = 0, previous = 0, last }: BookData): boolean {
    switch (this.books) {
      case 'range':
        return first <= this.last + 1;
      case 'previous':
        return previous <= this.last;
      case 'stream':
        return last === this.last + 1;
    }
  }

  private set({ bids, asks }: Pick<BookData, 'bids' | 'asks'>): void {
    for (const [side, levels] of [
      [this.bids, bids],
      [this.asks, asks],
    ] as const) {
      for (const [price, amount] of levels) {
        if (isZeroDecimal(amount)) side.delete(price);
        else side.set(price, amount);
      }
    }
  }
}

describe('books of lab', () => {
  test.each(['range', 'previous'] as const)('`%s`: a REST book and the changes after it', async (books) => {
    const { clock, lab } = startLab({ books });
    const client = new LabClient(lab);
    client.subscribe(BOOK);
    await clock.advance(1_050);
    const replica = new Replica(books);
    const { sequence, bids, asks } = rest(lab, '/api/book?symbol=BTC-USDT&depth=1000').json as unknown as {
      sequence: number;
      bids: Levels;
      asks: Levels;
    };
    replica.begin({ last: sequence, bids, asks });
    await clock.advance(5_000);
    lab.market.pause();
    const changes = client.of<BookData>(BOOK);
    for (const change of changes) replica.apply(change);
    const truth = lab.market.book('BTC-USDT');
    expect(replica.content).toEqual({ bids: truth.bids, asks: truth.asks });
    const links = changes.slice(1).map((change, index) => {
      const before = changes[index]!.last;
      return books === 'range' ? change.first === before + 1 : change.previous === before;
    });
    expect(links.length).toBeGreaterThan(20);
    expect(links).not.toContain(false);
  });

  test('`stream`: a whole book first, then changes that count up by one, for every newcomer', async () => {
    const { clock, lab } = startLab({ books: 'stream' });
    const early = new LabClient(lab);
    early.subscribe(BOOK);
    await clock.advance(3_030);
    const late = new LabClient(lab);
    late.subscribe(BOOK);
    await clock.advance(3_000);
    late.subscribe(BOOK);
    await clock.advance(1_000);
    lab.market.pause();
    const truth = lab.market.book('BTC-USDT');
    for (const [client, wholes] of [
      [early, 1],
      [late, 2],
    ] as const) {
      const data = client.of<BookData>(BOOK);
      expect(data[0]!.snapshot).toBe(true);
      expect(data.filter(({ snapshot }) => snapshot)).toHaveLength(wholes);
      const replica = new Replica('stream');
      for (const frame of data) replica.apply(frame);
      expect(replica.content).toEqual({ bids: truth.bids, asks: truth.asks });
    }
    expect(early.of<BookData>(BOOK).at(-1)!.last).toBe(late.of<BookData>(BOOK).at(-1)!.last);
  });

  test('removes a level by the amount "0"', async () => {
    const { clock, lab } = startLab();
    const client = new LabClient(lab);
    client.subscribe(BOOK);
    await clock.advance(5_000);
    const amounts = client
      .of<BookData>(BOOK)
      .flatMap(({ bids, asks }) => [...bids, ...asks].map(([, of]) => of));
    expect(amounts).toContain('0');
    expect(amounts.filter((amount) => amount !== '0' && isZeroDecimal(amount))).toEqual([]);
  });

  test('shows the best ten levels, whole, at once and whenever they changed', async () => {
    const { clock, lab } = startLab();
    lab.market.pause();
    const client = new LabClient(lab);
    client.subscribe('book10:BTC-USDT');
    await clock.advance(100);
    const { bids, asks, lastUpdateId } = lab.market.book('BTC-USDT');
    const whole = { last: lastUpdateId, bids: bids.slice(0, 10), asks: asks.slice(0, 10) };
    expect(client.of('book10:BTC-USDT')).toEqual([whole]);
    await clock.advance(1_000);
    expect(client.of('book10:BTC-USDT')).toHaveLength(1);
  });
});

describe('topics of lab', () => {
  test('trades count up by one, and each changes the quotes within a second', async () => {
    const { clock, lab } = startLab();
    const client = new LabClient(lab);
    client.subscribe('trades:BTC-USDT', 'quotes:BTC-USDT');
    await clock.advance(20_000);
    const ids = client
      .of<{ id: string; time: number }[]>('trades:BTC-USDT')
      .flat()
      .map(({ id }) => Number(id));
    expect(ids.length).toBeGreaterThan(10);
    expect(ids).toEqual(ids.map((_, index) => ids[0]! + index));
    const frames = client.frames as { topic?: string; time: number }[];
    for (const trade of frames.filter(({ topic }) => topic === 'trades:BTC-USDT')) {
      if (clock.now() - trade.time < 1_000) continue;
      const follow = frames.filter(
        ({ topic, time }) => topic === 'quotes:BTC-USDT' && time - trade.time <= 1_000,
      );
      expect(follow.some(({ time }) => time >= trade.time)).toBe(true);
    }
  });

  test('the ticker is repeated every second, in a market at rest too', async () => {
    const { clock, lab } = startLab();
    lab.market.pause();
    const client = new LabClient(lab);
    client.subscribe('ticker:BTC-USDT');
    await clock.advance(10_000);
    expect(client.of('ticker:BTC-USDT')).toHaveLength(10);
    expect(Object.keys(client.of('ticker:BTC-USDT')[0]!)).toEqual([
      'last',
      'open',
      'high',
      'low',
      'volume',
      'quoteVolume',
    ]);
  });

  test('a candle comes at once, then at most once a second, and closed when its time is over', async () => {
    const { clock, lab } = startLab();
    const client = new LabClient(lab, '/market');
    const [, candle] = client.subscribe('candles.1m:BTC-USDT');
    expect(candle).toMatchObject({ topic: 'candles.1m:BTC-USDT', data: { interval: '1m', closed: false } });
    await clock.advance(61_000);
    const candles = client.of<{ openTime: number; closeTime: number; closed: boolean }>(
      'candles.1m:BTC-USDT',
    );
    expect(candles.length).toBeGreaterThan(10);
    expect(candles.length).toBeLessThan(65);
    const closed = candles.filter((one) => one.closed);
    expect(closed.map(({ openTime }) => openTime - Date.UTC(2026, 0, 1))).toEqual([0]);
    expect(closed[0]!.closeTime - closed[0]!.openTime).toBe(59_999);
  });

  test('serves each topic at its place only', () => {
    const { lab } = startLab();
    expect(new LabClient(lab, '/market').subscribe('trades:BTC-USDT')).toMatchObject([
      { error: { code: 1 } },
    ]);
    expect(new LabClient(lab, '/public').subscribe('candles.1m:BTC-USDT')).toMatchObject([
      { error: { code: 1 } },
    ]);
    expect(new LabClient(lab, '/market').subscribe('candles.3m:BTC-USDT')).toMatchObject([
      { error: { code: 1 } },
    ]);
  });

  test('the same seed gives the same frames', async () => {
    const frames = async (seed: number): Promise<string[]> => {
      const { clock, lab } = startLab({ seed });
      const client = new LabClient(lab);
      client.subscribe('trades:BTC-USDT', BOOK);
      await clock.advance(3_000);
      return client.texts;
    };
    expect(await frames(7)).toEqual(await frames(7));
    expect(await frames(7)).not.toEqual(await frames(8));
  });
});

test('two thousand symbols cost little', async () => {
  const { clock, lab } = startLab({ symbols: 2000, limits: { topicsPerConnection: 200 } });
  const clients = Array.from({ length: 10 }, () => new LabClient(lab));
  for (const [rank, client] of clients.entries()) {
    for (let page = 0; page < 10; page++) {
      const first = rank * 200 + page * 20;
      client.subscribe(...lab.market.symbols.slice(first, first + 20).map((symbol) => `ticker:${symbol}`));
      await clock.advance(1_000);
    }
  }
  await clock.advance(5_000);
  expect(lab.violations).toEqual([]);
  expect(clients[9]!.of(`ticker:${lab.market.symbols[1999]!}`).length).toBeGreaterThanOrEqual(5);
});
