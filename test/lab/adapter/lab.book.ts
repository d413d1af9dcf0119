import { crc32 } from 'node:zlib';
import type { BookLevel, SubscriptionParams } from '@exchange-stream/market-data';
import type {
  BookChecksum,
  BookRules,
  LinkedBookRules,
  LinkVerdict,
  NumberedLink,
  PriceBookRules,
} from '@exchange-stream/nestjs/contract';
import type { LabBooks } from './lab.options.ts';

const SEED_DEPTH = 1000;

/** Levels of each side that the checksum is of. */
const CHECKED_LEVELS = 10;

/** The checksum of the best ten levels, both sides in turn. */
export const bookChecksum: BookChecksum = {
  levels: CHECKED_LEVELS,
  of: (bids, asks) => crc32(checkedText(bids, asks)) | 0,
};

/** The ten best levels come whole each time; how the changes of the whole book link is the dialect. */
export function bookRules(books: LabBooks, params: SubscriptionParams, checksums = false): BookRules {
  if (params.depth !== undefined) return { kind: 'whole' };
  return { ...linkRules(books), ...(checksums && { checksum: bookChecksum }) };
}

function linkRules(books: LabBooks): LinkedBookRules & PriceBookRules {
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
      return { kind: 'linked', seed: 'stream', follows: countFollows, comesWholeAgain: true };
    case 'chain':
      return { kind: 'linked', seed: 'stream', follows: chainFollows, comesWholeAgain: true };
    case 'none':
      return { kind: 'linked', seed: 'stream', follows: () => 'follows', comesWholeAgain: true };
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

/** `chain`: a change follows the one whose `last` it names, wherever its own leads: nowhere, or back into a new count. */
export function chainFollows(sequence: number, { previous, last }: NumberedLink): LinkVerdict {
  if (previous === sequence) return 'follows';
  return last <= sequence ? 'old' : 'gap';
}

/** `price:amount` of the best bid, the best ask, the second bid and so on; where one side has ended, of the other. */
export function checkedText(bids: readonly BookLevel[], asks: readonly BookLevel[]): string {
  const places: string[] = [];
  for (let place = 0; place < CHECKED_LEVELS; place++) {
    for (const level of [bids[place], asks[place]]) if (level) places.push(`${level[0]}:${level[1]}`);
  }
  return places.join(':');
}
