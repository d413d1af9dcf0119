import { VirtualClock } from '@exchange-stream/market-data';
import { KrakenBook, KrakenClient } from '../../test/kraken-client.ts';
import type { BookError } from '../faults/fault.ts';
import { KrakenExchange } from './kraken.exchange.ts';

const START = Date.UTC(2026, 10, 21, 10, 0, 20);

describe('books of simulated Kraken', () => {
  let clock: VirtualClock;
  let exchange: KrakenExchange;

  const begin = (symbols: readonly string[], depthLevels = 40): void => {
    clock = new VirtualClock(START);
    exchange = new KrakenExchange({ clock, market: { symbols, depthLevels, startTime: START } });
    exchange.start();
  };
  afterEach(() => {
    exchange.stop();
    expect(clock.pending).toBe(0);
  });

  it.each([
    ['BTC/USD', 10],
    ['BTC/USD', 25],
    ['SHIB/USD', 10],
    ['ETH/BTC', 100],
  ])('of %s with depth %i are proved by the checksum of every frame', async (symbol, depth) => {
    begin([symbol]);
    const client = new KrakenClient(exchange).subscribe('book', symbol, { depth });
    await clock.advance(20_000);
    exchange.market.pause();
    const book = new KrakenBook(client.books, depth);
    const { bids, asks } = exchange.market.book(symbol);
    expect(client.books.length).toBeGreaterThan(10);
    expect(book.mismatches).toBe(0);
    expect(book.levels).toEqual({ bids: bids.slice(0, depth), asks: asks.slice(0, depth) });
  });

  it('say nothing of levels that are pushed out of scope, and the same price twice now and then', async () => {
    begin(['BTC/USD']);
    const client = new KrakenClient(exchange).subscribe('book', 'BTC/USD');
    await clock.advance(20_000);
    // Whoever does not cut the book off has another one soon.
    expect(new KrakenBook(client.books, 1000).mismatches).toBeGreaterThan(0);
    const sides = client.books.flatMap((text) => text.split('"asks"'));
    const twice = sides.filter((side) => {
      const prices = [...side.matchAll(/"price":([^,]+)/g)].map(([, price]) => price);
      return new Set(prices).size < prices.length;
    });
    expect(twice.length).toBeGreaterThan(0);
  });

  it('have all the decimal places of their instrument, without quotes', () => {
    begin(['SHIB/USD']);
    const client = new KrakenClient(exchange).subscribe('book', 'SHIB/USD');
    const [snapshot = ''] = client.books;
    expect([...snapshot.matchAll(/"price":(\d\.\d{9}),"qty":\d+\.\d{8}\}/g)]).toHaveLength(20);
  });

  it('begin with a snapshot for whoever comes later, in step with those who are there', async () => {
    begin(['BTC/USD']);
    const first = new KrakenClient(exchange).subscribe('book', 'BTC/USD');
    await clock.advance(3033);
    const second = new KrakenClient(exchange).subscribe('book', 'BTC/USD');
    await clock.advance(3000);
    exchange.market.pause();
    const [one, other] = [new KrakenBook(first.books), new KrakenBook(second.books)];
    expect([one.mismatches, other.mismatches]).toEqual([0, 0]);
    expect(other.levels).toEqual(one.levels);
  });

  it('come without a snapshot where none is wanted', async () => {
    begin(['BTC/USD']);
    const client = new KrakenClient(exchange).subscribe('book', 'BTC/USD', { snapshot: false });
    await clock.advance(2000);
    expect(client.of('book').map(({ type }) => type)).not.toContain('snapshot');
  });

  const spoil = async (how: BookError): Promise<readonly string[]> => {
    begin(['BTC/USD']);
    const client = new KrakenClient(exchange).subscribe('book', 'BTC/USD');
    await clock.advance(1000);
    exchange.faults.inject({ type: 'spoil-books', how, topic: 'book:BTC/USD', count: 1 });
    while (exchange.faults.active.length > 0) await clock.advance(10);
    return client.books;
  };

  it.each(['wrong-amount', 'wrong-checksum', 'crossed', 'locked'] as const)(
    'that are spoiled are found by their checksum at once: %s',
    async (how) => {
      const frames = await spoil(how);
      const book = new KrakenBook(frames.slice(0, -1));
      expect(book.mismatches).toBe(0);
      book.apply(frames.at(-1)!);
      expect(book.mismatches).toBe(1);
    },
  );

  it.each([
    ['zero-price', '"price":0.0,'],
    ['negative-price', '"price":-'],
  ] as const)('can have a %s, which no checksum covers', async (how, row) => {
    expect((await spoil(how)).at(-1)).toContain(row);
  });

  it('that lose a frame have another checksum', async () => {
    begin(['BTC/USD']);
    const client = new KrakenClient(exchange).subscribe('book', 'BTC/USD');
    await clock.advance(1000);
    exchange.faults.inject({ type: 'drop-frames', topic: 'book:BTC/USD', count: 1 });
    await clock.advance(1000);
    expect(new KrakenBook(client.books).mismatches).toBeGreaterThan(0);
  });
});
