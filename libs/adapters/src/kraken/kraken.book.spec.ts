import { OrderBook, type BookLevel } from '@exchange-stream/market-data';
import type { BookLink, LinkedBookRules, Session } from '@exchange-stream/nestjs/contract';
import { RecordingSink } from '../../test/recording-sink.ts';
import { kraken } from './kraken.adapter.ts';
import { bookRules } from './kraken.book.ts';

const BOOK = 'book:BTC/USD';

/** Published by Kraken for v2, with the checksum 3310070434. */
const ASKS = [
  ...['45285.2 0.00100000', '45286.4 1.54571953', '45286.6 1.54571109', '45289.6 1.54560911'],
  ...['45290.2 0.15890660', '45291.8 1.54553491', '45294.7 0.04454749', '45296.1 0.35380000'],
  ...['45297.5 0.09945542', '45299.5 0.18772827'],
];
const BIDS = [
  ...['45283.5 0.10000000', '45283.4 1.54582015', '45282.1 0.10000000', '45281.0 0.10000000'],
  ...['45280.3 1.54592586', '45279.0 0.07990000', '45277.6 0.03310103', '45277.5 0.30000000'],
  ...['45277.3 1.54602737', '45276.6 0.15445238'],
];
const CHECKSUM = 3310070434;

/** As they stand on the wire, digit for digit. */
const side = (rows: readonly string[], write = (number: string): string => number): string =>
  `[${rows
    .map((row) => row.split(' '))
    .map(([price = '', qty = '']) => `{"price":${write(price)},"qty":${write(qty)}}`)
    .join(',')}]`;
const frame = (type: string, bids: string, asks: string, checksum: number | string = CHECKSUM): string =>
  `{"channel":"book","type":"${type}","data":[{"symbol":"BTC/USD","bids":${bids},"asks":${asks},` +
  `"checksum":${checksum},"timestamp":"2023-10-06T17:35:55.440295Z"}]}`;

function open(precision?: { price: number; amount: number }): Session {
  const session = kraken().createSession({ endpoint: 'public', url: 'wss://x.test/v2', nextId: () => 1 });
  session.subscribe([BOOK]);
  if (precision) {
    const { price, amount } = precision;
    const pair = { symbol: 'BTC/USD', status: 'online', price_precision: price, qty_precision: amount };
    const listed = { channel: 'instrument', type: 'snapshot', data: { assets: [], pairs: [pair] } };
    session.onFrame(Buffer.from(JSON.stringify(listed)), false, 0, new RecordingSink());
  }
  return session;
}

function read(
  text: string,
  session = open(),
): { method: string; link: BookLink; bids: BookLevel[]; asks: BookLevel[] } {
  const sink = new RecordingSink(BOOK);
  session.onFrame(Buffer.from(text), false, 0, sink);
  const [method = '', , , link, bids, asks] = sink.calls[0] ?? [];
  return { method, link: link as BookLink, bids: bids as BookLevel[], asks: asks as BookLevel[] };
}

const rules = bookRules({}) as LinkedBookRules;

/** The checksum of what a frame shows, as the engine makes it: of what was written otherwise, if anything was. */
function checksumOf({ link, bids, asks }: ReturnType<typeof read>): number | undefined {
  const book = new OrderBook();
  book.applySnapshot(bids, asks);
  const written = (levels: readonly BookLevel[]): BookLevel[] => {
    const byPrice = new Map([...(link.asWritten ?? [])].map(([level, wire]) => [level[0], wire]));
    return levels.map((level) => byPrice.get(level[0]) ?? level);
  };
  return rules.checksum?.of(written(book.bids(10)), written(book.asks(10)));
}

describe('a book of Kraken', () => {
  it('is linked by nothing, proved by the ten best, and has no more levels than were asked for', () => {
    expect(rules).toMatchObject({ kind: 'linked', seed: 'stream', depth: 10, checksum: { levels: 10 } });
    expect(rules.follows(1, { last: 7 })).toBe('follows');
    for (const depth of [25, 100, 500, 1_000]) expect(bookRules({ depth })).toMatchObject({ depth });
    expect(kraken().channels.book).toMatchObject({
      exclusive: 'connection',
      params: { depth: { values: [10, 25, 100, 500, 1_000], default: 10 } },
    });
  });

  it('shows the digits of the wire, and its checksum is that of the documentation', () => {
    const snapshot = read(frame('snapshot', side(BIDS), side(ASKS)));
    expect(snapshot).toMatchObject({ method: 'bookSnapshot', link: { checksum: CHECKSUM } });
    expect(snapshot.bids[0]).toEqual(['45283.5', '0.10000000']);
    expect(snapshot.link).not.toHaveProperty('asWritten');
    expect(checksumOf(snapshot)).toBe(CHECKSUM);
  });

  it('is proved by as many places as its pair has where the wire has lost the zeros', () => {
    const short = (number: string): string => String(Number(number));
    const session = open({ price: 1, amount: 8 });
    const snapshot = read(frame('snapshot', side(BIDS, short), side(ASKS, short)), session);
    expect(snapshot.bids[0]).toEqual(['45283.5', '0.1']);
    expect(checksumOf(snapshot)).toBe(CHECKSUM);
    // Without the listings nobody can know them.
    expect(checksumOf(read(frame('snapshot', side(BIDS, short), side(ASKS, short))))).not.toBe(CHECKSUM);
  });

  it('is proved by the same digits where the wire writes exponents, in either case', () => {
    const exponents = ['0.00000012 0.0000001', '0.00000013 0.00000250'];
    const written = '[{"price":1.2e-7,"qty":1E-7},{"price":13e-8,"qty":2.5e-6}]';
    const session = open({ price: 8, amount: 8 });
    const [plain, other] = [side(exponents), written].map((asks) =>
      read(frame('snapshot', '[]', asks), session),
    );
    expect(other!.asks).toEqual([
      ['0.00000012', '0.0000001'],
      ['0.00000013', '0.0000025'],
    ]);
    expect(checksumOf(other!)).toBe(checksumOf(plain!));
    // 12 and 10, 13 and 250: of `1e-7` and eight places is left "10".
    expect(checksumOf(other!)).toBe(
      rules.checksum?.of([], [['12', '10'], ['13', '250']]), // prettier-ignore
    );
  });

  it('is proved by fewer places than the wire shows where only zeros are too many', () => {
    const longer = (number: string): string => (number.length < 8 ? `${number}0000` : number);
    const session = open({ price: 1, amount: 8 });
    expect(checksumOf(read(frame('snapshot', side(BIDS, longer), side(ASKS, longer)), session))).toBe(
      CHECKSUM,
    );
    const whole = read(frame('snapshot', '[{"price":5.00,"qty":7.0}]', '[]'), open({ price: 0, amount: 0 }));
    expect([...(whole.link.asWritten?.values() ?? [])]).toEqual([['5', '7']]);
    // A digit that counts is never cut off.
    const precise = read(frame('snapshot', '[{"price":5.25,"qty":7}]', '[]'), open({ price: 1, amount: 0 }));
    expect(precise.link).not.toHaveProperty('asWritten');
  });

  it('follows precision that changes when a pair is listed anew', () => {
    const session = open({ price: 1, amount: 8 });
    const pair = { symbol: 'BTC/USD', status: 'online', price_precision: 2, qty_precision: 8 };
    const listed = { channel: 'instrument', type: 'update', data: { assets: [], pairs: [pair] } };
    session.onFrame(Buffer.from(JSON.stringify(listed)), false, 0, new RecordingSink());
    const { link } = read(frame('update', '[{"price":5.5,"qty":1.00000000}]', '[]'), session);
    expect([...(link.asWritten?.values() ?? [])]).toEqual([['5.50', '1.00000000']]);
  });

  it('takes the last of two rows of one price', () => {
    const { bids, method } = read(frame('update', side(['5 1.0', '5 2.0']), '[]', 7));
    expect(method).toBe('bookUpdate');
    const book = new OrderBook();
    book.applyUpdate(bids, []);
    expect(book.bids()).toEqual([['5', '2.0']]);
  });

  it('takes a level of zero for its removal', () => {
    expect(read(frame('update', '[]', side(['5 0.00000000']), 7)).asks).toEqual([['5', '0.00000000']]);
  });

  it.each([
    [frame('snapshot', '[]', '[]', 4294967296), 'checksum'],
    [frame('snapshot', '[]', '[]', -7), 'checksum'],
    [frame('snapshot', '[]', '[]', 'null'), 'checksum'],
    [frame('snapshot', '[[5,1]]', '[]'), 'bids[0]'],
    [frame('snapshot', '[]', side(['0 1'])), 'asks[0].price'],
    [frame('snapshot', '[]', side(['5 -1'])), 'asks[0].qty'],
    [frame('snapshot', '[]', '[{"price":NaN,"qty":1}]').replace('NaN', '"x"'), 'asks[0].price'],
    [frame('partial', '[]', '[]'), 'type'],
  ])('is not told of rows that are none: %s', (text, field) => {
    const sink = new RecordingSink(BOOK);
    open().onFrame(Buffer.from(text), false, 0, sink);
    expect(sink.calls).toEqual([['rejected', BOOK, expect.stringContaining(field)]]);
  });

  it('of the depth that was asked for is the one that its rows go to', () => {
    const session = kraken().createSession({ endpoint: 'public', url: 'wss://x.test/v2', nextId: () => 1 });
    const deep = `${BOOK}?depth=100`;
    session.subscribe([deep]);
    const sink = new RecordingSink(deep);
    session.onFrame(Buffer.from(frame('snapshot', side(BIDS), side(ASKS))), false, 0, sink);
    expect(sink.calls[0]?.slice(0, 2)).toEqual(['bookSnapshot', deep]);
    session.unsubscribe([deep]);
    const later = new RecordingSink();
    session.onFrame(Buffer.from(frame('update', side(BIDS), '[]')), false, 0, later);
    expect(later.calls).toEqual([['ignored', 'unsubscribed topic']]);
  });
});
