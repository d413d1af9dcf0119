import { VirtualClock } from '@exchange-stream/market-data';
import { BybitClient, result, type BybitFrame } from '../../test/bybit-client.ts';
import { BybitExchange } from './bybit.exchange.ts';
import { parseTopic } from './bybit.topics.ts';

const START = Date.UTC(2026, 10, 21, 10, 0, 31);
const OPTION = 'BTC-25DEC26-100000-C-USDT';
type Row = Record<string, unknown>;

describe('the topics of simulated Bybit', () => {
  let clock: VirtualClock;
  let exchange: BybitExchange;

  const start = (symbols: readonly string[], activity = 1): void => {
    clock = new VirtualClock(START);
    const startTime = START - 86_400_000;
    exchange = new BybitExchange({
      clock,
      seed: 5,
      market: { symbols, startTime, depthLevels: 40, activity },
    });
    exchange.start();
  };
  afterEach(() => {
    exchange.stop();
    expect(clock.pending).toBe(0);
  });

  const connect = (category: string): BybitClient => new BybitClient(exchange, `/v5/public/${category}`);
  const rows = (frames: readonly BybitFrame[]): Row[] => frames.flatMap(({ data }) => data as Row[]);

  it.each([
    ['spot', /^228\d{16}$/],
    ['linear', /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/],
  ])('sends every trade of %s once and in order, with the side of the taker', async (category, id) => {
    start([`${category}:BTCUSDT`]);
    const client = connect(category).subscribe('publicTrade.BTCUSDT');
    await clock.advance(10_000);
    const sent = rows(client.topic('publicTrade.BTCUSDT'));
    const truth = exchange.market.trades(`${category}:BTCUSDT`).slice(-sent.length);
    expect(sent.length).toBeGreaterThan(20);
    expect(sent.map(({ T, p, v, S }) => [T, p, v, S])).toEqual(
      truth.map(({ time, price, amount, takerSide }) => [
        time,
        price,
        amount,
        takerSide === 'buy' ? 'Buy' : 'Sell',
      ]),
    );
    expect(new Set(sent.map(({ i }) => i)).size).toBe(sent.length);
    for (const { i, L } of sent) {
      expect(i).toMatch(id);
      expect(L === undefined).toBe(category === 'spot');
    }
    // Fields and ids are those of REST, which has the newest first.
    const list = result<{ list: Row[] }>(
      exchange,
      `/v5/market/recent-trade?category=${category}&symbol=BTCUSDT&limit=20`,
    );
    expect(list.list.map(({ execId }) => execId).reverse()).toEqual(sent.slice(-20).map(({ i }) => i));
    expect(list.list.map(({ isBlockTrade }) => isBlockTrade).reverse()).toEqual(
      sent.slice(-20).map(({ BT }) => BT),
    );
  });

  it('streams the trades of all options on a coin in one topic', async () => {
    start([`option:${OPTION}`, 'option:BTC-25DEC26-90000-P-USDT', 'option:ETH-25DEC26-3500-C-USDT'], 5);
    const client = connect('option').subscribe('publicTrade.BTC');
    await clock.advance(20_000);
    const symbols = new Set(rows(client.topic('publicTrade.BTC')).map(({ s }) => s));
    expect(symbols).toEqual(new Set([OPTION, 'BTC-25DEC26-90000-P-USDT']));
  });

  it.each(['linear:BTCUSDT', 'inverse:BTCUSD', 'linear:BTCPERP', 'linear:BTCUSDT-25DEC26'])(
    'tells the ticker of %s whole, then what changed',
    async (listed) => {
      start([listed]);
      const [category = '', symbol = ''] = listed.split(':');
      const client = connect(category).subscribe(`tickers.${symbol}`);
      await clock.advance(5000);
      exchange.market.pause();
      const frames = client.topic(`tickers.${symbol}`);
      expect(frames.map(({ type }) => type).slice(0, 2)).toEqual(['snapshot', 'delta']);
      const deltas = frames.slice(1).map(({ data }) => data as Row);
      expect(Math.min(...deltas.map((delta) => Object.keys(delta).length))).toBeLessThan(8);
      for (const { symbol: name, bid1Price, bid1Size } of deltas) {
        expect(name).toBe(symbol);
        expect(bid1Price === undefined).toBe(bid1Size === undefined);
      }
      const merged = frames.reduce<Row>((all, { data }) => ({ ...all, ...(data as Row) }), {});
      const { list } = result<{ list: Row[] }>(
        exchange,
        `/v5/market/tickers?category=${category}&symbol=${symbol}`,
      );
      expect(merged).toEqual(list[0]);
      const truth = exchange.market.derivatives(listed)!;
      expect(Number(merged['markPrice'])).toBeCloseTo(truth.markPrice, 1);
      expect(Number(merged['openInterest'])).toBeCloseTo(2 * Number(truth.openInterest), 3);
      expect(merged['fundingRate']).toBe(truth.fundingRate === undefined ? '' : String(truth.fundingRate));
    },
  );

  it('has spot tickers whole every time, and without bid and ask', async () => {
    start(['spot:BTCUSDT']);
    const client = connect('spot').subscribe('tickers.BTCUSDT');
    await clock.advance(5000);
    const frames = client.topic('tickers.BTCUSDT');
    expect(frames.length).toBeGreaterThan(5);
    for (const { type, data } of frames) {
      expect(type).toBe('snapshot');
      expect(data).toHaveProperty('usdIndexPrice');
      expect(data).not.toHaveProperty('bid1Price');
    }
    expect(frames.at(-1)!.data).toMatchObject({
      lastPrice: exchange.market.trades('spot:BTCUSDT').at(-1)!.price,
    });
  });

  it('has tickers of options with volatility and greeks', async () => {
    start([`option:${OPTION}`]);
    const client = connect('option').subscribe(`tickers.${OPTION}`);
    await clock.advance(2000);
    const frames = client.topic(`tickers.${OPTION}`);
    expect(frames.length).toBeGreaterThan(2);
    expect(new Set(frames.map(({ type }) => type))).toEqual(new Set(['snapshot']));
    const { delta, gamma, vega, theta, markPriceIv, askIv } = frames.at(-1)!.data as Record<string, string>;
    expect(Number(delta)).toBeGreaterThan(0.2);
    expect(Number(delta)).toBeLessThan(0.8);
    for (const value of [gamma, vega, markPriceIv, askIv]) expect(Number(value)).toBeGreaterThan(0);
    expect(Number(theta)).toBeLessThan(0);
  });

  it.each([
    ['spot:BTCUSDT', '1'],
    ['linear:BTCUSDT', '3'],
    ['inverse:BTCUSD', '1'],
  ])('closes each candle of %s (%s) once, as REST has it', async (listed, interval) => {
    start([listed], 0.5);
    const [category = '', symbol = ''] = listed.split(':');
    const topic = `kline.${interval}.${symbol}`;
    const client = connect(category).subscribe(topic);
    await clock.advance(interval === '3' ? 380_000 : 130_000);
    const klines = rows(client.topic(topic));
    const closed = klines.filter(({ confirm }) => confirm === true);
    expect(closed.length).toBeGreaterThan(1);
    expect(new Set(closed.map(({ start: from }) => from)).size).toBe(closed.length);
    for (const { start: from, end } of closed)
      expect(end).toBe((from as number) + Number(interval) * 60_000 - 1);
    const { list } = result<{ list: string[][] }>(
      exchange,
      `/v5/market/kline?category=${category}&symbol=${symbol}&interval=${interval}&start=${closed[0]!['start'] as number}&limit=${closed.length}`,
    );
    expect(list.reverse()).toEqual(
      closed.map((row) => [
        String(row['start']),
        ...['open', 'high', 'low', 'close', 'volume', 'turnover'].map((name) => row[name]),
      ]),
    );
  });

  it('counts dollars in inverse contracts, and pays in coins', async () => {
    start(['inverse:BTCUSD']);
    const client = connect('inverse').subscribe('kline.1.BTCUSD');
    await clock.advance(20_000);
    const { volume, turnover, close } = rows(client.topic('kline.1.BTCUSD')).at(-1)! as Record<
      string,
      string
    >;
    expect(volume).toMatch(/^\d+$/);
    expect(Number(volume) / Number(turnover) / Number(close)).toBeCloseTo(1, 2);
  });

  it('names the side of the position that was liquidated, not that of the order', async () => {
    start(['linear:BTCUSDT'], 3);
    const client = connect('linear').subscribe('allLiquidation.BTCUSDT');
    await clock.advance(60_000);
    exchange.market.pause();
    const frames = client.topic('allLiquidation.BTCUSDT');
    const sent = rows(frames);
    const truth = exchange.market.derivatives('linear:BTCUSDT')!.liquidations.slice(-sent.length);
    expect(sent.length).toBeGreaterThan(3);
    expect(sent).toEqual(
      truth.map(({ time, side, price, amount }) => ({
        T: time,
        s: 'BTCUSDT',
        S: side === 'sell' ? 'Buy' : 'Sell',
        v: amount,
        p: price,
      })),
    );
  });

  it('tells price limits, and nothing of pools that stay as they are', async () => {
    start(['linear:BTCUSDT']);
    const client = connect('linear').subscribe('priceLimit.BTCUSDT', 'insurance.USDT', 'adlAlert.USDT');
    await clock.advance(2000);
    expect(new Set(client.frames.map(({ topic }) => topic))).toEqual(
      new Set([undefined, 'priceLimit.BTCUSDT']),
    );
    const { buyLmt, sellLmt } = client.topic('priceLimit.BTCUSDT')[0]!.data as Record<string, string>;
    expect(Number(buyLmt)).toBeGreaterThan(Number(sellLmt));
  });

  it('streams a spread', async () => {
    start(['spread:BTCUSDT_BTC/USDT']);
    const client = connect('spread').subscribe('orderbook.25.BTCUSDT_BTC/USDT', 'tickers.BTCUSDT_BTC/USDT');
    await clock.advance(2000);
    expect(client.answers[0]).toMatchObject({ type: 'COMMAND_RESP', success: true });
    expect(client.topic('orderbook.25.BTCUSDT_BTC/USDT').length).toBeGreaterThan(1);
  });
});

it.each([
  ['spot', 'orderbook.50.BTCUSDT', { kind: 'book', symbol: 'BTCUSDT', depth: 50 }],
  ['option', 'orderbook.50.X', undefined],
  ['option', 'orderbook.100.X', { kind: 'book', symbol: 'X', depth: 100 }],
  ['option', 'orderbook.full.X', undefined],
  ['linear', 'orderbook.050.X', undefined],
  ['linear', 'kline.D.X', { kind: 'kline', symbol: 'X', interval: 'D' }],
  ['linear', 'kline.D.', undefined],
  ['spread', 'kline.D.X', undefined],
  ['linear', 'publicTrade', undefined],
  ['linear', 'a.b.c.d', undefined],
  ['inverse', 'allLiquidation.X', { kind: 'liquidations', symbol: 'X' }],
  ['status', 'system.status', { kind: 'status' }],
] as const)('reads on %s the topic %s', (kind, name, topic) => {
  const read = parseTopic(kind, name);
  if (topic === undefined) expect(read).toBeUndefined();
  else expect(read).toMatchObject(topic);
});
