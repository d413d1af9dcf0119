import assert from 'node:assert/strict';
import type { AcceptanceCard } from '../card.ts';
import type { Stage } from '../stage/stage.ts';

const MINUTE = 60_000;

/** From the first dial to the end. */
export const CONNECTIONS: readonly AcceptanceCard[] = [
  {
    number: 1,
    name: 'connect: what is subscribed is served, and a book is the one of the exchange',
    async play(stage: Stage): Promise<void> {
      const followed = stage.followUsual();
      await stage.untilLive();
      for (const each of followed) if (each.request.channel === 'book') await stage.expectBook(each);
    },
  },
  {
    number: 2,
    name: 'reconnect: lost connections are dialled again, and everything is right and live again',
    async play(stage: Stage): Promise<void> {
      const followed = stage.followUsual();
      await stage.untilLive();
      stage.inject({ type: 'cut' });
      await stage.pass(1_000);
      for (const { states } of followed) assert.ok(states.includes('stale'), 'a loss was not told');
      await stage.untilLive();
      await stage.pass(5_000);
      for (const each of followed) if (each.request.channel === 'book') await stage.expectBook(each);
    },
  },
  {
    number: 3,
    name: 'refused handshakes: the exchange is dialled within its limits until it answers',
    async play(stage: Stage): Promise<void> {
      stage.followUsual();
      await stage.untilLive();
      stage.inject({ type: 'refuse-handshakes', status: 503, forMs: 2 * MINUTE });
      stage.inject({ type: 'cut' });
      await stage.pass(2 * MINUTE);
      await stage.untilLive(undefined, 2 * MINUTE);
    },
  },
  {
    number: 4,
    name: 'rotate: before a connection is too old a fresh one takes its place, and nobody notices',
    stage: { lifetimeMs: 3 * MINUTE },
    async play(stage: Stage): Promise<void> {
      const followed = stage.followUsual();
      await stage.untilLive();
      const before = new Set([...stage.exchange.connections].map(({ id }) => id));
      const told = followed.map(({ states }) => states.length);
      await stage.pass(5 * MINUTE);
      const after = [...stage.exchange.connections].map(({ id }) => id);
      assert.ok(after.length > 0 && after.every((id) => !before.has(id)), 'no connection was replaced');
      for (const [index, { states, request }] of followed.entries())
        assert.deepEqual(states.slice(told[index]), [], `consumers of ${request.channel} noticed`);
      for (const each of followed) {
        if (each.request.channel === 'book') await stage.expectBook(each);
        if (each.request.channel === 'trades') stage.expectEachTradeOnce(each);
      }
    },
  },
  {
    number: 5,
    name: 'close codes: whatever the exchange closes with, it is dialled again',
    async play(stage: Stage): Promise<void> {
      stage.followUsual();
      await stage.untilLive();
      for (const code of [1000, 1001, 1012, undefined]) {
        stage.inject({ type: 'close', ...(code !== undefined && { code }) });
        await stage.pass(1_000);
        await stage.untilLive(undefined, 2 * MINUTE);
      }
    },
  },
  {
    number: 6,
    name: 'maintenance notice: what goes down is left for a fresh connection before it closes, or found again after',
    async play(stage: Stage): Promise<void> {
      const followed = stage.followUsual();
      await stage.untilLive();
      stage.inject({ type: 'server-shutdown', closeAfterMs: 20_000 });
      await stage.pass(25_000);
      await stage.untilLive();
      for (const each of followed) if (each.request.channel === 'book') await stage.expectBook(each);
    },
  },
  {
    number: 7,
    name: 'a quiet hour: signs of life are given and taken, and nothing else is said',
    stage: { activity: 0.02 },
    async play(stage: Stage): Promise<void> {
      stage.follow('book');
      await stage.untilLive();
      const before = [...stage.exchange.connections].map(({ id }) => id);
      await stage.pass(15 * MINUTE);
      assert.deepEqual(
        [...stage.exchange.connections].map(({ id }) => id),
        before,
        'connections were lost',
      );
    },
  },
  {
    number: 8,
    name: 'shutdown: closing ends every connection, timer and request',
    async play(stage: Stage): Promise<void> {
      stage.followUsual();
      await stage.untilLive();
      stage.inject({ type: 'rest-slow', delayMs: 20_000 });
      stage.inject({ type: 'cut' });
      await stage.pass(2_000);
      await stage.close();
      assert.equal(stage.exchange.connections.size, 0, 'a connection is left');
    },
  },
];
