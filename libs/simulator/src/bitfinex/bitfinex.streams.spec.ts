import { VirtualClock } from '@exchange-stream/market-data';
import { BitfinexClient, type Row } from '../../test/bitfinex-client.ts';
import { createSimulatedExchange, type SimulatedExchange } from '../index.ts';

describe('channels of simulated Bitfinex', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;
  let client: BitfinexClient;

  const open = (symbol: string, activity = 1): void => {
    clock = new VirtualClock(Date.UTC(2026, 10, 21, 10, 0, 20));
    exchange = createSimulatedExchange('bitfinex', {
      clock,
      market: { symbols: [symbol], depthLevels: 40, stepMs: 250, activity, startTime: clock.now() - 9e7 },
    });
    exchange.start();
    client = new BitfinexClient(exchange);
  };
  afterEach(() => exchange.stop());

  it('trades: the newest first, then each twice, with the sign of the taker', async () => {
    open('tBTCUSD');
    const chanId = client.subscribe({ channel: 'trades', symbol: 'tBTCUSD' });
    await clock.advance(20_000);
    exchange.market.pause();
    const [[snapshot], ...updates] = client.on(chanId) as [[Row[]], ...[string, Row][]];
    expect(snapshot.map(([id]) => id)).toEqual(snapshot.map((_, index) => snapshot[0]![0]! - index));
    const told = (type: string): Row[] => updates.filter(([each]) => each === type).map(([, row]) => row);
    const truth = exchange.market.trades('tBTCUSD').slice(-told('te').length);
    const rows = truth.map(({ id, time, amount, price, takerSide }) => [
      ...[id, time, (takerSide === 'sell' ? -1 : 1) * Number(amount), Number(price)],
    ]);
    expect(rows.length).toBeGreaterThan(30);
    expect(told('te')).toEqual(rows);
    expect(told('tu')).toEqual(rows);
    expect(updates[0]![0]).toBe('te');
    expect(snapshot[0]![0]).toBe(truth[0]!.id - 1);
  });

  it('trades of lending have days, and types of their own', async () => {
    open('fUSD');
    const chanId = client.subscribe({ channel: 'trades', symbol: 'fUSD' });
    await clock.advance(20_000);
    const [[snapshot], ...updates] = client.on(chanId) as [[Row[]], ...[string, Row][]];
    expect(snapshot.every((row) => row.length === 5)).toBe(true);
    expect(new Set(updates.map(([type]) => type))).toEqual(new Set(['fte', 'ftu']));
    const [, row] = updates[0]!;
    expect(row).toHaveLength(5);
    expect(row[4]).toBeGreaterThanOrEqual(2);
  });

  it('ticker: sums of 25 levels as sizes, at once and when it changes', async () => {
    open('tBTCUSD');
    const chanId = client.subscribe({ channel: 'ticker', symbol: 'tBTCUSD' });
    expect(client.on(chanId)).toHaveLength(1);
    await clock.advance(10_000);
    exchange.market.pause();
    const ticker = client.on(chanId).at(-1)![0] as Row;
    const { bids, asks } = exchange.market.book('tBTCUSD');
    const sum = (levels: typeof bids): number =>
      levels.slice(0, 25).reduce((total, [, amount]) => total + Number(amount), 0);
    expect(ticker).toHaveLength(11);
    expect(ticker.slice(0, 4)).toEqual([Number(bids[0]![0]), sum(bids), Number(asks[0]![0]), sum(asks)]);
    expect(ticker[6]).toBe(Number(exchange.market.trades('tBTCUSD').at(-1)!.price));
    expect(ticker[8]).toBeGreaterThanOrEqual(ticker[9]!);
    expect(client.on(chanId).length).toBeGreaterThan(5);
    expect(client.on(chanId).length).toBeLessThan(14);
  });

  it('ticker of lending: the return rate, and bid and ask with their days', () => {
    open('fUSD');
    const chanId = client.subscribe({ channel: 'ticker', symbol: 'fUSD' });
    const ticker = client.on(chanId)[0]![0] as Row;
    const { bids, asks } = exchange.market.book('fUSD');
    expect(ticker).toHaveLength(16);
    expect([ticker[1], ticker[4]]).toEqual([Number(bids[0]![0]), Number(asks[0]![0])]);
    expect(ticker[2]).toBeGreaterThanOrEqual(2);
    expect(ticker[0]).toBeGreaterThan(0);
  });

  it('candles: the newest first with the close before high and low, then the running one as it changes', async () => {
    open('tBTCUSD');
    const chanId = client.subscribe({ channel: 'candles', key: 'trade:1m:tBTCUSD' });
    await clock.advance(200_000);
    exchange.market.pause();
    const [[snapshot], ...updates] = client.on(chanId) as [[Row[]], ...[Row][]];
    expect(snapshot).toHaveLength(120);
    expect(snapshot[0]![0]).toBeGreaterThan(snapshot[1]![0]!);
    const last = new Map(updates.map(([row]) => [row[0], row]));
    const truth = exchange.market
      .candles('tBTCUSD', '1m')
      .filter(({ openTime, trades }) => last.has(openTime) && trades > 0)
      .map(({ openTime, open: first, close, high, low, volume }) =>
        [openTime, first, close, high, low, volume].map(Number),
      );
    expect(last.size).toBeGreaterThan(3);
    expect([...last.values()]).toEqual(truth);
    // What was traded last may come behind the beginning of the next.
    const times = updates.map(([row]) => row[0]!);
    expect(times.filter((time, index) => time < (times[index - 1] ?? 0)).length).toBeGreaterThan(0);
  });

  it.each(['5m', '15m', '30m', '1h', '3h', '6h', '12h', '1D', '1W', '7D', '14D', '1M'])(
    'candles of %s',
    (interval) => {
      open('tBTCUSD');
      const chanId = client.subscribe({ channel: 'candles', key: `trade:${interval}:tBTCUSD` });
      expect(((client.on(chanId)[0]![0] as Row[])[0] as Row).length).toBe(6);
    },
  );

  it.each(['p30', 'a30:p2:p30'])('candles of lending by %s', (periods) => {
    open('fUSD');
    const chanId = client.subscribe({ channel: 'candles', key: `trade:1h:fUSD:${periods}` });
    expect((client.on(chanId)[0]![0] as Row[]).length).toBeGreaterThan(20);
  });

  it('status of a derivative: each second, with what changes every three', async () => {
    open('tBTCF0:USTF0');
    const chanId = client.subscribe({ channel: 'status', key: 'deriv:tBTCF0:USTF0' });
    await clock.advance(30_000);
    const rows = client.on(chanId).map(([row]) => row as Row);
    expect(rows).toHaveLength(31);
    expect(new Set(rows.map(([time]) => time)).size).toBe(11);
    const truth = exchange.market.derivatives('tBTCF0:USTF0')!;
    const row = rows.at(-1)!;
    expect(row).toHaveLength(23);
    expect(Math.abs(row[3]! - truth.indexPrice)).toBeLessThan(50);
    expect(Math.abs(row[14]! - truth.markPrice)).toBeLessThan(50);
    expect(row[7]).toBe(truth.nextFundingTime);
    expect([row[21], row[22]]).toEqual([0.0005, 0.0025]);
  });

  it('status of liquidations: what is to be done, then what came of it', async () => {
    open('tBTCF0:USTF0', 4);
    const chanId = client.subscribe({ channel: 'status', key: 'liq:global' });
    expect(client.on(chanId)).toEqual([]);
    const before = exchange.market.derivatives('tBTCF0:USTF0')!.liquidations.length;
    await clock.advance(120_000);
    const rows = client.on(chanId).map(([body]) => (body as unknown[][])[0]!);
    const truth = exchange.market.derivatives('tBTCF0:USTF0')!.liquidations.slice(before);
    expect(truth.length).toBeGreaterThan(2);
    expect(rows.map((row) => row[8])).toEqual(truth.flatMap(() => [0, 1]));
    const triggers = rows.filter((row) => row[8] === 0);
    expect(triggers.map((row) => [row[0], row[2], row[4], row[5], row[6]])).toEqual(
      truth.map(({ time, side, price, amount }) => [
        ...['pos', time, 'tBTCF0:USTF0'],
        (side === 'buy' ? -1 : 1) * Number(amount),
        Number(price),
      ]),
    );
  });
});
