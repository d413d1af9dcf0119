import { VirtualClock } from '@exchange-stream/market-data';
import fc from 'fast-check';
import type { MessageLimit } from '../../contract/index.ts';
import { InProcessBudgets } from './budget-provider.ts';
import { LANES, type Budget, type Grant, type Lane } from './budget.ts';

const limit = (safe: number, windowMs: number): { documented: number; safe: number; windowMs: number } => ({
  ...{ documented: safe, safe, windowMs },
});

const REQUESTS = limit(8, 1_000);
const HISTORY = { ...limit(2, 700), name: 'history' };
const MESSAGES = limit(5, 400);
const PER_ADDRESS = limit(7, 900);
const ORDERS: MessageLimit = { ...limit(3, 600), per: 'account' };
const CONNECTS = [limit(3, 500), limit(5, 2_000)];
const ENDPOINT = {
  limits: {
    topicsPerConnection: limit(1, 1),
    topicsPerMessage: limit(1, 1),
    messages: MESSAGES,
    messagesPerAddress: PER_ADDRESS,
    ofKinds: { order: ORDERS },
    connects: CONNECTS,
  },
  heartbeat: { sender: 'exchange', intervalMs: 60_000, deadlineMs: 120_000 },
  countedAsRequests: { limit: REQUESTS, connect: 2, message: 1 },
} as const;

/** Ways to use something, and what it costs of each of the limits that the exchange enforces. */
const USES = [
  ['dial', { requests: 2, connects0: 1, connects1: 1 }],
  ['call', { requests: 1 }],
  ['history', { requests: 1, history: 1 }],
  ['message 1', { requests: 1, own1: 1, address: 1 }],
  ['order 1', { requests: 1, own1: 1, address: 1, orders: 1 }],
  ['order 2', { requests: 1, own2: 1, address: 1, orders: 1 }],
] as const satisfies readonly (readonly [string, Readonly<Record<string, number>>])[];

const ENFORCED: Readonly<Record<string, { readonly safe: number; readonly windowMs: number }>> = {
  requests: REQUESTS,
  history: HISTORY,
  own1: MESSAGES,
  own2: MESSAGES,
  address: PER_ADDRESS,
  orders: ORDERS,
  connects0: CONNECTS[0]!,
  connects1: CONNECTS[1]!,
};

const asked = fc.record({
  atMs: fc.integer({ min: 0, max: 3_000 }),
  weight: fc.integer({ min: 1, max: 2 }),
  lane: fc.constantFrom<Lane>(...LANES),
  use: fc.integer({ min: 0, max: USES.length - 1 }),
  givesUpAfterMs: fc.option(fc.integer({ min: 0, max: 1_500 })),
  /** Something has to be done before what was granted is used. */
  usesAfterMs: fc.option(fc.integer({ min: 1, max: 900 })),
});
/** Others behind the same address, of whom the exchange tells a little later. */
const others = fc.array(
  fc.record({
    atMs: fc.integer({ min: 0, max: 3_000 }),
    weight: fc.integer({ min: 1, max: 9 }),
    toldAfterMs: fc.integer({ min: 0, max: 300 }),
  }),
  { maxLength: 5 },
);
const stops = fc.array(
  fc.record({ atMs: fc.integer({ min: 0, max: 3_000 }), forMs: fc.integer({ min: 1, max: 900 }) }),
  { maxLength: 2 },
);

/** What has left: when, and what it cost. */
interface Used {
  readonly atMs: number;
  readonly cost: Readonly<Record<string, number>>;
}

const costIn = (uses: readonly Used[], name: string, fromMs: number, toMs: number): number =>
  uses
    .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
    .reduce((sum, { cost }) => sum + (cost[name] ?? 0), 0);

describe('limits that REST and sockets share', () => {
  test('hold in every window, whatever is asked, given up, used late, told by the exchange, and stopped', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(asked, { maxLength: 50 }),
        others,
        stops,
        async (script, strangers, stopScript) => {
          const clock = new VirtualClock();
          const provider = new InProcessBudgets(clock);
          const [one, two] = [0, 1].map(() => provider.messages('fake', ENDPOINT, 'default'));
          const budgets: readonly Budget[] = [
            provider.connects('fake', ENDPOINT),
            provider.requests('fake', REQUESTS),
            provider.requests('fake', REQUESTS, HISTORY),
            one!,
            one!.ofKind('order'),
            two!.ofKind('order'),
          ];
          const used: Used[] = [];
          const told: { readonly atMs: number; readonly uses: readonly Used[] }[] = [];
          let settled = 0;
          for (const { atMs, weight, lane, use, givesUpAfterMs, usesAfterMs } of script) {
            const [, costs] = USES[use]!;
            const leaves = (): void => {
              settled++;
              const cost = Object.fromEntries(
                Object.entries(costs).map(([name, times]) => [name, times * weight]),
              );
              used.push({ atMs: clock.monotonic(), cost });
            };
            const ask = (): (() => void) =>
              budgets[use]!.request(weight, lane, (grant?: Grant) => {
                // What the exchange tells leaves out what is granted and not yet used: nobody can tell the two apart.
                if (usesAfterMs === null || strangers.length > 0) return leaves();
                clock.after(usesAfterMs, () => {
                  if (grant!.useNow()) leaves();
                  else settled++;
                });
              });
            clock.after(atMs, () => {
              const giveUp = ask();
              if (givesUpAfterMs !== null) clock.after(givesUpAfterMs, giveUp);
            });
          }
          const strange: Used[] = [];
          for (const { atMs, weight, toldAfterMs } of strangers) {
            clock.after(atMs, () => strange.push({ atMs: clock.monotonic(), cost: { requests: weight } }));
            clock.after(atMs + toldAfterMs, () => {
              const now = clock.monotonic();
              const all = [...used, ...strange];
              provider.counted('fake', REQUESTS, costIn(all, 'requests', now - REQUESTS.windowMs, now));
              told.push({ atMs: now, uses: [...strange] });
            });
          }
          for (const { atMs, forMs } of stopScript)
            clock.after(atMs, () => provider.stop('fake', ['requests', 'connects', 'messages'], forMs));
          await clock.advance(600_000);

          for (const [name, { safe, windowMs }] of Object.entries(ENFORCED))
            for (const { atMs } of used)
              expect(costIn(used, name, atMs - windowMs, atMs)).toBeLessThanOrEqual(safe);
          // With what the exchange has told of others, too.
          for (const { atMs, cost } of used) {
            const known = told.findLast((telling) => telling.atMs < atMs);
            if (!known || cost['requests'] === undefined) continue;
            const all = [...used, ...known.uses];
            expect(costIn(all, 'requests', atMs - REQUESTS.windowMs, atMs)).toBeLessThanOrEqual(
              REQUESTS.safe,
            );
          }
          for (const { atMs } of used)
            for (const stop of stopScript)
              expect(atMs > stop.atMs && atMs < stop.atMs + stop.forMs).toBe(false);
          const staying = script.filter(({ givesUpAfterMs }) => givesUpAfterMs === null).length;
          expect(settled).toBeGreaterThanOrEqual(staying);
          expect(provider.usage('fake')).toMatchObject({ requests: { used: 0, waiting: 0 } });
          expect(clock.pending).toBe(0);
        },
      ),
      { numRuns: 120 },
    );
  });
});
