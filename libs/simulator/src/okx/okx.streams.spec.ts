import { VirtualClock } from '@exchange-stream/market-data';
import { OkxClient, type OkxFrame } from '../../test/okx-client.ts';
import { createSimulatedExchange, type SimulatedExchange } from '../index.ts';

const START = Date.UTC(2026, 10, 21, 10, 0, 20);
const CALL = 'BTC-USD-261225-100000-C';

type Row = Readonly<Record<string, string>>;

describe('channels of simulated OKX', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;

  const open = (...symbols: string[]): OkxClient => openAt(START, symbols);
  const openAt = (start: number, symbols: readonly string[], activity = 1): OkxClient => {
    clock = new VirtualClock(start);
    exchange = createSimulatedExchange('okx', {
      clock,
      market: { symbols, depthLevels: 15, stepMs: 250, activity, startTime: start - 3_600_000 },
    });
    exchange.start();
    return new OkxClient(exchange);
  };
  afterEach(() => exchange.stop());

  const lastOf = (client: OkxClient, channel: string): Row => client.rowsOf<Row>(channel).at(-1)!;

  it('merge the fills of one taker at one price in trades, and tell each in trades-all', async () => {
    const client = open('BTC-USDT');
    const business = new OkxClient(exchange, 'business');
    client.subscribe('trades:BTC-USDT');
    business.subscribe('trades-all:BTC-USDT');
    await clock.advance(20_000);
    const all = business.rowsOf<Row>('trades-all');
    const truth = exchange.market.trades('BTC-USDT').slice(-all.length);
    expect(all).toEqual(
      truth.map(({ id, time, price, amount, takerSide }) => ({
        instId: 'BTC-USDT',
        tradeId: String(id),
        px: price,
        sz: amount,
        side: takerSide,
        ts: String(time),
      })),
    );
    let next = 0;
    for (const { tradeId, px, sz, side, count } of client.rowsOf<Row>('trades')) {
      const fills = truth.slice(next, (next += Number(count)));
      expect(fills.at(-1)).toMatchObject({ id: Number(tradeId), price: px, takerSide: side });
      const sum = fills.reduce((total, { amount }) => total + Number(amount), 0);
      expect(Number(sz)).toBeCloseTo(sum, 8);
    }
    expect(next).toBe(truth.length);
    expect(client.rowsOf<Row>('trades').some(({ count }) => count !== '1')).toBe(true);
    expect(client.rowsOf<{ seqId: unknown }>('trades')[0]!.seqId).toEqual(expect.any(Number));
  });

  it('tell tickers as they change, at once to a newcomer', async () => {
    const client = open('BTC-USDT');
    client.subscribe('tickers:BTC-USDT');
    expect(client.rowsOf('tickers')).toHaveLength(1);
    await clock.advance(5000);
    exchange.market.pause();
    const { bids, asks } = exchange.market.book('BTC-USDT');
    expect(lastOf(client, 'tickers')).toMatchObject({
      instType: 'SPOT',
      instId: 'BTC-USDT',
      last: exchange.market.trades('BTC-USDT').at(-1)!.price,
      bidPx: bids[0]![0],
      bidSz: bids[0]![1],
      askPx: asks[0]![0],
      askSz: asks[0]![1],
    });
    const times = client.rowsOf<Row>('tickers').map(({ ts }) => Number(ts));
    expect(Math.min(...times.slice(2).map((time, index) => time - times[index + 1]!))).toBeGreaterThanOrEqual(
      50,
    );
  });

  it('confirm candles when they close, and begin days at midnight of UTC+8 or UTC', async () => {
    open('BTC-USDT');
    const client = new OkxClient(exchange, 'business');
    client.subscribe('candle1m:BTC-USDT', 'candle1D:BTC-USDT', 'candle1Dutc:BTC-USDT', 'candle3M:BTC-USDT');
    const opened = (channel: string): number =>
      Number((client.dataOf(channel)[0] as OkxFrame & { data: string[][] }).data[0]![0]);
    expect(opened('candle1D')).toBe(Date.UTC(2026, 10, 20, 16));
    expect(opened('candle1Dutc')).toBe(Date.UTC(2026, 10, 21));
    expect(opened('candle3M')).toBe(Date.UTC(2026, 8, 30, 16));
    await clock.advance(100_000);
    const minutes = client.rowsOf<readonly string[]>('candle1m');
    const closed = minutes.filter((row) => row[8] === '1');
    expect(closed.map(([time]) => Number(time))).toEqual([
      Date.UTC(2026, 10, 21, 10, 0),
      Date.UTC(2026, 10, 21, 10, 1),
    ]);
    const truth = exchange.market.candles('BTC-USDT', '1m').filter((candle) => candle.closed);
    expect(closed.map((row) => row.slice(1, 8))).toEqual(
      truth
        .slice(-2)
        .map(({ open, high, low, close, volume, quoteVolume }) => [
          open,
          high,
          low,
          close,
          volume,
          quoteVolume,
          quoteVolume,
        ]),
    );
  });

  it('count candles of contracts in contracts, in coins and in dollars', async () => {
    open('BTC-USD-SWAP', 'BTC-USDT-SWAP');
    const client = new OkxClient(exchange, 'business');
    client.subscribe('candle1m:BTC-USD-SWAP', 'candle1m:BTC-USDT-SWAP');
    await clock.advance(41_000);
    for (const [instId, contract] of [
      ['BTC-USD-SWAP', 'dollars'],
      ['BTC-USDT-SWAP', 'coins'],
    ] as const) {
      const row = client
        .dataOf('candle1m')
        .filter(({ arg }) => arg!['instId'] === instId)
        .at(-2)!.data![0];
      const [, , , , close, contracts, coins, dollars] = (row as unknown as string[]).map(Number);
      expect(contracts).toBeGreaterThan(0);
      expect(dollars! / coins! / close!).toBeCloseTo(1, 2);
      if (contract === 'dollars') expect(dollars).toBeCloseTo(contracts! * 100, 6);
      else expect(coins).toBeCloseTo(contracts! * 0.01, 6);
    }
  });

  it('tell what derivatives are worth', async () => {
    const client = open('BTC-USD-SWAP', 'BTC-USDT-SWAP', 'BTC-USD-261225');
    client.subscribe(
      'mark-price:BTC-USD-261225',
      'index-tickers:BTC-USD',
      'funding-rate:BTC-USD-SWAP',
      'open-interest:BTC-USD-SWAP',
      'open-interest:BTC-USDT-SWAP',
      'price-limit:BTC-USDT-SWAP',
    );
    // Each begins with how things stand.
    expect(client.messages.filter(({ data }) => data !== undefined)).toHaveLength(6);
    await clock.advance(100_000);
    exchange.market.pause();
    await clock.advance(5000);
    const future = exchange.market.derivatives('BTC-USD-261225')!;
    expect(Number(lastOf(client, 'mark-price')['markPx'])).toBeCloseTo(future.markPrice, 0);
    expect(lastOf(client, 'mark-price')).toMatchObject({ instType: 'FUTURES', instId: 'BTC-USD-261225' });
    expect(Number(lastOf(client, 'index-tickers')['idxPx'])).toBeCloseTo(future.indexPrice, 5);
    const swap = exchange.market.derivatives('BTC-USD-SWAP')!;
    expect(lastOf(client, 'funding-rate')).toMatchObject({
      fundingTime: String(swap.nextFundingTime),
      nextFundingTime: String(swap.nextFundingTime! + 8 * 3_600_000),
      nextFundingRate: '',
    });
    expect(client.dataOf('funding-rate').length).toBeLessThanOrEqual(3);
    for (const { instId, oi, oiCcy, oiUsd } of client.rowsOf<Row>('open-interest').slice(-2)) {
      const { openInterest, indexPrice } = exchange.market.derivatives(instId!)!;
      expect(oi).toBe(openInterest);
      expect(Number(oiUsd) / Number(oiCcy) / indexPrice).toBeCloseTo(1, 6);
      const dollars = instId === 'BTC-USD-SWAP' ? Number(oi) * 100 : Number(oi) * 0.01 * indexPrice;
      expect(Number(oiUsd) / dollars).toBeCloseTo(1, 6);
    }
    const { buyLmt, sellLmt } = lastOf(client, 'price-limit');
    expect(Number(buyLmt)).toBeGreaterThan(Number(sellLmt));
  });

  it('tell no more than one liquidation a second of each contract', async () => {
    const client = openAt(START, ['ETH-USDT-SWAP'], 20);
    client.subscribe({ channel: 'liquidation-orders', instType: 'SWAP' });
    await clock.advance(10_000);
    const rows = client.rowsOf<{ readonly details: readonly Row[] }>('liquidation-orders');
    const times = rows.map(({ details }) => Number(details[0]!['ts']));
    expect(times.length).toBeGreaterThan(3);
    for (const [index, time] of times.slice(1).entries())
      expect(time - times[index]!).toBeGreaterThanOrEqual(1000);
    const truth = exchange.market.derivatives('ETH-USDT-SWAP')!.liquidations;
    expect(truth.filter(({ time }) => time >= times[0]!).length).toBeGreaterThan(times.length);
  });

  it('tell liquidations of all swaps, and to a newcomer the last one again', async () => {
    const client = open('BTC-USDT-SWAP', 'ETH-USDT-SWAP');
    client.subscribe({ channel: 'liquidation-orders', instType: 'SWAP' });
    await clock.advance(120_000);
    const frames = client.dataOf('liquidation-orders');
    expect(new Set(client.rowsOf<Row>('liquidation-orders').map(({ instId }) => instId)).size).toBe(2);
    const [row] = frames.at(-1)!.data as unknown as [Row & { details: Row[] }];
    const truth = exchange.market.derivatives(row.instId!)!.liquidations;
    const told = truth.find(({ time }) => String(time) === row.details[0]!['ts'])!;
    expect(row).toMatchObject({
      instType: 'SWAP',
      instFamily: row.instId!.replace('-SWAP', ''),
      details: [
        {
          side: told.side,
          posSide: told.side === 'sell' ? 'long' : 'short',
          bkPx: told.price,
          sz: told.amount,
        },
      ],
    });
    const newcomer = new OkxClient(exchange);
    newcomer.subscribe({ channel: 'liquidation-orders', instType: 'SWAP' });
    expect(newcomer.dataOf('liquidation-orders')).toEqual([frames.at(-1)]);
  });

  it('tell the greeks of all options of one family in one frame', async () => {
    const client = open(CALL, CALL.replace('-C', '-P'), 'ETH-USD-261225-3400-C');
    client.subscribe({ channel: 'opt-summary', instFamily: 'BTC-USD' });
    await clock.advance(1000);
    const rows = client.dataOf('opt-summary').at(-1)!.data as unknown as Row[];
    expect(rows.map(({ instId }) => instId)).toEqual([CALL, CALL.replace('-C', '-P')]);
    const [call, put] = rows;
    expect(Number(call!['deltaBS']) - Number(put!['deltaBS'])).toBeCloseTo(1, 1);
    expect(Number(call!['markVol'])).toBeCloseTo(0.55, 1);
  });

  it('tell each trade of the options of one family', async () => {
    const client = open(CALL);
    client.subscribe({ channel: 'option-trades', instType: 'OPTION', instFamily: 'BTC-USD' });
    await clock.advance(60_000);
    const [first] = client.dataOf('option-trades');
    expect(first!.arg).toEqual({ channel: 'option-trades', instType: 'OPTION', instFamily: 'BTC-USD' });
    const trades = exchange.market.trades(CALL);
    expect(client.rowsOf<Row>('option-trades').map(({ tradeId }) => tradeId)).toEqual(
      trades.slice(-client.dataOf('option-trades').length).map(({ id }) => String(id)),
    );
  });

  it.each([
    [61, 0],
    [59, 1],
  ])('tell %i minutes before delivery %i settlement prices', (minutes, count) => {
    const client = openAt(Date.UTC(2026, 11, 25, 8) - minutes * 60_000, ['BTC-USD-261225']);
    client.subscribe('estimated-price:BTC-USD-261225');
    expect(client.dataOf('estimated-price')).toHaveLength(count);
  });

  it('tell of instruments only what changed', () => {
    const client = open('BTC-USDT', 'ETH-USDT', 'XMR-USDT', 'BTC-USDT-SWAP');
    client.subscribe({ channel: 'instruments', instType: 'SPOT' });
    expect(client.rowsOf('instruments')).toEqual([]);
    const halt = exchange.faults.inject({ type: 'halt', symbol: 'ETH-USDT' });
    halt.clear();
    exchange.faults.inject({ type: 'halt' }).clear();
    exchange.market.reopen('XMR-USDT');
    exchange.market.list('SOL-USDT');
    exchange.market.delist('BTC-USDT');
    exchange.market.delist('BTC-USDT-SWAP');
    expect(client.rowsOf<Row>('instruments').map(({ instId, state }) => [instId, state])).toEqual([
      ['ETH-USDT', 'suspend'],
      ['ETH-USDT', 'live'],
      // All that have opened.
      ['BTC-USDT', 'suspend'],
      ['ETH-USDT', 'suspend'],
      ['BTC-USDT', 'live'],
      ['ETH-USDT', 'live'],
      ['XMR-USDT', 'live'],
      ['SOL-USDT', 'live'],
      ['BTC-USDT', 'suspend'],
    ]);
    client.subscribe('trades:BTC-USDT');
    expect(client.replies.at(-1)).toMatchObject({ code: '60018' });
  });

  it('show maintenance when it is planned, when it begins and when it ends', async () => {
    const client = open('BTC-USDT');
    client.subscribe('status');
    exchange.announceMaintenance?.({ title: 'Spot upgrade', beginsInMs: 20_000, lastsMs: 5000 });
    const late = new OkxClient(exchange);
    late.subscribe('status');
    expect(late.rowsOf('status')).toMatchObject([
      {
        title: 'Spot upgrade',
        state: 'scheduled',
        begin: String(START + 20_000),
        end: String(START + 25_000),
      },
    ]);
    await clock.advance(25_000);
    expect(client.rowsOf<Row>('status').map(({ state }) => state)).toEqual([
      'scheduled',
      'ongoing',
      'completed',
    ]);
  });
});
