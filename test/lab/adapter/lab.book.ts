import type { SubscriptionParams } from '@exchange-stream/market-data';
import type { NumberedLink, BookRules, LinkVerdict } from '@exchange-stream/nestjs/contract';
import type { LabBooks } from './lab.options.ts';

const SEED_DEPTH = 1000;

/** The ten best levels come whole each time; how the changes of the whole book link is the dialect. */
export function bookRules(books: LabBooks, params: SubscriptionParams): BookRules {
  if (params.depth !== undefined) return { kind: 'whole' };
  switch (books) {
    case 'range':
      return {
        kind: 'linked',
        seed: 'rest',
        seedDepth: SEED_DEPTH,
        follows: rangeFollows,
        bridges: rangeBridges,
      };
    case 'previous':
      return {
        kind: 'linked',
        seed: 'rest',
        seedDepth: SEED_DEPTH,
        follows: previousFollows,
        bridges: previousBridges,
      };
    case 'stream':
      return { kind: 'linked', seed: 'stream', follows: countFollows };
  }
}

/** `range`: a change follows when its `first` is the last one plus one. */
export function rangeFollows(sequence: number, { first, last }: NumberedLink): LinkVerdict {
  if (last <= sequence) return 'old';
  return first === sequence + 1 ? 'follows' : 'gap';
}

/** `range`, after a REST book: `first` ≤ its sequence + 1 ≤ `last`. */
export function rangeBridges(sequence: number, { first, last }: NumberedLink): LinkVerdict {
  if (last <= sequence) return 'old';
  return first !== undefined && first <= sequence + 1 ? 'follows' : 'gap';
}

/** `previous`: a change follows the one whose `last` it names. */
export function previousFollows(sequence: number, { previous, last }: NumberedLink): LinkVerdict {
  if (last <= sequence) return 'old';
  return previous === sequence ? 'follows' : 'gap';
}

/** `previous`, after a REST book: `previous` ≤ its sequence < `last`. */
export function previousBridges(sequence: number, { previous, last }: NumberedLink): LinkVerdict {
  if (last <= sequence) return 'old';
  return previous !== undefined && previous <= sequence ? 'follows' : 'gap';
}

/** `stream`: `last` counts up by one with every frame of the topic. */
export function countFollows(sequence: number, { last }: NumberedLink): LinkVerdict {
  if (last <= sequence) return 'old';
  return last === sequence + 1 ? 'follows' : 'gap';
}
