import type { SubscriptionRequest } from '@exchange-stream/market-data';
import { LabWorld } from './lab-world.ts';

const REQUESTS: readonly SubscriptionRequest[] = ['BTC/USDT', 'ETH/USDT'].flatMap((symbol) => [
  { exchange: 'lab', channel: 'trades', symbol },
  { exchange: 'lab', channel: 'ticker', symbol },
  { exchange: 'lab', channel: 'quotes', symbol },
  { exchange: 'lab', channel: 'book', symbol, params: { depth: 10 } },
  { exchange: 'lab', channel: 'book', symbol },
]);

/** What was spread over a window may arrive bunched, and next to what follows. */
describe('a network in which no message takes as long as the one before', () => {
  test('makes us exceed no limit of messages', async () => {
    const world = new LabWorld({
      seed: 1,
      jitterMs: 95,
      limits: { topicsPerMessage: 1 },
      subscriptions: REQUESTS,
    });
    for (let round = 0; round < 20; round++) {
      await world.clock.advance(20_000);
      world.network.drop();
    }
    await world.clock.advance(1_000);
    await world.recover(120_000);
    await world.expectTruth();
    await world.close();
  });

  test('makes us exceed no limit of handshakes', async () => {
    const world = new LabWorld({
      seed: 1,
      jitterMs: 900,
      limits: { topicsPerConnection: 1 },
      subscriptions: REQUESTS,
    });
    for (let round = 0; round < 20; round++) {
      await world.clock.advance(60_000);
      world.network.drop();
    }
    await world.clock.advance(1_000);
    await world.recover(180_000);
    await world.expectTruth();
    await world.close();
  });
});
