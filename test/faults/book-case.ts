import type { SubscriptionRequest } from '@exchange-stream/market-data';
import type { LabWorld, LabWorldOptions, SpokenDialects } from '../lab/lab-world.ts';
import { Trouble } from './trouble.ts';
import { liveLab } from './worlds.ts';

const BREAKS = ['gap', 'checksum', 'crossed', 'price', 'malformed', 'count', 'overflow'] as const;
export const BOOK = 'book:BTC-USDT';
const BACK_WITHIN_MS = 120_000;

/** Every way in which lab's books link, and where their whole books come from. */
export const FROM_REST = ['range', 'previous'] as const;
export const FROM_STREAM = ['stream', 'chain', 'none'] as const;
export const EVERY_BOOK = [...FROM_REST, ...FROM_STREAM];

export type BookDialect = (typeof EVERY_BOOK)[number];

/** Beside the books, so that it shows whether others notice. */
const BESIDE: readonly SubscriptionRequest[] = [
  { exchange: 'lab', channel: 'book', symbol: 'ETH/USDT' },
  { exchange: 'lab', channel: 'trades', symbol: 'BTC/USDT' },
  { exchange: 'lab', channel: 'ticker', symbol: 'BTC/USDT' },
];

/** What one fault of books came to. */
export interface BookOutcome {
  readonly world: LabWorld;
  /** `book:BTC-USDT gap`, in order. */
  readonly told: readonly string[];
  readonly detectedMs: number | undefined;
  /** When the first fault struck, counted like `detectedMs`. */
  readonly struckMs: number | undefined;
  readonly backMs: number;
  /** How often the exchange's books broke meanwhile, by what was wrong. */
  readonly breaks: Readonly<Record<string, number>>;
}

/**
 * Plays a fault on live books. Whatever it is, at every event the books of careful consumers and of the engine are lab's at
 * that sequence, level by level and as text, nothing comes between a `gap` and the next whole book, and in the end all is
 * live and lab's.
 * @param play until the fault is over
 */
export async function playBooks(
  seed: number,
  spoken: SpokenDialects,
  play: (world: LabWorld) => Promise<void>,
  options: Omit<LabWorldOptions, 'seed' | 'dialects'> = {},
): Promise<BookOutcome> {
  const numbered = spoken.books === 'none';
  const world = await liveLab({ subscriptions: BESIDE, ...options, seed, dialects: { numbered, ...spoken } });
  // A healthy book: breaks before do not count.
  await world.clock.advance(5_000);
  const trouble = new Trouble(world);
  const [beganAt, before] = [world.clock.now(), { ...world.stream.manager('lab').counters().bookBreaks }];
  await play(world);
  const backMs = await trouble.recover(BACK_WITHIN_MS);
  await world.clock.advance(5_000);
  const compared = world.referee.compared;
  await world.clock.advance(5_000);
  expect(world.referee.compared).toBeGreaterThan(compared);
  await world.expectTruth();
  await world.close();
  const struck = world.exchange.faults.log.find(({ event }) => event === 'hit')?.at;
  const after = world.stream.manager('lab').counters().bookBreaks;
  return {
    world,
    told: trouble.told,
    detectedMs: trouble.detectedMs,
    struckMs: struck === undefined ? undefined : struck - beganAt,
    backMs,
    breaks: Object.fromEntries(BREAKS.map((kind) => [kind, after[kind] - before[kind]])),
  };
}
