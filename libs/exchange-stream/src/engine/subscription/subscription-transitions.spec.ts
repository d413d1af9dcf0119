import { VirtualClock } from '@exchange-stream/market-data';
import { ExchangeStatistics } from '../lifecycle/exchange-statistics.ts';
import type { LifecycleEvent } from '../lifecycle/lifecycle-event.ts';
import { isLegalTransition } from './subscription-transitions.ts';
import { Subscription } from './subscription.ts';

function subscription(): { subscription: Subscription; events: LifecycleEvent[] } {
  const events: LifecycleEvent[] = [];
  return {
    events,
    subscription: new Subscription(
      { exchange: 'fake', channel: 'trades', symbol: 'BTC/USDT' },
      {
        clock: new VirtualClock(),
        statistics: new ExchangeStatistics(),
        report: (event) => events.push(event),
        consumerDeadlineMs: 30_000,
        requestSeed: () => undefined,
        requestAccountData: () => undefined,
        candles: () => ({
          exchangeNow: () => 0,
          random: { next: () => 0 },
          need: () => undefined,
          wakeAfter: () => undefined,
          history: () => Promise.resolve({ candles: [], quiet: [], gaps: [] }),
        }),
        requestTrades: () => false,
        askForFills: () => () => undefined,
        displaced: () => undefined,
        gaveUp: () => undefined,
      },
    ),
  };
}

describe('the states of a subscription', () => {
  test('end with unsubscribed', () => {
    for (const state of ['inactive', 'subscribing', 'subscribed', 'resubscribing', 'failed'] as const) {
      expect(isLegalTransition(state, 'unsubscribed')).toBe(true);
      expect(isLegalTransition('unsubscribed', state)).toBe(false);
    }
  });

  test('never jump to confirmed', () => {
    expect(isLegalTransition('inactive', 'subscribed')).toBe(false);
    expect(isLegalTransition('failed', 'subscribed')).toBe(false);
  });

  test('tell a first request from those after a confirmation, data or not', () => {
    const { subscription: subscribed } = subscription();
    subscribed.assigned('fake/public/1');
    expect(subscribed.state).toBe('subscribing');
    subscribed.acked();
    subscribed.lost('gone');
    expect(subscribed.state).toBe('resubscribing');
  });

  test('an illegal change is reported and refused, and ends nothing', () => {
    const { subscription: ended, events } = subscription();
    ended.assigned('fake/public/1');
    ended.unsubscribed('nobody wants it any more');
    events.splice(0);
    ended.acked();
    expect(ended.view()).toMatchObject({ state: 'unsubscribed', reason: 'nobody wants it any more' });
    expect(ended.view().lastAckAt).toBeUndefined();
    expect(events).toEqual([
      {
        type: 'illegal-transition',
        exchange: 'fake',
        subscription: ended.key,
        from: 'unsubscribed',
        to: 'subscribed',
        reason: 'confirmed by the exchange',
      },
    ]);
  });
});
