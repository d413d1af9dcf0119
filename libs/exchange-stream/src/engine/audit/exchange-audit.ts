import type { Clock } from '@exchange-stream/market-data';
import type { ConnectionPool } from '../connection/connection-pool.ts';
import type { DefinedConnections } from '../custom-connection/defined-connections.ts';
import type { LifecycleListener } from '../lifecycle/lifecycle-event.ts';
import type { SubscriptionRegistry } from '../subscription/subscription-registry.ts';
import { Auditor } from './auditor.ts';
import type { Inconsistency } from './inconsistency.ts';

/** What the audit of an exchange looks at. */
export interface AuditEnvironment {
  readonly exchange: string;
  readonly clock: Clock;
  readonly pool: ConnectionPool;
  readonly registry: SubscriptionRegistry;
  readonly defined: DefinedConnections;
  readonly report: LifecycleListener;
}

/** Looks at one exchange for what the event path has missed, mends it, and says so. */
export class ExchangeAudit {
  private readonly auditor: Auditor;

  constructor(private readonly environment: AuditEnvironment) {
    this.auditor = new Auditor(environment.clock);
  }

  /** Returns everything that is wrong, what was told before included. */
  run(): readonly Inconsistency[] {
    const { pool, registry, defined } = this.environment;
    const { found, news } = this.auditor.look({
      subscriptions: registry.audited(),
      ...pool.audited(),
      ...defined.audited(),
    });
    for (const inconsistency of news) this.mend(inconsistency);
    return found;
  }

  private mend(inconsistency: Inconsistency): void {
    const { exchange, pool, registry, defined, report } = this.environment;
    const done =
      inconsistency.connection === undefined
        ? registry.mend(inconsistency)
        : (pool.unstick(inconsistency) ?? defined.unstick(inconsistency));
    // Gone with what was mended before it.
    if (done === undefined) return;
    report({ type: 'inconsistency', exchange, ...inconsistency, done });
  }
}
