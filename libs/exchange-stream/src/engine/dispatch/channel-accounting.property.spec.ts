import { VirtualClock, type TypedChannel } from '@exchange-stream/market-data';
import * as fc from 'fast-check';
import { ExchangeStatistics } from '../lifecycle/exchange-statistics.ts';
import { DataFlow } from './data-flow.ts';

/** Rows that one channel may be told, by small numbers: the same ones come again and again. */
type Rows = (flow: DataFlow, at: number, n: number, m: number) => void;

const CHANNELS: Readonly<Partial<Record<TypedChannel, Rows>>> = {
  trades: (flow, at, n, m) =>
    m === 0
      ? flow.recentTrades(at, [{ id: String(n), price: '1', amount: '1', side: 'buy', exchangeTime: at }])
      : flow.trade(at, at, String(n * m), '1', '1', 'sell', undefined, undefined, m === 2),
  quotes: (flow, at, n, m) => flow.quote(at, at - m, n, '1', '1', '2', '1', undefined),
  ticker: (flow, at, n, m) =>
    flow.fields('ticker', at, at - m, m === 0 ? { open: String(n) } : { last: String(n) }, m === 1),
  derivatives: (flow, at, n, m) =>
    flow.fields('derivatives', at, at - m, m === 0 ? {} : { markPrice: String(n) }, m === 1),
  options: (flow, at, n, m) =>
    flow.fields('options', at, at - m, m === 0 ? {} : { delta: String(n) }, m === 1),
  liquidations: (flow, at, n) =>
    flow.liquidation(at, n, { side: 'buy', price: '1', priceKind: 'trade', amount: String(n) }),
  status: (flow, at, n, m) =>
    flow.platformStatus(at, n, { id: String(n), state: m === 0 ? 'completed' : 'ongoing', text: String(m) }),
};

function world(channel: TypedChannel): { flow: DataFlow; clock: VirtualClock; told: () => number } {
  const clock = new VirtualClock();
  const flow = new DataFlow({ exchange: 'lab', channel, symbol: 'BTC/USDT' }, channel, {
    clock,
    statistics: new ExchangeStatistics(),
    changed: () => undefined,
    noticed: () => undefined,
    consumerFailed: (_consumer, error) => {
      throw error;
    },
    consumerOverdue: () => undefined,
    consumerOverflowed: () => undefined,
    consumerDeadlineMs: 30_000,
    needSeed: () => undefined,
    needAccountData: () => undefined,
    candles: {
      exchangeNow: () => 0,
      random: { next: () => 0 },
      need: () => undefined,
      wakeAfter: () => undefined,
      history: () => Promise.resolve({ candles: [], quiet: [], gaps: [] }),
    },
    needTrades: () => false,
    askForFills: () => () => undefined,
  });
  const instrument = { symbol: 'BTC/USDT', nativeSymbol: 'BTCUSDT' };
  flow.place(
    instrument,
    undefined,
    undefined,
    undefined,
    channel === 'trades' ? { ids: 'contiguous' } : undefined,
  );
  let events = 0;
  flow.consumers.add('quick', ({ type }) => void (type === 'status' ? 0 : events++));
  flow.presence.confirmed();
  return { flow, clock, told: () => events };
}

type Step = readonly [what: number, n: number, m: number];

function play(channel: TypedChannel, [what, n, m]: Step, flow: DataFlow, at: number): void {
  const { presence } = flow;
  const happenings = [
    () => presence.lost('gone'),
    () => presence.confirmed(),
    () => presence.fellSilent('quiet'),
    () => presence.paused('maintenance'),
    () => presence.resumed('over'),
    () => presence.marketHalted('news'),
    () => presence.marketOpened('news', true),
    () => flow.rejected('no price'),
    () => flow.repeated(n),
    () => flow.holdBackOlder(),
  ];
  const happens = happenings[what];
  if (happens) happens();
  else CHANNELS[channel]?.(flow, at, n, m);
}

describe('of every row it is known what has become of it', () => {
  test.each(Object.keys(CHANNELS) as TypedChannel[])('of the channel %s', (channel) => {
    const step = fc.tuple(fc.nat(29), fc.integer({ min: 1, max: 12 }), fc.nat(2));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { flow, clock, told } = world(channel);
        for (const each of steps) {
          play(channel, each, flow, clock.now());
          const { received, delivered, conflated, rejected, dropped, lost, waiting } = flow.counters;
          expect(received).toBe(delivered + conflated + rejected + dropped + lost + waiting);
          expect(delivered).toBe(told());
        }
      }),
      { numRuns: 100 },
    );
  });
});
