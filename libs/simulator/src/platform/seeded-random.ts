import type { Random } from '@exchange-stream/market-data';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/**
 * A repeatable source of random numbers.
 *
 * @param seed any integer; the same seed gives the same numbers on every machine
 * @param purpose what the numbers are for: each purpose draws from its own sequence, so that one more symbol, or one
 * more reader of history, never changes what another symbol does
 */
export function seededRandom(seed: number, purpose: string): Random {
  const generator = xoroshiro128plus(mix(seed, purpose));
  return { next: () => uniformFloat64(generator) };
}

/** FNV-1a over the seed and the purpose. */
function mix(seed: number, purpose: string): number {
  let hash = 0x811c9dc5;
  for (const character of `${seed}:${purpose}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return hash;
}
