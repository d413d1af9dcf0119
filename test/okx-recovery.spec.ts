import { okx } from '@exchange-stream/adapters';
import { Replay, parseRecordedLine } from '@exchange-stream/nestjs/engine';
import { VirtualClock, type MarketEvent, type SubscriptionRequest } from '@exchange-stream/market-data';
import { createSimulatedExchange, type SimulatedExchange } from '@exchange-stream/simulator';
import { ExchangeWorld } from './world/exchange-world.ts';

const BOOK = { exchange: 'okx', channel: 'book', symbol: 'BTC/USDT' } as const;
const SWAP = 'BTC/USDT:USDT';
const OPTION = 'BTC/USD:BTC-261225-100000-C';
const EVERYTHING: SubscriptionRequest[] = [
  BOOK,
  { ...BOOK, params: { depth: 5 } },
  { ...BOOK, symbol: SWAP, params: { rpi: true } },
  { ...BOOK, channel: 'trades' },
  { ...BOOK, channel: 'trades', symbol: SWAP, params: { aggregated: false } },
  { ...BOOK, channel: 'ticker' },
  { ...BOOK, channel: 'quotes' },
  { ...BOOK, channel: 'candles', params: { interval: '1m', history: 5 } },
  { ...BOOK, channel: 'candles', params: { interval: '1d', timezone: '+08:00' } },
  { ...BOOK, channel: 'derivatives', symbol: SWAP },
  { ...BOOK, channel: 'options', symbol: OPTION },
  { ...BOOK, channel: 'liquidations', symbol: SWAP },
  { exchange: 'okx', channel: 'status', symbol: '' },
];

/** OKX's twin and the engine. */
class World extends ExchangeWorld<SimulatedExchange> {
  readonly events: MarketEvent[] = [];

  constructor(seed: number, subscriptions: readonly SubscriptionRequest[] = [BOOK]) {
    const clock = new VirtualClock(Date.UTC(2026, 10, 26, 12));
    super({
      clock,
      seed,
      exchange: createSimulatedExchange('okx', {
        clock,
        seed,
        market: {
          symbols: ['BTC-USDT', 'BTC-USDT-SWAP', 'BTC-USD-261225-100000-C'],
          activity: 0.3,
          depthLevels: 40,
        },
      }),
      options: { exchanges: [okx()], subscriptions: [...subscriptions] },
      book: BOOK,
    });
    this.stream.listen({}, (event) => this.events.push(event));
  }

  /** Lets the market stand still, so that everybody holds the same, and compares. */
  async expectTruth(): Promise<void> {
    this.exchange.market.pause();
    await this.clock.advance(2_000);
    expect(this.states()).toEqual(this.states().map(() => 'live'));
    const { bids, asks } = this.exchange.market.book('BTC-USDT');
    const held = this.replica.levels();
    const plain = (levels: readonly (readonly unknown[])[]): unknown[] =>
      levels.map(([price, amount]) => [Number(price), Number(amount)]);
    expect([plain(held.bids), plain(held.asks)]).toEqual([plain(bids), plain(asks)]);
    this.expectPromises();
    this.exchange.market.resume();
  }
}

describe('OKX, through everything', () => {
  test('every channel is live on its own socket, and the book is the exchange’s', async () => {
    const world = new World(1, EVERYTHING);
    await world.clock.advance(6_000);
    await world.expectTruth();
    expect(world.replica.states).toEqual(['syncing', 'snapshot', 'live']);
    const { ignored, ...counters } = world.stream.manager('okx').counters();
    expect(counters).toMatchObject({ unhandled: 0, rejected: 0, undecodable: 0, gaps: 0 });
    expect([...ignored]).toEqual([['liquidations of the past', 1]]);
    // Of several topics each.
    const newest = new Map(world.events.map((event) => [event.type, event]));
    const derivatives = ['markPrice', 'indexPrice', 'fundingRate', 'nextFundingTime', 'openInterest'];
    for (const field of derivatives) expect(newest.get('derivatives')).toHaveProperty(field);
    const values = ['markPrice', 'indexPrice', 'openInterest', 'markImpliedVolatility', 'delta'];
    for (const field of values) expect(newest.get('option')).toHaveProperty(field);
    const paths = [...world.exchange.connections].map(({ path }) => path);
    expect(paths.sort()).toEqual(['/ws/v5/business', '/ws/v5/public']);
    const kinds = new Set(world.events.map(({ type }) => type));
    expect([...kinds].sort()).toEqual(
      expect.arrayContaining(['book-snapshot', 'book-update', 'candle', 'quote', 'ticker', 'trade']),
    );
    await world.close();
  });

  test('a lost update: gap, then a snapshot, which comes when the topic is asked for again', async () => {
    const world = new World(3);
    await world.clock.advance(3_000);
    let isLost = false;
    world.loses = (frame) => {
      if (isLost || !frame.includes('"action":"update"')) return false;
      return (isLost = true);
    };
    await world.clock.advance(5_000);
    expect(world.replica.states).toEqual(['syncing', 'snapshot', 'live', 'gap', 'snapshot', 'live']);
    await world.expectTruth();
    await world.close();
  });

  test('a snapshot that never comes: the book begins with that of REST, whose id the updates have', async () => {
    const world = new World(6);
    world.loses = (frame) => frame.includes('"action":"snapshot"');
    // A seed from the middle of what an update sums up may hold what came and went within it.
    world.exchange.market.pause();
    await world.clock.advance(5_000);
    world.exchange.market.resume();
    await world.clock.advance(3_000);
    expect(world.replica.states).toEqual(['syncing', 'snapshot', 'live']);
    expect(world.stream.manager('okx').counters().seeds.loaded).toBe(1);
    await world.expectTruth();
    await world.close();
  });

  test('a dropped connection: stale, then a snapshot, then live', async () => {
    const world = new World(2);
    await world.clock.advance(3_000);
    world.network.drop();
    await world.clock.advance(5_000);
    const begins = ['syncing', 'snapshot', 'live'];
    expect(world.replica.states).toEqual([...begins, 'stale', ...begins]);
    await world.expectTruth();
    await world.close();
  });

  test('an announced service upgrade: the next connection is there before this one is closed', async () => {
    const world = new World(4);
    await world.clock.advance(3_000);
    world.exchange.faults.inject({ type: 'server-shutdown', closeAfterMs: 60_000 });
    await world.clock.advance(70_000);
    expect(world.replica.states).not.toContain('stale');
    expect([...world.exchange.connections].map(({ id }) => id)).toEqual([2]);
    await world.expectTruth();
    await world.close();
  });

  test('a market at rest: signs of life keep the connection, and nothing is taken for dead', async () => {
    const world = new World(5);
    await world.clock.advance(3_000);
    world.exchange.market.pause();
    await world.clock.advance(180_000);
    expect(world.replica.states).toEqual(['syncing', 'snapshot', 'live']);
    expect([...world.exchange.connections].map(({ id }) => id)).toEqual([1]);
    world.exchange.market.resume();
    await world.clock.advance(3_000);
    await world.expectTruth();
    await world.close();
  });
});

describe('an OKX book, whatever its numbers do', () => {
  const frame = (action: string, previous: number, sequence: number, ts: number, bid?: string): string =>
    JSON.stringify({
      arg: { channel: 'books', instId: 'BTC-USDT' },
      action,
      data: [
        {
          asks: action === 'snapshot' ? [['101', '1', '0', '1']] : [],
          bids: bid === undefined ? [] : [['100', bid, '0', '1']],
          ...{ ts: String(ts), checksum: 0, prevSeqId: previous, seqId: sequence },
        },
      ],
    });
  const replayed = (frames: readonly string[]): { events: MarketEvent[]; book: object | undefined } => {
    const events: MarketEvent[] = [];
    const replay = new Replay(okx(), { onEvent: (event) => events.push(event) });
    for (const [index, text] of frames.entries())
      replay.read(parseRecordedLine(JSON.stringify({ t: 1_700_000_000 + index, k: 'recv', frame: text })));
    return { events, book: replay.report().books[0] };
  };
  const begin = frame('snapshot', -1, 50, 1_000, '1');

  test('goes on at rest, where an update names itself as the one before', () => {
    const { book } = replayed([begin, frame('update', 50, 50, 61_000), frame('update', 50, 51, 61_100, '2')]);
    expect(book).toMatchObject({ linksOk: 2, gaps: 0, checksumsOk: 0, checksumsBad: 0 });
  });

  test('goes on where OKX numbers anew after maintenance, with smaller numbers', () => {
    const { book, events } = replayed([
      begin,
      frame('update', 50, 7, 2_000, '2'),
      frame('update', 7, 8, 2_100, '3'),
    ]);
    expect(book).toMatchObject({ linksOk: 2, gaps: 0 });
    expect(events.at(-1)).toMatchObject({ type: 'book-update', sequence: 8, bids: [['100', '3', 1]] });
  });

  test('passes over what it is told twice', () => {
    const { book } = replayed([
      begin,
      frame('update', 50, 51, 2_000, '2'),
      frame('update', 50, 51, 2_000, '2'),
      frame('update', 51, 52, 2_100, '3'),
    ]);
    expect(book).toMatchObject({ linksOk: 2, gaps: 0, olderThanSnapshot: 1 });
  });

  test('begins anew where an update is missing, and with a snapshot in mid-stream', () => {
    const { events, book } = replayed([
      begin,
      frame('update', 52, 53, 2_000, '2'),
      frame('snapshot', -1, 60, 2_100, '4'),
      frame('update', 60, 61, 2_200, '5'),
      frame('snapshot', -1, 90, 2_300, '6'),
    ]);
    expect(book).toMatchObject({ gaps: 1 });
    expect(events.map((event) => (event.type === 'status' ? event.state : event.type))).toEqual(
      expect.arrayContaining(['gap']),
    );
    expect(events.at(-1)).toMatchObject({ type: 'book-snapshot', sequence: 90 });
  });
});
