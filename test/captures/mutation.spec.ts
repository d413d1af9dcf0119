import { measured } from '../faults/measured.ts';
import { binanceReader } from './binance.reader.ts';
import type { ReferenceReader } from './reference-reader.ts';
import { TapeWorld } from './tape-world.ts';
import { Tape } from './tape.ts';

/** Recorded sessions with books, of exchanges that have an adapter. */
const READERS: Readonly<Record<string, ReferenceReader>> = { binance: binanceReader };

/** More of them: MUTATIONS=1000 npx jest test/captures */
const RUNS = Number(process.env.MUTATIONS ?? 100);

/** After the last fault: longer than any wait that it can lead to. */
const ROUNDS_TO_HEAL = 10;

describe.each(Object.entries(READERS))('a recorded session of %s', (_, reader) => {
  const tape = Tape.of(reader);
  const it = tape ? test : test.skip;
  const befell = { dropped: 0, repeated: 0, moved: 0, corrupted: 0, gaps: 0 };
  const compared = { whole: 0, inPart: 0, not: 0 };

  it('is shown as it was', async () => {
    const world = TapeWorld.of(0, tape!, reader);
    world.exchange.mutations.isOn = false;
    await world.play(3 * tape!.roundMs);
    world.expectRight();
    world.expectNothingWrong();
    expect(world.gaps).toBe(0);
    await world.close();
  });

  it.each(Array.from({ length: RUNS }, (_unused, index) => index + 1))(
    'is never shown wrong, and is shown again, whatever is lost, repeated, moved or spoiled of it (seed %d)',
    async (seed) => {
      const world = TapeWorld.of(seed, tape!, reader);
      await world.suffer();
      await world.heal(ROUNDS_TO_HEAL);
      world.expectRight();
      world.expectNothingWrong();
      await world.close();
      add(befell, { ...world.exchange.mutations.counts, gaps: world.gaps });
      for (const { watch } of world.books.values()) add(compared, watch.compared);
    },
  );

  // A few runs may well miss a kind.
  (RUNS < 20 ? test.skip : it)(
    'was spoiled in every way, and books were hardly ever exempt from being compared',
    () => {
      expect(Object.entries(befell).filter(([, count]) => count === 0)).toEqual([]);
      const { whole, inPart, not } = compared;
      expect(whole / (whole + inPart + not)).toBeGreaterThan(0.8);
      measured({
        case: 'mutated recording',
        fault:
          `${RUNS} runs of ${reader.session}: ${befell.dropped} frames dropped, ${befell.repeated} repeated, ` +
          `${befell.moved} moved, ${befell.corrupted} corrupted; answers by HTTP refused, spoiled, old or late; cuts`,
        outcome:
          `${befell.gaps} gaps, no wrong book, always live again; ${whole} books compared as a whole, ` +
          `${inPart} but at prices where valid frames had other digits, ${not} not, as their numbers had`,
      });
    },
  );
});

function add(sums: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
}
