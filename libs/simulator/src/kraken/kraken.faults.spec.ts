import { VirtualClock } from '@exchange-stream/market-data';
import { KrakenBook, KrakenClient } from '../../test/kraken-client.ts';
import { FAULT_TYPES } from '../faults/fault.ts';
import { randomFaults } from '../faults/random-faults.ts';
import { KrakenExchange } from './kraken.exchange.ts';

const SYMBOL = 'BTC/USD';
const TOPICS = [`book:${SYMBOL}`, `trade:${SYMBOL}`, `ticker:${SYMBOL}`, `ohlc:${SYMBOL}?interval=1`];

it.each([1, 2])(
  'survives all faults drawn by lot (seed %i), and is right when they are over',
  async (seed) => {
    const clock = new VirtualClock(Date.UTC(2026, 10, 21, 10));
    const market = { symbols: [SYMBOL], startTime: clock.now(), depthLevels: 30, activity: 0.3 };
    const exchange = new KrakenExchange({ clock, seed, market });
    exchange.start();
    const types = FAULT_TYPES.filter(
      (type) => type !== 'oversize-frame' && type !== 'rest-oversize' && type !== 'recount-books',
    );
    exchange.faults.run(randomFaults(seed, { durationMs: 20_000, intensity: 120, topics: TOPICS, types }));
    for (let second = 0; second < 20; second++) {
      const client = new KrakenClient(exchange).subscribe('book', SYMBOL).subscribe('trade', SYMBOL);
      client.subscribe('ticker', SYMBOL).subscribe('ohlc', SYMBOL).say({ method: 'ping' });
      await clock.advance(1000);
    }
    expect(exchange.faults.active).toEqual([]);
    const client = new KrakenClient(exchange).subscribe('book', SYMBOL);
    await clock.advance(2000);
    exchange.market.pause();
    const book = new KrakenBook(client.books);
    const { bids, asks } = exchange.market.book(SYMBOL);
    expect(book.levels).toEqual({ bids: bids.slice(0, 10), asks: asks.slice(0, 10) });
    expect(book.mismatches).toBe(0);
    exchange.stop();
    expect(clock.pending).toBe(0);
  },
);
