import assert from 'node:assert/strict';
import type { AcceptanceCard } from '../card.ts';
import type { Followed, Stage } from '../stage/stage.ts';
import type { Declared } from '../subject.ts';

/** Shorter than the silence after which a topic is asked for again where the exchange promises no cadence. */
const AT_REST_MS = 90_000;

/** Frames that are numbered in one count, whatever they are of. */
export const COUNTED_FRAMES: readonly AcceptanceCard[] = [
  {
    number: 29,
    name: 'connection sequence: every book of a connection that has lost a frame is built anew; repeated and late ones are passed over',
    exempt: (declared: Declared): string | undefined =>
      declared.isCounted('book') ? undefined : 'frames are not counted over the connection',
    async play(stage: Stage, declared: Declared): Promise<void> {
      const books = declared.instruments.map((instrument) => stage.follow('book', {}, instrument));
      const others = (['trades', 'quotes', 'ticker'] as const)
        .filter((channel) => declared.isCounted(channel))
        .map((channel) => stage.follow(channel));
      await stage.untilLive();
      await stage.pass(5_000);
      await loseOne(stage, books, others[0] ?? books[0]);

      const told = books.map(({ states }) => states.length);
      const twice = stage.inject({ type: 'duplicate-frames', count: 5 });
      await stage.pass(10_000);
      assert.ok(twice.over, 'there were no frames');
      expectNothingTold(books, told, 'frames that came twice');

      const late = stage.inject({ type: 'reorder-frames', count: 2 });
      await stage.until('a frame comes late', () => late.over);
      await stage.until('everything is right again', () => books.every(({ isLive }) => isLive));
      for (const [index, book] of books.entries()) await stage.expectBook(book, declared.instruments[index]);

      // Now come signs of life, and whatever else is sent of a market at rest.
      const before = books.map(({ states }) => states.length);
      const connections = [...stage.exchange.connections].map(({ id }) => id);
      stage.exchange.market.pause();
      await stage.pass(AT_REST_MS);
      stage.exchange.market.resume();
      await stage.pass(10_000);
      expectNothingTold(books, before, 'signs of life');
      assert.deepEqual(
        [...stage.exchange.connections].map(({ id }) => id),
        connections,
      );
    },
  },
];

/** One frame of a topic is lost: each book of its connection hears of it, or is on another one. */
async function loseOne(stage: Stage, books: readonly Followed[], of: Followed | undefined): Promise<void> {
  if (!of) return;
  const { connection } = of.handle.view();
  const beside = books.filter(({ handle }) => handle.view().connection === connection);
  assert.ok(beside.length > 0, 'no book is on the connection of what else is subscribed');
  const told = beside.map(({ states }) => states.length);
  const lost = stage.inject({ type: 'drop-frames', topic: of.topic, count: 1 });
  await stage.until('a frame is lost', () => lost.over);
  await stage.until(
    'each book of the connection is told of it',
    () => beside.every(({ states }, index) => states.slice(told[index]).some(isLoss)),
    30_000,
  );
  await stage.untilLive();
  for (const { gaps } of beside)
    // A book that is wrong would cross before long: that is too late.
    assert.doesNotMatch(gaps.at(-1) ?? '', /crossed/, 'the count has not shown it');
}

function isLoss(state: string): boolean {
  return state === 'gap' || state === 'stale';
}

function expectNothingTold(books: readonly Followed[], told: readonly number[], of: string): void {
  for (const [index, { states }] of books.entries())
    assert.deepEqual(states.slice(told[index]).filter(isLoss), [], `${of} were taken for a loss`);
}
