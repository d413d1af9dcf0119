import { crc32 } from 'node:zlib';
import { VirtualClock, type BookLevel } from '@exchange-stream/market-data';
import fc from 'fast-check';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type {
  BookChecksum,
  BookLink,
  LinkVerdict,
  NumberedLink,
  PriceBookRules,
} from '../../contract/index.ts';
import { BookSynchronizer } from './book-synchronizer.ts';
import { FrameCount } from './frame-count.ts';
import { KeptLevels } from './kept-book.ts';

/** More: SEEDS=20000 npm run test:deep */
const RUNS = Number(process.env.SEEDS ?? 150);

const LEVELS = 5;
/** Updates between two new counts: numbers never come again while an update of the count before is on its way. */
const RECOUNTED_AFTER = 40;

type Follows = (sequence: number, link: NumberedLink) => LinkVerdict;

const ranged: Follows = (sequence, { first = 0, last }) =>
  last <= sequence ? 'old' : first === sequence + 1 ? 'follows' : 'gap';
const rangeBridges: Follows = (sequence, { first = 0, last }) =>
  last <= sequence ? 'old' : first <= sequence + 1 ? 'follows' : 'gap';
const named: Follows = (sequence, { previous, last }) =>
  last <= sequence ? 'old' : previous === sequence ? 'follows' : 'gap';
const namedBridges: Follows = (sequence, { previous = Infinity, last }) =>
  last <= sequence ? 'old' : previous <= sequence ? 'follows' : 'gap';
const counted: Follows = (sequence, { last }) =>
  last <= sequence ? 'old' : last === sequence + 1 ? 'follows' : 'gap';
const chained: Follows = (sequence, { previous, last }) =>
  previous === sequence ? 'follows' : last <= sequence ? 'old' : 'gap';

const RULES = {
  range: { kind: 'linked', seed: 'rest', follows: ranged, bridges: rangeBridges },
  previous: { kind: 'linked', seed: 'rest', follows: named, bridges: namedBridges },
  count: { kind: 'linked', seed: 'stream', follows: counted },
  chain: { kind: 'linked', seed: 'stream', follows: chained },
  none: { kind: 'linked', seed: 'stream', follows: () => 'follows' },
  whole: { kind: 'whole' },
} as const satisfies Record<string, PriceBookRules>;

const checksum: BookChecksum = { levels: LEVELS, of: (...sides) => crc32(JSON.stringify(sides)) | 0 };

/** What may happen, to the market, to what is on its way, or in answer to what was asked. */
const OPERATIONS = [
  ...(['trade', 'trade', 'trade', 'trade', 'deliver', 'deliver', 'deliver', 'deliver', 'deliver'] as const),
  ...(['drop', 'repeat', 'swap', 'spoil-checksum', 'spoil-price', 'spoil-row', 'cross', 'recount'] as const),
  ...(['answer', 'answer-old', 'answer-new', 'snapshot'] as const),
] as const;
type Operation = (typeof OPERATIONS)[number];

interface State {
  readonly sequence: number;
  readonly time: number;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

interface Frame extends State {
  /** Of the connection. */
  readonly number: number;
  readonly link: BookLink;
  readonly isSnapshot: boolean;
  readonly isMalformed?: boolean;
  /** The book after it. */
  readonly after: string;
}

const drawing =
  (random: RandomGenerator): (() => number) =>
  () =>
    (random.next() >>> 0) / 2 ** 32;

const textOf = ({ bids, asks }: Pick<State, 'bids' | 'asks'>): string => JSON.stringify([bids, asks]);

/** An exchange with one book, the way to the client, and the client's copy of the book. */
class World {
  readonly sync: BookSynchronizer;
  readonly wrong: string[] = [];
  private readonly frames = new FrameCount();
  private readonly states: State[];
  private pipe: Frame[] = [];
  private bids = new Map([[99, '1']]);
  private asks = new Map([[101, '1']]);
  private sequence = 50;
  private time = 1_000;
  private sent = 0;
  private sinceRecount = 0;
  private isAsked = false;
  private last: Frame | undefined;

  constructor(
    private readonly kind: keyof typeof RULES,
    private readonly isChecked: boolean,
    private readonly draw: () => number,
  ) {
    const rules: PriceBookRules = RULES[kind];
    const isProved = isChecked && rules.kind === 'linked';
    this.states = [this.state()];
    this.sync = new BookSynchronizer(
      new KeptLevels(),
      isProved ? { ...rules, checksum } : rules,
      {
        needSeed: () => {
          this.isAsked = true;
        },
        synced: () => this.compare(),
        updated: () => this.compare(),
        broken: () => undefined,
        became: () => undefined,
      },
      new VirtualClock(),
    );
    this.sync.begin();
    if (this.seed === 'stream') this.snapshot();
  }

  perform(operation: Operation): void {
    const [next] = this.pipe;
    switch (operation) {
      case 'trade':
        return this.trade();
      case 'deliver':
        return this.deliver(this.pipe.shift());
      case 'drop':
        return void this.pipe.shift();
      case 'repeat':
        return this.deliver(this.last);
      case 'swap':
        this.pipe = [...this.pipe.slice(1, 2), ...this.pipe.slice(0, 1), ...this.pipe.slice(2)];
        return;
      case 'spoil-checksum':
        if (next && this.isChecked) this.spoil({ link: { ...next.link, checksum: 17 } });
        return;
      case 'spoil-price':
        if (next) this.spoil({ bids: [...next.bids, ['0.00', '1']] });
        return;
      case 'spoil-row':
        if (next && !next.isSnapshot) this.spoil({ isMalformed: true });
        return;
      case 'cross':
        if (next) this.spoil({ bids: [['500', '1'], ...next.bids] });
        return;
      case 'recount':
        return this.recount();
      case 'answer':
        return this.answer(this.states.length - 1);
      case 'answer-old':
        return this.answer(Math.max(0, this.states.length - 1 - Math.floor(this.draw() * 12)));
      case 'answer-new':
        this.trade();
        return this.answer(this.states.length - 1);
      case 'snapshot':
        if (this.seed === 'stream') this.snapshot();
    }
  }

  /** Nothing goes wrong any more: whatever was asked is answered, and the market moves on. */
  calm(): void {
    for (let round = 0; round < 60; round++) {
      this.time += 1_000;
      this.trade();
      while (this.pipe.length > 0) this.deliver(this.pipe.shift());
      // Whoever waits for a snapshot of the stream asks for it again and again.
      if (this.seed === 'stream' && !this.sync.live) this.isAsked = true;
      this.answer(this.states.length - 1);
    }
  }

  /** Whether the client has what the exchange has. */
  get isEqual(): boolean {
    return this.sync.live && this.text() === textOf(this.state());
  }

  private get seed(): 'rest' | 'stream' {
    const rules: PriceBookRules = RULES[this.kind];
    return rules.kind === 'whole' ? 'stream' : rules.seed;
  }

  private text(): string {
    return JSON.stringify([this.sync.book.bids(), this.sync.book.asks()]);
  }

  /** What is shown is the exchange's book as it was at that number; where there are none, after the frame that came last. */
  private compare(): void {
    const { sequence } = this.sync;
    const text = this.text();
    const isRight =
      sequence === undefined
        ? text === this.last?.after
        : this.states.some((state) => state.sequence === sequence && textOf(state) === text);
    if (!isRight) this.wrong.push(`at ${sequence}: ${text}`);
  }

  private state(): State {
    const side = (levels: Map<number, string>, direction: 1 | -1): BookLevel[] =>
      [...levels].sort(([a], [b]) => direction * (a - b)).map(([price, amount]) => [String(price), amount]);
    const { sequence, time } = this;
    return { sequence, time, bids: side(this.bids, -1), asks: side(this.asks, 1) };
  }

  private trade(): void {
    const before = this.sequence;
    this.time += 100;
    this.sinceRecount++;
    this.sequence += this.kind === 'range' || this.kind === 'previous' ? 1 + Math.floor(this.draw() * 3) : 1;
    const isBid = this.draw() < 0.5;
    const price = (isBid ? 95 : 101) + Math.floor(this.draw() * LEVELS);
    const levels = isBid ? this.bids : this.asks;
    const amount = this.draw() < 0.3 && levels.size > 1 ? '0' : String(1 + Math.floor(this.draw() * 9));
    if (amount === '0') levels.delete(price);
    else levels.set(price, amount);
    this.send(
      this.kind === 'whole',
      before,
      isBid ? [[String(price), amount]] : [],
      isBid ? [] : [[String(price), amount]],
    );
  }

  private send(isSnapshot: boolean, before: number, bids: BookLevel[], asks: BookLevel[]): void {
    const state = this.state();
    this.states.push(state);
    const content = isSnapshot ? state : { ...state, bids, asks };
    const proof = this.isChecked ? { checksum: checksum.of(state.bids, state.asks) } : {};
    this.pipe.push({
      ...content,
      number: ++this.sent,
      link: { ...this.linkOf(before, isSnapshot), ...proof },
      isSnapshot,
      after: textOf(state),
    });
  }

  private linkOf(before: number, isSnapshot: boolean): BookLink {
    const last = this.sequence;
    if (this.kind === 'none') return {};
    if (this.kind === 'range') return { first: before + 1, last };
    return this.kind === 'count' || isSnapshot ? { last } : { previous: before, last };
  }

  private snapshot(): void {
    this.send(true, this.sequence, [], []);
  }

  private recount(): void {
    if (this.sinceRecount < RECOUNTED_AFTER) return;
    this.sinceRecount = 0;
    const before = this.sequence;
    this.sequence = 1;
    if (this.kind === 'chain') this.send(false, before, [], []);
    else if (this.seed === 'stream') this.snapshot();
    else this.states.push(this.state());
  }

  private spoil(wrong: Partial<Frame>): void {
    const frame = this.pipe.shift();
    if (frame) this.pipe.unshift({ ...frame, ...wrong });
  }

  private answer(index: number): void {
    const state = this.states[index];
    if (!this.isAsked || !state) return;
    this.isAsked = false;
    if (this.seed === 'stream') return this.snapshot();
    const { sequence, bids, asks, time } = state;
    this.sync.seeded({ sequence, bids, asks, exchangeTime: time });
  }

  private deliver(frame: Frame | undefined): void {
    if (!frame) return;
    if (this.kind === 'none') {
      // Only the count over the connection tells.
      const verdict = this.frames.judge(frame.number);
      if (verdict === 'repeated') return;
      if (verdict === 'missing') this.sync.missed(this.frames.missing);
    }
    this.last = frame;
    const { time, link, bids, asks } = frame;
    if (frame.isMalformed) this.sync.rejected('no amount');
    else if (frame.isSnapshot) this.sync.snapshot(time, link, bids, asks);
    else this.sync.update(time, link, bids, asks);
  }
}

describe('whatever happens to the updates and seeds of a book', () => {
  test.each(Object.keys(RULES) as (keyof typeof RULES)[])(
    `what is shown is the book of the exchange, and it comes back (rule: %s)`,
    (kind) => {
      let live = 0;
      fc.assert(
        fc.property(
          fc.boolean(),
          fc.nat(),
          fc.array(fc.constantFrom(...OPERATIONS), { maxLength: 300, size: 'max' }),
          (isChecked, seed, operations) => {
            const world = new World(kind, isChecked, drawing(xoroshiro128plus(seed)));
            for (const operation of operations) {
              world.perform(operation);
              if (world.sync.live) live++;
            }
            expect(world.wrong).toEqual([]);
            world.calm();
            expect([world.wrong, world.isEqual]).toEqual([[], true]);
          },
        ),
        { numRuns: RUNS, seed: 1, endOnFailure: process.env.SHRINK === undefined },
      );
      // Not by being down all the time.
      expect(live).toBeGreaterThan(RUNS * 10);
    },
  );
});
