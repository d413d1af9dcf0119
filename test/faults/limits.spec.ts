import type { Fault } from '@exchange-stream/simulator';
import { measured } from './measured.ts';
import { TradingDesk } from './trading-desk.ts';
import { Trouble } from './trouble.ts';
import { liveLab } from './worlds.ts';
import type { LabWorld } from '../lab/lab-world.ts';

// Half an hour of the exchange's time takes its time.
jest.setTimeout(120_000);

/** A book that has to be had by REST. */
const ANOTHER_BOOK = { exchange: 'lab', channel: 'book', symbol: 'ETH/USDT' } as const;
/** The longest ban that a case asks for. */
const LONGEST_STOP_MS = 300_000;

type Use = 'dial' | 'rest' | 'send';

/** What reached lab, and when, from a moment on. */
function uses(world: LabWorld): { readonly what: Use; readonly atMs: number; readonly url: string }[] {
  const seen: { what: Use; atMs: number; url: string }[] = [];
  const since = world.clock.monotonic();
  world.tap = ({ what, url }) => seen.push({ what, url, atMs: world.clock.monotonic() - since });
  return seen;
}

interface StopCase {
  readonly by: 'rest' | 'handshake';
  readonly status: number;
  readonly retryAfterSeconds?: number;
  /** How long who may do nothing. */
  readonly restMs: number;
  readonly dialMs: number;
}

const STOPS: readonly StopCase[] = [
  { by: 'rest', status: 429, retryAfterSeconds: 20, restMs: 20_000, dialMs: 20_000 },
  // It says nothing of the address, and sockets are not counted with requests here.
  { by: 'rest', status: 429, restMs: 60_000, dialMs: 0 },
  { by: 'rest', status: 418, retryAfterSeconds: 180, restMs: 180_000, dialMs: 180_000 },
  { by: 'rest', status: 418, restMs: 60_000, dialMs: 60_000 },
  { by: 'handshake', status: 429, retryAfterSeconds: 20, restMs: 20_000, dialMs: 20_000 },
  { by: 'handshake', status: 429, restMs: 60_000, dialMs: 60_000 },
  { by: 'handshake', status: 418, retryAfterSeconds: 180, restMs: 180_000, dialMs: 180_000 },
];

describe('faults of limits', () => {
  test.each(STOPS)(
    'case 33: after $status on $by (Retry-After $retryAfterSeconds) nobody of the address asks for $restMs ms nor dials for $dialMs ms',
    async ({ by, status, retryAfterSeconds, restMs, dialMs }) => {
      const world = await liveLab({ seed: 33 });
      const trouble = new Trouble(world);
      const answer = { status, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
      const fault: Fault =
        by === 'rest'
          ? { type: 'rest-status', ...answer, count: 1 }
          : { type: 'refuse-handshakes', ...answer, count: 1 };
      const injected = world.exchange.faults.inject(fault);
      const seen = uses(world);
      if (by === 'rest') {
        world.hold(ANOTHER_BOOK);
        await world.clock.advance(100);
      }
      // Everybody wants to come back, and to have its books.
      world.exchange.disconnectAll(1012);
      while (injected.hits === 0) await world.clock.advance(10);
      // The answer is on its way.
      await world.clock.advance(10);
      const began = seen.length;
      const stoppedAtMs = seen.at(-1)!.atMs;
      const backMs = await trouble.recover(LONGEST_STOP_MS);
      const after = seen.slice(began).map(({ what, atMs }) => ({ what, afterMs: atMs - stoppedAtMs }));
      const first = (what: Use): number => after.find((use) => use.what === what)?.afterMs ?? Infinity;
      expect(first('rest')).toBeGreaterThanOrEqual(restMs);
      expect(first('dial')).toBeGreaterThanOrEqual(dialMs);
      // No longer than asked for, either.
      expect(first('dial')).toBeLessThan(dialMs + 35_000);
      expect(injected.hits).toBe(1);
      await world.expectTruth();
      expect(world.exchange.violations).toEqual([]);
      await world.close();
      measured({
        case: 33,
        fault: `${status} on ${by === 'rest' ? 'REST' : 'a handshake'}, ${retryAfterSeconds === undefined ? 'no Retry-After' : `Retry-After ${retryAfterSeconds} s`}`,
        detectedMs: trouble.detectedMs!,
        backMs,
        outcome: `first dial after ${seconds(first('dial'))}, first request after ${seconds(first('rest'))}; no violation`,
      });
    },
  );

  test('case 33: a close for too many messages stops everybody of the address: none dials, none sends', async () => {
    // Counted by address as well, as where such a close comes from.
    const desk = await TradingDesk.open({ seed: 33, limits: { messagesPerAddress: 100 } });
    const { world } = desk;
    const trouble = new Trouble(world);
    const seen = uses(world);
    const [first, second] = [...world.exchange.connections].filter(({ path }) => path !== '/private');
    world.exchange.faults.inject({
      type: 'close',
      code: 1008,
      reason: 'too many messages',
      connectionId: first!.id,
    });
    await world.clock.advance(20);
    // Another one is lost for a reason of its own, and somebody wants to say something on one that is open.
    world.exchange.faults.inject({ type: 'cut', connectionId: second!.id });
    world.hold({ exchange: 'lab', channel: 'raw', symbol: 'balances' });
    const backMs = await trouble.recover(LONGEST_STOP_MS);
    const after = (what: Use): number => seen.find((use) => use.what === what)?.atMs ?? Infinity;
    expect(after('dial')).toBeGreaterThanOrEqual(10_000);
    expect(after('send')).toBeGreaterThanOrEqual(10_000);
    await world.expectTruth();
    expect(world.exchange.violations).toEqual([]);
    await desk.close();
    measured({
      case: 33,
      fault: 'close 1008 of one socket, another one cut 20 ms later',
      detectedMs: trouble.detectedMs!,
      backMs,
      outcome: `first dial of anybody after ${seconds(after('dial'))}, first message after ${seconds(after('send'))}; no violation`,
    });
  });
});

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
