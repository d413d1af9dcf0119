import { CandleInterval, VirtualClock, type Candle, type TradeEvent } from '@exchange-stream/market-data';
import type { TradeRow, TradeRules } from '../../contract/index.ts';
import type { TradesNeed } from '../trades/trade-series.ts';
import { TradeCandles } from './trade-candles.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const interval = new CandleInterval('10s');

/** Candles of trades, what they tell in words, and the exchange in the hands of the test. */
class Desk {
  readonly clock = new VirtualClock(START + 4_000);
  readonly told: string[] = [];
  readonly counts = { received: 0, delivered: 0, dropped: 0, rejected: 0, conflated: 0, lost: 0 };
  state = 'syncing';
  asked: TradesNeed | undefined;
  readonly candles: TradeCandles;
  private timer: { cancel(): void } | undefined;

  constructor({ ids = 'contiguous', canAsk = true, synthetic = false } = {}) {
    const rules = { ids } as TradeRules;
    this.candles = new TradeCandles(
      {
        ...{ interval, isMadeOfTrades: true, params: {}, history: 0, synthetic, skipsQuiet: true },
        ...{ settlesWithinMs: 2_000, canFetch: false, source: 'stream' },
      },
      rules,
      {
        now: () => this.clock.now(),
        exchangeNow: () => this.clock.now(),
        need: () => undefined,
        wakeAfter: (delayMs) => {
          this.timer?.cancel();
          this.timer = this.clock.after(delayMs, () => this.candles.wake());
        },
        deliver: (candle) => {
          this.counts.delivered++;
          this.told.push(words(candle));
        },
        settled: () => undefined,
        ended: (fate, rows) => (this.counts[fate] += rows),
        added: (rows) => (this.counts.received += rows),
        flows: () => {
          if (this.state === 'live') return;
          this.state = 'live';
          const filled = this.candles.takeFilled();
          this.told.push(filled ? `live ${seconds(filled.from)}..${seconds(filled.to)}` : 'live');
        },
        broken: (_, lost) => {
          this.state = 'gap';
          this.told.push(`gap ${seconds(lost.from)}..${seconds(lost.to)}${lost.asked ? ' asked' : ''}`);
        },
        silent: () => undefined,
      },
      {
        backfilled: (row) => this.event(row),
        added: (rows) => (this.counts.received += rows),
        dropped: (rows) => (this.counts.dropped += rows),
        need: (need) => {
          if (canAsk) this.asked = need;
          return canAsk;
        },
      },
    );
    this.candles.begin();
  }

  /** A trade on the stream, so many seconds after the start. */
  trade(id: number, second: number, price = '5', amount = '1'): void {
    this.counts.received++;
    const event = this.event(row(id, second, price, amount));
    const fate = this.candles.trades.judge(event.id, event.exchangeTime);
    if (fate === 'deliver') this.candles.trade(event);
    else if (fate === 'hold') this.candles.trades.hold(event);
    else this.counts.dropped++;
  }

  async until(second: number): Promise<void> {
    await this.clock.advance(START + second * 1_000 - this.clock.now());
  }

  takeTold(): string[] {
    return this.told.splice(0);
  }

  expectAccounted(): void {
    const { received, ...fates } = this.counts;
    expect(Object.values(fates).reduce((sum, rows) => sum + rows, this.candles.waiting)).toBe(received);
  }

  private event(trade: TradeRow): TradeEvent {
    return {
      ...{ type: 'trade', exchange: 'fake', symbol: 'BTC/USDT', nativeSymbol: 'BTCUSDT' },
      ...trade,
      receivedAt: this.clock.now(),
    };
  }
}

function row(id: number, second: number, price = '5', amount = '1'): TradeRow {
  return { id: String(id), price, amount, side: 'buy', exchangeTime: START + second * 1_000 };
}

function seconds(time: number): number {
  return (time - START) / 1_000;
}

function words({ openTime, open, close, baseVolume, closed, source, synthetic, correction }: Candle): string {
  const marks = [closed && 'closed', synthetic && 'synthetic', correction && 'correction'].filter(Boolean);
  expect(source).toBe('derived');
  return [seconds(openTime), `${open}-${close}`, baseVolume, ...marks].join(' ');
}

describe('candles made of trades', () => {
  let desk: Desk;

  afterEach(() => desk.expectAccounted());

  test('begin with the first bucket of which every trade is known', async () => {
    desk = new Desk();
    desk.trade(1, 5);
    await desk.until(9);
    desk.trade(2, 9);
    expect(desk.takeTold()).toEqual([]);
    await desk.until(11);
    desk.trade(3, 11, '7', '0.5');
    expect(desk.takeTold()).toEqual(['10 7-7 0.5', 'live']);
  });

  test('close once, by the next trade where the ids show that none is missing', async () => {
    desk = new Desk();
    await desk.until(11);
    desk.trade(3, 11, '7');
    desk.trade(4, 19, '6', '0.25');
    await desk.until(20.1);
    desk.trade(5, 20.1, '8');
    expect(desk.takeTold()).toEqual(['10 7-7 1', 'live', '10 7-6 1.25', '10 7-6 1.25 closed', '20 8-8 1']);
  });

  test('close by the clock where no trade follows, and are corrected by one that comes later', async () => {
    desk = new Desk();
    await desk.until(11);
    desk.trade(3, 11, '7');
    await desk.until(21.9);
    expect(desk.takeTold()).toEqual(['10 7-7 1', 'live']);
    await desk.until(22);
    expect(desk.takeTold()).toEqual(['10 7-7 1 closed']);
    desk.trade(4, 19.9, '9');
    expect(desk.takeTold()).toEqual(['10 7-9 2 closed correction']);
  });

  test('leave quiet buckets out, or tell them as flat ones', async () => {
    for (const synthetic of [false, true]) {
      desk = new Desk({ synthetic });
      await desk.until(11);
      desk.trade(3, 11, '7');
      await desk.until(45);
      desk.trade(4, 45, '8');
      expect(desk.takeTold()).toEqual([
        '10 7-7 1',
        'live',
        '10 7-7 1 closed',
        ...(synthetic ? ['20 7-7 0 closed synthetic', '30 7-7 0 closed synthetic'] : []),
        '40 8-8 1',
      ]);
      desk.expectAccounted();
    }
  });

  test('wait for trades that were missed and can be had, and are whole then', async () => {
    desk = new Desk();
    await desk.until(11);
    desk.trade(3, 11, '7');
    await desk.until(21);
    desk.trade(6, 21, '9');
    expect(desk.takeTold()).toEqual(['10 7-7 1', 'live', 'gap 10..20 asked']);
    await desk.until(23);
    expect(desk.takeTold()).toEqual([]);
    expect(desk.asked).toBeDefined();
    desk.candles.trades.found({ rows: [row(4, 15, '6'), row(5, 20.5, '8')], isAll: true, pagesBy: 'id' });
    expect(desk.takeTold()).toEqual(['10 7-6 2', '10 7-6 2 closed', '20 8-8 1', '20 8-9 2', 'live 10..20']);
  });

  test('are left out, and named, where a trade of them cannot be had', async () => {
    desk = new Desk({ canAsk: false });
    await desk.until(11);
    desk.trade(3, 11, '7');
    await desk.until(31);
    desk.takeTold();
    desk.trade(6, 31, '9');
    expect(desk.takeTold()).toEqual(['gap 20..30', 'live']);
    desk.trade(7, 39, '9');
    await desk.until(41);
    desk.trade(8, 41, '4');
    expect(desk.takeTold()).toEqual(['40 4-4 1']);
  });

  test('are not closed by the clock after an interruption before a trade shows that none is missing', async () => {
    desk = new Desk();
    await desk.until(11);
    desk.trade(3, 11, '7');
    desk.candles.reset();
    expect(desk.candles.live).toBe(false);
    await desk.until(30);
    expect(desk.takeTold()).toEqual(['10 7-7 1', 'live']);
    desk.candles.begin();
    await desk.until(35);
    expect(desk.takeTold()).toEqual([]);
    desk.trade(4, 34, '8');
    expect(desk.takeTold()).toEqual(['10 7-7 1 closed', '30 8-8 1']);
  });

  test('leave out what an interruption may have cost where ids do not count', async () => {
    desk = new Desk({ ids: 'arbitrary', canAsk: false });
    await desk.until(11);
    desk.trade(3, 11, '7');
    desk.candles.reset();
    await desk.until(30);
    desk.takeTold();
    desk.candles.begin();
    expect(desk.takeTold()).toEqual(['gap 10..30', 'live']);
    desk.trade(9, 31, '8');
    await desk.until(41);
    desk.trade(10, 41, '6');
    expect(desk.takeTold()).toEqual(['40 6-6 1']);
  });

  test('count each trade once', async () => {
    desk = new Desk();
    await desk.until(11);
    desk.trade(3, 11, '7');
    desk.trade(3, 11, '7');
    expect(desk.takeTold()).toEqual(['10 7-7 1', 'live']);
  });
});
