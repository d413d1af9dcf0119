import type { Clock } from '@exchange-stream/market-data';
import { SlidingWindow } from '../sliding-window.ts';
import { BLOCK_MS, CONNECTS } from './bitfinex.limits.ts';

export type BitfinexHost = keyof typeof CONNECTS;

/** Where trading is: the other host, and every address of this machine, is the public one. */
const AUTH_HOST = 'api.bitfinex.com';

export function hostOf(host: string | undefined): BitfinexHost {
  return host?.replace(/:\d+$/, '') === AUTH_HOST ? 'auth' : 'public';
}

/** Counts who connects how often, and refuses for a minute whoever does too often. */
export class ConnectBudgets {
  private readonly windows = new Map<string, SlidingWindow>();
  private readonly blockedUntil = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** @returns what is wrong with one connect more; undefined where it may be */
  refuse(address: string, host: BitfinexHost): string | undefined {
    const key = `${host} ${address}`;
    const { most, windowMs } = CONNECTS[host];
    const now = this.clock.monotonic();
    if (now < (this.blockedUntil.get(key) ?? -Infinity)) return `a connect to the ${host} host while blocked`;
    const window = this.windows.get(key) ?? new SlidingWindow(this.clock, windowMs);
    this.windows.set(key, window);
    const connects = window.add();
    if (connects <= most) return undefined;
    this.blockedUntil.set(key, now + BLOCK_MS);
    return `${connects} connects to the ${host} host within ${windowMs / 1000} seconds, ${most} are allowed`;
  }
}
