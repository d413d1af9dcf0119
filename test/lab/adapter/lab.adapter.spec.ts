import type { Instrument } from '@exchange-stream/market-data';
import { lab } from './lab.adapter.ts';
import {
  bookChecksum,
  chainFollows,
  checkedText,
  countFollows,
  previousBridges,
  previousFollows,
  rangeBridges,
  rangeFollows,
} from './lab.book.ts';

describe('Lab declares', () => {
  it('four kinds of socket with limits, safe ones never above the documented', () => {
    const { endpoints } = lab({ limits: { messagesPerAddress: 40, lifetimeMs: 60_000, messages: 5 } });
    expect(Object.keys(endpoints)).toEqual(['public', 'market', 'private', 'trading']);
    expect(endpoints.public).toMatchObject({
      path: '/public',
      limits: {
        topicsPerConnection: { documented: 100, safe: 100 },
        topicsPerMessage: { documented: 20 },
        bytesPerMessage: { documented: 4096 },
        messages: { documented: 5, safe: 4, windowMs: 1_000 },
        messagesPerAddress: { documented: 40, safe: 32, windowMs: 10_000 },
        lifetimeMs: { documented: 60_000, safe: 48_000 },
      },
    });
    expect(
      endpoints.public?.limits.connects.map(({ documented, windowMs }) => [documented, windowMs]),
    ).toEqual([
      [20, 60_000],
      [5, 15_000],
    ]);
  });

  it('no limit that the exchange does not set', () => {
    const limits = lab().endpoints.public?.limits;
    expect(limits).not.toHaveProperty('messagesPerAddress');
    expect(limits).not.toHaveProperty('lifetimeMs');
  });

  it('the dialect that it is told', () => {
    expect(lab().endpoints.public).not.toHaveProperty('compression');
    expect(lab({ packing: 'binary' }).endpoints.public).not.toHaveProperty('compression');
    expect(lab({ packing: 'deflate-raw' }).endpoints.public?.compression).toBe('deflate-raw');
    expect(lab({ heartbeat: 'json' }).endpoints.public?.heartbeat.sender).toBe('client');
    expect(lab({ exclusiveBooks: true }).channels.book?.exclusive).toBe('connection');
    expect(lab().channels.book).not.toHaveProperty('exclusive');
    expect(lab({ books: 'stream' }).channels.book?.book?.({})).toMatchObject({
      kind: 'linked',
      seed: 'stream',
    });
    expect(lab({ books: 'range' }).channels.book?.book?.({})).toMatchObject({ kind: 'linked', seed: 'rest' });
    for (const books of ['chain', 'none'] as const) {
      expect(lab({ books }).channels.book?.book?.({})).toMatchObject({ kind: 'linked', seed: 'stream' });
    }
    expect(lab({ books: 'none' }).channels.book?.book?.({})).not.toHaveProperty('checksum');
    expect(lab({ checksums: true }).channels.book?.book?.({})).toHaveProperty('checksum.levels', 10);
    expect(lab({ checksums: true }).channels.book?.book?.({ depth: 10 })).toEqual({ kind: 'whole' });
    expect(lab({ books: 'chain' }).channels.book?.cadence?.({})).toEqual({ everyMs: 20_000 });
    expect(lab({ books: 'chain' }).channels.book?.cadence?.({ depth: 10 })).toBeUndefined();
    expect(lab().channels.book).not.toHaveProperty('cadence');
    expect(lab().channels.book?.book?.({ depth: 10 })).toEqual({ kind: 'whole' });
  });

  it('topics that say what they are', () => {
    const adapter = lab();
    for (const [channel, params, topic] of [
      ['trades', {}, 'trades:BTC-USDT'],
      ['ticker', {}, 'ticker:BTC-USDT'],
      ['quotes', {}, 'quotes:BTC-USDT'],
      ['book', {}, 'book:BTC-USDT'],
      ['book', { depth: 10 }, 'book10:BTC-USDT'],
      ['candles', { interval: '5m' }, 'candles.5m:BTC-USDT'],
      ['derivatives', {}, 'values:BTC-USDT'],
      ['liquidations', {}, 'liquidations:BTC-USDT'],
    ] as const) {
      expect(adapter.channels[channel]?.topic('BTC-USDT', params)).toBe(topic);
      expect(adapter.describeTopic(topic, 'public')).toEqual({ channel, nativeSymbol: 'BTC-USDT', params });
    }
    expect(adapter.channels.options?.topic('BTC-USDT', {})).toBe('values:BTC-USDT');
    expect(adapter.describeTopic('notices', 'public')?.channel).toBe('status');
    for (const other of [
      '',
      ':',
      'trades',
      'trades:',
      'book20:BTC-USDT',
      'candles.2m:BTC-USDT',
      'trades:A:B',
    ]) {
      expect(adapter.describeTopic(other, 'public')).toBeUndefined();
    }
  });

  it('who serves a topic by its own name', () => {
    const served = [
      'trades:BTC-USDT',
      'book10:X',
      'candles.1h:BTC-USDT',
      'orders',
      'balances',
      'nothing',
      '__proto__',
    ];
    expect(served.map((topic) => lab().raw?.endpoint(topic))).toEqual([
      ...['public', 'public', 'market', 'private', 'private', undefined, undefined],
    ]);
  });

  it('how a recorded request is read', () => {
    const { topicsInFrame } = lab().recording;
    expect(topicsInFrame('{"op":"subscribe","id":7,"topics":["a",1,"b"]}')).toEqual(['a', 'b']);
    for (const frame of ['ping', '{"op":"unsubscribe","topics":["a"]}', 'null', '{"op":"subscribe"}']) {
      expect(topicsInFrame(frame)).toEqual([]);
    }
  });
});

describe('a Lab book links', () => {
  it('by ranges', () => {
    expect(rangeFollows(10, { first: 11, last: 13 })).toBe('follows');
    expect(rangeFollows(10, { first: 12, last: 13 })).toBe('gap');
    // Only after a REST book may a change reach back.
    expect(rangeFollows(10, { first: 10, last: 13 })).toBe('gap');
    expect(rangeFollows(13, { first: 11, last: 13 })).toBe('old');
    expect(rangeBridges(10, { first: 9, last: 13 })).toBe('follows');
    expect(rangeBridges(10, { first: 11, last: 11 })).toBe('follows');
    expect(rangeBridges(10, { first: 12, last: 13 })).toBe('gap');
    expect(rangeBridges(10, { first: 8, last: 10 })).toBe('old');
  });

  it('by naming the one before', () => {
    expect(previousFollows(10, { previous: 10, last: 13 })).toBe('follows');
    expect(previousFollows(10, { previous: 11, last: 13 })).toBe('gap');
    expect(previousFollows(10, { previous: 9, last: 13 })).toBe('gap');
    expect(previousFollows(13, { previous: 10, last: 13 })).toBe('old');
    expect(previousBridges(10, { previous: 8, last: 13 })).toBe('follows');
    expect(previousBridges(10, { previous: 10, last: 11 })).toBe('follows');
    expect(previousBridges(10, { previous: 11, last: 13 })).toBe('gap');
    expect(previousBridges(10, { previous: 8, last: 10 })).toBe('old');
  });

  it('by counting', () => {
    expect(countFollows(12, { last: 13 })).toBe('follows');
    expect(countFollows(12, { last: 14 })).toBe('gap');
    expect(countFollows(12, { last: 12 })).toBe('old');
  });
});

describe('a Lab book in a chain', () => {
  it('follows the one before, also where that leads nowhere or back to small numbers', () => {
    expect(chainFollows(10, { previous: 10, last: 13 })).toBe('follows');
    expect(chainFollows(13, { previous: 13, last: 13 })).toBe('follows');
    expect(chainFollows(13, { previous: 13, last: 2 })).toBe('follows');
    expect(chainFollows(10, { previous: 11, last: 13 })).toBe('gap');
    expect(chainFollows(13, { previous: 10, last: 12 })).toBe('old');
    expect(chainFollows(2, { previous: 13, last: 2 })).toBe('old');
  });
});

describe('a Lab checksum', () => {
  it('is of both sides in turn, and of one where the other has ended', () => {
    const bids = [['100.00', '0.5'] as const, ['99.50', '2.10'] as const, ['99.00', '1'] as const];
    const asks = [['100.01', '0.30'] as const];
    expect(checkedText(bids, asks)).toBe('100.00:0.5:100.01:0.30:99.50:2.10:99.00:1');
    // printf '100.00:0.5:100.01:0.30:99.50:2.10:99.00:1' | gzip -c | tail -c8 | head -c4 | od -An -td4
    expect(bookChecksum.of(bids, asks)).toBe(-435006457);
    expect(checkedText([], [])).toBe('');
  });

  it('is of ten levels, whatever there is behind them', () => {
    const levels = Array.from({ length: 12 }, (_, index) => [String(100 - index), '1'] as const);
    expect(checkedText(levels, [])).toBe(checkedText(levels.slice(0, 10), []));
  });
});

describe('Lab’s REST', () => {
  const { rest } = lab();

  it('gives instruments; a bad one is rejected and the others count', () => {
    const rejected: string[] = [];
    const good = {
      ...{ symbol: 'BTC-USDT', base: 'BTC', quote: 'USDT', priceStep: '0.01', amountStep: '0.0001' },
      status: 'trading',
    };
    const body = JSON.stringify({ instruments: [good, { ...good, base: 7 }, null] });
    expect(rest.instruments.parse(body, undefined, (reason) => rejected.push(reason))).toEqual<Instrument[]>([
      {
        ...{ exchange: 'lab', kind: 'spot', symbol: 'BTC/USDT', nativeSymbol: 'BTC-USDT', base: 'BTC' },
        ...{ quote: 'USDT', status: 'trading', tickSize: '0.01', lotSize: '0.0001' },
      },
    ]);
    expect(rejected).toHaveLength(2);
  });

  it('gives books', () => {
    const query = { nativeSymbol: 'BTC-USDT', depth: 1000 };
    expect(rest.bookSeed?.request(query)).toEqual({
      path: '/api/book?symbol=BTC-USDT&depth=1000',
      weight: 10,
    });
    const body = '{"sequence":12,"time":5,"bids":[["100.00","0.5"]],"asks":[]}';
    expect(rest.bookSeed?.parse(body, query, () => {})).toEqual({
      ...{ sequence: 12, exchangeTime: 5, bids: [['100.00', '0.5']], asks: [] },
    });
    expect(() => rest.bookSeed?.parse('<html>', query, () => {})).toThrow('GET /api/book breaks');
    expect(rest.bookSeed?.recognise(new URL('https://lab.test/api/book?symbol=A-B'))).toEqual({
      nativeSymbol: 'A-B',
    });
    expect(rest.bookSeed?.recognise(new URL('https://lab.test/api/time'))).toBeUndefined();
  });

  it('gives candles and the time', () => {
    const query = { nativeSymbol: 'BTC-USDT', interval: '1m', from: 1, to: 2, limit: 3 };
    expect(rest.candles?.request(query).path).toBe(
      '/api/candles?symbol=BTC-USDT&interval=1m&from=1&to=2&limit=3',
    );
    expect(rest.serverTime?.parse('{"time":5}', undefined, () => {})).toBe(5);
    expect(() => rest.serverTime?.parse('{"time":-5}', undefined, () => {})).toThrow('time');
  });
});
