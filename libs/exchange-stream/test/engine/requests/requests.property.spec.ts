import fc from 'fast-check';
import type { Match, Reply } from '../../../src/engine/requests/match.ts';
import { DEADLINE_MS, Line, watch } from './line.ts';

/** More, or others: SEEDS=5000 SEED=7 npx jest requests.property */
const RUNS = Number(process.env.SEEDS ?? 300);
const SEED = Number(process.env.SEED ?? 1);

const KEYS = 6;
const OTHER = 'the other one';
const WORDS = ['ack', 'event', 'fill'];

/** One way to know answers, as a script tells it. */
interface ScriptedMatch {
  readonly by: 'key' | 'word';
  readonly of: number;
  readonly count: number | undefined;
  readonly endsAt: number | undefined;
  /** Its answers come on the other connection. */
  readonly isElsewhere: boolean;
}

type Step =
  | {
      readonly do: 'ask';
      readonly matches: readonly ScriptedMatch[];
      readonly deadlineMs: number | undefined;
      readonly home: number;
    }
  | { readonly do: 'expect' | 'send' | 'lose' | 'open'; readonly home: number; readonly of: number }
  | {
      readonly do: 'hear';
      readonly home: number;
      readonly key: number;
      readonly word: number;
      readonly isRefusal: boolean;
    }
  | { readonly do: 'abort'; readonly of: number }
  | { readonly do: 'wait'; readonly ms: number };

const home = fc.nat(1);
const match: fc.Arbitrary<ScriptedMatch> = fc.record({
  by: fc.constantFrom('key' as const, 'word' as const),
  of: fc.nat(KEYS - 1),
  count: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  endsAt: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  isElsewhere: fc.nat(3).map((of) => of === 0),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      matches: fc.array(match, { minLength: 1, maxLength: 3 }),
      deadlineMs: fc.option(fc.integer({ min: 1, max: 5_000 }), { nil: undefined }),
      home,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('hear' as const),
      home,
      key: fc.nat(KEYS),
      word: fc.nat(WORDS.length - 1),
      isRefusal: fc.nat(9).map((of) => of === 0),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(2_000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('abort' as const), of: fc.nat(30) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('expect' as const, 'send' as const), home, of: fc.nat(KEYS) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('lose' as const, 'open' as const), home, of: fc.constant(0) }),
  },
);

interface Asked {
  readonly seen: ReturnType<typeof watch<readonly Reply[]>>;
  readonly stop: AbortController;
  readonly until: number;
}

/** Two connections that share a clock. */
class Script {
  readonly lines: readonly [Line, Line];
  readonly asked: Asked[] = [];
  private heard = 0;

  constructor() {
    const first = new Line(undefined, { perSecond: 3, pendingRequests: 8 });
    this.lines = [
      first,
      new Line(first.clock, { perSecond: 3, pendingRequests: 8, connection: 'fake/private/1' }),
    ];
    const [one, other] = this.lines;
    one.others.set(OTHER, other);
    other.others.set(OTHER, one);
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const one of steps) {
      await this.perform(one);
      await this.lines[0].clock.advance(0);
    }
  }

  private async perform(one: Step): Promise<void> {
    const { clock } = this.lines[0];
    if (one.do === 'wait') return clock.advance(one.ms);
    if (one.do === 'abort') return this.asked[one.of]?.stop.abort(new Error('aborted'));
    const line = this.lines[one.home === 0 ? 0 : 1];
    const stop = new AbortController();
    const { signal } = stop;
    switch (one.do) {
      case 'ask': {
        const { deadlineMs = DEADLINE_MS } = one;
        const options = { match: one.matches.map(matchOf), deadlineMs, signal };
        this.add(line.requests.request('ask', options), stop, deadlineMs);
        return;
      }
      case 'expect':
        return this.add(line.requests.expect(wordMatch(one.of), { signal }), stop, DEADLINE_MS);
      case 'send':
        return this.add(
          line.requests.send('say', { signal }).then(() => []),
          stop,
          Infinity,
        );
      case 'hear':
        // Every frame is another one, so that it can be told who has it.
        line.hear(
          `${WORDS[one.word]} ${++this.heard}`,
          one.key === KEYS ? undefined : String(one.key),
          one.isRefusal ? { code: '1', message: 'no', temporary: false } : undefined,
        );
        return;
      case 'lose':
        return line.lose();
      case 'open':
        line.isUp = true;
    }
  }

  private add(promise: Promise<readonly Reply[]>, stop: AbortController, deadlineMs: number): void {
    const { clock } = this.lines[0];
    this.asked.push({ seen: watch(promise), stop, until: clock.monotonic() + deadlineMs });
  }
}

function matchOf({ by, of, count, endsAt, isElsewhere }: ScriptedMatch): Match {
  const wait = {
    ...(isElsewhere && { on: OTHER }),
    ...(count !== undefined && { count }),
    ...(endsAt !== undefined && {
      isLast: (_: Reply, replies: readonly Reply[]): boolean => replies.length === endsAt,
    }),
  };
  return by === 'key' ? { key: of, ...wait } : { ...wordMatch(of), ...wait };
}

function wordMatch(of: number): { when: (frame: string) => boolean } {
  const word = WORDS[of % WORDS.length] ?? '';
  return { when: (frame) => frame.startsWith(word) };
}

const repliesOf = ({ seen: { value, error } }: Asked): readonly Reply[] => {
  if (value) return value;
  const of = error as { replies?: readonly Reply[] };
  return of.replies ?? [];
};

describe('whatever is asked, answered, cancelled and lost', () => {
  test(`nothing is left, nobody waits for ever, and no answer is given twice (${RUNS} scripts of seed ${SEED})`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const script = new Script();
        const { lines, asked } = script;
        const { clock } = lines[0];
        await script.play(steps);
        // A wait is over when its deadline is, whatever happens.
        const now = clock.monotonic();
        expect(asked.filter(({ seen, until }) => !seen.isSettled && until < now)).toEqual([]);
        await clock.advance(60_000);
        expect(asked.filter(({ seen }) => !seen.isSettled)).toEqual([]);
        expect(clock.pending).toBe(0);
        for (const { matcher } of lines) {
          expect({ pending: matcher.pending, reads: matcher.readsFrames }).toEqual({
            pending: 0,
            reads: false,
          });
          for (let key = 0; key < KEYS; key++)
            expect(matcher.reply(String(key), undefined, () => '')).toBe(false);
        }
        for (const one of asked) {
          const frames = repliesOf(one).map(({ frame }) => frame);
          expect(new Set(frames).size).toBe(frames.length);
        }
        for (const { reports } of lines) {
          for (const { limiterMs, wireMs = 0 } of reports)
            expect(limiterMs + wireMs).toBeLessThanOrEqual(5_000);
        }
        const answered = lines
          .flatMap(({ reports }) => reports)
          .filter(({ ending }) => ending === 'answered');
        expect(asked.filter(({ seen }) => (seen.value?.length ?? 0) > 0)).toHaveLength(answered.length);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
});
