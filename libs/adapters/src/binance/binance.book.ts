import type { SubscriptionParams } from '@exchange-stream/market-data';
import type { NumberedLink, BookRules, LinkVerdict } from '@exchange-stream/nestjs/contract';

/**
 * Levels per side of the REST seed. It could be 5000, but that costs five times as much of a budget shared by all books
 * (250 instead of 50 of 6000 a minute).
 */
const SEED_DEPTH = 1000;

/**
 * "How to manage a local order book correctly", state 2025-11-12: an event with `u` at or below the book's id is already
 * in it; one with `U` beyond id + 1 shows that something is missing. The first event after the seed obeys the same rule:
 * `U <= lastUpdateId + 1 <= u`.
 */
export function follows(sequence: number, link: NumberedLink): LinkVerdict {
  if (link.last <= sequence) return 'old';
  if (link.first !== undefined && link.first > sequence + 1) return 'gap';
  return 'follows';
}

/** Partial books come whole every time; the full one is a seed and its changes. */
export function bookRules(params: SubscriptionParams): BookRules {
  if (params.depth !== undefined) return { kind: 'whole' };
  return { kind: 'linked', seed: 'rest', seedDepth: SEED_DEPTH, follows };
}
