import fc from 'fast-check';
import { ResubscribeAllowance } from './resubscribe-allowance.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

describe('the allowance of resubscribes', () => {
  test('is three an hour, each counted from when the exchange has confirmed it', () => {
    const allowance = new ResubscribeAllowance();
    expect(allowance.take(0)).toBe(1);
    allowance.confirmed(10 * MINUTE_MS);
    // What is confirmed for another reason moves nothing.
    allowance.confirmed(15 * MINUTE_MS);
    expect(allowance.take(20 * MINUTE_MS)).toBe(2);
    allowance.confirmed(20 * MINUTE_MS);
    expect(allowance.take(30 * MINUTE_MS)).toBe(3);
    allowance.confirmed(30 * MINUTE_MS);
    expect(allowance.take(69 * MINUTE_MS)).toBeUndefined();
    expect(allowance.waitMs(69 * MINUTE_MS)).toBe(MINUTE_MS);
    expect(allowance.take(70 * MINUTE_MS)).toBe(3);
  });

  test('keeps to it at the exchange, however long each waits before it is sent', () => {
    const resubscribe = fc.record({
      silentMs: fc.integer({ min: 0, max: 40 * MINUTE_MS }),
      waitsMs: fc.integer({ min: 0, max: 2 * HOUR_MS }),
      ackMs: fc.integer({ min: 1, max: MINUTE_MS }),
    });
    fc.assert(
      fc.property(fc.array(resubscribe, { minLength: 5, maxLength: 30 }), (script) => {
        const allowance = new ResubscribeAllowance();
        const sent: number[] = [];
        let now = 0;
        for (const { silentMs, waitsMs, ackMs } of script) {
          now += silentMs;
          now += allowance.waitMs(now);
          expect(allowance.take(now)).toBeDefined();
          sent.push((now += waitsMs));
          allowance.confirmed((now += ackMs));
        }
        for (const at of sent)
          expect(sent.filter((other) => other > at - HOUR_MS && other <= at).length).toBeLessThanOrEqual(3);
      }),
    );
  });
});
