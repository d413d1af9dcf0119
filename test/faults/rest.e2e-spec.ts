import type { ServerResponse } from 'node:http';
import { inFaultWorld } from './fault-world.ts';
import { heldBytes } from './heap.ts';
import { measured } from './measured.ts';
import { startRestFront } from './rest-front.ts';
import { until } from './until.ts';

jest.setTimeout(180_000);

const MIB = 1024 * 1024;
const BODY_BYTES = 100 * MIB;
/** What the client takes at most. */
const CAP = 64 * MIB;
/** What buffers between the two ends may hold, of the system and of Node. */
const ON_THE_WAY = 16 * MIB;
/** White space is JSON wherever it stands, so nothing but the size is wrong. */
const PART = Buffer.alloc(64 * 1024, ' ');

/** Sends a body that is too large, as fast as it is taken, and notes how much of it left and how much was held meanwhile. */
class LargeAnswer {
  asked = 0;
  sentBytes = 0;
  mostHeld = 0;
  private readonly before = heldBytes();

  constructor(private readonly isDeclared: boolean) {}

  readonly answer = (response: ServerResponse): void => {
    this.asked++;
    response.writeHead(200, {
      'content-type': 'application/json',
      ...(this.isDeclared && { 'content-length': BODY_BYTES }),
    });
    let left = BODY_BYTES;
    const more = (): void => {
      while (left > 0 && !response.destroyed) {
        left -= PART.length;
        this.sentBytes += PART.length;
        const hasRoom = response.write(PART);
        if (this.sentBytes % (8 * MIB) === 0)
          this.mostHeld = Math.max(this.mostHeld, heldBytes() - this.before);
        if (!hasRoom) return void response.once('drain', more);
      }
      response.end();
    };
    more();
  };
}

describe('faults of REST', () => {
  test.each([
    { how: 'declared', isDeclared: true, mostBytes: ON_THE_WAY },
    { how: 'in chunks', isDeclared: false, mostBytes: CAP + ON_THE_WAY },
  ])(
    'a body of 100 MB ($how) is not taken in, asked for again only after a while, and the rest goes on',
    ({ how, isDeclared, mostBytes }) =>
      inFaultWorld({}, async (world) => {
        const front = world.also(await startRestFront(world.lab.restUrl));
        const large = new LargeAnswer(isDeclared);
        const before = heldBytes();
        front.answers.set('/api/book', large.answer);
        const since = performance.now();
        world.run({ rest: front.url });
        const failures = (): string[] => world.reports.filter((report) => report.includes('"seed-failed"'));
        await until('the book could not be had', () => failures().length > 0);
        const detectedMs = performance.now() - since;
        // The error itself: JSON shows nothing of errors.
        const trades = world.events.length;
        await until('trades flow on', () => world.events.length > trades + 5);
        expect(world.seedErrors[0]).toMatchObject({
          code: 'REST',
          status: 200,
          temporary: false,
          message: expect.stringContaining(`is larger than ${CAP} bytes`) as unknown,
        });
        // Once for each time that the book was asked for, not as often as what is lost on the way.
        expect(large.asked).toBeLessThanOrEqual(failures().length + 1);
        expect(large.sentBytes / large.asked).toBeLessThan(mostBytes);
        expect(large.mostHeld).toBeLessThan(CAP + 32 * MIB);
        await world.expectBesideUnharmed();
        front.answers.clear();
        const backMs = await world.live(60_000);
        world.expectOneOfEach();
        await world.expectSameBook();
        // More than before: what else the process holds depends on the tests that it has run.
        expect(heldBytes() - before).toBeLessThan(CAP + 32 * MIB);
        measured({
          case: 'REST body of 100 MB',
          fault: `the book, its length ${how}`,
          detectedMs,
          backMs,
          outcome: `typed error (${world.seedErrors[0]!.message}); ${(large.sentBytes / large.asked / MIB).toFixed(1)} MiB left the exchange each time, ${(large.mostHeld / MIB).toFixed(1)} MiB more held at most; trades and the other exchange went on`,
        });
      }),
  );
});
