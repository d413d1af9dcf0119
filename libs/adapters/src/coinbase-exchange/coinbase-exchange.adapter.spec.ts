import {
  OrderBook,
  compareDecimals,
  formatSymbol,
  parseSymbol,
  type BookLevel,
} from '@exchange-stream/market-data';
import { readCapture } from '../../test/captures.ts';
import { RecordingSink, type Call } from '../../test/recording-sink.ts';
import { ADAPTERS } from '../index.ts';
import { coinbaseExchange } from './coinbase-exchange.adapter.ts';
import { MalformedAnswerError } from '../decoder/malformed-answer.ts';
import { describeTopic } from './coinbase-exchange.topics.ts';

const { rest, channels, endpoints, raw, recording } = coinbaseExchange();
const none = (): void => {};

describe('the adapter of Coinbase Exchange', () => {
  it('is registered under its id, and has a sandbox', () => {
    expect(ADAPTERS['coinbase-exchange']?.().exchange).toBe('coinbase-exchange');
    expect(endpoints.feed?.baseUrls).toEqual({
      live: ['wss://ws-feed.exchange.coinbase.com'],
      testnet: ['wss://ws-feed-public.sandbox.exchange.coinbase.com'],
    });
  });

  it('runs below every limit of the exchange', () => {
    for (const { limits } of Object.values(endpoints)) {
      for (const { documented, safe } of Object.values(limits).flat() as {
        documented: number;
        safe: number;
      }[])
        expect(safe).toBeLessThan(documented);
    }
    expect(rest.requests).toMatchObject({ documented: 8, windowMs: 1_000 });
    expect(rest.requests.safe).toBeLessThan(8);
  });

  it('subscribes what needs no key, and describes its topics as that which is written so', () => {
    for (const topic of [
      'matches:BTC-USD',
      'ticker:BTC-USD',
      'ticker_batch:BTC-USD',
      'level2_batch:BTC-USD',
      'status',
    ]) {
      const { channel, nativeSymbol, params } = describeTopic(topic)!;
      expect(channels[channel]!.topic(nativeSymbol, params)).toBe(topic);
    }
    // Of recordings alone.
    expect(describeTopic('level2:BTC-USD')).toEqual(describeTopic('level2_batch:BTC-USD'));
    for (const topic of [
      'full:BTC-USD',
      'level3:BTC-USD',
      'user:BTC-USD',
      'user',
      'balance',
      'matches',
      'matches:BTC',
      '',
    ])
      expect(describeTopic(topic)).toBeUndefined();
    for (const topic of ['auctionfeed:BTC-USD', 'heartbeat:BTC-USD', 'rfq_matches', 'ticker_batch:BTC-USD'])
      expect(raw?.endpoint(topic)).toBe('feed');
    for (const topic of ['full:BTC-USD', 'level2:BTC-USD', 'level3:BTC-USD', 'user'])
      expect(raw?.endpoint(topic)).toBeUndefined();
  });

  it('finds topics in what a recorded client has sent, in every form', () => {
    const frame = {
      ...{ type: 'subscribe', product_ids: ['ETH-USD'] },
      channels: ['level2', 'status', { name: 'ticker', product_ids: ['ETH-BTC'] }, 5],
    };
    expect(recording.topicsInFrame(JSON.stringify(frame))).toEqual([
      ...['level2:ETH-USD', 'status', 'ticker:ETH-BTC'],
    ]);
    for (const other of [
      '{',
      '[]',
      '{"type":"unsubscribe","channels":["level2"],"product_ids":["A-B"]}',
      '{"type":"subscribe"}',
    ])
      expect(recording.topicsInFrame(other)).toEqual([]);
  });
});

describe('Coinbase Exchange’s REST', () => {
  it('has candles of 300 rows, in numbers whose digits are kept and in an order of their own', () => {
    const from = Date.UTC(2026, 7, 9);
    const query = { nativeSymbol: 'BTC-USD', interval: '1m', limit: 500, from };
    expect(rest.candles!.request(query).path).toBe(
      '/products/BTC-USD/candles?granularity=60&start=2026-08-09T00:00:00.000Z&end=2026-08-09T04:59:00.000Z',
    );
    const at = from / 1_000;
    const rejected: string[] = [];
    const body = `[[${at + 60},65083.10,65091,65090,65083.6700,1.05553510],[${at},1,"x",2,3,4],[${at - 60},1,4,2,3,7e-7]]`;
    expect(rest.candles!.parse(body, query, (reason) => rejected.push(reason))).toEqual([
      {
        ...{
          interval: '1m',
          openTime: from - 60_000,
          closeTime: from,
          low: '1',
          high: '4',
          open: '2',
          close: '3',
        },
        baseVolume: '0.0000007',
      },
      {
        ...{
          interval: '1m',
          openTime: from + 60_000,
          closeTime: from + 120_000,
          low: '65083.10',
          high: '65091',
        },
        ...{ open: '65090', close: '65083.6700', baseVolume: '1.05553510' },
      },
    ]);
    expect(rejected).toEqual([expect.stringContaining('[1][2]')]);
    expect(rest.candles!.request({ nativeSymbol: 'A-B', interval: '1d', limit: 2, asOf: from }).path).toMatch(
      /granularity=86400&start=2026-08-08.*&end=2026-08-09/,
    );
    expect(rest.candles!.request({ nativeSymbol: 'A-B', interval: '1h', limit: 2 }).path).toMatch(/=3600$/);
  });

  it('has the newest trades, with the side of the maker', () => {
    const row = (trade_id: number, side: string): object => ({
      ...{ trade_id, price: '5', size: '1', side, time: '2021-04-17T16:43:37.075687Z' },
    });
    const query = { nativeSymbol: 'BTC-USD', params: {}, after: { id: '1' }, limit: 500 };
    expect(rest.trades!.request(query).path).toBe('/products/BTC-USD/trades?limit=100');
    expect(rest.trades!.parse(JSON.stringify([row(3, 'sell'), row(2, 'buy')]), query, none)).toMatchObject([
      { id: '2', side: 'sell' },
      { id: '3', side: 'buy' },
    ]);
  });

  it('has products and whether they are traded, and the time', () => {
    const product = {
      ...{ id: 'BTC-USD', base_currency: 'BTC', quote_currency: 'USD', status: 'online' },
      ...{ base_increment: '0.00000001', quote_increment: '0.01', trading_disabled: false },
    };
    const rejected: string[] = [];
    const listed = rest.instruments.parse(
      JSON.stringify([
        product,
        { ...product, id: 'ETH-USD', base_currency: 'ETH', trading_disabled: true },
        { ...product, id: 'XYZ-USD', base_currency: 'XYZ', status: 'delisted' },
        { ...product, id: 'BTC-DOLLAR' },
        { ...product, base_currency: '' },
      ]),
      undefined,
      (reason) => rejected.push(reason),
    );
    expect(listed[0]).toEqual({
      ...{
        exchange: 'coinbase-exchange',
        kind: 'spot',
        symbol: 'BTC/USD',
        nativeSymbol: 'BTC-USD',
        base: 'BTC',
      },
      ...{ quote: 'USD', status: 'trading', tickSize: '0.01', lotSize: '0.00000001' },
    });
    expect(listed.map(({ status }) => status)).toEqual(['trading', 'halted', 'delisted']);
    expect(rejected).toHaveLength(2);
    expect(
      rest.serverTime!.parse('{"iso":"2026-08-09T21:05:48Z","epoch":1786309548.5}', undefined, none),
    ).toBe(Date.UTC(2026, 7, 9, 21, 5, 48));
  });

  it('is recognised in recordings of whatever host, and says what is wrong with other answers', () => {
    const url = (path: string): URL => new URL(`https://api.pro.coinbase.com${path}`);
    expect(rest.instruments.recognise(url('/products'))).toEqual({});
    expect(rest.instruments.recognise(url('/products/BTC-USD/candles'))).toBeUndefined();
    expect(rest.candles!.recognise(url('/products/BTC-USD/candles'))).toEqual({ nativeSymbol: 'BTC-USD' });
    expect(rest.trades!.recognise(url('/products/BTC-USD/trades'))).toEqual({ nativeSymbol: 'BTC-USD' });
    expect(rest.serverTime!.recognise(url('/time'))).toEqual({});
    expect(() => rest.instruments.parse('<html>', undefined, none)).toThrow(MalformedAnswerError);
    expect(() => rest.serverTime!.parse('{}', undefined, none)).toThrow(MalformedAnswerError);
  });
});

describe('the recording of 2021', () => {
  const lines = readCapture('cryptofeed/coinbase/ws.28.jsonl.gz');
  const listed = readCapture('cryptofeed/coinbase/http.jsonl.gz')?.find(({ k }) => k === 'http')?.frame;
  const ifAny = lines && listed !== undefined ? test : test.skip;
  const topics = (lines ?? [])
    .filter(({ k }) => k === 'send')
    .flatMap(({ frame = '' }) => recording.topicsInFrame(frame));
  const calls = ((): readonly Call[] => {
    const sink = new RecordingSink(...topics);
    const session = coinbaseExchange().createSession({
      endpoint: 'feed',
      url: 'wss://x.test/',
      nextId: () => 1,
    });
    for (const { k, frame = '' } of lines ?? [])
      if (k === 'recv') session.onFrame(Buffer.from(frame), false, 0, sink);
    return sink.calls;
  })();

  ifAny('is read to the last row, level2 with it', () => {
    const counts: Record<string, number> = {};
    for (const [call] of calls) counts[call] = (counts[call] ?? 0) + 1;
    expect(counts).toEqual({
      ...{ bookSnapshot: 10, bookUpdate: 9_719, recentTrades: 10, trade: 97, ticker: 107 },
      // Answers to what this session has not asked for.
      ignored: 3,
    });
  });

  ifAny('shows by its books that trades have the taker’s side', () => {
    const books = new Map<string, OrderBook>();
    const at = { near: 0, far: 0 };
    for (const [call, topic, ...rest] of calls) {
      const product = String(topic).split(':')[1] ?? '';
      const book = books.get(product) ?? new OrderBook();
      books.set(product, book);
      if (call === 'bookSnapshot') book.applySnapshot(rest[2] as BookLevel[], rest[3] as BookLevel[]);
      if (call === 'bookUpdate') book.applyUpdate(rest[2] as BookLevel[], rest[3] as BookLevel[]);
      const [bid, ask] = [book.side('bids').best, book.side('asks').best];
      if (call !== 'trade' || !bid || !ask) continue;
      const [, , price, , side] = rest as string[];
      // Who buys takes an ask, and who sells a bid: the nearer of the two is the one that was taken.
      const isAtBid = compareDecimals(price!, bid[0]) <= 0;
      const isAtAsk = compareDecimals(price!, ask[0]) >= 0;
      if (isAtBid !== isAtAsk) at[(side === 'sell') === isAtBid ? 'near' : 'far']++;
    }
    expect(at.far).toBe(0);
    expect(at.near).toBeGreaterThan(0);
  });

  ifAny('lists its products, with a symbol for each', () => {
    const rejected: string[] = [];
    const instruments = rest.instruments.parse(listed ?? '', undefined, (reason) => rejected.push(reason));
    expect(rejected).toEqual([]);
    expect(instruments).toHaveLength(162);
    expect(new Set(instruments.map(({ symbol }) => symbol)).size).toBe(162);
    for (const { symbol } of instruments) expect(formatSymbol(parseSymbol(symbol))).toBe(symbol);
  });
});
