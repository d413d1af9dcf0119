import type { SubscriptionParams } from '@exchange-stream/market-data';
import type { BookRules, LinkVerdict, NumberedLink } from '@exchange-stream/nestjs/contract';

/** Levels per side of the REST seed: the most there are. */
const SEED_DEPTH = 1000;

/**
 * "How to manage a local order book correctly": each event names the last id of the one before it (`pu`). Ids count changes
 * of all symbols, so that `U` says nothing about what lies between two events.
 */
export function follows(sequence: number, { previous, last }: NumberedLink): LinkVerdict {
  if (last <= sequence) return 'old';
  return previous === undefined || previous === sequence ? 'follows' : 'gap';
}

/**
 * The first event after the seed has `U <= lastUpdateId <= u` by the documentation, and often `pu = lastUpdateId` as it
 * comes: nothing of the symbol has changed between `pu` and `U`, so that both say the same. An empty book of a new listing
 * has the id -1: everything is after it.
 */
export function bridges(sequence: number, { previous, first, last }: NumberedLink): LinkVerdict {
  if (sequence === -1) return 'follows';
  if (last < sequence) return 'old';
  const from = previous ?? first;
  return from === undefined || from <= sequence ? 'follows' : 'gap';
}

/** Partial books come whole every time, though they look like changes; the full one is a seed and its changes. */
export function bookRules(params: SubscriptionParams): BookRules {
  if (params.depth !== undefined) return { kind: 'whole' };
  return { kind: 'linked', seed: 'rest', seedDepth: SEED_DEPTH, follows, bridges };
}
