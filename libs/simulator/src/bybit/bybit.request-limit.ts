import type { Clock } from '@exchange-stream/market-data';
import { SlidingWindow } from '../sliding-window.ts';
import type { ViolationLog } from '../violation-log.ts';
import { REFUSAL_MS, REQUEST_WINDOW_MS, REQUESTS_PER_WINDOW } from './bybit.limits.ts';

/** Requests of each address; who asks too often is refused for ten minutes. */
export class RequestLimit {
  private readonly windows = new Map<string, SlidingWindow>();
  private readonly refusedUntil = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly violations: ViolationLog,
  ) {}

  /** Counts one request. @returns whether it may be served */
  allows(address: string): boolean {
    const now = this.clock.monotonic();
    if (now < (this.refusedUntil.get(address) ?? -Infinity)) return false;
    const window = this.windows.get(address) ?? new SlidingWindow(this.clock, REQUEST_WINDOW_MS);
    this.windows.set(address, window);
    const count = window.add();
    if (count <= REQUESTS_PER_WINDOW) return true;
    this.refusedUntil.set(address, now + REFUSAL_MS);
    const detail = `${count} requests within 5 seconds, ${REQUESTS_PER_WINDOW} are allowed`;
    this.violations.add({ rule: 'request-weight', address, detail });
    return false;
  }
}
