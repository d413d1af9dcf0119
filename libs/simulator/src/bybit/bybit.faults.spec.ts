import { VirtualClock } from '@exchange-stream/market-data';
import { BybitClient, ClientBook } from '../../test/bybit-client.ts';
import { FAULT_TYPES } from '../faults/fault.ts';
import { randomFaults } from '../faults/random-faults.ts';
import { BybitExchange } from './bybit.exchange.ts';

const TOPIC = 'orderbook.50.BTCUSDT';
const TOPICS = [TOPIC, 'publicTrade.BTCUSDT', 'tickers.BTCUSDT', 'kline.1.BTCUSDT', 'orderbook.1.BTCUSDT'];

it.each([1, 2, 3])(
  'survives all faults drawn by lot (seed %i), and is right when they are over',
  async (seed) => {
    const clock = new VirtualClock(Date.UTC(2026, 10, 21, 10));
    const market = { symbols: ['linear:BTCUSDT'], startTime: clock.now(), depthLevels: 60, activity: 0.3 };
    const exchange = new BybitExchange({ clock, seed, market });
    exchange.start();
    const types = FAULT_TYPES.filter((type) => type !== 'oversize-frame' && type !== 'rest-oversize');
    exchange.faults.run(randomFaults(seed, { durationMs: 30_000, intensity: 120, topics: TOPICS, types }));
    for (let second = 0; second < 30; second++) {
      const client = new BybitClient(exchange, '/v5/public/linear').subscribe(...TOPICS);
      client.say({ op: 'ping' });
      await clock.advance(1000);
    }
    expect(exchange.faults.active).toEqual([]);
    const client = new BybitClient(exchange, '/v5/public/linear').subscribe(...TOPICS);
    await clock.advance(2000);
    exchange.market.pause();
    const { bids, asks } = exchange.market.book('linear:BTCUSDT');
    expect(new ClientBook(client.book(TOPIC)).levels).toEqual({
      bids: bids.slice(0, 50),
      asks: asks.slice(0, 50),
    });
    exchange.stop();
    expect(clock.pending).toBe(0);
  },
);
