import { VirtualClock } from '@exchange-stream/market-data';
import { bookOf, CoinbaseClient } from '../../test/coinbase-client.ts';
import type { SimulatedExchange } from '../index.ts';
import { coinbase, type CoinbaseOptions } from './coinbase.segment.ts';

const START = Date.UTC(2026, 10, 21, 10, 3, 31);
const MINUTE_MS = 60_000;

interface CandleRow {
  readonly start: string;
  readonly close: string;
  readonly volume: string;
  readonly product_id: string;
}

describe('what simulated Coinbase streams', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;

  const open = (options?: CoinbaseOptions, market: object = {}): void => {
    clock = new VirtualClock(START);
    const symbols = ['BTC-USD', 'ETH-USD'];
    const environment = {
      clock,
      market: { symbols, startTime: START - 2 * 86_400_000, depthLevels: 30, activity: 0.4, ...market },
    };
    exchange = coinbase(environment, options);
    exchange.start();
  };
  beforeEach(() => open());
  afterEach(() => {
    exchange.stop();
    expect(clock.pending).toBe(0);
    expect(exchange.violations).toEqual([]);
  });

  const connect = (): CoinbaseClient => new CoinbaseClient(exchange, '/');

  describe('heartbeats', () => {
    it('beat each second, with a counter that is a number and does not begin at 0', async () => {
      const client = connect().subscribe('heartbeats');
      await clock.advance(5000);
      const counters = client
        .events<{ heartbeat_counter: number }>('heartbeats')
        .map((e) => e.heartbeat_counter);
      const [first = 0] = counters;
      expect(first).toBeGreaterThan(0);
      expect(counters).toEqual([0, 1, 2, 3, 4].map((more) => first + more));
    });

    it('write the time as Go prints it', async () => {
      const client = connect().subscribe('heartbeats', 'BTC-USD');
      await clock.advance(1000);
      const [beat] = client.events<{ current_time: string; heartbeat_counter: number }>('heartbeats');
      expect(beat!.current_time).toBe(
        `2026-11-21 10:03:32 +0000 UTC m=+${beat!.heartbeat_counter}.260000000`,
      );
    });

    it('go on when the market stands still', async () => {
      const client = connect().subscribe('heartbeats');
      exchange.market.pause();
      await clock.advance(3000);
      expect(client.events('heartbeats')).toHaveLength(3);
    });
  });

  describe('trades', () => {
    it('begin with the latest 100 of each product, newest first', () => {
      open(undefined, { activity: 2 });
      const client = connect().subscribe('market_trades', 'BTC-USD', 'ETH-USD');
      const [bitcoin, ether] = client.trades('snapshot');
      expect(bitcoin).toHaveLength(100);
      expect(new Set(ether!.map(({ product_id: id }) => id))).toEqual(new Set(['ETH-USD']));
      const latest = exchange.market.trades('BTC-USD').slice(-100).reverse();
      expect(bitcoin!.map(({ trade_id: id }) => Number(id))).toEqual(latest.map(({ id }) => id));
    });

    it('come newest first every 250 ms, each once, with the side of the maker', async () => {
      const client = connect().subscribe('market_trades', 'BTC-USD');
      const [known] = client.trades('snapshot');
      await clock.advance(20_000);
      for (const { timestamp } of client.channel('market_trades').slice(1))
        expect(Date.parse(timestamp) % 250).toBe(0);
      const batches = client.trades('update');
      expect(batches.some((batch) => batch.length > 1)).toBe(true);
      const told = batches.flatMap((batch) => [...batch].reverse());
      const truth = exchange.market.trades('BTC-USD').filter(({ id }) => id > Number(known![0]!.trade_id));
      expect(told.length).toBeGreaterThan(10);
      expect(told).toEqual(
        truth.slice(0, told.length).map(({ id, price, amount, time, takerSide }) => ({
          product_id: 'BTC-USD',
          trade_id: String(id),
          price,
          size: amount,
          time: new Date(time).toISOString().replace(/\.?0*Z$/, 'Z'),
          side: takerSide === 'buy' ? 'SELL' : 'BUY',
        })),
      );
    });

    it('leave those that wait for their batch to it', async () => {
      open(undefined, { activity: 3 });
      connect().subscribe('market_trades', 'BTC-USD');
      for (let time = 0; time < 4; time++) {
        await clock.advance(1220);
        const late = connect().subscribe('market_trades', 'BTC-USD');
        await clock.advance(1000);
        const ids = [...late.trades('update')].reverse().flat().concat(late.trades('snapshot').flat());
        const newestFirst = ids.map(({ trade_id: id }) => Number(id));
        expect(newestFirst.length).toBeGreaterThan(100);
        expect(newestFirst).toEqual(newestFirst.map((_, index) => newestFirst[0]! - index));
      }
    });
  });

  describe('books', () => {
    it('come whole, then by absolute amounts, under another name than they are subscribed by', async () => {
      const client = connect().subscribe('level2', 'BTC-USD', 'ETH-USD').subscribe('heartbeats');
      await clock.advance(10_000);
      exchange.market.pause();
      for (const product of ['BTC-USD', 'ETH-USD']) {
        const events = client.books(product);
        expect(events.map(({ type }) => type).indexOf('update')).toBe(1);
        expect(events.length).toBeGreaterThan(20);
        expect(new Set(events[0]!.updates.map(({ side }) => side))).toEqual(new Set(['bid', 'offer']));
        const { bids, asks } = exchange.market.book(product);
        expect(bookOf(events).levels).toEqual({ bids, asks });
      }
      expect(client.texts.join()).toMatch(/"new_quantity":"0"/);
    });

    it('bear the time of the exchange', async () => {
      const client = connect().subscribe('level2', 'BTC-USD');
      await clock.advance(2000);
      const [whole, update] = client.books('BTC-USD');
      expect(whole!.updates[0]!.event_time).toBe('2026-11-21T10:03:31Z');
      expect(Date.parse(update!.updates[0]!.event_time)).toBeGreaterThan(START);
    });

    it('bear the year 1970 where that is wanted, in whole books only', async () => {
      open({ timelessBooks: true });
      const client = connect().subscribe('level2', 'BTC-USD');
      await clock.advance(2000);
      const times = client.books('BTC-USD').map(({ updates }) => Date.parse(updates[0]!.event_time));
      expect(times[0]).toBe(0);
      expect(Math.min(...times.slice(1))).toBeGreaterThan(START);
    });

    it('have as many levels as are wanted', () => {
      open(undefined, { depthLevels: 2000, symbols: ['BTC-USD'] });
      const client = connect().subscribe('level2', 'BTC-USD');
      expect(client.books('BTC-USD')[0]!.updates.length).toBeGreaterThan(2500);
    });

    it.each(['crossed', 'locked', 'zero-price', 'negative-price'] as const)(
      'are %s on demand',
      async (how) => {
        const client = connect().subscribe('level2', 'BTC-USD');
        exchange.faults.inject({ type: 'spoil-books', how, count: 1 });
        await clock.advance(3000);
        const { text } = exchange.faults.log.find(({ event }) => event === 'hit')!;
        const meant = JSON.parse(text!) as { sequence_num: number };
        const sent = client.channel('l2_data').find(({ sequence_num: n }) => n === meant.sequence_num)!;
        const [level] = (sent.events[0] as unknown as { updates: { side: string; price_level: string }[] })
          .updates;
        expect(level!.side).toBe('bid');
        if (how === 'zero-price') expect(Number(level!.price_level)).toBe(0);
        else if (how === 'negative-price') expect(Number(level!.price_level)).toBeLessThan(0);
        else expect(Number(level!.price_level)).toBeGreaterThan(90_000);
      },
    );

    it('come whole again on demand', async () => {
      const client = connect().subscribe('level2', 'BTC-USD');
      await clock.advance(1000);
      exchange.faults.inject({ type: 'resend-books', symbol: 'BTC-USD' });
      await clock.advance(3000);
      expect(client.events('l2_data', 'snapshot')).toHaveLength(2);
      exchange.market.pause();
      const { bids, asks } = exchange.market.book('BTC-USD');
      expect(bookOf(client.books('BTC-USD')).levels).toEqual({ bids, asks });
    });

    it('miss a number where a frame was lost', async () => {
      const client = connect().subscribe('level2', 'BTC-USD');
      exchange.faults.inject({ type: 'drop-frames', topic: 'level2:BTC-USD', count: 1 });
      await clock.advance(3000);
      const numbers = client.frames.map((frame) => frame['sequence_num'] as number);
      expect(numbers.at(-1)).toBe(numbers.length);
    });
  });

  it('tells tickers of what is new, and batches every five seconds, without quotes', async () => {
    const client = connect().subscribe('ticker', 'BTC-USD').subscribe('ticker_batch', 'BTC-USD');
    await clock.advance(20_000);
    exchange.market.pause();
    type Ticker = Readonly<Record<string, string>>;
    const rows = (channel: string): Ticker[] =>
      client.events<{ tickers: Ticker[] }>(channel).flatMap(({ tickers }) => tickers);
    const { bids, asks } = exchange.market.book('BTC-USD');
    expect(rows('ticker').at(-1)).toMatchObject({
      type: 'ticker',
      product_id: 'BTC-USD',
      price: exchange.market.trades('BTC-USD').at(-1)!.price,
      best_bid: bids[0]![0],
      best_bid_quantity: bids[0]![1],
      best_ask: asks[0]![0],
      best_ask_quantity: asks[0]![1],
    });
    expect(rows('ticker').length).toBeGreaterThan(20);
    expect(rows('ticker_batch')).toHaveLength(5);
    for (const row of rows('ticker_batch')) expect(Object.keys(row).join()).not.toContain('best');
  });

  it('answers other names of a product with its own', async () => {
    const client = connect().subscribe('level2', 'BTC-USDC').subscribe('market_trades', 'BTC-USDC');
    await clock.advance(3000);
    expect(client.subscribed).toEqual({ level2: ['BTC-USDC'], market_trades: ['BTC-USDC'] });
    expect(client.books('BTC-USD').length).toBeGreaterThan(1);
    expect(client.texts.filter((text) => text.includes('"product_id":"BTC-USDC"'))).toEqual([]);
    client.subscribe('level2', 'BTC-USD').unsubscribe('level2', 'BTC-USDC');
    const before = client.books('BTC-USD').length;
    await clock.advance(3000);
    expect(client.books('BTC-USD').length).toBeGreaterThan(before);
    client.unsubscribe('level2', 'BTC-USD');
    const after = client.books('BTC-USD').length;
    await clock.advance(3000);
    expect(client.books('BTC-USD')).toHaveLength(after);
  });

  describe('candles', () => {
    const rows = (client: CoinbaseClient, type: string): CandleRow[] =>
      client.events<{ candles: CandleRow[] }>('candles', type).flatMap(({ candles }) => candles);

    it('begin with 100 of five minutes, oldest first, the live one last, and some are missing', () => {
      const client = connect().subscribe('candles', 'BTC-USD');
      const starts = rows(client, 'snapshot').map(({ start }) => Number(start));
      expect(starts).toHaveLength(100);
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
      expect(starts.at(-1)).toBe(Date.UTC(2026, 10, 21, 10) / 1000);
      expect((starts.at(-1)! - starts[0]!) / 300).toBeGreaterThan(120);
    });

    it('tell the live one every 4 to 10 s, and once more when its time is over, without saying so', async () => {
      open(undefined, { activity: 2 });
      const client = connect().subscribe('candles', 'BTC-USD').subscribe('heartbeats');
      await clock.advance(3 * MINUTE_MS);
      const updates = rows(client, 'update');
      expect(updates.length).toBeGreaterThan(18);
      expect(updates.length).toBeLessThan(50);
      const closed = exchange.market
        .candles('BTC-USD', '5m')
        .filter((candle) => candle.closed)
        .at(-1)!;
      const first = updates.filter(({ start }) => Number(start) * 1000 === closed.openTime).at(-1)!;
      expect(first).toMatchObject({ close: closed.close, volume: closed.volume, product_id: 'BTC-USD' });
      expect(Number(updates.at(-1)!.start) * 1000).toBe(closed.endTime);
      expect(client.texts.join()).not.toContain('"closed"');
    });
  });

  it('tells the status of products and currencies when it changes, and at an interval', async () => {
    const client = connect().subscribe('status');
    await clock.advance(1000);
    exchange.market.halt('ETH-USD');
    exchange.market.delist('BTC-USD');
    await clock.advance(5000);
    interface Status {
      products: { id: string; status: string }[];
      currencies: unknown[];
    }
    const all = client.events<Status>('status');
    const statuses = all.map(({ products }) => products.map(({ status }) => status).join());
    expect(statuses).toEqual(['online,online', 'online,offline', 'delisted,offline', 'delisted,offline']);
    expect(all[0]!.currencies).toHaveLength(3);
  });
});
