import type { Clock } from '@exchange-stream/market-data';
import type { AuditedExchange } from './audited.ts';
import type { Inconsistency, Suspicion } from './inconsistency.ts';
import { suspectConnections } from './suspect-connections.ts';
import { suspectSubscriptions } from './suspect-subscriptions.ts';

/** Between the look that finds something too old and the one that says so, every timer that is due has had its turn. */
const SECOND_LOOK_MS = 1_000;

/** What was found is not told again for so long, should mending not have helped. */
const QUIET_MS = 300_000;

interface Observation {
  readonly mark: string;
  readonly firstSeen: number;
  /** When it had lasted too long for the first time. */
  readonly ripeSince: number | undefined;
}

/** What one look has found. */
export interface Findings {
  /** Everything that is wrong. */
  readonly found: readonly Inconsistency[];
  /** What of it is to be mended and told now. */
  readonly news: readonly Inconsistency[];
}

/**
 * Looks at an exchange from time to time for what does not move and should. It counts time between its own looks, by the
 * monotonic clock, and believes nothing at the first look: a process that was suspended, and clocks that were set, accuse
 * nobody.
 */
export class Auditor {
  private observations = new Map<string, Observation>();
  private readonly told = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  look(exchange: AuditedExchange): Findings {
    const now = this.clock.monotonic();
    const observations = new Map<string, Observation>();
    const found: Inconsistency[] = [];
    const news: Inconsistency[] = [];
    for (const [id, at] of this.told) if (now - at >= QUIET_MS) this.told.delete(id);
    for (const suspicion of [...suspectConnections(exchange), ...suspectSubscriptions(exchange)]) {
      const id = idOf(suspicion);
      const observation = this.observe(suspicion, this.observations.get(id), now);
      observations.set(id, observation);
      if (!isCertain(suspicion, observation, now)) continue;
      const { mark: _mark, lastsMs: _lastsMs, ...inconsistency } = suspicion;
      found.push(inconsistency);
      if (this.told.has(id)) continue;
      this.told.set(id, now);
      news.push(inconsistency);
    }
    this.observations = observations;
    return { found, news };
  }

  private observe({ mark, lastsMs }: Suspicion, before: Observation | undefined, now: number): Observation {
    if (before?.mark !== mark) return { mark, firstSeen: now, ripeSince: undefined };
    const isRipe = now - before.firstSeen >= lastsMs;
    return { ...before, ripeSince: isRipe ? (before.ripeSince ?? now) : undefined };
  }
}

function isCertain({ lastsMs }: Suspicion, { ripeSince }: Observation, now: number): boolean {
  return lastsMs === 0 || (ripeSince !== undefined && now - ripeSince >= SECOND_LOOK_MS);
}

function idOf({ kind, subscription = '', connection = '', topic = '' }: Inconsistency): string {
  return `${kind} ${subscription} ${connection} ${topic}`;
}
