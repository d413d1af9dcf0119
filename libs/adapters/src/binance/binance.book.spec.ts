import { OrderBook } from '@exchange-stream/market-data';
import type { NumberedLink } from '@exchange-stream/nestjs/contract';
import { readCapture } from '../../test/captures.ts';
import { RecordingSink } from '../../test/recording-sink.ts';
import { topicsInUrl } from '../binance-family/stream-names.ts';
import { binance } from './binance.adapter.ts';
import { bookRules, follows } from './binance.book.ts';

describe('the link rule of a Binance book at update id 100', () => {
  it.each([
    { first: 101, last: 101, verdict: 'follows', why: 'is the next change' },
    { first: 101, last: 105, verdict: 'follows', why: 'is the next five changes' },
    { first: 95, last: 101, verdict: 'follows', why: 'bridges the seed' },
    { first: 100, last: 104, verdict: 'follows', why: 'overlaps' },
    { first: 90, last: 99, verdict: 'old', why: 'ends before the book' },
    { first: 98, last: 100, verdict: 'old', why: 'ends at the book' },
    { first: 102, last: 102, verdict: 'gap', why: 'leaves out 101' },
    { first: 500, last: 510, verdict: 'gap', why: 'is far ahead' },
    { first: undefined, last: 500, verdict: 'follows', why: 'names no first id, so nothing is checked' },
  ])('says $verdict to $first..$last, which $why', ({ first, last, verdict }) => {
    expect(follows(100, { first, last })).toBe(verdict);
  });

  it('is for the full book only: partial books come whole', () => {
    expect(bookRules({})).toEqual({ kind: 'linked', seed: 'rest', seedDepth: 1000, follows });
    expect(bookRules({ speed: 1000 })).toMatchObject({ kind: 'linked' });
    expect(bookRules({ depth: 5 })).toEqual({ kind: 'whole' });
  });
});

describe('a recorded session of 2021 with four books', () => {
  const frames = readCapture('cryptofeed/binance/ws.1.jsonl.gz');
  const answers = readCapture('cryptofeed/binance/http.jsonl.gz');
  const withCapture = frames && answers ? it : it.skip;

  withCapture('has 172 updates that follow, 5 older than their seed and no gap, and crosses no book', () => {
    const { rest, describeTopic, createSession } = binance();
    const books = new Map<string, { sequence: number; book: OrderBook }>();
    for (const { url, frame } of answers ?? []) {
      const call = rest.bookSeed?.recognise(new URL(url ?? ''));
      if (call?.nativeSymbol === undefined) continue;
      const seed = rest.bookSeed!.parse(frame ?? '', { nativeSymbol: call.nativeSymbol, depth: 1000 }, () => {
        throw new Error('a recorded book is sound');
      });
      const book = new OrderBook();
      book.applySnapshot(seed.bids, seed.asks);
      books.set(call.nativeSymbol, { sequence: seed.sequence, book });
    }
    expect(books.size).toBe(4);

    const url = frames?.find((line) => line.k === 'connect')?.url ?? '';
    const session = createSession({ endpoint: 'public', url, nextId: () => 1 });
    const sink = new RecordingSink(...topicsInUrl(new URL(url)));
    sink.bookUpdate = (stream, _time, link, bids, asks) => {
      const state = books.get(describeTopic(stream.topic, 'public')!.nativeSymbol)!;
      const verdict = follows(state.sequence, link as NumberedLink);
      sink.calls.push([verdict]);
      if (verdict !== 'follows') return;
      state.book.applyUpdate(bids, asks);
      state.sequence = link!.last!;
      if (state.book.crossed) sink.calls.push(['crossed']);
    };
    for (const { k, frame } of frames ?? []) {
      if (k === 'recv') session.onFrame(Buffer.from(frame ?? ''), false, 0, sink);
    }

    const counts: Record<string, number> = {};
    for (const [method] of sink.calls) counts[method] = (counts[method] ?? 0) + 1;
    expect(counts).toEqual({ follows: 172, old: 5, quote: 84, trade: 2, candle: 2 });
  });
});
