import assert from 'node:assert/strict';
import type { AcceptanceCard } from '../card.ts';
import type { Stage } from '../stage/stage.ts';

const MINUTE = 60_000;

/** What should not come, and comes. */
export const FRAMES: readonly AcceptanceCard[] = [
  {
    number: 41,
    name: 'unknown frame: one of a topic that nobody asked for disturbs nobody',
    async play(stage: Stage): Promise<void> {
      const followed = stage.followUsual();
      await stage.untilLive();
      const told = followed.map(({ states }) => states.length);
      const connections = [...stage.exchange.connections].map(({ id }) => id);
      stage.inject({
        type: 'unsolicited-frame',
        topic: 'acceptance.unknown',
        data: { unknown: [1, null, 'x'] },
      });
      await stage.pass(5_000);
      assert.deepEqual(
        followed.map(({ states }) => states.length),
        told,
      );
      assert.deepEqual(
        [...stage.exchange.connections].map(({ id }) => id),
        connections,
      );
    },
  },
  {
    number: 42,
    name: 'malformed frames: nothing wrong is shown, and everything is right again',
    async play(stage: Stage): Promise<void> {
      const followed = stage.followUsual();
      await stage.untilLive();
      for (const how of [
        'garbage',
        'truncated',
        'deep-nesting',
        'prototype-keys',
        'infinite-numbers',
      ] as const) {
        stage.inject({ type: 'corrupt-frames', how, count: 3 });
        await stage.pass(5_000);
        await stage.untilLive(undefined, 2 * MINUTE);
      }
      assert.equal(Object.keys(Object.prototype).length, 0, 'the prototype of all objects was changed');
      for (const each of followed) if (each.request.channel === 'book') await stage.expectBook(each);
    },
  },
  {
    number: 43,
    name: 'a flood of pings: answered within the limits of the exchange',
    async play(stage: Stage): Promise<void> {
      stage.followUsual();
      await stage.untilLive();
      stage.inject({ type: 'ping-flood', pings: 500 });
      await stage.pass(MINUTE);
      await stage.untilLive();
    },
  },
];
