import type { MarketEvent } from '@exchange-stream/market-data';
import { BOOK } from './lab-world.ts';
import { RotationWorld, TRADES } from './rotation-world.ts';

const LATE = 8_000;
const MAX_LAG_MS = 5_000;

/** Everything that a line too narrow for it may delay. */
const DELAYED = [
  TRADES,
  { ...BOOK, channel: 'ticker' },
  { ...BOOK, channel: 'quotes' },
  { ...BOOK, channel: 'candles', params: { interval: '1m' } },
  { ...BOOK, params: { depth: 10 } },
] as const;

/** What the consumers of each subscription see, in order. */
function record(world: RotationWorld): Map<string, MarketEvent[]> {
  const seen = new Map<string, MarketEvent[]>();
  for (const request of [BOOK, ...DELAYED]) {
    const events: MarketEvent[] = [];
    const handle = world.stream.subscribe(request);
    handle.on((event) => void events.push(event));
    events.splice(0);
    seen.set(handle.key, events);
  }
  return seen;
}

/** Frames come later and later, up to eight seconds, stay so late for a while, and come in time again: never out of order. */
function delayFrom(world: RotationWorld): void {
  const beganAt = world.clock.monotonic();
  world.delays = () => {
    const passed = world.clock.monotonic() - beganAt;
    if (passed < 40_000) return Math.min(LATE, passed * 0.8);
    return Math.max(0, LATE - (passed - 40_000) * 0.8);
  };
}

/** By how much an event is older than its receipt, by its own account. */
function lagOf(event: MarketEvent | undefined): number {
  if (event?.exchangeTime === undefined) throw new Error(`${event?.type} does not say of when it is.`);
  return event.receivedAt - event.exchangeTime;
}

/** States, and what came between them, as one line: `stale data live`. */
const story = (events: readonly MarketEvent[]): string =>
  events
    .map((event) =>
      event.type === 'status' ? event.state : event.type.startsWith('book') ? event.type : 'data',
    )
    .filter((word, index, words) => word !== words[index - 1])
    .join(' ');

describe('data that arrives late', () => {
  test.each(['range', 'stream'] as const)(
    'is told stale before it goes on, bears its time, and a book waits for a fresh one (books by %s)',
    async (books) => {
      const world = await RotationWorld.live({ dialects: { books }, subscriptions: DELAYED, isBusy: true });
      const seen = record(world);
      delayFrom(world);
      await world.clock.advance(35_000);
      for (const handle of world.stream.subscriptions())
        expect([handle.key, handle.data]).toEqual([handle.key, 'stale']);
      await world.clock.advance(60_000);
      for (const [key, events] of seen) {
        const isBook = key.includes('book');
        expect([key, story(events)]).toEqual([
          key,
          isBook ? expect.stringMatching(BOOK_STORY) : 'data stale data live data',
        ]);
        const from = events.findIndex((event) => event.type === 'status' && event.state === 'stale');
        // Found within three rounds of a second; before that nobody could be told.
        for (const event of events.slice(0, from)) expect(lagOf(event)).toBeLessThan(MAX_LAG_MS + 4_000);
        if (!isBook) expect(lagOf(events[from + 1])).toBeGreaterThan(MAX_LAG_MS);
      }
      await world.expectTruth();
      world.expectEveryTradeOnce();
      for (const { counters } of world.stream.subscriptions()) expect(counters.gaps).toBe(0);
      await world.close();
    },
  );
});

/** From stale to live nothing but a fresh book, which comes before it is called live. */
const BOOK_STORY = /^book-\S+( book-\S+)* stale syncing book-snapshot live( book-\S+)*$/;
