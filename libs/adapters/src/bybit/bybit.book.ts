import type { SubscriptionParams } from '@exchange-stream/market-data';
import type { BookRules, LinkVerdict, NumberedLink } from '@exchange-stream/nestjs/contract';

/**
 * "u is always in sequence": documented of the full book, and so in each of 2142 recorded updates of linear and spot books
 * of 200 levels, the first after a snapshot included. A smaller `u` is contained, unless it is 1: then the service was
 * started anew, and the session hands it over as a snapshot.
 */
export function follows(sequence: number, link: NumberedLink): LinkVerdict {
  if (link.last <= sequence) return 'old';
  return link.last === sequence + 1 ? 'follows' : 'gap';
}

/**
 * The best level comes whole each time, all others as a snapshot and changes. A level that is pushed out behind the last
 * one is removed by name, so nothing has to be trimmed: recorded books of 200 levels never had more.
 */
export function bookRules({ depth }: SubscriptionParams): BookRules {
  if (depth === 1) return { kind: 'whole' };
  return { kind: 'linked', seed: 'stream', follows, comesWholeAgain: true };
}
