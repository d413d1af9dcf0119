import { seededRandom } from '../platform/seeded-random.ts';
import type { SimulatedInstrument } from './instrument.ts';
import { InstrumentMarket, type MarketListener } from './instrument-market.ts';
import { mergeCandle, tradeCandle } from './candle.ts';
import type { AggregateTrade, Trade } from './tape.ts';
import { Timeframe } from './timeframe.ts';

const START = Date.UTC(2026, 10, 21, 10, 0, 20);
const BTC: SimulatedInstrument = {
  symbol: 'BTCUSDT',
  base: 'BTC',
  quote: 'USDT',
  status: 'trading',
  tickSize: '0.01',
  lotSize: '0.00001',
  minNotional: '5',
  startPrice: 97_000,
  dailyVolatility: 0.03,
  ordersPerSecond: 6,
  medianAmount: 0.01,
};
/** Few prices to choose from, and a fair price that falls to whole ticks: every quote meets another. */
const COARSE: SimulatedInstrument = {
  ...BTC,
  symbol: 'COARSE',
  startPrice: 4,
  tickSize: '0.1',
  dailyVolatility: 4,
};

function listen(
  market: (listener: MarketListener) => InstrumentMarket,
  on: Partial<MarketListener>,
): InstrumentMarket {
  const ignore = (): void => undefined;
  return market({
    bookChanged: ignore,
    traded: ignore,
    aggregated: ignore,
    candleClosed: ignore,
    paused: ignore,
    ...on,
  });
}

function market(
  instrument: SimulatedInstrument,
  seed: number,
  on: Partial<MarketListener> = {},
): InstrumentMarket {
  const options = {
    now: START,
    historyStartTime: START - 2 * 86_400_000,
    stepMs: 100,
    activity: 1,
    depthLevels: 200,
    places: 8,
    random: (purpose: string) => seededRandom(seed, purpose),
  };
  return listen((listener) => new InstrumentMarket(instrument, options, listener), on);
}

function live(simulated: InstrumentMarket, steps: number, from = START): void {
  for (let step = 1; step <= steps; step++) simulated.step(from + step * 100);
}

describe.each([BTC, COARSE])('the market of $symbol', (instrument) => {
  it('never crosses, never runs dry, and numbers each change once, over 10,000 steps', () => {
    let expected: number | undefined;
    let crossed = 0;
    const simulated = market(instrument, 11, {
      bookChanged: ({ book }, change) => {
        if (expected !== undefined && change.updateId !== expected)
          throw new Error('An update id was skipped');
        expected = change.updateId + 1;
        const [bid, ask] = [book.bids.price(0), book.asks.price(0)];
        if (bid !== undefined && ask !== undefined && bid >= ask) crossed++;
      },
    });
    live(simulated, 10_000);
    expect(crossed).toBe(0);
    expect(simulated.book.lastUpdateId).toBe(expected! - 1);
    expect(simulated.book.bids.length).toBeGreaterThan(2);
    expect(simulated.book.asks.length).toBeGreaterThan(100);
  });

  it('trades only at the best price, and only what rests there', () => {
    let trades = 0;
    const simulated = market(instrument, 12, {
      traded: ({ book }, trade) => {
        trades++;
        const side = trade.takerSide === 'buy' ? book.asks : book.bids;
        expect(side.price(0)).toBe(trade.ticks);
        expect(trade.lots).toBeGreaterThan(0);
        expect(trade.lots).toBeLessThanOrEqual(side.amount(0));
      },
    });
    live(simulated, 1000);
    expect(trades).toBeGreaterThan(300);
  });

  it('goes on trading when its clock is set back, by the new time', () => {
    const times: number[] = [];
    const simulated = market(instrument, 15, { traded: (_, trade) => times.push(trade.time) });
    live(simulated, 300);
    times.length = 0;
    live(simulated, 300, START - 600_000);
    expect(times.length).toBeGreaterThan(50);
    expect(Math.max(...times)).toBeLessThanOrEqual(START - 570_000);
  });

  it('numbers trades without a hole, and adds them up per order and price', () => {
    const trades: Trade[] = [];
    const aggregates: AggregateTrade[] = [];
    const simulated = market(instrument, 13, {
      traded: (_, trade) => trades.push(trade),
      aggregated: (_, aggregate) => aggregates.push(aggregate),
    });
    live(simulated, 3000);
    expect(trades.map(({ id }) => id)).toEqual(trades.map((_, index) => trades[0]!.id + index));
    expect(aggregates.map(({ id }) => id)).toEqual(aggregates.map((_, index) => aggregates[0]!.id + index));
    expect(aggregates.length).toBeLessThan(trades.length);
    let next = trades[0]!.id;
    for (const aggregate of aggregates) {
      expect(aggregate.firstTradeId).toBe(next);
      next = aggregate.lastTradeId + 1;
      const added = trades.filter(({ id }) => id >= aggregate.firstTradeId && id < next);
      expect(new Set(added.map(({ ticks }) => ticks))).toEqual(new Set([aggregate.ticks]));
      expect(added.reduce((lots, trade) => lots + trade.lots, 0)).toBe(aggregate.lots);
    }
    expect(next - 1).toBe(trades.at(-1)!.id);
  });

  it.each(['1s', '1m', '3m', '5m'] as const)('builds %s candles that its trades add up to', (interval) => {
    const timeframe = new Timeframe(interval);
    const trades: Trade[] = [];
    const simulated = market(instrument, 14, { traded: (_, trade) => trades.push(trade) });
    live(simulated, 3000);
    simulated.closeCandles(START + 300_000);
    const { closed, running } = simulated.candles(timeframe);
    const traded = [...closed, running].filter(
      ({ openTime }) => openTime >= timeframe.end(timeframe.start(START)),
    );
    expect(traded.length).toBeGreaterThan(0);
    for (const candle of traded) {
      const [first, ...rest] = trades
        .filter(({ time }) => time >= candle.openTime && time < candle.endTime)
        .map((trade) => tradeCandle(trade, BigInt(trade.ticks) * BigInt(trade.lots)));
      if (first === undefined) {
        expect(candle).toMatchObject({ trades: 0, volume: 0, firstTradeId: -1 });
        continue;
      }
      const { openTime, endTime } = candle;
      expect(candle).toEqual(rest.reduce(mergeCandle, { ...first, openTime, endTime }));
    }
  });
});

describe('candles', () => {
  it('close once each, in order, without a hole, traded or not', () => {
    const closed: number[] = [];
    const simulated = market({ ...BTC, ordersPerSecond: 0.2 }, 15, {
      candleClosed: (_, { interval }, candle) => {
        if (interval === '1s') closed.push(candle.openTime);
      },
    });
    closed.length = 0;
    live(simulated, 300);
    simulated.closeCandles(START + 44_999);
    expect(closed).toHaveLength(44);
    simulated.closeCandles(START + 45_000);
    expect(closed).toEqual(Array.from({ length: 45 }, (_, index) => START + index * 1000));
  });

  it('have a history that joins the first live trade without a seam', () => {
    const trades: Trade[] = [];
    const simulated = market(BTC, 16, { traded: (_, trade) => trades.push(trade) });
    const { closed } = simulated.candles(new Timeframe('1m'));
    const firstLive = Math.floor(START / 60_000) * 60_000 - 60_000;
    const history = closed.filter(({ openTime }) => openTime < firstLive);
    expect(history[0]!.openTime).toBeGreaterThanOrEqual(START - 2 * 86_400_000);
    expect(history.length).toBeGreaterThan(2870);
    history.forEach((candle, index) => {
      const next = history[index + 1];
      expect(candle.high).toBeGreaterThanOrEqual(Math.max(candle.open, candle.close));
      expect(candle.low).toBeLessThanOrEqual(Math.min(candle.open, candle.close));
      expect(next?.openTime ?? firstLive).toBe(candle.endTime);
      expect(next?.open ?? 9_700_000).toBe(candle.close);
      expect(next?.firstTradeId ?? trades[0]!.id).toBe(candle.lastTradeId + 1);
    });
  });

  it('of a day are the minutes of that day', () => {
    const simulated = market(BTC, 17);
    const day = simulated.candles(new Timeframe('1d')).running;
    const minutes = simulated.candles(new Timeframe('1m'));
    const today = [...minutes.closed, minutes.running].filter(({ openTime }) => openTime >= day.openTime);
    expect(today.length).toBe(601);
    expect(day.volume).toBe(today.reduce((volume, minute) => volume + minute.volume, 0));
    expect(day.high).toBe(Math.max(...today.map(({ high }) => high)));
    expect(day.close).toBe(minutes.running.close);
  });
});

describe('a seed', () => {
  const tape = (seed: number): readonly Trade[] => {
    const simulated = market(BTC, seed);
    live(simulated, 200);
    return simulated.tape.latest(100);
  };

  it('gives the same trades again', () => expect(tape(5)).toEqual(tape(5)));
  it('gives others than another seed', () => expect(tape(5)).not.toEqual(tape(6)));
});
