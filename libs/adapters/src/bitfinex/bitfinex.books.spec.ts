import { Replay, type RecordedLine, type ReplayReport } from '@exchange-stream/nestjs/engine';
import { crc32 } from 'node:zlib';
import { openBitfinex, receive, withChannel } from '../../test/bitfinex-session.ts';
import { readLines } from '../../test/captures.ts';
import type { Call } from '../../test/recording-sink.ts';
import { bitfinex } from './bitfinex.adapter.ts';
import { bookRules } from './bitfinex.book.ts';

const BOOK = 'book:P0:F0:25:tBTCUSD';
const ORDERS = 'book:R0:25:tBTCUSD';
const FUNDING = 'book:P0:F0:25:fUSD';
const OFFERS = 'book:R0:25:fUSD';

/** What comes of frames of one topic, one after the other. */
function read(topic: string, ...frames: string[]): readonly Call[] {
  const session = withChannel(topic, 5);
  return frames.flatMap((content) => receive(`[5,${content}]`, [topic], session));
}

describe('a book of Bitfinex', () => {
  it('has the side in the sign of the amount, and how many orders stand there', () => {
    expect(read(BOOK, '[[7254.7,3,3.30],[7255,1,-1.5]]')).toEqual([
      ['bookSnapshot', BOOK, undefined, undefined, [['7254.7', '3.30', 3]], [['7255', '1.5', 1]]],
    ]);
  });

  it('changes level by level, and a count of zero takes one away, whatever its amount', () => {
    const [, ...changes] = read(BOOK, '[]', '[7254.7,3,3.3]', '[7254.7,0,1]', '[7255,0,-1]', '[7255,0,-3.3]');
    expect(changes).toEqual([
      ['bookUpdate', BOOK, undefined, undefined, [['7254.7', '3.3', 3]], []],
      ['bookUpdate', BOOK, undefined, undefined, [['7254.7', '0']], []],
      ['bookUpdate', BOOK, undefined, undefined, [], [['7255', '0']]],
      ['bookUpdate', BOOK, undefined, undefined, [], [['7255', '0']]],
    ]);
  });

  it('may begin empty', () => {
    expect(read(BOOK, '[]')).toEqual([['bookSnapshot', BOOK, undefined, undefined, [], []]]);
    expect(read(ORDERS, '[]')).toEqual([['bookOrdersSnapshot', ORDERS, undefined, undefined, [], []]]);
  });

  it('changes by lists where that was asked for, which only what came before tells from a snapshot', () => {
    const list = '[[7254.7,3,3.3],[7255,0,-1]]';
    const bulk = withChannel(BOOK, 5, openBitfinex({ flags: ['BULK_UPDATES'] }));
    receive({ event: 'conf', status: 'OK', flags: 229_376 + 536_870_912 }, [], bulk);
    const methods = [1, 2, 3].flatMap((number) =>
      receive(`[5,${list},${number},1790134414850]`, [BOOK], bulk)
        .map(([method]) => method)
        .filter((method) => method !== 'frameNumber'),
    );
    expect(methods).toEqual(['bookSnapshot', 'bookUpdate', 'bookUpdate']);
    // Asked for in vain, and not confirmed, a list is a whole book.
    expect(read(BOOK, list, list).map(([method]) => method)).toEqual(['bookSnapshot', 'bookSnapshot']);
  });

  it('keeps beside plain text how the wire has it, for checksums', () => {
    const [[, , , link, bids, asks] = []] = read(
      BOOK,
      '[[7e-7,1,10000],[6.6e-7,1,1e-8],[8E-7,1,-1.5e3],[0.1,1,-2]]',
    );
    expect(bids).toEqual([
      ['0.0000007', '10000', 1],
      ['0.00000066', '0.00000001', 1],
    ]);
    const { asWritten } = link as { asWritten: ReadonlyMap<unknown, unknown> };
    expect([...asWritten.values()]).toEqual([
      ['7e-7', '10000'],
      ['6.6e-7', '1e-8'],
      ['8E-7', '1.5e3'],
    ]);
    expect([...asWritten.keys()]).toEqual([...(bids as unknown[]), ...(asks as unknown[]).slice(0, 1)]);
  });

  it('shows by heartbeats that it lives while nothing changes', () => {
    const told = (topic: string, method: string): void =>
      expect(read(topic, '"hb"')).toEqual([
        ['ignored', 'heartbeat'],
        [method, topic, undefined, undefined, [], []],
      ]);
    told(BOOK, 'bookUpdate');
    told(FUNDING, 'bookUpdate');
    told(ORDERS, 'bookOrdersUpdate');
    expect(read('trades:tBTCUSD', '"hb"')).toEqual([['ignored', 'heartbeat']]);
  });

  it('is proved by a frame of its own', () => {
    expect(read(BOOK, '"cs",-1175357890')).toEqual([
      ['bookUpdate', BOOK, undefined, { checksum: -1175357890 }, [], []],
    ]);
    expect(read(ORDERS, '"cs",17')).toEqual([
      ['bookOrdersUpdate', ORDERS, undefined, { checksum: 17 }, [], []],
    ]);
    for (const wrong of ['3119609406', '"x"', 'null', '1.5'])
      expect(read(BOOK, `"cs",${wrong}`)).toEqual([['rejected', BOOK, expect.any(String)]]);
  });

  it.each(['[0,1,1]', '[-1,1,1]', '[1,-1,1]', '[1,1.5,1]', '[1,1,0]', '[1,1]', '[1,1,"x"]', '[null,1,1]'])(
    'is not changed by %s, nor by what comes with it',
    (row) => {
      expect(read(BOOK, `[[1,1,1],${row}]`)).toEqual([['rejected', BOOK, expect.any(String)]]);
    },
  );
});

describe('a book of orders', () => {
  it('has the id of each, and a price of zero takes one away', () => {
    const [snapshot, ...changes] = read(
      ORDERS,
      '[[55804480297,33766,2],[55804480298,33767,-1e-7]]',
      '[55804480297,0,1]',
      '[55804480298,33768,-2]',
    );
    expect(snapshot).toEqual([
      ...['bookOrdersSnapshot', ORDERS, undefined, undefined],
      [{ id: '55804480297', price: '33766', amount: '2' }],
      [{ id: '55804480298', price: '33767', amount: '0.0000001' }],
    ]);
    expect(changes).toEqual([
      [
        'bookOrdersUpdate',
        ORDERS,
        undefined,
        undefined,
        [{ id: '55804480297', price: '0', amount: '0' }],
        [],
      ],
      [
        'bookOrdersUpdate',
        ORDERS,
        undefined,
        undefined,
        [],
        [{ id: '55804480298', price: '33768', amount: '2' }],
      ],
    ]);
  });

  it.each(['[1,1]', '["x",1,1]', '[1,-1,1]', '[1,1,null]'])('is not changed by %s', (row) => {
    expect(read(ORDERS, `[[1,1,1],${row}]`)).toEqual([['rejected', ORDERS, expect.any(String)]]);
  });
});

describe('a book of funding', () => {
  it('has rates and periods, and the bids of those who borrow have negative amounts', () => {
    const [snapshot, removal] = read(
      FUNDING,
      '[[0.00023112,30,1,-15190.7005375],[0.00023157,2,1,66.35]]',
      '[0.00023157,2,0,1]',
    );
    expect(snapshot).toEqual([
      ...['bookSnapshot', FUNDING, undefined, undefined],
      [['0.00023112', '15190.7005375', 1, 30]],
      [['0.00023157', '66.35', 1, 2]],
    ]);
    // What the sign of a removal means is written nowhere, and on one of the sides there is nothing of that rate and period.
    expect(removal).toEqual([
      ...['bookUpdate', FUNDING, undefined, undefined],
      [['0.00023157', '0', 0, 2]],
      [['0.00023157', '0', 0, 2]],
    ]);
  });

  it('of orders has the period before the rate', () => {
    expect(read(OFFERS, '[[658282397,30,0.000233,-530]]', '[658282397,2,0,1]')).toEqual([
      [
        ...['bookOrdersSnapshot', OFFERS, undefined, undefined],
        [{ id: '658282397', price: '0.000233', amount: '530', periodDays: 30 }],
        [],
      ],
      [
        ...['bookOrdersUpdate', OFFERS, undefined, undefined, []],
        [{ id: '658282397', price: '0', amount: '0', periodDays: 2 }],
      ],
    ]);
  });

  it('is proved by no checksum', () => {
    for (const topic of [FUNDING, OFFERS])
      expect(read(topic, '"cs",17')).toEqual([['ignored', 'checksum of a book of funding']]);
  });
});

const BEST = 'book:P0:F0:1:tBTCUSD';

describe('quotes of Bitfinex', () => {
  const quotes = (...frames: string[]): unknown[] =>
    read(BEST, ...frames)
      .filter(([method]) => method === 'quote')
      .map(([, , , , ...quote]) => quote);

  it('are the book of one level each side', () => {
    expect(quotes('[[100,1,2],[101,1,-3]]', '[100,2,5]')).toEqual([
      ['100', '2', '101', '3'],
      ['100', '5', '101', '3'],
    ]);
  });

  it('follow the best level, whether the new one comes first or the old one goes first', () => {
    expect(quotes('[[100,1,2],[101,1,-3]]', '[100.5,1,1]', '[100,0,1]')).toEqual([
      ['100', '2', '101', '3'],
      ['100.5', '1', '101', '3'],
      ['100.5', '1', '101', '3'],
    ]);
    expect(quotes('[[100,1,2],[101,1,-3]]', '[100,0,1]', '[99,1,1]')).toEqual([
      ['100', '2', '101', '3'],
      ['99', '1', '101', '3'],
    ]);
  });

  it('are not told while one side is empty, or beyond the other', () => {
    expect(quotes('[[100,1,2]]', '[101,1,-3]', '[102,1,2]', '[101,0,-1]', '[103,1,-1]')).toEqual([
      ['100', '2', '101', '3'],
      ['102', '2', '103', '1'],
    ]);
  });

  it('are not made of changes before a snapshot, nor of what a missing frame may have changed', () => {
    expect(quotes('[100,1,2]', '[101,1,-3]')).toEqual([]);
    const session = withChannel(BEST, 5);
    receive({ event: 'conf', status: 'OK', flags: 65_536 }, [], session);
    const told = [
      ...[
        '[[100,1,2],[101,1,-3]],1',
        '[100,1,3],2',
        '[100,1,4],4',
        '[101,1,-4],5',
        '[[100,1,2],[101,1,-3]],6',
      ],
    ].map(
      (content) => receive(`[5,${content}]`, [BEST], session).filter(([method]) => method === 'quote').length,
    );
    expect(told).toEqual([1, 1, 0, 0, 1]);
  });

  it('are of no other book', () => {
    for (const topic of [BOOK, 'book:P1:F0:1:tBTCUSD', 'book:P0:F1:1:tBTCUSD'])
      expect(read(topic, '[[1,1,1],[2,1,-1]]').map(([method]) => method)).toEqual(['bookSnapshot']);
  });

  it('of funding say for how many days, and may have a bid above the offer of another period', () => {
    const snapshot = '[[0.0003,30,1,-5],[0.0002,2,1,7]]';
    const told = read('book:P0:F0:1:fUSD', snapshot, '[0.0003,2,1,-6]', '[0.0003,30,0,1]')
      .filter(([method]) => method === 'quote')
      .map(([, , , , ...quote]) => quote);
    expect(told).toEqual([
      ['0.0003', '5', '0.0002', '7', { bidPeriodDays: 30, askPeriodDays: 2 }],
      ['0.0003', '5', '0.0002', '7', { bidPeriodDays: 30, askPeriodDays: 2 }],
      ['0.0003', '6', '0.0002', '7', { bidPeriodDays: 2, askPeriodDays: 2 }],
    ]);
  });
});

/** What the engine makes of a recorded socket that carries one topic. */
function replayed(subscribe: object, ...frames: string[]): ReplayReport {
  const lines: RecordedLine[] = [
    { kind: 'connect', time: 0, url: new URL('wss://api-pub.bitfinex.com/ws/2').href },
  ] as unknown as RecordedLine[];
  const add = (kind: 'send' | 'recv', frame: string): void =>
    void lines.push({ kind, time: lines.length, binary: false, frame: Buffer.from(frame) });
  add('send', JSON.stringify({ event: 'subscribe', ...subscribe }));
  add('recv', JSON.stringify({ event: 'subscribed', chanId: 81757, ...subscribe }));
  for (const frame of frames) add('recv', frame);
  const replay = new Replay(bitfinex());
  for (const line of lines) replay.read(line);
  return replay.report();
}

describe('the checksum of a book of Bitfinex, through the engine', () => {
  const request = { channel: 'book', symbol: 'tXRPBTC', prec: 'P0', freq: 'F0', len: '25' };
  const recorded = readLines('bitfinex-go/public-book-P0.jsonl')?.slice(0, 2) ?? [];
  const [proof = ''] = readLines('bitfinex-go/public-book-checksum.jsonl') ?? [];

  (recorded.length > 0 ? it : it.skip)(
    'is the recorded one: 1311645903, and -1175357890 after an update',
    () => {
      const [snapshot = '', update = ''] = recorded;
      expect(proof).toContain('-1175357890');
      const report = replayed(request, snapshot, '[81757,"cs",1311645903]', update, proof);
      expect(report).toMatchObject({
        ...{ ok: true, unhandled: 0, rejected: 0, decodeErrors: 0 },
        books: [{ snapshots: 1, updates: 1, checksumsOk: 2, checksumsBad: 0, gaps: 0 }],
      });
    },
  );

  (recorded.length > 0 ? it : it.skip)('is another one by any digit', () => {
    const [snapshot = '', update = ''] = recorded;
    for (const [from, to] of [
      ['6.6e-7', '6.7e-7'],
      ['266122.94', '266122.95'],
      ['640000', '640001'],
    ] as const) {
      const frames = [snapshot, update].map((frame) => frame.replace(from, to));
      expect(frames).not.toEqual([snapshot, update]);
      expect(replayed(request, ...frames, proof).books).toMatchObject([{ checksumsOk: 0, checksumsBad: 1 }]);
    }
  });

  it('of orders is made of their ids, at one price the smaller first, and of 25 orders each side', () => {
    const bids = Array.from(
      { length: 30 },
      (_, index) => [900 + ((index * 7) % 30), 100, index + 1] as const,
    );
    const asks = [
      [10, 101, -1e-7],
      [9, 101, -2],
    ] as const;
    const best = [...bids].sort(([one], [other]) => one - other).slice(0, 25);
    const parts = best.flatMap(([id, , amount], index) => {
      const ask = index === 0 ? asks[1] : index === 1 ? asks[0] : undefined;
      return [id, amount, ...(ask ? [ask[0], ask[2]] : [])];
    });
    const expected = crc32(parts.join(':')) | 0;
    const snapshot = JSON.stringify([81757, [...bids, ...asks]]);
    const orders = { channel: 'book', symbol: 'tXRPBTC', prec: 'R0', len: '100' };
    const report = replayed(orders, snapshot, `[81757,"cs",${expected}]`);
    expect(report.books).toMatchObject([{ checksumsOk: 1, checksumsBad: 0 }]);
  });

  it('covers fewer levels where there are fewer', () => {
    const frames = ['[81757,[[100,1,2]]]', `[81757,"cs",${crc32('100:2') | 0}]`];
    expect(replayed(request, ...frames).books).toMatchObject([{ checksumsOk: 1 }]);
    const empty = ['[81757,[]]', `[81757,"cs",${crc32('') | 0}]`];
    expect(replayed(request, ...empty).books).toMatchObject([{ seeded: true, checksumsBad: 0 }]);
  });
});

describe('the rules of books of Bitfinex', () => {
  it('take every update that is read, as missing ones show on the connection', () => {
    const rules = bookRules({});
    expect(rules).toMatchObject({ kind: 'linked', seed: 'stream', checksum: { levels: 25 } });
    expect(bookRules({ level: 'order' })).toMatchObject({
      level: 'order',
      queue: 'id',
      checksum: { levels: 25 },
    });
    if (rules.kind === 'linked') expect(rules.follows(1, { last: 99 })).toBe('follows');
  });
});
