import { VirtualClock } from '@exchange-stream/market-data';
import type { BookSeed } from '../../contract/index.ts';
import { RestBookSeeder } from './rest-book-seeder.ts';

const SEED: BookSeed = { sequence: 1, bids: [], asks: [] };

interface Call {
  readonly symbol: string;
  readonly signal: AbortSignal;
  answer(): void;
  fail(): void;
}

function seeder() {
  const clock = new VirtualClock();
  const calls: Call[] = [];
  const rest = {
    call: (_operation: unknown, query: { nativeSymbol: string }, { signal }: { signal: AbortSignal }) =>
      new Promise<BookSeed>((resolve, reject) => {
        const { nativeSymbol: symbol } = query;
        calls.push({ symbol, signal, answer: () => resolve(SEED), fail: () => reject(new Error('no')) });
      }),
  };
  const adapter = { exchange: 'fake', rest: { bookSeed: {} } };
  const seeder = new RestBookSeeder(adapter as never, rest as never, { clock, random: { next: () => 1 } });
  const told: string[] = [];
  const request = (symbol: string, waitMs = 0) =>
    seeder.request(
      { nativeSymbol: symbol, depth: 5 },
      waitMs,
      () => void told.push(symbol),
      () => void told.push(`${symbol} failed`),
    );
  return { clock, calls, told, request, asked: () => calls.map(({ symbol }) => symbol) };
}

describe('books from REST', () => {
  test('are asked for a few at a time', async () => {
    const { clock, calls, told, request, asked } = seeder();
    for (const symbol of ['A', 'B', 'C', 'D', 'E', 'F']) request(symbol);
    expect(asked()).toEqual(['A', 'B', 'C', 'D']);
    calls[1]!.answer();
    await clock.advance(0);
    expect([asked(), told]).toEqual([['A', 'B', 'C', 'D', 'E'], ['B']]);
    calls[2]!.fail();
    await clock.advance(0);
    expect([asked().at(-1), told]).toEqual(['F', ['B', 'C failed']]);
    await clock.advance(500);
    expect(asked()).toHaveLength(6);
    calls[0]!.answer();
    await clock.advance(0);
    // The one that failed comes again in its turn.
    expect(asked().at(-1)).toBe('C');
  });

  test('are asked for again and again, at growing intervals, until they come', async () => {
    const { clock, calls, told, request } = seeder();
    request('A');
    const times: number[] = [];
    const startedAt = clock.monotonic();
    for (let seen = 0; calls.length < 7; await clock.advance(100)) {
      for (; seen < calls.length; seen++) {
        times.push(clock.monotonic() - startedAt);
        calls[seen]!.fail();
      }
    }
    expect(times.map((time) => Math.round(time / 500) / 2)).toEqual([0, 0.5, 1.5, 3.5, 7.5, 15.5]);
    calls.at(-1)!.answer();
    await clock.advance(0);
    expect(told.at(-1)).toBe('A');
    expect(clock.pending).toBe(0);
  });

  test('that nobody waits for are given up, whether under way, in line or put off', async () => {
    const { clock, calls, told, request, asked } = seeder();
    const [a] = ['A', 'B', 'C', 'D'].map((symbol) => request(symbol));
    const inLine = request('E');
    request('F');
    const putOff = request('G', 1_000);
    a!.cancel();
    expect([calls[0]!.signal.aborted, asked().at(-1)]).toEqual([true, 'E']);
    inLine.cancel();
    expect(asked().at(-1)).toBe('F');
    putOff.cancel();
    expect(clock.pending).toBe(0);
    // Late, of another life.
    calls[0]!.answer();
    calls[4]!.fail();
    await clock.advance(60_000);
    expect([told, asked()]).toEqual([[], ['A', 'B', 'C', 'D', 'E', 'F']]);
  });
});
