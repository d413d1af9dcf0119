import type { ConnectionDefinition, DefinedConnectionHandle } from '../../src/engine/index.ts';
import { FakeWorld } from './fake-exchange.ts';

export const frame = (op: string, topics: readonly string[] = []): string =>
  JSON.stringify({ op, key: '', topics });

/** A connection as a test's user would define it. */
export const definitionOf = (more: Partial<ConnectionDefinition> = {}): ConnectionDefinition => ({
  name: 'news',
  url: 'wss://news.test/feed',
  handler: () => undefined,
  subscriber: (topics) => [frame('sub', topics)],
  unsubscriber: (topics) => [frame('unsub', topics)],
  ...more,
});

/** A world with a user-defined connection, and what its handler heard. */
export function defined(more: Partial<ConnectionDefinition> = {}): {
  world: FakeWorld;
  heard: string[];
  handle: DefinedConnectionHandle;
} {
  const world = new FakeWorld();
  const heard: string[] = [];
  const definition = definitionOf({ handler: (text) => heard.push(text), ...more });
  return { world, heard, handle: world.stream.manager('fake').define(definition) };
}

export async function settle(world: FakeWorld): Promise<void> {
  for (let round = 0; round < 5; round++) await world.clock.advance(0);
}

/** What was asked on the newest socket since the last call. */
export const asked = (world: FakeWorld, socket = world.socket): string[] =>
  socket.sent.splice(0).map(({ op, topics }) => `${op} ${topics.join()}`);

/** Lets the newest socket open. */
export async function accept(world: FakeWorld): Promise<void> {
  world.socket.accept();
  await settle(world);
}

/** Loses the newest socket, and waits until it is dialled again. */
export async function lose(world: FakeWorld): Promise<void> {
  world.socket.end(1006);
  await world.clock.advance(1_000);
}
