import { VirtualClock } from '@exchange-stream/market-data';
import { ExchangeClock } from './exchange-clock.ts';

const MINUTE_MS = 60_000;

/** An exchange whose clock is ahead by so much, and whose answers take their time; undefined: none comes. */
class Exchange {
  readonly asked: number[] = [];
  aheadMs = 5_000;
  wayMs = 100;
  backMs = 100;
  isDown = false;
  readonly clock = new VirtualClock();
  readonly time = new ExchangeClock(this.clock, { next: () => 0.5 }, () => this.answer());

  private answer(): Promise<number> {
    this.asked.push(this.clock.monotonic());
    if (this.isDown) return Promise.reject(new Error('down'));
    return new Promise((resolve) => {
      this.clock.after(this.wayMs, () => {
        const now = this.clock.now() + this.aheadMs;
        this.clock.after(this.backMs, () => resolve(now));
      });
    });
  }
}

describe('the clock of an exchange', () => {
  test('is ours until the exchange has told, and then its own', async () => {
    const { clock, time } = new Exchange();
    time.start();
    expect(time.offset).toBeUndefined();
    expect(time.now()).toBe(clock.now());
    await clock.advance(1_000);
    expect(time.offset).toEqual({ offsetMs: 5_000, uncertaintyMs: 100.09 });
    expect(time.now()).toBe(clock.now() + 5_000);
    time.stop();
    expect(clock.pending).toBe(0);
  });

  test('says how wrong it may be where one way takes longer than the other', async () => {
    const exchange = new Exchange();
    exchange.wayMs = 0;
    exchange.backMs = 400;
    exchange.time.start();
    await exchange.clock.advance(400);
    const { offsetMs, uncertaintyMs } = exchange.time.offset!;
    expect(Math.abs(offsetMs - exchange.aheadMs)).toBeLessThanOrEqual(uncertaintyMs);
    expect(uncertaintyMs).toBeCloseTo(200, 0);
  });

  test('is read at once for whoever cannot wait, and once for all who ask meanwhile', async () => {
    const exchange = new Exchange();
    const { clock, time, asked } = exchange;
    await expect(time.refresh()).resolves.toBe(false);
    time.start();
    await clock.advance(1_000);
    exchange.aheadMs = 60_000;
    const read = Promise.all([time.refresh(), time.refresh()]);
    await clock.advance(200);
    await expect(read).resolves.toEqual([true, true]);
    expect(asked).toEqual([0, 1_000]);
    expect(time.offset?.offsetMs).toBe(60_000);
    exchange.isDown = true;
    await expect(time.refresh()).resolves.toBe(false);
    exchange.isDown = false;
    const stopped = time.refresh();
    time.stop();
    await clock.advance(1_000);
    await expect(stopped).resolves.toBe(false);
    expect(clock.pending).toBe(0);
  });

  test('is measured every ten minutes, and every minute while nobody answers', async () => {
    const exchange = new Exchange();
    const { clock, time, asked } = exchange;
    exchange.isDown = true;
    time.start();
    time.start();
    await clock.advance(2.5 * MINUTE_MS);
    exchange.isDown = false;
    await clock.advance(20 * MINUTE_MS);
    expect(asked.map((at) => Math.round(at / MINUTE_MS))).toEqual([0, 1, 2, 3, 13]);
  });

  test('follows an exchange that sets its clock, and keeps to the better of two measurements', async () => {
    const exchange = new Exchange();
    const { clock, time } = exchange;
    time.start();
    await clock.advance(MINUTE_MS);
    exchange.aheadMs = 7_000;
    exchange.wayMs = exchange.backMs = 2_000;
    await clock.advance(10 * MINUTE_MS);
    expect(time.offset?.offsetMs).toBe(5_000);
    exchange.aheadMs = 90_000;
    await clock.advance(10 * MINUTE_MS);
    expect(time.offset?.offsetMs).toBe(90_000);
    exchange.aheadMs = 7_000;
    exchange.wayMs = exchange.backMs = 50;
    await clock.advance(10 * MINUTE_MS);
    expect(time.offset?.offsetMs).toBe(7_000);
  });

  test('is asked anew where others answer, whose word counts alone', async () => {
    const exchange = new Exchange();
    const { clock, time, asked } = exchange;
    time.restart();
    expect(asked).toEqual([]);
    time.start();
    await clock.advance(50);
    exchange.aheadMs = -3_000;
    time.restart();
    await clock.advance(1_000);
    expect(asked).toHaveLength(2);
    expect(time.offset?.offsetMs).toBe(-3_000);
  });

  test('is not told by an answer that was on its way from others', async () => {
    const exchange = new Exchange();
    const { clock, time } = exchange;
    time.start();
    await clock.advance(50);
    exchange.isDown = true;
    time.restart();
    await clock.advance(1_000);
    expect(time.offset).toBeUndefined();
  });

  test('is ours for good where the exchange does not tell', async () => {
    const clock = new VirtualClock();
    const time = new ExchangeClock(clock, { next: () => 0.5 }, undefined);
    time.start();
    await clock.advance(MINUTE_MS);
    expect([time.now(), time.offset, clock.pending]).toEqual([clock.now(), undefined, 0]);
  });
});
