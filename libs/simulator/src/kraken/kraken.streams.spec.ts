import { VirtualClock } from '@exchange-stream/market-data';
import { KrakenClient } from '../../test/kraken-client.ts';
import { KrakenExchange } from './kraken.exchange.ts';

const START = Date.UTC(2026, 10, 21, 10, 0, 20);

describe('channels of simulated Kraken', () => {
  let clock: VirtualClock;
  let exchange: KrakenExchange;

  beforeEach(() => {
    clock = new VirtualClock(START);
    exchange = new KrakenExchange({
      clock,
      market: { symbols: ['BTC/USD', 'XMR/USD'], depthLevels: 12, startTime: START - 3_600_000 },
    });
    exchange.start();
  });
  afterEach(() => exchange.stop());

  it('tell every trade once, several of one order in one frame, in their order', async () => {
    const client = new KrakenClient(exchange).subscribe('trade', 'BTC/USD');
    await clock.advance(10_000);
    const truth = exchange.market.trades('BTC/USD').filter(({ time }) => time > START);
    const rows = client.rowsOf('trade');
    expect(rows.map(({ trade_id: id }) => id)).toEqual(truth.map(({ id }) => id));
    expect(rows.map(({ side, price, qty }) => [side, price, qty])).toEqual(
      truth.map(({ takerSide, price, amount }) => [takerSide, Number(price), Number(amount)]),
    );
    expect(client.of('trade').length).toBeLessThan(rows.length);
    expect(client.of('trade').map(({ type }) => type)).not.toContain('snapshot');
  });

  it('tell the latest 50 trades first where that is wanted', () => {
    const client = new KrakenClient(exchange).subscribe('trade', 'BTC/USD', { snapshot: true });
    const [snapshot] = client.of('trade');
    expect(snapshot).toMatchObject({ type: 'snapshot' });
    const ids = client.rowsOf('trade').map(({ trade_id: id }) => Number(id));
    expect(ids).toHaveLength(50);
    expect(ids.at(-1)).toBe(exchange.market.trades('BTC/USD').at(-1)!.id);
  });

  it('tell a ticker at each order, or when the best prices are others', async () => {
    const byTrades = new KrakenClient(exchange).subscribe('ticker', 'BTC/USD').subscribe('trade', 'BTC/USD');
    const byQuotes = new KrakenClient(exchange).subscribe('ticker', 'BTC/USD', { event_trigger: 'bbo' });
    await clock.advance(5000);
    exchange.market.pause();
    expect(byTrades.of('ticker')).toHaveLength(1 + byTrades.of('trade').length);
    const { bids, asks } = exchange.market.book('BTC/USD');
    expect(byQuotes.rowsOf('ticker').at(-1)).toMatchObject({
      symbol: 'BTC/USD',
      bid: Number(bids[0]![0]),
      bid_qty: Number(bids[0]![1]),
      ask: Number(asks[0]![0]),
      ask_qty: Number(asks[0]![1]),
    });
  });

  it('tell candles as they change, and never that one is over', async () => {
    const client = new KrakenClient(exchange).subscribe('ohlc', 'BTC/USD', { interval: 1 });
    await clock.advance(90_000);
    const [first, ...later] = client.of('ohlc');
    expect(first).toMatchObject({ type: 'snapshot', timestamp: '2026-11-21T10:00:20.000000000Z' });
    const begins = later.map(({ data }) => (data as Record<string, unknown>[])[0]!['interval_begin']);
    expect(new Set(begins)).toEqual(
      new Set(['2026-11-21T10:00:00.000000000Z', '2026-11-21T10:01:00.000000000Z']),
    );
    const [minute] = exchange.market
      .candles('BTC/USD', '1m')
      .filter(({ openTime }) => openTime === START - 20_000);
    const last = client
      .rowsOf('ohlc')
      .filter(({ interval_begin: begin }) => begin === begins[0])
      .at(-1);
    expect(last).toMatchObject({
      open: Number(minute!.open),
      close: Number(minute!.close),
      volume: Number(minute!.volume),
      trades: minute!.trades,
      interval: 1,
      // The end of the candle, whatever the name says.
      timestamp: '2026-11-21T10:01:00.000000Z',
    });
  });

  it('say nothing of a minute without trades', async () => {
    const client = new KrakenClient(exchange).subscribe('ohlc', 'BTC/USD');
    exchange.market.pause();
    await clock.advance(180_000);
    expect(client.of('ohlc')).toHaveLength(1);
  });

  it('tell all instruments, then those whose status is another one', () => {
    const client = new KrakenClient(exchange).subscribe('instrument');
    exchange.market.halt('BTC/USD');
    exchange.market.reopen('BTC/USD');
    const told = client.messages.filter(({ channel }) => channel === 'instrument') as unknown as {
      type: string;
      data: { assets: { id: string }[]; pairs: Record<string, unknown>[] };
    }[];
    expect(told.map(({ type, data }) => [type, ...data.pairs.map(({ status }) => status)])).toEqual([
      ['snapshot', 'online', 'work_in_progress'],
      ['update', 'cancel_only'],
      ['update', 'online'],
    ]);
    expect(told[0]!.data.assets.map(({ id }) => id)).toEqual(['BTC', 'USD', 'XMR']);
    expect(told[0]!.data.pairs[0]).toMatchObject({
      symbol: 'BTC/USD',
      price_precision: 1,
      price_increment: 0.1,
      qty_precision: 8,
    });
  });
});
