import { until } from './until.ts';

/** What an engine, a twin or a network may forget to give back. */
const KINDS = /^(TCP|TLS|Timeout|GetAddrInfo|Zlib)/;

function held(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) {
    if (KINDS.test(kind)) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** Remembers the sockets and timers of the process; the function returned waits until there are no more than then. */
export function watchResources(): () => Promise<void> {
  const before = held();
  const more = (): string[] =>
    Object.entries(held()).flatMap(([kind, count]) => {
      const grown = count - (before[kind] ?? 0);
      return grown > 0 ? [`${grown} ${kind}`] : [];
    });
  // The timer that looks is not there while it looks.
  return async () => {
    try {
      await until('all sockets and timers are given back', () => more().length === 0);
    } catch (error) {
      throw new Error(`Left behind: ${more().join(', ')}.`, { cause: error });
    }
  };
}
