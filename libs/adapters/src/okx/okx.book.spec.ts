import { OrderBook } from '@exchange-stream/market-data';
import { readLines } from '../../test/captures.ts';
import { RecordingSink } from '../../test/recording-sink.ts';
import { okx } from './okx.adapter.ts';
import { bookRules, bridges, follows } from './okx.book.ts';

describe('the link rule of an OKX book at sequence 100', () => {
  it.each([
    { previous: 100, last: 103, verdict: 'follows', why: 'names the update before it' },
    { previous: 100, last: 100, verdict: 'follows', why: 'says that nothing has changed' },
    { previous: 100, last: 7, verdict: 'follows', why: 'numbers anew after maintenance' },
    { previous: 97, last: 100, verdict: 'old', why: 'is told a second time' },
    { previous: 101, last: 102, verdict: 'gap', why: 'leaves out one' },
    { previous: 90, last: 95, verdict: 'gap', why: 'is of another count' },
    { previous: 90, last: 120, verdict: 'gap', why: 'leaves out those in between' },
    { previous: 120, last: 100, verdict: 'gap', why: 'numbers anew what is not here' },
    { previous: undefined, last: 105, verdict: 'follows', why: 'does not name one' },
  ] as const)('$previous → $last $why: $verdict', ({ previous, last, verdict }) => {
    expect(follows(100, { last, ...(previous !== undefined && { previous }) })).toBe(verdict);
  });

  it.each([
    { previous: 100, last: 101, verdict: 'follows' },
    { previous: 100, last: 100, verdict: 'follows' },
    { previous: 98, last: 101, verdict: 'follows' },
    { previous: 90, last: 100, verdict: 'old' },
    { previous: 90, last: 95, verdict: 'old' },
    { previous: 101, last: 102, verdict: 'gap' },
  ] as const)(
    'is for the first one upon a seed that of REST: $previous → $last $verdict',
    ({ verdict, ...link }) => {
      expect(bridges(100, link)).toBe(verdict);
    },
  );
});

describe('an OKX book', () => {
  it('is whole with a depth, and a snapshot of the stream with its changes otherwise', () => {
    expect(bookRules({ depth: 5 })).toEqual({ kind: 'whole' });
    expect(bookRules({})).toMatchObject({ kind: 'linked', seed: 'stream', checksum: { levels: 25 } });
  });

  it('has no checksum with the orders of retail price improvement', () => {
    expect(bookRules({ rpi: true })).not.toHaveProperty('checksum');
  });

  const frames = readLines('gct/okx/push_data_dynamic.jsonl') ?? [];
  const update = readLines('gct/historic_okcoin_v5/books_checksum_btc_usd.jsonl') ?? [];
  const recorded = [...frames, ...update].filter((frame) => frame.includes('"books"'));
  (recorded.length > 0 ? it : it.skip)('agrees with the checksums that old frames carry', () => {
    const rules = bookRules({});
    if (rules.kind !== 'linked' || rules.level === 'order' || !rules.checksum) throw new Error('no checksum');
    const { levels, of } = rules.checksum;
    let book = new OrderBook();
    let checked = 0;
    for (const frame of recorded) {
      const { instId } = (JSON.parse(frame) as { arg: { instId: string } }).arg;
      const sink = new RecordingSink(`books:${instId}`);
      const session = okx().createSession({
        endpoint: 'public',
        url: 'wss://ws.okx.com/ws/v5/public',
        nextId: () => 1,
      });
      session.onFrame(Buffer.from(frame), false, 0, sink);
      const [method, , , link, bids, asks] = sink.calls[0] as [
        string,
        string,
        number,
        { checksum: number },
        [],
        [],
      ];
      if (method === 'bookSnapshot') (book = new OrderBook()).applySnapshot(bids, asks);
      else book.applyUpdate(bids, asks);
      expect(of(book.bids(levels), book.asks(levels)) | 0).toBe(link.checksum);
      checked++;
    }
    expect(checked).toBe(3);
  });
});
