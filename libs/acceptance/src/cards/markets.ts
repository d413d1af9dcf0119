import assert from 'node:assert/strict';
import type { AcceptanceCard } from '../card.ts';
import type { Stage } from '../stage/stage.ts';
import type { Declared } from '../subject.ts';

const MINUTE = 60_000;
/** Within this time the list of instruments is looked at twice. */
const LOOKED_AT_MS = 4 * MINUTE;

/** Instruments come, stop and go. */
export const MARKETS: readonly AcceptanceCard[] = [
  {
    number: 51,
    name: 'instruments: each symbol of the stage is known, with its kind, and no two share one',
    async play(stage: Stage, { adapter, instruments }: Declared): Promise<void> {
      stage.followUsual();
      await stage.untilLive();
      const known = stage.stream.manager(adapter.exchange).instruments.list();
      const symbols = known.map(({ symbol }) => symbol);
      assert.equal(new Set(symbols).size, symbols.length, 'two instruments share a symbol');
      for (const { symbol } of instruments) assert.ok(symbols.includes(symbol), `${symbol} is not known`);
    },
  },
  {
    number: 52,
    name: 'delisting: what is not traded any more is said so, and nothing else is touched',
    stage: { activity: 0.02, instrumentsRefreshMs: LOOKED_AT_MS / 2 },
    exempt: ({ instruments }: Declared): string | undefined =>
      instruments.length > 1 ? undefined : 'one instrument only',
    async play(stage: Stage, { instruments }: Declared): Promise<void> {
      const [first, second] = instruments;
      if (!second) return;
      const [book, doomed] = [stage.follow('book', {}, first), stage.follow('book', {}, second)];
      await stage.untilLive();
      // Before the list says so, its silence has it asked for again.
      stage.tolerate('invalid-request');
      stage.exchange.market.delist(second.market);
      await stage.pass(LOOKED_AT_MS);
      assert.ok(!doomed.isLive, `a delisted market is shown as live: ${doomed.handle.view().reason}`);
      assert.ok(book.isLive, 'another market was disturbed');
      await stage.expectBook(book, first);
    },
  },
];
