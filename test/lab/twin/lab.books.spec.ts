import { crc32 } from 'node:zlib';
import { compareDecimals, isZeroDecimal, type VirtualClock } from '@exchange-stream/market-data';
import type { LabExchange } from './lab.exchange.ts';
import type { BookDialect } from './lab.options.ts';
import { LabClient, rest, startLab } from './lab-client.ts';

type Levels = readonly (readonly [string, string])[];
interface BookData {
  readonly snapshot?: boolean;
  readonly first?: number;
  readonly previous?: number;
  readonly last?: number;
  readonly bids: Levels;
  readonly asks: Levels;
  readonly checksum?: number;
}
interface RestBook {
  readonly sequence: number;
  readonly bids: Levels;
  readonly asks: Levels;
}

const BOOK = 'book:BTC-USDT';
const BOOK10 = 'book10:BTC-USDT';
const QUOTES = 'quotes:BTC-USDT';
const FROM_STREAM = ['stream', 'chain', 'none'] as const;
const FROM_REST = ['range', 'previous'] as const;

/** A client's book by the letter of the sheet. */
class Replica {
  last = -1;
  private readonly bids = new Map<string, string>();
  private readonly asks = new Map<string, string>();

  constructor(private readonly books: BookDialect) {}

  begin({ last = -1, bids, asks }: Pick<BookData, 'last' | 'bids' | 'asks'>): void {
    this.last = last;
    this.bids.clear();
    this.asks.clear();
    this.set({ bids, asks });
  }

  apply(data: BookData): void {
    if (data.snapshot === true) return this.begin(data);
    const { last = -1 } = data;
    // Older than the REST book.
    if ((this.books === 'range' || this.books === 'previous') && last <= this.last) return;
    if (!this.follows(data)) throw new Error(`${JSON.stringify(data)} does not follow ${this.last}`);
    this.last = last;
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
      case 'chain':
        return previous === this.last;
      case 'none':
        return true;
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

function restBook(lab: LabExchange): RestBook {
  return rest(lab, '/api/book?symbol=BTC-USDT&depth=1000').json as unknown as RestBook;
}

function truth(lab: LabExchange): { bids: Levels; asks: Levels } {
  const { bids, asks } = lab.market.book('BTC-USDT');
  return { bids, asks };
}

describe('books of lab', () => {
  test.each(FROM_REST)('`%s`: a REST book and the changes after it', async (books) => {
    const { clock, lab } = startLab({ books });
    const client = new LabClient(lab);
    client.subscribe(BOOK);
    await clock.advance(1_050);
    const replica = new Replica(books);
    const { sequence, ...sides } = restBook(lab);
    replica.begin({ last: sequence, ...sides });
    await clock.advance(5_000);
    lab.market.pause();
    const changes = client.of<BookData>(BOOK);
    for (const change of changes) replica.apply(change);
    expect(replica.content).toEqual(truth(lab));
    const links = changes.slice(1).map((change, index) => {
      const before = changes[index]!.last!;
      return books === 'range' ? change.first === before + 1 : change.previous === before;
    });
    expect(links.length).toBeGreaterThan(20);
    expect(links).not.toContain(false);
  });

  test.each(FROM_STREAM)('`%s`: a whole book first, then its changes, for every newcomer', async (books) => {
    const { clock, lab } = startLab({ books });
    const early = new LabClient(lab);
    early.subscribe(BOOK);
    await clock.advance(3_030);
    const late = new LabClient(lab);
    late.subscribe(BOOK);
    await clock.advance(3_000);
    late.subscribe(BOOK);
    await clock.advance(1_000);
    lab.market.pause();
    for (const [client, wholes] of [
      [early, 1],
      [late, 2],
    ] as const) {
      const data = client.of<BookData>(BOOK);
      expect(data[0]!.snapshot).toBe(true);
      expect(data[0]!.previous).toBe(books === 'chain' ? -1 : undefined);
      expect(data.filter(({ snapshot }) => snapshot)).toHaveLength(wholes);
      const replica = new Replica(books);
      for (const frame of data) replica.apply(frame);
      expect(replica.content).toEqual(truth(lab));
    }
    const lasts = [early, late].map((client) => client.of<BookData>(BOOK).at(-1)!.last);
    expect(lasts[0]).toBe(lasts[1]);
    expect(lasts[0] === undefined).toBe(books === 'none');
  });

  test('`chain`: at rest a change without levels comes every 20 s, and none while the market is halted', async () => {
    const { clock, lab } = startLab({ books: 'chain' });
    const client = new LabClient(lab);
    client.subscribe(BOOK);
    await clock.advance(5_050);
    lab.market.pause();
    const before = client.of<BookData>(BOOK);
    const { last } = before.at(-1)!;
    await clock.advance(61_000);
    const quiet = { previous: last, last, bids: [], asks: [] };
    expect(client.of(BOOK).slice(before.length)).toEqual([quiet, quiet, quiet]);
    lab.halt('BTC-USDT');
    await clock.advance(60_000);
    expect(client.of(BOOK)).toHaveLength(before.length + 3);
    lab.market.resume();
    lab.reopen('BTC-USDT');
    await clock.advance(5_000);
    expect(client.of<BookData>(BOOK)[before.length + 3]!.previous).toBe(last);
  });

  test.each(['range', 'previous', 'stream'] as const)('`%s` says nothing at rest', async (books) => {
    const { clock, lab } = startLab({ books });
    const client = new LabClient(lab);
    client.subscribe(BOOK);
    await clock.advance(1_050);
    lab.market.pause();
    const before = client.of(BOOK).length;
    await clock.advance(60_000);
    expect(client.of(BOOK)).toHaveLength(before);
  });

  test.each(FROM_STREAM)('`%s` can send the whole book again at any time', async (books) => {
    const { clock, lab } = startLab({ books });
    const client = new LabClient(lab);
    client.subscribe(BOOK);
    await clock.advance(2_030);
    lab.sendWhole('BTC-USDT');
    const again = client.of<BookData>(BOOK).at(-1)!;
    expect(again).toMatchObject({ snapshot: true, ...truth(lab) });
    await clock.advance(2_000);
    lab.market.pause();
    const replica = new Replica(books);
    for (const frame of client.of<BookData>(BOOK)) replica.apply(frame);
    expect(replica.content).toEqual(truth(lab));
  });

  test.each(FROM_REST)('`%s` has no whole book to send', async (books) => {
    const { clock, lab } = startLab({ books });
    const client = new LabClient(lab);
    client.subscribe(BOOK);
    await clock.advance(2_030);
    lab.sendWhole();
    await clock.advance(2_000);
    expect(client.of<BookData>(BOOK).filter(({ snapshot }) => snapshot)).toEqual([]);
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
    client.subscribe(BOOK10);
    await clock.advance(100);
    const { bids, asks, lastUpdateId } = lab.market.book('BTC-USDT');
    const whole = { last: lastUpdateId, bids: bids.slice(0, 10), asks: asks.slice(0, 10) };
    expect(client.of(BOOK10)).toEqual([whole]);
    await clock.advance(1_000);
    expect(client.of(BOOK10)).toHaveLength(1);
  });
});

describe('checksums of lab', () => {
  test.each([...FROM_STREAM, ...FROM_REST])(
    '`%s`: every frame of a book proves the ten best levels',
    async (books) => {
      const { clock, lab } = startLab({ books, checksums: true, depthLevels: 12 });
      const client = new LabClient(lab);
      client.subscribe(BOOK, BOOK10);
      // A REST book that nothing happens after before the first change.
      lab.market.pause();
      const replica = new Replica(books);
      const { sequence, ...sides } = restBook(lab);
      replica.begin({ last: sequence, ...sides });
      lab.market.resume();
      await clock.advance(3_000);
      lab.market.pause();
      await clock.advance(21_000);
      const frames = client.of<BookData>(BOOK);
      expect(frames.length).toBeGreaterThan(10);
      for (const frame of frames) {
        replica.apply(frame);
        expect(frame.checksum).toBe(checksumOf(replica.content));
      }
      expect(client.of<BookData>(BOOK10)[0]!.checksum).toBeUndefined();
    },
  );

  test('leave out the places of levels that are not there', async () => {
    const { clock, lab } = startLab({ books: 'none', checksums: true, depthLevels: 4 });
    const client = new LabClient(lab);
    client.subscribe(BOOK);
    await clock.advance(100);
    const [{ checksum, bids, asks }] = client.of<BookData>(BOOK) as [BookData];
    expect(bids.length).toBeLessThan(10);
    expect(checksum).toBe(checksumOf({ bids, asks }));
  });

  test('are not there without the option', async () => {
    const { clock, lab } = startLab({ books: 'stream' });
    const client = new LabClient(lab);
    client.subscribe(BOOK);
    await clock.advance(1_000);
    expect(client.of(BOOK).filter((data) => 'checksum' in data)).toEqual([]);
  });
});

/** Built another way than the twin's. */
function checksumOf({ bids, asks }: { readonly bids: Levels; readonly asks: Levels }): number {
  const levels = Array.from({ length: 10 }, (_, rank) => [bids[rank], asks[rank]]).flat();
  return crc32(levels.flatMap((level) => (level ? [`${level[0]}:${level[1]}`] : [])).join(':')) << 0;
}

describe('a book that is counted anew', () => {
  const followed = async (
    books: BookDialect,
  ): Promise<{ clock: VirtualClock; lab: LabExchange; client: LabClient; before: number }> => {
    const { clock, lab } = startLab({ books });
    const client = new LabClient(lab);
    client.subscribe(BOOK, BOOK10, QUOTES);
    await clock.advance(2_030);
    const before = client.of(BOOK).length;
    lab.recount('BTC-USDT');
    return { clock, lab, client, before };
  };

  test.each(FROM_REST)('`%s`: REST and changes go on with small numbers, unannounced', async (books) => {
    const { clock, lab, client, before } = await followed(books);
    const { sequence, ...sides } = restBook(lab);
    expect(sequence).toBe(1);
    const replica = new Replica(books);
    replica.begin({ last: sequence, ...sides });
    // What was pending went out under the old numbers.
    const settled = client.of(BOOK).length;
    expect(settled).toBeGreaterThanOrEqual(before);
    await clock.advance(2_000);
    lab.market.pause();
    const changes = client.of<BookData>(BOOK).slice(settled);
    expect(books === 'range' ? changes[0]!.first : changes[0]!.previous! + 1).toBe(2);
    for (const change of changes) replica.apply(change);
    expect(replica.content).toEqual(truth(lab));
    expect(restBook(lab).sequence).toBe(replica.last);
  });

  test('`stream`: another whole book is number 1', async () => {
    const { clock, client } = await followed('stream');
    const index = client.of<BookData>(BOOK).findLastIndex(({ snapshot }) => snapshot);
    expect(client.of<BookData>(BOOK).slice(index)).toMatchObject([{ snapshot: true, last: 1 }]);
    await clock.advance(2_000);
    expect(client.of<BookData>(BOOK)[index + 1]!.last).toBe(2);
  });

  test('`chain`: one change leads over, for those who come later, too', async () => {
    const { clock, lab, client, before } = await followed('chain');
    const frames = client.of<BookData>(BOOK);
    expect(frames[before]).toMatchObject({ previous: frames[before - 1]!.last, last: 1 });
    const late = new LabClient(lab);
    late.subscribe(BOOK);
    await clock.advance(2_000);
    lab.market.pause();
    expect(client.of<BookData>(BOOK)[before + 1]!.previous).toBe(1);
    for (const one of [client, late]) {
      const replica = new Replica('chain');
      for (const frame of one.of<BookData>(BOOK)) replica.apply(frame);
      expect(replica.content).toEqual(truth(lab));
    }
  });

  test('`chain`: leads over at rest, too', async () => {
    const { clock, lab } = startLab({ books: 'chain' });
    const client = new LabClient(lab);
    client.subscribe(BOOK);
    await clock.advance(2_030);
    lab.market.pause();
    const { last } = client.of<BookData>(BOOK).at(-1)!;
    lab.recount();
    expect(client.of(BOOK).at(-1)).toEqual({ previous: last, last: 1, bids: [], asks: [] });
    await clock.advance(20_000);
    expect(client.of(BOOK).at(-1)).toEqual({ previous: 1, last: 1, bids: [], asks: [] });
  });

  test('`none`: nothing shows', async () => {
    const { clock, client, before } = await followed('none');
    await clock.advance(2_000);
    const after = client.of<BookData>(BOOK).slice(before);
    expect(
      after.flatMap((frame) => Object.keys(frame)).filter((key) => key !== 'bids' && key !== 'asks'),
    ).toEqual([]);
  });

  test.each([...FROM_STREAM, ...FROM_REST])(
    '`%s`: the numbers of `book10` and `quotes` fall',
    async (books) => {
      const { clock, client } = await followed(books);
      await clock.advance(2_000);
      const lasts = client.of<{ last: number }>(BOOK10).map(({ last }) => last);
      const sequences = client.of<{ sequence: number }>(QUOTES).map(({ sequence }) => sequence);
      for (const numbers of [lasts, sequences]) {
        expect(numbers.filter((number, index) => index > 0 && number < numbers[index - 1]!)).toHaveLength(1);
        expect(numbers.at(-1)).toBeLessThan(1_000);
      }
    },
  );

  test('begins when its market opens, where that is halted', async () => {
    const { clock, lab } = startLab({ books: 'stream' });
    const client = new LabClient(lab);
    client.subscribe(BOOK);
    await clock.advance(2_030);
    lab.halt('BTC-USDT');
    const before = client.of(BOOK).length;
    lab.recount();
    lab.sendWhole();
    await clock.advance(5_000);
    expect(client.of(BOOK)).toHaveLength(before);
    lab.reopen('BTC-USDT');
    await clock.advance(100);
    const whole = client.of<BookData>(BOOK).filter(({ snapshot }) => snapshot);
    expect(whole.map(({ last }) => last).slice(1)).toEqual([1]);
  });
});
