import { VirtualClock } from '@exchange-stream/market-data';
import fc from 'fast-check';
import { LANES, type Lane } from './budget.ts';
import { RateLimiter } from './rate-limiter.ts';
import { TURN_AFTER, WaitingLine } from './waiting-line.ts';

interface Grant {
  readonly at: number;
  readonly name: string;
}

/** A line, and what it granted when. */
function aLine(): {
  clock: VirtualClock;
  line: WaitingLine;
  grants: Grant[];
  named: (name: string) => () => void;
} {
  const clock = new VirtualClock();
  const grants: Grant[] = [];
  const named = (name: string) => (): void => void grants.push({ at: clock.monotonic(), name });
  return { clock, line: new WaitingLine(clock), grants, named };
}

const told = (grants: readonly Grant[]): string[] => grants.map(({ at, name }) => `${at} ${name}`);

describe('a waiting line', () => {
  test('grants at once what fits, and the rest as the window moves on', async () => {
    const { clock, line, grants, named } = aLine();
    const budget = line.budget([new RateLimiter(2, 1_000, clock)]);
    for (const name of ['a', 'b', 'c', 'd', 'e']) budget.request(1, 'other', named(name));
    expect(told(grants)).toEqual(['0 a', '0 b']);
    await clock.advance(5_000);
    expect(told(grants)).toEqual(['0 a', '0 b', '1000 c', '1000 d', '2000 e']);
    expect(clock.pending).toBe(0);
  });

  test('serves lanes in their order, whoever came first', async () => {
    const { clock, line, grants, named } = aLine();
    const budget = line.budget([new RateLimiter(1, 1_000, clock)]);
    budget.request(1, 'other', named('before'));
    for (const lane of [...LANES].reverse()) budget.request(1, lane, named(lane));
    await clock.advance(5_000);
    expect(grants.map(({ name }) => name)).toEqual(['before', ...LANES]);
  });

  test('a request that gives up leaves its place to the next', async () => {
    const { clock, line, grants, named } = aLine();
    const budget = line.budget([new RateLimiter(3, 1_000, clock)]);
    budget.request(1, 'other', named('first'));
    const giveUp = budget.request(3, 'other', named('heavy'));
    budget.request(2, 'other', named('third'));
    expect(told(grants)).toEqual(['0 first']);
    giveUp();
    expect(told(grants)).toEqual(['0 first', '0 third']);
    await clock.advance(1_000);
    expect(clock.pending).toBe(0);
  });

  test('one that a grant gives up in the same breath is not granted, and its place goes to the next', async () => {
    const { clock, line, grants, named } = aLine();
    const budget = line.budget([new RateLimiter(2, 1_000, clock)]);
    budget.request(2, 'other', named('before'));
    let giveUp = (): void => undefined;
    budget.request(1, 'other', () => {
      named('first')();
      giveUp();
    });
    giveUp = budget.request(1, 'other', named('given up'));
    budget.request(1, 'other', named('next'));
    await clock.advance(1_000);
    expect(told(grants)).toEqual(['0 before', '1000 first', '1000 next']);
  });

  test('takes of all limiters or of none: who waits for one keeps nobody from the other', async () => {
    const { clock, line, grants, named } = aLine();
    const address = new RateLimiter(3, 1_000, clock);
    const one = line.budget([new RateLimiter(1, 60_000, clock), address]);
    const other = line.budget([new RateLimiter(10, 1_000, clock), address]);
    one.request(1, 'subscribe', named('one'));
    one.request(1, 'subscribe', named('one again'));
    other.request(1, 'subscribe', named('other'));
    other.request(1, 'subscribe', named('other again'));
    expect(told(grants)).toEqual(['0 one', '0 other', '0 other again']);
    await clock.advance(60_000);
    expect(told(grants).at(-1)).toBe('60000 one again');
    expect(clock.pending).toBe(0);
  });

  test('a heavy request is not starved by light ones of other connections', async () => {
    const { clock, line, grants, named } = aLine();
    const address = new RateLimiter(4, 1_000, clock);
    const heavy = line.budget([new RateLimiter(4, 1_000, clock), address]);
    const light = line.budget([new RateLimiter(4, 1_000, clock), address]);
    const again = (): void => void light.request(1, 'subscribe', () => clock.after(100, again));
    for (let index = 0; index < 3; index++) again();
    await clock.advance(500);
    heavy.request(4, 'subscribe', named('heavy'));
    await clock.advance(2_500);
    expect(grants).toHaveLength(1);
  });

  test('stops for everybody while the exchange wants it', async () => {
    const { clock, line, grants, named } = aLine();
    const limiter = new RateLimiter(10, 1_000, clock);
    limiter.stop(3_000);
    const budget = line.budget([limiter]);
    budget.request(1, 'heartbeat', named('first'));
    budget.request(1, 'other', named('second'));
    limiter.stop(1_000);
    await clock.advance(10_000);
    expect(told(grants)).toEqual(['3000 first', '3000 second']);
    expect(clock.pending).toBe(0);
  });

  test('keeps what is reserved for heartbeats from everybody else', async () => {
    const { clock, line, grants, named } = aLine();
    const budget = line.budget([new RateLimiter(3, 60_000, clock, 1)]);
    for (const name of ['a', 'b', 'c']) budget.request(1, 'subscribe', named(name));
    budget.request(1, 'heartbeat', named('ping'));
    expect(told(grants)).toEqual(['0 a', '0 b', '0 ping']);
    await clock.advance(60_000);
    expect(told(grants).at(-1)).toBe('60000 c');
  });

  test('a grant may ask again', async () => {
    const { clock, line, grants, named } = aLine();
    const budget = line.budget([new RateLimiter(1, 100, clock)]);
    const ask = (): void => {
      budget.request(1, 'other', () => {
        named('again')();
        if (grants.length < 3) ask();
      });
    };
    ask();
    await clock.advance(1_000);
    expect(told(grants)).toEqual(['0 again', '100 again', '200 again']);
    expect(clock.pending).toBe(0);
  });
});

describe('whatever is asked of a waiting line', () => {
  const LIMITS = [
    { limit: 6, windowMs: 500 },
    { limit: 3, windowMs: 300 },
    { limit: 5, windowMs: 1_100 },
  ] as const;
  /** Every connection has a limiter of its own and shares the first; one has only the shared one. */
  const BUDGETS = [[0], [0, 1], [0, 2]] as const;

  const asked = fc.record({
    atMs: fc.integer({ min: 0, max: 2_000 }),
    weight: fc.integer({ min: 1, max: 3 }),
    lane: fc.constantFrom<Lane>(...LANES),
    budget: fc.integer({ min: 0, max: BUDGETS.length - 1 }),
    givesUpAfterMs: fc.option(fc.integer({ min: 0, max: 1_500 })),
  });
  const stops = fc.array(
    fc.record({ atMs: fc.integer({ max: 2_000, min: 0 }), forMs: fc.integer({ min: 1, max: 900 }) }),
    { maxLength: 2 },
  );

  test('no window holds more than its limit, lanes and turns are kept, nothing is lost or granted twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { maxLength: 40 }), stops, async (script, stopScript) => {
        const clock = new VirtualClock();
        const line = new WaitingLine(clock);
        const limiters = LIMITS.map(({ limit, windowMs }) => new RateLimiter(limit, windowMs, clock));
        const gate = new RateLimiter(Infinity, 0, clock);
        const budgets = BUDGETS.map((used) => line.budget([gate, ...used.map((index) => limiters[index]!)]));
        const outcomes = script.map((request, order) => ({
          ...request,
          order,
          joined: 0,
          grantedAt: -1,
          grants: 0,
          turn: -1,
          gaveUpAt: Infinity,
        }));
        let turns = 0;
        let joins = 0;
        for (const outcome of outcomes) {
          clock.after(outcome.atMs, () => {
            outcome.joined = joins++;
            const giveUp = budgets[outcome.budget]!.request(outcome.weight, outcome.lane, () => {
              outcome.grantedAt = clock.monotonic();
              outcome.grants++;
              outcome.turn = turns++;
            });
            if (outcome.givesUpAfterMs === null) return;
            clock.after(outcome.givesUpAfterMs, () => {
              outcome.gaveUpAt = clock.monotonic();
              giveUp();
            });
          });
        }
        for (const { atMs, forMs } of stopScript) clock.after(atMs, () => gate.stop(forMs));
        await clock.advance(200_000);

        const granted = outcomes.filter(({ grants }) => grants > 0);
        for (const { grants, givesUpAfterMs, grantedAt, gaveUpAt } of outcomes) {
          expect(grants).toBeLessThanOrEqual(1);
          if (givesUpAfterMs === null) expect(grants).toBe(1);
          if (grants > 0) expect(grantedAt).toBeLessThanOrEqual(gaveUpAt);
        }
        LIMITS.forEach(({ limit, windowMs }, index) => {
          const uses = granted.filter(({ budget }) =>
            (BUDGETS[budget]! as readonly number[]).includes(index),
          );
          for (const { grantedAt: end } of uses) {
            const inWindow = uses.filter(({ grantedAt }) => grantedAt > end - windowMs && grantedAt <= end);
            expect(inWindow.reduce((sum, { weight }) => sum + weight, 0)).toBeLessThanOrEqual(limit);
          }
        });
        for (const { grantedAt } of granted) {
          for (const { atMs, forMs } of stopScript)
            expect(grantedAt > atMs && grantedAt < atMs + forMs).toBe(false);
        }
        // Of one budget, nobody is served while somebody of a better lane, or of the same who came earlier, waits; except
        // when it is his turn, as so many of better lanes have gone before his own.
        const inTurn = [...granted].sort((one, other) => one.turn - other.turn);
        const isHisTurn = (served: (typeof outcomes)[number]): boolean =>
          inTurn.filter(({ turn, grantedAt }) => turn < served.turn && grantedAt >= served.atMs).length >=
          TURN_AFTER;
        for (const served of granted) {
          const overtaken = outcomes.find(
            (other) =>
              other.budget === served.budget &&
              other.order !== served.order &&
              other.atMs < served.grantedAt &&
              Math.min(other.gaveUpAt, other.turn < 0 ? Infinity : other.grantedAt) > served.grantedAt &&
              ((LANES.indexOf(other.lane) < LANES.indexOf(served.lane) && !isHisTurn(served)) ||
                (other.lane === served.lane && other.joined < served.joined)),
          );
          expect(overtaken).toBeUndefined();
        }
        expect(line.waiting).toBe(0);
        expect(clock.pending).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  test('nobody starves: each is served in a time that follows from the limits and from those before it', async () => {
    const victims = fc.array(
      fc.record({
        atMs: fc.integer({ min: 0, max: 2_000 }),
        weight: fc.integer({ min: 1, max: 3 }),
        lane: fc.constantFrom<Lane>('subscribe', 'other'),
        budget: fc.integer({ min: 0, max: BUDGETS.length - 1 }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    const weights = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 6, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(victims, weights, async (script, floods) => {
        const clock = new VirtualClock();
        const line = new WaitingLine(clock);
        const limiters = LIMITS.map(({ limit, windowMs }) => new RateLimiter(limit, windowMs, clock));
        const gate = new RateLimiter(Infinity, 0, clock);
        const budgets = BUDGETS.map((used) => line.budget([gate, ...used.map((index) => limiters[index]!)]));
        // Two of better lanes on every connection ask again as soon as they are served: what they want never ends.
        let isOver = false;
        floods.forEach((weight, index) => {
          const again = (): void => {
            if (isOver) return;
            budgets[index % BUDGETS.length]!.request(weight, index < 3 ? 'cancel' : 'subscribe', () =>
              clock.after(0, again),
            );
          };
          again();
        });
        const late: string[] = [];
        let waiting = script.length;
        for (const { atMs, weight, lane, budget } of script) {
          clock.after(atMs, () => {
            const since = clock.monotonic();
            // At worst every one of its lane goes first; each is passed by so many of the two lanes, for each of two limits.
            const boundMs = (line.waiting + 1) * 2 * 2 * (TURN_AFTER + 2) * LONGEST_MS;
            budgets[budget]!.request(weight, lane, () => {
              waiting--;
              if (clock.monotonic() - since > boundMs)
                late.push(`${lane} after ${clock.monotonic() - since} ms`);
            });
          });
        }
        for (let second = 0; waiting > 0 && second < 1_000; second++) await clock.advance(1_000);
        isOver = true;
        expect(waiting).toBe(0);
        expect(late).toEqual([]);
        await clock.advance(60_000);
        expect(clock.pending).toBe(0);
      }),
      { numRuns: 40 },
    );
  });
});

const LONGEST_MS = 1_100;
