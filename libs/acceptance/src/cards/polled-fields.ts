import assert from 'node:assert/strict';
import type { AcceptanceCard } from '../card.ts';
import type { AskedCall } from '../stage/asked.ts';
import type { Followed, Stage } from '../stage/stage.ts';
import type { Declared, StagePoll } from '../subject.ts';

/** What only REST tells. */
export const POLLED_FIELDS: readonly AcceptanceCard[] = [
  {
    number: 61,
    name: 'polled fields: what only REST tells comes in the same events, at its pace, whether calls fail or not, and until nobody wants it',
    stage: { activity: 0.2 },
    exempt: (declared: Declared): string | undefined =>
      declared.polls.length > 0 ? undefined : 'nothing is told by REST alone',
    async play(stage: Stage, declared: Declared): Promise<void> {
      const beside = declared.channel('book') && (await stage.live('book'));
      const told = beside?.states.length;
      for (const polled of declared.polls) {
        const { channel, instrument, poll } = polled;
        const followed = stage.follow(channel, {}, instrument);
        const calls = (): readonly AskedCall[] =>
          stage.asked.of(poll.operation, followed.handle.view().nativeSymbol ?? '');
        const told = `the ${poll.name} of ${instrument.symbol} is told`;
        const isTold = (): boolean => hasTold(polled, followed, calls().at(-1));
        const someRounds = 4 * poll.everyMs;
        await stage.until(told, isTold, someRounds);
        const before = calls().length;
        await stage.pass(someRounds);
        expectPace(polled, calls(), before);
        await expectToSurvive(stage, followed, calls, someRounds);
        await stage.until(`${told} again`, isTold, someRounds);
        assert.ok(followed.isLive, followed.handle.view().reason);
        await followed.handle.unsubscribe();
        const { length } = calls();
        await stage.pass(someRounds);
        assert.equal(calls().length, length, 'it is asked for and nobody wants it');
      }
      assert.deepEqual(beside?.states.slice(told), beside && [], 'a book was disturbed');
    },
  },
];

/** Whether the latest event has what the latest answer tells. */
function hasTold({ poll }: StagePoll, { latest, handle }: Followed, call: AskedCall | undefined): boolean {
  if (!latest || call?.answer?.status !== 200) return false;
  const { nativeSymbol = '', category } = handle.view();
  const listed = { nativeSymbol, ...(category !== undefined && { category }) };
  const row = poll.operation.parse(call.answer.body, listed, (reason) => assert.fail(reason));
  assert.ok(row, `REST tells no ${poll.name}`);
  const told = new Map<string, unknown>(Object.entries(latest));
  return Object.entries(row).every(([field, value]) => told.get(field) === value);
}

function expectPace({ poll }: StagePoll, calls: readonly AskedCall[], before: number): void {
  assert.ok(calls.length - before >= 3, `the ${poll.name} is asked for too seldom`);
  for (const [index, { at }] of calls.slice(1).entries()) {
    const gap = at - (calls[index]?.at ?? -Infinity);
    assert.ok(gap >= poll.everyMs, `the ${poll.name} is asked for every ${gap} ms`);
  }
}

/** While its calls fail, and only these. */
async function expectToSurvive(
  stage: Stage,
  { handle }: Followed,
  calls: () => readonly AskedCall[],
  forMs: number,
): Promise<void> {
  const path = calls().at(-1)?.url.pathname;
  assert.ok(path, 'nothing was asked for');
  const failing = stage.inject({ type: 'rest-status', status: 503, path });
  await stage.pass(forMs);
  assert.ok(failing.hits > 0, 'it was not asked for again after a failure');
  assert.equal(handle.view().state, 'subscribed', 'a failing call has taken a subscription down');
  const isTold = stage.events.some((event) => event.type === 'seed-failed');
  assert.ok(isTold, 'a failing call was told to nobody');
  failing.clear();
}
