import { VirtualClock } from '@exchange-stream/market-data';
import { KrakenFuturesClient } from '../../test/kraken-futures-client.ts';
import { createSimulatedExchange, type SimulatedExchange } from '../index.ts';

const START = Date.UTC(2026, 10, 21, 10, 0, 20);
const INVERSE = 'PI_XBTUSD';
const LINEAR = 'PF_XBTUSD';

interface Level {
  readonly price: number;
  readonly qty: number;
}

interface Snapshot {
  readonly seq: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

interface Change extends Level {
  readonly seq: number;
  readonly side: 'buy' | 'sell';
}

interface TradeFrame {
  readonly seq: number;
  readonly type: string;
  readonly side: string;
  readonly time: number;
  readonly price: number;
  readonly qty: number;
  readonly uid: string;
}

describe('feeds of simulated Kraken Futures', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;
  let client: KrakenFuturesClient;

  beforeEach(() => {
    clock = new VirtualClock(START);
    exchange = createSimulatedExchange('kraken-futures', {
      clock,
      market: { symbols: [INVERSE, LINEAR], depthLevels: 20, startTime: START - 3_600_000 },
    });
    exchange.start();
    client = new KrakenFuturesClient(exchange);
  });
  afterEach(() => exchange.stop());

  /** A client's book, kept by the letter of the exchange's own rules. */
  const followed = (): { seq: number; bids: Level[]; asks: Level[]; gaps: number } => {
    const [{ seq: first, bids, asks }] = client.dataOf<Snapshot>('book_snapshot') as [Snapshot];
    const sides = { buy: new Map<number, number>(), sell: new Map<number, number>() };
    for (const { price, qty } of bids) if (qty > 0) sides.buy.set(price, qty);
    for (const { price, qty } of asks) if (qty > 0) sides.sell.set(price, qty);
    let seq = first;
    let gaps = 0;
    for (const change of client.dataOf<Change>('book')) {
      if (change.seq !== seq + 1) gaps++;
      seq = change.seq;
      if (change.qty === 0) sides[change.side].delete(change.price);
      else sides[change.side].set(change.price, change.qty);
    }
    const sorted = (side: Map<number, number>, sign: number): Level[] =>
      [...side].sort(([a], [b]) => sign * (a - b)).map(([price, qty]) => ({ price, qty }));
    return { seq, gaps, bids: sorted(sides.buy, -1), asks: sorted(sides.sell, 1) };
  };
  const truth = (symbol: string): { seq: number; bids: Level[]; asks: Level[] } => {
    const { lastUpdateId, bids, asks } = exchange.market.book(symbol);
    const levels = (side: typeof bids): Level[] =>
      side.map(([price, qty]) => ({ price: Number(price), qty: Number(qty) }));
    return { seq: lastUpdateId, bids: levels(bids), asks: levels(asks) };
  };

  it.each([INVERSE, LINEAR])(
    'a book begins whole and goes on level by level, numbered one by one (%s)',
    async (symbol) => {
      client.subscribe('book', symbol);
      await clock.advance(10_000);
      const { gaps, ...book } = followed();
      expect(client.dataOf('book').length).toBeGreaterThan(50);
      expect(gaps).toBe(0);
      expect(book).toEqual(truth(symbol));
    },
  );

  it('has levels of zero in the snapshot, better than the best', async () => {
    let zeros = 0;
    for (let round = 0; round < 20; round++) {
      const one = new KrakenFuturesClient(exchange);
      one.subscribe('book', INVERSE);
      const [{ bids, asks }] = one.dataOf<Snapshot>('book_snapshot') as [Snapshot];
      if (bids[0]!.qty === 0) {
        zeros++;
        expect(bids[0]!.price).toBeGreaterThan(bids[1]!.price);
        expect(asks[0]!).toMatchObject({ qty: 0 });
      }
      one.leave();
      await clock.advance(500);
    }
    expect(zeros).toBeGreaterThan(0);
  });

  it('leaves a hole in the numbers where a frame is lost, and begins lower where it counts anew', async () => {
    client.subscribe('book', INVERSE);
    await clock.advance(2_000);
    exchange.faults.inject({ type: 'drop-frames', topic: `book:${INVERSE}`, count: 1 });
    await clock.advance(2_000);
    expect(followed().gaps).toBe(1);
    exchange.faults.inject({ type: 'recount-books', symbol: INVERSE });
    await clock.advance(2_000);
    expect(client.dataOf<Change>('book').at(-1)!.seq).toBeLessThan(1000);
  });

  it('tells trades as they are printed, after the latest hundred, newest first', async () => {
    await clock.advance(50_000);
    client.subscribe('trade', LINEAR);
    await clock.advance(30_000);
    const [snapshot] = client.dataOf<{ trades: readonly TradeFrame[] }>('trade_snapshot');
    const before = [...snapshot!.trades].reverse();
    expect(before).toHaveLength(100);
    const trades = [...before, ...client.dataOf<TradeFrame>('trade')];
    expect(trades.map(({ seq }) => seq)).toEqual(trades.map((_, index) => trades[0]!.seq + index));
    const printed = new Map(exchange.market.trades(LINEAR).map((trade) => [trade.id, trade]));
    for (const { seq, side, time, price, qty } of trades) {
      const { takerSide, ...trade } = printed.get(seq)!;
      expect({ side, time, price, qty }).toEqual({
        side: takerSide,
        time: trade.time,
        price: Number(trade.price),
        qty: Number(trade.amount),
      });
    }
    expect(new Set(trades.map(({ uid }) => uid)).size).toBe(trades.length);
  });

  it('tells whoever comes in the middle of an order each trade once', async () => {
    let last = 0;
    for (let round = 0; round < 40; round++) {
      const one = new KrakenFuturesClient(exchange);
      one.subscribe('trade', LINEAR);
      await clock.advance(730);
      const [snapshot] = one.dataOf<{ trades: readonly TradeFrame[] }>('trade_snapshot');
      const told = [...[...snapshot!.trades].reverse(), ...one.dataOf<TradeFrame>('trade')];
      expect(told.map(({ seq }) => seq)).toEqual(told.map((_, index) => told[0]!.seq + index));
      expect(one.dataOf('trade', 'trade_snapshot')[0]!.feed).toBe('trade_snapshot');
      last = told.at(-1)!.seq;
      one.leave();
    }
    expect(last).toBeGreaterThan(0);
  });

  it('tells liquidations among the trades, by their type', async () => {
    client.subscribe('trade', INVERSE, LINEAR);
    await clock.advance(50_000);
    client.ping();
    await clock.advance(50_000);
    const liquidated = client.dataOf<TradeFrame>('trade').filter(({ type }) => type === 'liquidation');
    const times = [INVERSE, LINEAR].flatMap((symbol) =>
      exchange.market.derivatives(symbol)!.liquidations.map(({ time, side }) => `${time} ${side}`),
    );
    expect(liquidated.length).toBeGreaterThan(0);
    for (const { time, side } of liquidated) expect(times).toContain(`${time} ${side}`);
    const types = new Set(client.dataOf<TradeFrame>('trade').map(({ type }) => type));
    expect(types).toEqual(new Set(['fill', 'liquidation', 'block']));
  });

  it('tells each ticker once a second at most, funding in both its forms', async () => {
    client.subscribe('ticker', INVERSE, LINEAR);
    await clock.advance(20_000);
    for (const symbol of [INVERSE, LINEAR]) {
      const tickers = client.dataOf('ticker').filter(({ product_id }) => product_id === symbol);
      expect(tickers.length).toBeGreaterThan(10);
      expect(tickers.length).toBeLessThanOrEqual(21);
      const last = tickers.at(-1)! as Record<string, number>;
      const absolute = symbol === INVERSE ? 1 / last['index']! : last['index']!;
      expect(last['funding_rate']).toBeCloseTo(last['relative_funding_rate']! * absolute, 10);
      expect(last['next_funding_rate_time']).toBe(Date.UTC(2026, 10, 21, 11));
    }
  });

  it('says that a product is suspended', async () => {
    client.subscribe('ticker', INVERSE);
    exchange.market.halt(INVERSE);
    await clock.advance(1_000);
    expect(client.dataOf('ticker').at(-1)).toMatchObject({ suspended: true });
    exchange.market.reopen(INVERSE);
    await clock.advance(1_000);
    expect(client.dataOf('ticker').at(-1)).toMatchObject({ suspended: false });
  });

  it('beats once a second for whom asks for it', async () => {
    client.subscribe('heartbeat');
    await clock.advance(5_000);
    expect(client.dataOf('heartbeat')).toHaveLength(5);
    expect(client.dataOf('heartbeat')[0]).toEqual({ feed: 'heartbeat', time: START + 1000 });
  });
});
