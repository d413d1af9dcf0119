import { VirtualClock } from '@exchange-stream/market-data';
import { BybitClient, ClientBook, result, type BookData, type BookFrame } from '../../test/bybit-client.ts';
import { BybitExchange } from './bybit.exchange.ts';

const START = Date.UTC(2026, 10, 21, 10, 0, 31);
const OPTION = 'BTC-25DEC26-100000-C-USDT';

describe('the books of simulated Bybit', () => {
  let clock: VirtualClock;
  let exchange: BybitExchange;

  beforeEach(() => {
    clock = new VirtualClock(START);
    exchange = new BybitExchange({
      clock,
      seed: 3,
      market: {
        symbols: ['spot:BTCUSDT', 'linear:BTCUSDT', `option:${OPTION}`],
        startTime: START - 86_400_000,
        depthLevels: 70,
        activity: 0.6,
      },
    });
    exchange.start();
  });
  afterEach(() => {
    exchange.stop();
    expect(clock.pending).toBe(0);
  });

  const connect = (category: string): BybitClient => new BybitClient(exchange, `/v5/public/${category}`);
  const top = (symbol: string, depth: number): unknown => {
    const { bids, asks } = exchange.market.book(symbol);
    return { bids: bids.slice(0, depth), asks: asks.slice(0, depth) };
  };

  it.each([
    ['spot', 'BTCUSDT', 50],
    ['spot', 'BTCUSDT', 1000],
    ['linear', 'BTCUSDT', 50],
    ['linear', 'BTCUSDT', 200],
    ['option', OPTION, 25],
    ['option', OPTION, 100],
  ])(
    '%s: %s at depth %i is whole first, then changes by numbers that grow by one',
    async (category, symbol, depth) => {
      const topic = `orderbook.${depth}.${symbol}`;
      const early = connect(category).subscribe(topic);
      await clock.advance(3333);
      const late = connect(category).subscribe(topic);
      await clock.advance(5000);
      exchange.market.pause();
      for (const client of [early, late]) {
        const frames = client.book(topic);
        expect(frames.slice(0, 2).map(({ type }) => type)).toEqual(['snapshot', 'delta']);
        expect(frames.length).toBeGreaterThan(10);
        expect(new ClientBook(frames).levels).toEqual(top(`${category}:${symbol}`, depth));
      }
      const seen = new Set(
        late
          .book(topic)
          .slice(1)
          .map((frame) => JSON.stringify(frame)),
      );
      expect(early.texts.filter((text) => seen.has(text))).toHaveLength(seen.size);
    },
  );

  it('goes on counting a book that nobody had for a while, and greets with what it is by now', async () => {
    const topic = 'orderbook.50.BTCUSDT';
    const client = connect('spot').subscribe(topic);
    await clock.advance(1000);
    const { u } = client.book(topic).at(-1)!.data;
    client.unsubscribe(topic);
    await clock.advance(2000);
    exchange.market.pause();
    const [greeting] = connect('spot').subscribe(topic).book(topic);
    expect(greeting!.data.u).toBeGreaterThan(u + 1);
    expect(new ClientBook([greeting!]).levels).toEqual(top('spot:BTCUSDT', 50));
  });

  it('keeps books of one symbol in two categories apart', async () => {
    const spot = connect('spot').subscribe('orderbook.50.BTCUSDT');
    const linear = connect('linear').subscribe('orderbook.50.BTCUSDT');
    await clock.advance(2000);
    const prices = (client: BybitClient): unknown =>
      client.book('orderbook.50.BTCUSDT')[0]!.data.b.slice(0, 5);
    expect(prices(spot)).not.toEqual(prices(linear));
  });

  it('publishes each depth at its pace', async () => {
    const paces = { 1: 10, 50: 20, 200: 100, 1000: 200 };
    const topics = Object.keys(paces).map((depth) => `orderbook.${depth}.BTCUSDT`);
    const client = connect('linear').subscribe(...topics);
    await clock.advance(2000);
    for (const [depth, pace] of Object.entries(paces)) {
      const [, ...frames] = client.book(`orderbook.${depth}.BTCUSDT`);
      expect(frames.length).toBeGreaterThan(5);
      for (const { ts, cts = NaN } of frames) {
        expect(ts % pace).toBe(0);
        expect(cts).toBeLessThanOrEqual(ts);
      }
    }
  });

  it('sends the best level whole every time, and again with the same number after three idle seconds', async () => {
    const topic = 'orderbook.1.BTCUSDT';
    const client = connect('spot').subscribe(topic);
    await clock.advance(2000);
    exchange.market.pause();
    const before = client.book(topic);
    expect(new Set(before.map(({ type }) => type))).toEqual(new Set(['snapshot']));
    expect(before.at(-1)!.data).toMatchObject({
      b: [exchange.market.book('spot:BTCUSDT').bids[0]],
      a: [exchange.market.book('spot:BTCUSDT').asks[0]],
    });
    await clock.advance(6400);
    const again = client.book(topic).slice(before.length);
    expect(again.map(({ data }) => data)).toEqual([before.at(-1)!.data, before.at(-1)!.data]);
  });

  it('orders books and trades by one sequence', async () => {
    const client = connect('linear').subscribe('orderbook.50.BTCUSDT', 'publicTrade.BTCUSDT');
    await clock.advance(5000);
    const sequence = client.frames.flatMap(({ topic, data }) => {
      if (topic === 'orderbook.50.BTCUSDT') return [(data as BookData).seq];
      return topic === undefined ? [] : (data as { seq: number }[]).map(({ seq }) => seq);
    });
    expect(sequence).toEqual([...sequence].sort((a, b) => a - b));
  });

  it.each(['resend-books', 'recount-books'] as const)(
    '%s: the whole in mid-stream replaces all',
    async (type) => {
      const topic = 'orderbook.50.BTCUSDT';
      const client = connect('spot').subscribe(topic);
      const kinds: string[] = [];
      for (let round = 0; round < 2; round++) {
        await clock.advance(1000);
        const before = client.book(topic);
        exchange.faults.inject({ type, symbol: 'spot:BTCUSDT' });
        const next = client.book(topic)[before.length]!;
        expect(next.data.u).not.toBe(before.at(-1)!.data.u + 1);
        expect(next.data.u === 1).toBe(type === 'recount-books');
        kinds.push(next.type);
      }
      // After a restart the number alone tells: the type may be either.
      expect(kinds).toEqual(type === 'recount-books' ? ['snapshot', 'delta'] : ['snapshot', 'snapshot']);
      await clock.advance(1000);
      exchange.market.pause();
      expect(new ClientBook(client.book(topic)).levels).toEqual(top('spot:BTCUSDT', 50));
    },
  );

  it('streams the full book as changes only, which REST completes at the same number and sequence', async () => {
    const topic = 'orderbook.full.BTCUSDT';
    const client = connect('spot').subscribe(topic);
    await clock.advance(2000);
    const buffered = client.book(topic);
    expect(new Set(buffered.map(({ type }) => type))).toEqual(new Set(['delta']));
    const whole = result<BookData>(exchange, '/v5/market/full_orderbook?category=spot&symbol=BTCUSDT');
    const { u, seq } = buffered.at(-1)!.data;
    expect({ u: whole.u, seq: whole.seq }).toEqual({ u, seq });
    await clock.advance(2000);
    exchange.market.pause();
    const seed = { topic, type: 'snapshot', ts: 0, data: whole } as BookFrame;
    const later = client.book(topic).slice(buffered.length);
    expect(later.length).toBeGreaterThan(3);
    expect(new ClientBook([seed, ...later]).levels).toEqual(top('spot:BTCUSDT', Infinity));
    exchange.faults.inject({ type: 'recount-books' });
    expect(client.book(topic).at(-1)!.data).toMatchObject({ u: 1, b: [], a: [] });
  });

  it('shows orders of retail liquidity providers beside the others', async () => {
    const topic = 'orderbook.rpi.BTCUSDT';
    const client = connect('linear').subscribe(topic);
    await clock.advance(3000);
    exchange.market.pause();
    const { bids } = new ClientBook(client.book(topic)).levels;
    expect(bids.map(([price, amount]) => [price, amount])).toEqual(
      exchange.market.book('linear:BTCUSDT').bids.slice(0, 50),
    );
    expect(bids.some(([, , rpi]) => rpi !== '0')).toBe(true);
  });

  it.each(['crossed', 'locked', 'zero-price', 'negative-price'] as const)(
    'can send a %s book',
    async (how) => {
      const topic = 'orderbook.50.BTCUSDT';
      const client = connect('linear').subscribe(topic);
      connect('spot').subscribe(topic);
      await clock.advance(500);
      exchange.faults.inject({ type: 'spoil-books', how, count: 1, connectionId: 1 });
      const before = client.book(topic).length;
      await clock.advance(500);
      const [[price] = []] = client.book(topic)[before]!.data.b;
      const bestAsk = Number(exchange.market.book('linear:BTCUSDT').asks[0]![0]);
      if (how === 'zero-price') expect(Number(price)).toBe(0);
      else if (how === 'negative-price') expect(Number(price)).toBeLessThan(0);
      else expect(Math.abs(Number(price) - bestAsk)).toBeLessThan(20);
    },
  );

  it('writes spot without zeros at the end, contracts with all their places, and nothing as 0', async () => {
    const spot = connect('spot').subscribe('orderbook.50.BTCUSDT');
    const linear = connect('linear').subscribe('orderbook.50.BTCUSDT');
    await clock.advance(3000);
    const rows = (client: BybitClient): string =>
      JSON.stringify(client.book('orderbook.50.BTCUSDT').map(({ data }) => [...data.b, ...data.a]));
    expect(rows(spot)).not.toMatch(/\.\d*0"/);
    for (const [, price, amount] of rows(linear).matchAll(/\["([\d.]+)","([\d.]+)"\]/g)) {
      expect(price).toMatch(/^\d+\.\d0$/);
      expect(amount).toMatch(/^(0|\d+\.\d{3})$/);
    }
    for (const client of [spot, linear]) expect(rows(client)).toMatch(/,"0"\]/);
    expect(rows(linear)).not.toContain('"0.000"');
  });
});
