import { VirtualClock } from '@exchange-stream/market-data';
import { AbsoluteBook, bookOf, CoinbaseClient, ExchangeClient } from '../../test/coinbase-client.ts';
import { FAULT_TYPES } from '../faults/fault.ts';
import { randomFaults } from '../faults/random-faults.ts';
import { createSimulatedExchange, type SimulatedExchange } from '../index.ts';

/** One that no message of which keeps another from being heard. */
const address = (second: number): string => `client ${second}`;

describe.each(['coinbase', 'coinbase-exchange'])('simulated %s', (id) => {
  const book = id === 'coinbase' ? 'level2:BTC-USD' : 'level2_batch:BTC-USD';
  const topics = [book, 'ticker:BTC-USD', 'heartbeats', 'market_trades:BTC-USD', 'matches:BTC-USD'];

  const follow = (exchange: SimulatedExchange, who: string): CoinbaseClient | ExchangeClient =>
    id === 'coinbase'
      ? new CoinbaseClient(exchange, '/', true, who)
          .subscribe('level2', 'BTC-USD')
          .subscribe('ticker', 'BTC-USD')
          .subscribe('market_trades', 'BTC-USD')
          .subscribe('heartbeats')
      : new ExchangeClient(exchange, '/', true, who).subscribe(
          ['level2_batch', 'ticker', 'matches', 'heartbeat'],
          ['BTC-USD'],
        );

  const bookOfClient = (client: CoinbaseClient | ExchangeClient): AbsoluteBook => {
    if (client instanceof CoinbaseClient) return bookOf(client.books('BTC-USD'));
    const held = new AbsoluteBook();
    for (const frame of client.type('snapshot', 'l2update')) {
      const { bids = [], asks = [], changes = [] } = frame as unknown as Record<string, string[][]>;
      for (const [price = '', amount = ''] of bids) held.set('bid', price, amount);
      for (const [price = '', amount = ''] of asks) held.set('ask', price, amount);
      for (const [side, price = '', amount = ''] of changes)
        held.set(side === 'buy' ? 'bid' : 'ask', price, amount);
    }
    return held;
  };

  it.each([1, 2])(
    'survives all faults drawn by lot (seed %i), and is right when they are over',
    async (seed) => {
      const clock = new VirtualClock(Date.UTC(2026, 10, 21, 10));
      const market = { symbols: ['BTC-USD'], startTime: clock.now(), depthLevels: 30, activity: 0.3 };
      const exchange = createSimulatedExchange(id, { clock, seed, market });
      exchange.start();
      const types = FAULT_TYPES.filter(
        (type) => type !== 'oversize-frame' && type !== 'rest-oversize' && type !== 'pause',
      );
      exchange.faults.run(randomFaults(seed, { durationMs: 20_000, intensity: 120, topics, types }));
      for (let second = 0; second < 20; second++) {
        follow(exchange, address(second));
        await clock.advance(1000);
      }
      expect(exchange.faults.active).toEqual([]);
      const client = follow(exchange, 'last');
      await clock.advance(2000);
      exchange.market.pause();
      const { bids, asks } = exchange.market.book('BTC-USD');
      expect(bookOfClient(client).levels).toEqual({ bids, asks });
      exchange.stop();
      expect(clock.pending).toBe(0);
    },
  );
});
