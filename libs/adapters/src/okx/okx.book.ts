import type { SubscriptionParams } from '@exchange-stream/market-data';
import type { BookChecksum, BookRules, LinkVerdict, NumberedLink } from '@exchange-stream/nestjs/contract';
import { crc32Checksum } from '../checksum/crc32-checksum.ts';

/**
 * An update names the id of the one before it. So it follows, be its own id
 * - larger: a change;
 * - the same: nothing has changed for a minute, and its lists are empty;
 * - smaller: OKX numbers anew after maintenance, and goes on from there.
 *
 * One whose id the book has already, and that names one before it, is a duplicate. All else leaves something out.
 */
export function follows(sequence: number, { last, previous }: NumberedLink): LinkVerdict {
  if (previous === undefined || previous === sequence) return 'follows';
  return last === sequence && previous < sequence ? 'old' : 'gap';
}

/** The first update on top of a book from elsewhere, as which OKX's documentation of REST seeds has it. */
export function bridges(sequence: number, link: NumberedLink): LinkVerdict {
  const { last, previous } = link;
  if (previous === undefined || previous === sequence) return 'follows';
  if (last <= sequence) return 'old';
  return previous < sequence ? 'follows' : 'gap';
}

/**
 * Of `books` only. OKX has sent 0, which is none, since 2026-06-23; what was recorded before bears one, without ids.
 */
const CHECKSUM: BookChecksum = {
  ...crc32Checksum({ levels: 25, order: 'interleaved', separator: ':', digits: 'written' }),
  isRetired: true,
};

/**
 * OKX has announced, and not done, that books begin without a snapshot; where none has come by then, REST has one, whose id
 * the updates have.
 */
const REST_SEED_AFTER_MS = 3_000;

/** The best five levels come whole every time; the full book is a snapshot and its changes. */
export function bookRules({ depth, rpi }: SubscriptionParams): BookRules {
  if (depth !== undefined) return { kind: 'whole' };
  const linked = { kind: 'linked', seed: 'stream', follows, bridges } as const;
  // The book of REST is that without the orders of retail price improvement.
  if (rpi === true) return linked;
  return { ...linked, checksum: CHECKSUM, restSeedAfterMs: REST_SEED_AFTER_MS };
}
