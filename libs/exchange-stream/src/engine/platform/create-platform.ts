import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { SystemClock } from '@exchange-stream/market-data';
import { InProcessNonces } from '../credentials/nonce-source.ts';
import { InProcessBudgets } from '../limits/budget-provider.ts';
import { boundedLookup } from './bounded-lookup.ts';
import type { Platform } from './platform.ts';
import { SystemRandom } from './system-random.ts';
import { UndiciHttpTransport } from './undici-http-transport.ts';
import { WsSocketFactory } from './ws-socket-factory.ts';

/** A platform and the means to let go of what it opened. */
export interface OwnedPlatform extends Platform {
  close(): Promise<void>;
}

/** Parts to use in place of the real ones. */
export interface PlatformOverrides extends Partial<Platform> {
  /** How host names become addresses, for sockets and HTTP alike; asked anew for every connection. Default: the system's. */
  readonly lookup?: LookupFunction;
  /** Certificate authorities to trust, in PEM, one after another, in place of those that Node brings along. */
  readonly ca?: string;
}

/** The real clock, sockets and HTTP; every part can be replaced. */
export function createPlatform(overrides: PlatformOverrides = {}): OwnedPlatform {
  const resolve = boundedLookup(overrides.lookup ?? lookup);
  const trust = overrides.ca === undefined ? {} : { ca: overrides.ca };
  const clock = overrides.clock ?? new SystemClock();
  const ownHttp = new UndiciHttpTransport(resolve, trust);
  return {
    clock,
    random: overrides.random ?? new SystemRandom(),
    sockets: overrides.sockets ?? new WsSocketFactory(resolve, trust),
    http: overrides.http ?? ownHttp,
    budgets: overrides.budgets ?? new InProcessBudgets(clock),
    nonces: overrides.nonces ?? new InProcessNonces(clock),
    close: () => ownHttp.close(),
  };
}
