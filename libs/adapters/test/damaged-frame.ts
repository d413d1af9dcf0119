/** How many frames to damage; more of them by `npm run test:deep`. */
export const MUTATIONS = Number(process.env.FRAME_MUTATIONS ?? 100_000);

const ALPHABET = Buffer.from('{}[]",:.0123456789eE+-\\ trufalsnb\0\n\u00e9', 'utf8');

/** One to three changes of the kinds that wires and servers make. */
export function damaged(frame: Buffer, random: () => number): Buffer {
  let bytes = frame;
  for (let change = Math.floor(random() * 3); change >= 0; change--) {
    const at = Math.floor(random() * bytes.length);
    const length = 1 + Math.floor(random() * (random() < 0.8 ? 2 : 20));
    const letter = ALPHABET.subarray(Math.floor(random() * ALPHABET.length)).subarray(0, 1);
    const [before, cut, after] = [
      bytes.subarray(0, at),
      bytes.subarray(at, at + length),
      bytes.subarray(at + length),
    ];
    const kinds = [
      [before, letter, cut, after],
      [before, letter, bytes.subarray(at + 1)],
      [before, after],
      [before, cut, cut, after],
      [before, Buffer.from(cut).reverse(), after],
      [before, Buffer.from(String(Math.floor(random() * 1e9))), cut, after],
      [before],
    ];
    bytes = Buffer.concat(kinds[Math.floor(random() * (random() < 0.9 ? 6 : 7))]!);
  }
  return bytes;
}

/** Numbers from 0 to 1, the same for the same seed (a linear congruential generator, Numerical Recipes' constants). */
export function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
