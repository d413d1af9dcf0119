import { VirtualClock } from '@exchange-stream/market-data';
import { OkxClient } from '../../test/okx-client.ts';
import { createSimulatedExchange, type MarketBook, type SimulatedExchange } from '../index.ts';
import { OkxExchange } from './okx.exchange.ts';

const START = Date.UTC(2026, 10, 21, 10, 0, 20);
const BOOKS = 'books:BTC-USDT';

interface BookRow {
  readonly asks: readonly (readonly string[])[];
  readonly bids: readonly (readonly string[])[];
  readonly checksum?: number;
  readonly prevSeqId: number;
  readonly seqId: number;
}

/** A client's book, kept by the letter of OKX's own rules. */
class LocalBook {
  seqId = -1;
  snapshots = 0;
  private bids = new Map<string, string>();
  private asks = new Map<string, string>();

  apply(action: string | undefined, { bids, asks, prevSeqId, seqId }: BookRow): void {
    if (action === 'snapshot') {
      this.snapshots++;
      this.bids = new Map();
      this.asks = new Map();
    } else if (prevSeqId !== this.seqId) throw new Error(`${prevSeqId} does not follow ${this.seqId}`);
    this.seqId = seqId;
    for (const [side, rows] of [
      [this.bids, bids],
      [this.asks, asks],
    ] as const)
      for (const [price = '', amount = ''] of rows) {
        if (amount === '0') side.delete(price);
        else side.set(price, amount);
      }
  }

  get book(): MarketBook {
    const sorted = (side: Map<string, string>, sign: number): [string, string][] =>
      [...side].sort(([a], [b]) => sign * (Number(a) - Number(b)));
    return { lastUpdateId: this.seqId, bids: sorted(this.bids, -1), asks: sorted(this.asks, 1) };
  }
}

describe('books of simulated OKX', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;
  let client: OkxClient;

  const open = (depthLevels = 20, activity = 1): void => {
    clock = new VirtualClock(START);
    exchange = createSimulatedExchange('okx', {
      clock,
      market: { symbols: ['BTC-USDT'], depthLevels, activity, startTime: START - 3_600_000 },
    });
    exchange.start();
    client = new OkxClient(exchange);
  };
  afterEach(() => exchange.stop());

  const rows = (channel = 'books'): readonly BookRow[] => client.rowsOf<BookRow>(channel);
  const followed = (channel = 'books'): LocalBook => {
    const local = new LocalBook();
    for (const { action, data } of client.dataOf(channel))
      local.apply(action, data![0] as unknown as BookRow);
    return local;
  };

  it('begin whole and go on link by link, with a checksum that is none', async () => {
    open();
    client.subscribe(BOOKS);
    await clock.advance(10_000);
    const [first, ...updates] = client.dataOf('books');
    expect(first).toMatchObject({ arg: { channel: 'books', instId: 'BTC-USDT' }, action: 'snapshot' });
    expect(new Set(updates.map(({ action }) => action))).toEqual(new Set(['update']));
    expect(rows()[0]).toMatchObject({ prevSeqId: -1, checksum: 0 });
    expect(new Set(rows().map(({ checksum }) => checksum))).toEqual(new Set([0]));
    const local = followed();
    expect(local.book).toEqual(exchange.market.bookAt('BTC-USDT', local.seqId));
    for (const level of rows()[0]!.bids) expect(level).toHaveLength(4);
    exchange.market.pause();
    expect(followed().book).toEqual(exchange.market.book('BTC-USDT'));
  });

  it('have 400 levels of a deeper market, always the best', async () => {
    open(500, 30);
    client.subscribe(BOOKS);
    await clock.advance(5000);
    const local = followed();
    const { bids, asks } = exchange.market.bookAt('BTC-USDT', local.seqId)!;
    expect(bids.length).toBeGreaterThan(400);
    expect(local.book.bids).toEqual(bids.slice(0, 400));
    expect(local.book.asks).toEqual(asks.slice(0, 400));
  });

  it('say every minute that nothing has changed', async () => {
    open();
    client.subscribe(BOOKS);
    exchange.market.pause();
    await clock.advance(130_000);
    expect(client.closed).toBeDefined();
    client = new OkxClient(exchange);
    client.subscribe(BOOKS);
    for (let round = 0; round < 6; round++) {
      client.say('ping');
      await clock.advance(20_500);
    }
    const { lastUpdateId } = exchange.market.book('BTC-USDT');
    const quiet = { asks: [], bids: [], prevSeqId: lastUpdateId, seqId: lastUpdateId };
    expect(rows().slice(1)).toMatchObject([quiet, quiet]);
  });

  it('lead over to lower numbers after maintenance', async () => {
    open();
    client.subscribe(BOOKS);
    await clock.advance(2000);
    const before = followed().seqId;
    exchange.faults.inject({ type: 'recount-books' });
    expect(rows().at(-1)).toMatchObject({ prevSeqId: before, seqId: 1 });
    await clock.advance(2000);
    const local = followed();
    expect(local.seqId).toBeLessThan(before);
    expect(local.snapshots).toBe(1);
    expect(local.book).toEqual(exchange.market.bookAt('BTC-USDT', local.seqId));
  });

  it('begin anew, and do not come twice, for who subscribes again', async () => {
    open();
    client.subscribe(BOOKS);
    await clock.advance(2000);
    client.subscribe(BOOKS);
    expect(client.answer).toMatchObject({ event: 'subscribe', arg: { channel: 'books' } });
    await clock.advance(2000);
    const local = followed();
    expect(local.snapshots).toBe(2);
    expect(local.book).toEqual(exchange.market.bookAt('BTC-USDT', local.seqId));
    const ids = rows().map(({ seqId }) => seqId);
    expect(new Set(ids).size).toBeGreaterThanOrEqual(ids.length - 1);
  });

  it('are the same for a newcomer and for who was there', async () => {
    open();
    client.subscribe(BOOKS);
    await clock.advance(1050);
    const newcomer = new OkxClient(exchange);
    newcomer.subscribe(BOOKS);
    await clock.advance(3000);
    const [whole, ...since] = newcomer.rowsOf<BookRow>('books');
    expect(since).toEqual(rows().filter(({ seqId }) => seqId > whole!.seqId));
  });

  it('keep silent about changes beyond their levels, and give a newcomer the number that the others have', async () => {
    clock = new VirtualClock(START);
    const deep = new OkxExchange({ clock, market: { symbols: ['BTC-USDT'], depthLevels: 450 } });
    exchange = deep;
    deep.start();
    client = new OkxClient(deep);
    client.subscribe(BOOKS);
    await clock.advance(1000);
    deep.market.pause();
    const { book } = deep.market.find('BTC-USDT')!;
    const before = followed().seqId;
    book.set('bid', book.bids.price(book.bids.length - 1)!, 1);
    expect(book.lastUpdateId).toBe(before + 1);
    const newcomer = new OkxClient(deep);
    newcomer.subscribe(BOOKS);
    await clock.advance(200);
    expect(followed().seqId).toBe(before);
    expect(newcomer.rowsOf('books')).toMatchObject([{ prevSeqId: -1, seqId: before }]);
    book.set('bid', book.bids.price(3)!, 1);
    await clock.advance(200);
    for (const each of [client, newcomer])
      expect(each.rowsOf('books').at(-1)).toMatchObject({ prevSeqId: before, seqId: before + 2 });
  });

  it('come whole in the midst where a fault says so', async () => {
    open();
    client.subscribe(BOOKS);
    await clock.advance(1000);
    exchange.faults.inject({ type: 'resend-books', symbol: 'BTC-USDT' });
    expect(client.answer).toMatchObject({ action: 'snapshot' });
    await clock.advance(1000);
    expect(followed().snapshots).toBe(2);
  });

  it('tell how much of a level is not for retail orders alone', async () => {
    open();
    client.subscribe('books-rpi:BTC-USDT');
    await clock.advance(5000);
    const local = followed('books-rpi');
    expect(local.book).toEqual(exchange.market.bookAt('BTC-USDT', local.seqId));
    expect(rows('books-rpi')[0]).not.toHaveProperty('checksum');
    const levels = rows('books-rpi').flatMap(({ bids }) => bids);
    expect(levels.some(([, total, withoutRpi]) => Number(withoutRpi) < Number(total))).toBe(true);
    expect(levels.every(([, total, withoutRpi]) => Number(withoutRpi) <= Number(total))).toBe(true);
  });

  it('have a top of five levels ten times a second, and of one as it changes', async () => {
    open();
    client.subscribe('books5:BTC-USDT', 'bbo-tbt:BTC-USDT');
    await clock.advance(5000);
    for (const [channel, levels] of [
      ['books5', 5],
      ['bbo-tbt', 1],
    ] as const) {
      const frames = client.dataOf(channel);
      expect(frames.length).toBeGreaterThan(20);
      expect(frames[0]!.action).toBeUndefined();
      for (const { seqId, bids, asks } of rows(channel)) {
        const truth = exchange.market.bookAt('BTC-USDT', seqId)!;
        expect(bids.map(([price, amount]) => [price, amount])).toEqual(truth.bids.slice(0, levels));
        expect(asks.map(([price, amount]) => [price, amount])).toEqual(truth.asks.slice(0, levels));
      }
    }
  });

  it('can be wrong in all the ways that show', async () => {
    open();
    client.subscribe(BOOKS);
    await clock.advance(1000);
    for (const how of ['crossed', 'locked', 'zero-price', 'negative-price'] as const) {
      exchange.faults.inject({ type: 'spoil-books', how, count: 1 });
      await clock.advance(1000);
      expect(exchange.faults.active).toEqual([]);
    }
    const wrong = rows().flatMap(({ bids }) => bids.filter(([, amount]) => amount === '1'));
    expect(wrong.map(([price]) => price)).toEqual(
      expect.arrayContaining(['0', expect.stringMatching(/^-/) as string]),
    );
    exchange.faults.inject({ type: 'spoil-books', how: 'wrong-checksum', count: 1 });
    await clock.advance(1000);
    expect(exchange.faults.active).toHaveLength(1);
  });
});
