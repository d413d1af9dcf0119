import { OrderBook } from '@exchange-stream/market-data';
import type { NumberedLink } from '@exchange-stream/nestjs/contract';
import { readCapture } from '../../test/captures.ts';
import { openUsdm } from '../../test/futures-frames.ts';
import { RecordingSink } from '../../test/recording-sink.ts';
import { topicsInUrl } from '../binance-family/stream-names.ts';
import { binanceUsdm } from '../index.ts';
import { bookRules, bridges, follows } from './book.ts';
import { describeTopic } from './topics.ts';

describe('a book of futures at update id 100 is linked by pu, not by ids that count up', () => {
  it.each([
    {
      previous: 100,
      first: 107,
      last: 112,
      verdict: 'follows',
      why: 'names 100, though its ids begin later',
    },
    { previous: 100, first: 101, last: 101, verdict: 'follows', why: 'names 100' },
    {
      previous: 99,
      first: 101,
      last: 112,
      verdict: 'gap',
      why: 'names another, though its ids begin at 101',
    },
    { previous: 104, first: 105, last: 112, verdict: 'gap', why: 'names a later one' },
    { previous: 90, first: 91, last: 100, verdict: 'old', why: 'ends at the book' },
    { previous: 80, first: 81, last: 90, verdict: 'old', why: 'ends before the book' },
    { previous: undefined, first: 107, last: 112, verdict: 'follows', why: 'names none: nothing is checked' },
  ])('$verdict: $previous|$first..$last, which $why', ({ previous, first, last, verdict }) => {
    expect(follows(100, link(previous, first, last))).toBe(verdict);
  });
});

describe('the first event after a seed of lastUpdateId 100', () => {
  it.each([
    { previous: 90, first: 95, last: 105, verdict: 'follows', why: 'has U <= lastUpdateId <= u' },
    { previous: 90, first: 100, last: 105, verdict: 'follows', why: 'begins at it' },
    { previous: 90, first: 95, last: 100, verdict: 'follows', why: 'ends at it' },
    { previous: 100, first: 107, last: 112, verdict: 'follows', why: 'has pu = lastUpdateId' },
    { previous: 98, first: 103, last: 112, verdict: 'follows', why: 'has all changes since 98' },
    { previous: 80, first: 85, last: 99, verdict: 'old', why: 'has u < lastUpdateId' },
    { previous: 101, first: 103, last: 112, verdict: 'gap', why: 'comes after one that is missing' },
    { previous: undefined, first: 101, last: 112, verdict: 'gap', why: 'names no pu, and begins later' },
    { previous: undefined, first: undefined, last: 112, verdict: 'follows', why: 'names nothing at all' },
  ])('$verdict: $previous|$first..$last, which $why', ({ previous, first, last, verdict }) => {
    expect(bridges(100, link(previous, first, last))).toBe(verdict);
  });

  it('is whatever comes, where the book of a new listing is empty and has the id -1', () => {
    expect(bridges(-1, link(-1, 5, 9))).toBe('follows');
    expect(bridges(-1, link(4, 5, 9))).toBe('follows');
    const { bookSeed } = binanceUsdm().rest;
    const query = { nativeSymbol: 'NEWUSDT', depth: 1000 };
    expect(bookSeed!.parse('{"lastUpdateId":-1,"E":1,"T":1,"bids":[],"asks":[]}', query, never)).toEqual({
      sequence: -1,
      exchangeTime: 1,
      bids: [],
      asks: [],
    });
    expect(() => bookSeed!.parse('{"lastUpdateId":-2,"bids":[],"asks":[]}', query, never)).toThrow();
  });
});

test('partial books come whole, the full one is a seed of 1000 levels and its changes', () => {
  expect(bookRules({})).toEqual({ kind: 'linked', seed: 'rest', seedDepth: 1000, follows, bridges });
  expect(bookRules({ speed: 500 })).toMatchObject({ kind: 'linked' });
  expect(bookRules({ depth: 5 })).toEqual({ kind: 'whole' });
});

describe('a recorded session of 2021 with four books', () => {
  const frames = readCapture('cryptofeed/binance-usdm/ws.1.jsonl.gz');
  const answers = readCapture('cryptofeed/binance-usdm/http.jsonl.gz');

  (frames && answers ? it : it.skip)('has 752 updates that follow, 12 older than their seed, no gap', () => {
    const { rest } = binanceUsdm();
    const books = new Map<string, { sequence: number; isSeeded: boolean; book: OrderBook }>();
    for (const { url, frame } of answers ?? []) {
      const call = rest.bookSeed?.recognise(new URL(url ?? ''));
      if (call?.nativeSymbol === undefined) continue;
      const query = { nativeSymbol: call.nativeSymbol, depth: 1000 };
      const seed = rest.bookSeed!.parse(frame ?? '', query, never);
      const book = new OrderBook();
      book.applySnapshot(seed.bids, seed.asks);
      books.set(call.nativeSymbol, { sequence: seed.sequence, isSeeded: true, book });
    }
    expect(books.size).toBe(4);
    const url = frames?.find(({ k }) => k === 'connect')?.url ?? '';
    const session = openUsdm(url);
    const sink = new RecordingSink(...topicsInUrl(new URL(url)));
    const counts: Record<string, number> = {};
    sink.bookUpdate = (stream, _time, update, bids, asks) => {
      const state = books.get(describeTopic(stream.topic)!.nativeSymbol)!;
      const verdict = (state.isSeeded ? bridges : follows)(state.sequence, update as NumberedLink);
      counts[verdict] = (counts[verdict] ?? 0) + 1;
      if (verdict !== 'follows') return;
      state.book.applyUpdate(bids, asks);
      state.sequence = update!.last!;
      state.isSeeded = false;
      if (state.book.crossed) counts.crossed = (counts.crossed ?? 0) + 1;
    };
    for (const { k, frame } of frames ?? []) {
      if (k === 'recv') session.onFrame(Buffer.from(frame ?? ''), false, 0, sink);
    }
    expect(counts).toEqual({ follows: 752, old: 12 });
    for (const [method] of sink.calls) counts[method] = (counts[method] ?? 0) + 1;
    expect(counts).toEqual({ follows: 752, old: 12, quote: 613, trade: 91, candle: 67 });
  });
});

function link(previous: number | undefined, first: number | undefined, last: number): NumberedLink {
  return {
    last,
    ...(first !== undefined && { first }),
    ...(previous !== undefined && { previous }),
  };
}

function never(reason: string): void {
  throw new Error(reason);
}
