import { VirtualClock, type Instrument } from '@exchange-stream/market-data';
import type { Subscription } from '../subscription/subscription.ts';
import { MarketHalts } from './market-halts.ts';

const LISTED: Instrument = {
  ...{ exchange: 'lab', kind: 'spot', symbol: 'BTC/USDT', nativeSymbol: 'BTC-USDT' },
  ...{ base: 'BTC', quote: 'USDT', status: 'trading' },
};

/** A book whose whole comes with its subscription: the part that halts see of it. */
function streamBook(isHalted: boolean): { subscription: Subscription; opened: string[] } {
  const opened: string[] = [];
  const subscription = {
    request: { channel: 'book' },
    state: 'subscribed',
    place: { instrument: LISTED, book: { kind: 'linked', seed: 'stream' } },
    flow: { presence: { isHalted, marketOpened: (reason: string) => opened.push(reason) } },
  } as unknown as Subscription; // the part that is used
  return { subscription, opened };
}

describe('a list that has a market as trading', () => {
  test.each([
    [true, 1],
    [false, 0],
  ])('has its book asked for anew only where it was halted (%p)', (isHalted, times) => {
    const { subscription, opened } = streamBook(isHalted);
    const renewed: string[] = [];
    const halts = new MarketHalts({
      clock: new VirtualClock(),
      subscriptions: () => [subscription],
      renew: (_subscription, reason) => renewed.push(reason),
    });
    halts.listed(() => LISTED, []);
    expect([opened.length, renewed.length]).toEqual([times, times]);
  });
});

test('a raw topic that is called like an instrument is none', () => {
  const { subscription, opened } = streamBook(true);
  const raw = { ...subscription, request: { channel: 'raw' } } as unknown as Subscription;
  const halts = new MarketHalts({
    clock: new VirtualClock(),
    subscriptions: () => [raw],
    renew: () => undefined,
  });
  halts.opened('BTC/USDT', 'planted');
  expect(opened).toEqual([]);
});
