import { bitfinex } from '@exchange-stream/adapters';
import { VirtualClock, type MarketEvent, type SubscriptionRequest } from '@exchange-stream/market-data';
import { BitfinexExchange, type BitfinexOptions } from '@exchange-stream/simulator';
import { ExchangeWorld } from './world/exchange-world.ts';

const BOOK = { exchange: 'bitfinex', channel: 'book', symbol: 'BTC/USD' } as const;
const PERPETUAL = 'BTC/USDT:USDT';
const FUNDING = 'fUSD';
const EVERYTHING: SubscriptionRequest[] = [
  BOOK,
  { ...BOOK, params: { level: 'order' } },
  { ...BOOK, params: { precision: 'P2', speed: 2000 } },
  { ...BOOK, channel: 'trades' },
  { ...BOOK, channel: 'ticker' },
  { ...BOOK, channel: 'quotes' },
  { ...BOOK, channel: 'candles', params: { interval: '1m', history: 5 } },
  { ...BOOK, channel: 'derivatives', symbol: PERPETUAL },
  { ...BOOK, channel: 'liquidations', symbol: PERPETUAL },
  { ...BOOK, symbol: FUNDING },
  { ...BOOK, channel: 'trades', symbol: FUNDING },
  { ...BOOK, channel: 'ticker', symbol: FUNDING },
  { ...BOOK, channel: 'candles', symbol: FUNDING, params: { interval: '1h', period: 30 } },
  { exchange: 'bitfinex', channel: 'status', symbol: '' },
];

/** Bitfinex's twin and the engine. */
class World extends ExchangeWorld<BitfinexExchange> {
  readonly events: MarketEvent[] = [];
  readonly sent: string[] = [];

  constructor(subscriptions: readonly SubscriptionRequest[] = [BOOK], options: BitfinexOptions = {}) {
    const clock = new VirtualClock(Date.UTC(2026, 10, 26, 12));
    const market = {
      symbols: ['tBTCUSD', 'tETHUSD', 'tBTCF0:USTF0', 'fUSD'],
      ...{ activity: 0.5, depthLevels: 40, stepMs: 250, startTime: clock.now() - 3_600_000 },
    };
    super({
      clock,
      seed: 1,
      exchange: new BitfinexExchange({ clock, market }, options),
      options: { exchanges: [bitfinex()], subscriptions: [...subscriptions] },
      book: BOOK,
    });
    this.stream.listen({}, (event) => this.events.push(event));
    this.tap = (call) => {
      if (call.what === 'send') this.sent.push(call.text);
    };
  }

  /** Lets the market stand still, so that everybody holds the same, and compares. */
  async expectTruth(): Promise<void> {
    this.exchange.market.pause();
    await this.clock.advance(4_000);
    expect(this.awaited()).toEqual([]);
    const { bids, asks } = this.exchange.market.book('tBTCUSD');
    const held = this.replica.levels();
    const plain = (levels: readonly (readonly unknown[])[]): unknown[] =>
      levels.slice(0, 25).map(([price, amount]) => [Number(price), Number(amount)]);
    expect([plain(held.bids), plain(held.asks)]).toEqual([plain(bids), plain(asks)]);
    this.expectPromises();
    this.exchange.market.resume();
  }
}

describe('Bitfinex, through everything', () => {
  it('has every channel, of pairs, perpetuals and lending, and the books are the exchange’s', async () => {
    const world = new World(EVERYTHING);
    await world.clock.advance(20_000);
    await world.expectTruth();
    expect(world.replica.states).toEqual(['syncing', 'snapshot', 'live']);
    const { ignored: _ignored, ...counters } = world.stream.manager('bitfinex').counters();
    expect(counters).toMatchObject({ unhandled: 0, rejected: 0, undecodable: 0, gaps: 0, frameGaps: 0 });
    const trade = world.events.find(({ type, symbol }) => type === 'trade' && symbol === FUNDING);
    expect(trade).toHaveProperty('periodDays');
    const kinds = new Set(world.events.map(({ type }) => type));
    for (const kind of [
      'book-snapshot',
      'book-orders-snapshot',
      'trade',
      'ticker',
      'quote',
      'candle',
      'derivatives',
    ])
      expect(kinds).toContain(kind);
    // Flags go first, on every socket.
    const flags = world.sent.filter((text) => text.includes('"conf"'));
    expect(JSON.parse(flags[0]!)).toMatchObject({ event: 'conf', flags: 32_768 + 65_536 + 131_072 });
    expect(flags).toHaveLength(world.exchange.connections.size);
    expect(world.sent[0]).toBe(flags[0]);
    await world.close();
  });

  it('pauses with the exchange, and asks for every channel anew when it is back', async () => {
    const world = new World(EVERYTHING);
    await world.clock.advance(5_000);
    world.exchange.announceMaintenance({ title: 'work', beginsInMs: 1_000, lastsMs: 90_000 });
    await world.clock.advance(2_000);
    expect(world.book.view().data).toBe('halted');
    const { length } = world.sent;
    await world.clock.advance(80_000);
    const said = world.sent.slice(length).filter((text) => !text.includes('"ping"'));
    expect(said).toEqual([]);
    await world.clock.advance(20_000);
    const again = world.sent.slice(length).filter((text) => text.includes('"unsubscribe"'));
    expect(again.length).toBeGreaterThan(10);
    await world.expectTruth();
    await world.close();
  });

  it('leaves a server that stops before it closes', async () => {
    const world = new World();
    await world.clock.advance(5_000);
    world.exchange.faults.inject({ type: 'server-shutdown', closeAfterMs: 30_000 });
    await world.clock.advance(10_000);
    expect([...world.exchange.connections].map(({ id }) => id)).not.toContain(1);
    await world.expectTruth();
    await world.close();
  });

  it('learns that a connection carries less than is documented, and takes others for the rest', async () => {
    const world = new World(EVERYTHING, { channelsPerConnection: 5 });
    await world.clock.advance(40_000);
    await world.expectTruth();
    const channels = [...world.exchange.connections].map(({ subscriptions }) => subscriptions.size);
    expect(Math.max(...channels)).toBeLessThanOrEqual(5);
    expect(channels.length).toBeGreaterThan(2);
    await world.close();
  });

  it('takes up a channel that is refused as a repeated one before it was ever acknowledged', async () => {
    const world = new World([BOOK], { bookAckMs: 13_000 });
    await world.clock.advance(60_000);
    expect(world.sent.filter((text) => text.includes('"subscribe"')).length).toBeGreaterThan(1);
    await world.expectTruth();
    await world.close();
  });

  it('misses a frame of any channel on the connection, and builds its books anew', async () => {
    const world = new World([BOOK, { ...BOOK, channel: 'ticker' }]);
    await world.clock.advance(5_000);
    world.exchange.faults.inject({ type: 'drop-frames', topic: 'ticker:tBTCUSD', count: 1 });
    await world.clock.advance(5_000);
    expect(world.replica.states.slice(3)).toEqual(['gap', 'snapshot', 'live']);
    expect(world.stream.manager('bitfinex').counters().frameGaps).toBe(1);
    await world.expectTruth();
    await world.close();
  });
});
