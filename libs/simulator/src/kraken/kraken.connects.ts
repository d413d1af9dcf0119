import type { Clock } from '@exchange-stream/market-data';
import { SlidingWindow } from '../sliding-window.ts';
import type { ViolationLog } from '../violation-log.ts';
import { CONNECT_WINDOW_MS, CONNECTS_PER_WINDOW, MAINTENANCE_CONNECT_MS } from './kraken.limits.ts';

/** How often each address connects. How long it is kept out is not documented: here, as long as it counts. */
export class KrakenConnects {
  private readonly windows = new Map<string, SlidingWindow>();
  private readonly latest = new Map<string, number>();
  private readonly bannedUntil = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly violations: ViolationLog,
  ) {}

  /** Counts one connect. @returns whether the address is kept out */
  isTooOften(address: string, isMaintained: boolean): boolean {
    const now = this.clock.monotonic();
    if (now < (this.bannedUntil.get(address) ?? -Infinity)) return true;
    const sinceMs = now - (this.latest.get(address) ?? -Infinity);
    this.latest.set(address, now);
    if (isMaintained && sinceMs < MAINTENANCE_CONNECT_MS)
      this.violate(address, `a connect ${sinceMs} ms after the one before, during maintenance`);
    const window = this.windows.get(address) ?? new SlidingWindow(this.clock, CONNECT_WINDOW_MS);
    this.windows.set(address, window);
    const count = window.add();
    if (count <= CONNECTS_PER_WINDOW) return false;
    this.bannedUntil.set(address, now + CONNECT_WINDOW_MS);
    this.violate(address, `${count} connects within 10 minutes, ${CONNECTS_PER_WINDOW} are allowed`);
    return true;
  }

  private violate(address: string, detail: string): void {
    this.violations.add({ rule: 'connections-per-address', address, detail });
  }
}
