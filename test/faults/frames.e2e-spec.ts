import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Socket } from 'node:net';
import type { LabDialects } from '../lab/twin/index.ts';
import { inFaultWorld, type FaultWorld } from './fault-world.ts';
import { startFront, type Front } from './front.ts';
import { heldBytes } from './heap.ts';
import { measured } from './measured.ts';
import {
  binaryFrame,
  bomb,
  firstFragment,
  gzipBomb,
  nextFragment,
  packedTextFrame,
  textFrame,
} from './raw-frames.ts';
import { until } from './until.ts';

jest.setTimeout(180_000);

const MIB = 1024 * 1024;
/** What the engine takes by default. */
const CAP = 8 * MIB;

/** To unpack all of the bomb takes several seconds of it. Not wall time: a busy machine holds everybody up. */
const MOST_CPU_MS = 1_000;

const SLOW_CLOSE_MS = 30_000;

/** Between two looks at what is held. */
const LOOK_EVERY = 2 * MIB;

/**
 * Sends while the peer takes it and there is more, until the connection is given up; returns how many bytes more were held
 * meanwhile, at most.
 */
async function flood(world: FaultWorld, client: Socket, parts: Iterable<Buffer>): Promise<number> {
  const isGivenUp = (): boolean => world.views.some(({ state }) => state === 'waiting');
  const before = heldBytes();
  let most = 0;
  let sinceLook = 0;
  for (const part of parts) {
    if (client.destroyed || isGivenUp()) break;
    const hasRoom = client.write(part);
    sinceLook += part.length;
    if (!hasRoom)
      await until('there is room', () => client.destroyed || isGivenUp() || !client.writableNeedDrain);
    // Buffers that nobody holds are gone by then.
    if (sinceLook < LOOK_EVERY) continue;
    sinceLook = 0;
    most = Math.max(most, heldBytes() - before);
  }
  await until('the connection is given up', isGivenUp);
  return Math.max(most, heldBytes() - before);
}

/** Lab is live behind a front that can put bytes between its frames. */
async function liveBehindFront(world: FaultWorld): Promise<Front> {
  const front = world.also(await startFront(world.network));
  world.run({ sockets: `ws://${front.host}:${front.port}` });
  await world.live();
  return front;
}

/** Lab falls silent, so that what is put in does not land within a frame of its own. */
async function victimOf(world: FaultWorld, front: Front): Promise<Socket> {
  world.lab.exchange.market.pause();
  const quiet = { events: -1, since: 0 };
  await until('lab is silent', () => {
    const { length } = world.events;
    if (length !== quiet.events) Object.assign(quiet, { events: length, since: performance.now() });
    return performance.now() - quiet.since > 300;
  });
  const [victim] = front.led;
  if (!victim) throw new Error('Nobody is connected.');
  return victim;
}

/** Returns how long it took, in milliseconds. */
async function expectBack(world: FaultWorld): Promise<number> {
  world.lab.exchange.market.resume();
  const since = performance.now();
  await until('the connection is a fresh one', () =>
    world.views.some(({ state, reconnects }) => state === 'open' && reconnects === 1),
  );
  await world.live();
  const tookMs = performance.now() - since;
  expect(world.states).toContain('stale');
  world.expectOneOfEach();
  await world.expectSameBook();
  return tookMs;
}

function* repeated(first: Buffer, next: Buffer, times: number): Generator<Buffer> {
  yield first;
  for (let sent = 0; sent < times; sent++) yield next;
}

const NO_BYTES = Buffer.alloc(0);
const PART = Buffer.alloc(64 * 1024, 'x');
/** So many of them in one write, or ten million would take their time. */
const TOGETHER = 100_000;

describe('frames', () => {
  test.each([
    [
      'a frame of 1 GiB',
      () => {
        const header = Buffer.from([0x81, 127, 0, 0, 0, 0, 0x40, 0, 0, 0]);
        return repeated(header, PART, 16_384);
      },
      `a frame was larger than ${CAP} bytes, so we closed with code 1009`,
    ],
    [
      'a frame just above the cap',
      () => [textFrame(Buffer.alloc(CAP + 1, 'x'))],
      `a frame was larger than ${CAP} bytes, so we closed with code 1009`,
    ],
    [
      'fragments without end',
      () => repeated(firstFragment(PART), nextFragment(PART), 16_384),
      `a frame was larger than ${CAP} bytes, so we closed with code 1009`,
    ],
    [
      'ten million empty fragments',
      () => repeated(firstFragment(NO_BYTES), Buffer.alloc(TOGETHER * 2), 10_000_000 / TOGETHER),
      'a frame came in too many fragments, so we closed with code 1008',
    ],
  ])(
    'case 16: %s is given up at the cap, whatever the peer does with the close (slow-close)',
    (what, parts, reason) =>
      inFaultWorld({ tuning: { closeDeadlineMs: SLOW_CLOSE_MS } }, async (world) => {
        const front = await liveBehindFront(world);
        // Our own end of the stream reaches the exchange late, and its answer us later still.
        for (const direction of ['upstream', 'downstream'] as const)
          world.network.add({ type: 'slow-close', direction, delayMs: 2 * SLOW_CLOSE_MS });
        const victim = await victimOf(world, front);
        const since = performance.now();
        const more = await flood(world, victim, parts());
        expect(more).toBeLessThan(2 * CAP);
        const lost = await world.view('it is given up', ({ state }) => state === 'waiting');
        expect(lost.reason).toBe(reason);
        // Nobody waits for an answer to our close.
        expect(lost.at - since).toBeLessThan(SLOW_CLOSE_MS / 2);
        await world.expectBesideUnharmed();
        world.network.clear();
        const backMs = await expectBack(world);
        measured({
          case: 16,
          fault: what,
          detectedMs: lost.at - since,
          backMs,
          outcome: `${lost.reason}; ${(Math.max(0, more) / MIB).toFixed(1)} MiB more held at most, cap ${CAP / MIB} MiB`,
        });
      }),
  );

  test.each<[LabDialects['packing'], Buffer, RegExp]>([
    [
      'permessage-deflate',
      packedTextFrame(bomb(1_024)),
      /^a frame was larger than 8388608 bytes, so we closed with code 1009$/,
    ],
    ['gzip', binaryFrame(gzipBomb(1_024)), /^a frame would unpack to more than 8388608 bytes$/],
    ['deflate-raw', binaryFrame(bomb(1_024)), /^a frame would unpack to more than 8388608 bytes$/],
  ])('case 17: 1 GiB packed into 1 MiB (%s) is given up when it reaches the cap', (packing, bytes, reason) =>
    inFaultWorld({ dialects: { packing } }, async (world) => {
      const front = await liveBehindFront(world);
      const victim = await victimOf(world, front);
      expect(bytes.length).toBeLessThan(1.2 * MIB);
      const delays = monitorEventLoopDelay({ resolution: 1 });
      const before = heldBytes();
      const since = performance.now();
      const cpu = process.cpuUsage();
      delays.enable();
      victim.write(bytes);
      const lost = await world.view('it is given up', ({ state }) => state === 'waiting');
      delays.disable();
      const { user, system } = process.cpuUsage(cpu);
      expect((user + system) / 1_000).toBeLessThan(MOST_CPU_MS);
      const more = heldBytes() - before;
      expect(more).toBeLessThan(2 * CAP);
      expect(lost.reason).toMatch(reason);
      const blockedMs = delays.max / 1e6;
      await world.expectBesideUnharmed();
      const backMs = await expectBack(world);
      measured({
        case: 17,
        fault: `1 GiB packed into 1 MiB (${packing})`,
        detectedMs: lost.at - since,
        backMs,
        outcome: `${lost.reason}; event loop blocked for ${blockedMs.toFixed(0)} ms at most, ${((user + system) / 1_000).toFixed(0)} ms of CPU, ${(Math.max(0, more) / MIB).toFixed(1)} MiB more held`,
      });
    }),
  );
});
