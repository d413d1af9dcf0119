import { crc32 } from 'node:zlib';
import type { BookLevel, Instrument } from '@exchange-stream/market-data';
import type {
  BookLink,
  ExchangeAdapter,
  Session,
  SessionContext,
  Sink,
  Stream,
} from '../../src/contract/index.ts';
import { capabilitiesOf } from '../../src/engine/capabilities/capabilities-of.ts';
import type { SubscriptionHandle } from '../../src/engine/index.ts';
import { fakeAdapter, FakeWorld, type FakeSocket } from './fake-exchange.ts';
import { bare } from './values/valued-exchange.ts';

const FUNDING: Instrument = {
  ...{ exchange: 'fake', kind: 'funding', symbol: 'fUSD', nativeSymbol: 'fUSD' },
  ...{ base: 'USD', quote: 'USD', status: 'trading' },
};
const SPOT: Instrument = {
  ...{ exchange: 'fake', kind: 'spot', symbol: 'BTC/USD', nativeSymbol: 'tBTCUSD' },
  ...{ base: 'BTC', quote: 'USD', status: 'trading' },
};

/** What a frame has, beside its topic. */
interface Frame {
  readonly topic: string;
  readonly trade?: readonly [id: string, rate: string, amount: string, periodDays?: number];
  readonly quote?: Parameters<Sink['quote']>[7];
  readonly ticker?: Parameters<Sink['ticker']>[2];
  readonly book?: { readonly link: BookLink; readonly bids: readonly BookLevel[] };
}

const proof = (bids: readonly BookLevel[]): number => crc32(bids.map(([price]) => price).join(':'));

/** The made-up exchange, where money is lent, too. */
function fundingAdapter(): ExchangeAdapter {
  const fake = fakeAdapter();
  const topic = (name: string) => (nativeSymbol: string) => `${name}.${nativeSymbol}`;
  return {
    ...fake,
    channels: {
      ...fake.channels,
      quotes: { endpoint: 'public', params: {}, topic: topic('quotes') },
      ticker: { endpoint: 'public', params: {}, topic: topic('ticker') },
      book: {
        ...{ endpoint: 'public', params: {}, topic: topic('book') },
        book: () => ({
          ...{ kind: 'linked', seed: 'stream', follows: () => 'follows' },
          checksum: { levels: 25, kinds: ['spot', 'perpetual'], of: proof },
        }),
      },
      candles: {
        endpoint: 'public',
        params: {
          interval: { description: 'Length of a candle', values: ['1m', '1h'], required: true },
          period: {
            ...{ description: 'Days that are lent for', kinds: ['funding'] },
            ...{ values: [2, 30], default: 30 },
          },
          aggregation: {
            ...{ description: 'Several periods together', kinds: ['funding'], values: [] },
            ...{ form: /a\d+:p\d+:p\d+/, also: 'a form such as a30:p2:p30' },
          },
        },
        topic: (nativeSymbol, { interval, period = 30, aggregation }) =>
          `candles.${String(interval)}.${nativeSymbol}.${String(aggregation ?? `p${String(period)}`)}`,
      },
    },
    rest: {
      ...fake.rest,
      instruments: {
        request: () => ({ path: '/instruments', weight: 1 }),
        parse: () => [SPOT, FUNDING],
        recognise: () => undefined,
      },
    },
    createSession: <S extends Stream>(context: SessionContext): Session<S> => {
      const session = fake.createSession<S>(context);
      return {
        ...session,
        onFrame: (frame, binary, receivedAt, sink) => {
          const { topic: name, trade, quote, ticker, book } = JSON.parse(frame.toString()) as Frame;
          const stream = name === undefined ? undefined : sink.stream(name);
          if (!stream) return session.onFrame(frame, binary, receivedAt, sink);
          if (trade) {
            const [id, rate, amount, periodDays] = trade;
            sink.trade(stream, 1, id, rate, amount, 'buy', undefined, periodDays);
          }
          if (quote) sink.quote(stream, 1, undefined, '0.0003', '5', '0.0002', '7', quote);
          if (ticker) sink.ticker(stream, 1, ticker);
          if (!book) return;
          if (book.link.last === 1) sink.bookSnapshot(stream, 1, book.link, book.bids, []);
          else sink.bookUpdate(stream, 1, book.link, book.bids, []);
        },
      };
    },
  };
}

async function open(
  channel: 'trades' | 'quotes' | 'ticker' | 'book',
  symbol = 'fUSD',
): Promise<{ world: FakeWorld; socket: FakeSocket; handle: SubscriptionHandle; told: unknown[] }> {
  const world = new FakeWorld(fundingAdapter());
  const handle = world.stream.subscribe({ exchange: 'fake', channel, symbol });
  const told: unknown[] = [];
  handle.on((event) => void told.push(event.type === 'status' ? event.state : bare(event)));
  const socket = await world.connect();
  await world.clock.advance(1_000);
  socket.ackAll();
  return { world, socket, handle, told };
}

describe('funding', () => {
  test('has the days of each trade, and other trades have none', async () => {
    const { socket, told } = await open('trades');
    socket.push({ topic: 'trades.fUSD', trade: ['1', '0.0002', '100', 30] });
    socket.push({ topic: 'trades.fUSD', trade: ['2', '0.0001', '100'] });
    const trade = { type: 'trade', exchangeTime: 1, amount: '100', side: 'buy' };
    expect(told.slice(-2)).toEqual([
      { ...trade, id: '1', price: '0.0002', periodDays: 30 },
      { ...trade, id: '2', price: '0.0001' },
    ]);
    expect(told.at(-1)).not.toHaveProperty('periodDays');
  });

  test('has the days of both sides of a quote', async () => {
    const { socket, handle } = await open('quotes');
    socket.push({ topic: 'quotes.fUSD', quote: { bidPeriodDays: 30, askPeriodDays: 2 } });
    expect(handle.latest()).toMatchObject({
      bid: '0.0003',
      bidPeriodDays: 30,
      ask: '0.0002',
      askPeriodDays: 2,
    });
  });

  test('has its reference rate in the ticker', async () => {
    const { socket, handle } = await open('ticker');
    const ticker = { last: '0.0002', bidPeriodDays: 30, flashReturnRate: '0.00021', flashReturnAmount: '9' };
    socket.push({ topic: 'ticker.fUSD', ticker });
    expect(handle.latest()).toMatchObject(ticker);
  });

  test('has books without checksums where these prove only those of other kinds', async () => {
    const bids: BookLevel[] = [
      ['0.0003', '5', 1, 2],
      ['0.0003', '7', 2, 30],
    ];
    const { socket, handle, told } = await open('book');
    socket.push({ topic: 'book.fUSD', book: { link: { last: 1, checksum: 1 }, bids } });
    socket.push({ topic: 'book.fUSD', book: { link: { last: 2, checksum: 1 }, bids: [['0', '3', 1, 2]] } });
    expect(told.slice(-3, -1)).toEqual([expect.objectContaining({ type: 'book-snapshot' }), 'live']);
    expect(handle.latest()).toMatchObject({ bids: [...bids, ['0', '3', 1, 2]] });
    const other = await open('book', 'BTC/USD');
    other.socket.push({
      topic: 'book.tBTCUSD',
      book: { link: { last: 1, checksum: 1 }, bids: [['1', '5']] },
    });
    expect(other.told.at(-1)).toBe('gap');
  });
});

describe('what only some kinds of instruments have', () => {
  const canonical = (symbol: string, params: Record<string, string | number>): unknown =>
    new FakeWorld(fundingAdapter()).stream
      .manager('fake')
      .canonical({ exchange: 'fake', channel: 'candles', symbol, params: { interval: '1m', ...params } })
      .params;

  test('is a parameter of theirs alone', () => {
    expect(canonical('fUSD', { period: 2 })).toEqual({ interval: '1m', period: 2 });
    expect(canonical('fUSD', { period: '30' })).toEqual({ interval: '1m' });
    expect(() => canonical('BTC/USD', { period: 2 })).toThrow(
      'fake candles of kind spot has no parameter "period". It takes: interval, history, source, synthetic.',
    );
  });

  test('may have any value of a form', () => {
    expect(canonical('fUSD', { aggregation: 'a30:p2:p30' })).toEqual({
      interval: '1m',
      aggregation: 'a30:p2:p30',
    });
    for (const aggregation of ['a30', 'a30:p2:p30 ', 'xa30:p2:p30', ''])
      expect(() => canonical('fUSD', { aggregation })).toThrow('Allowed: a form such as a30:p2:p30.');
  });

  test('makes no candles of trades, which are of all periods', () => {
    expect(canonical('BTC/USD', { interval: '10s' })).toEqual({ interval: '10s' });
    expect(() => canonical('fUSD', { interval: '10s' })).toThrow(/does not take "10s" for "interval"/);
  });

  test('stands in the capabilities, fit for JSON', () => {
    const { channels } = capabilitiesOf(fundingAdapter());
    expect(JSON.parse(JSON.stringify(channels))).toEqual(channels);
    const find = (wanted: string) => channels.find(({ channel }) => channel === wanted);
    expect(find('book')?.books).toMatchObject([{ hasChecksum: true, checksumKinds: ['spot', 'perpetual'] }]);
    expect(find('candles')?.params.find(({ name }) => name === 'aggregation')).toEqual({
      ...{ name: 'aggregation', description: 'Several periods together', required: false },
      ...{ values: [], also: 'a form such as a30:p2:p30', kinds: ['funding'] },
    });
  });
});
