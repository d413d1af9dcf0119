import { VirtualClock } from '@exchange-stream/market-data';
import { rest, restBody } from '../../test/recording-client.ts';
import { createSimulatedExchange, type SimulatedExchange } from '../index.ts';

const START = Date.UTC(2026, 10, 21, 10, 0, 20);
const HOUR_MS = 3_600_000;

interface Listed extends Record<string, unknown> {
  readonly symbol: string;
}

interface Chart {
  readonly candles: readonly { readonly time: number; readonly close: string; readonly volume: string }[];
  readonly more_candles: boolean;
}

describe('REST of simulated Kraken Futures', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;

  beforeEach(() => {
    clock = new VirtualClock(START);
    exchange = createSimulatedExchange('kraken-futures', {
      clock,
      market: { depthLevels: 5, stepMs: 1000, startTime: START - 48 * HOUR_MS },
    });
    exchange.start();
  });
  afterEach(() => exchange.stop());

  it('lists linear and inverse contracts, with and without an end', () => {
    const { instruments } = restBody<{ instruments: readonly Listed[] }>(
      exchange,
      '/derivatives/api/v3/instruments',
    );
    const bySymbol = new Map(instruments.map((one) => [one.symbol, one]));
    expect(bySymbol.get('PI_XBTUSD')).toMatchObject({ type: 'futures_inverse', tickSize: 0.5, base: 'BTC' });
    expect(bySymbol.get('PF_PEPEUSD')).toMatchObject({
      type: 'flexible_futures',
      tickSize: 1e-10,
      contractValueTradePrecision: -3,
    });
    expect(bySymbol.get('FI_XBTUSD_261225')).toMatchObject({
      type: 'futures_inverse',
      lastTradingTime: '2026-12-25T08:00:00.000Z',
    });
    expect(bySymbol.get('PF_LTCUSD')).toMatchObject({ tradeable: false });
    exchange.market.delist('PI_ETHUSD');
    expect(rest(exchange, '/derivatives/api/v3/instruments').body).not.toContain('PI_ETHUSD');
  });

  it('tells tickers and books as they stand', () => {
    const { tickers } = restBody<{ tickers: readonly Listed[] }>(exchange, '/derivatives/api/v3/tickers');
    const { openInterest, markPrice } = exchange.market.derivatives('PF_XBTUSD')!;
    expect(tickers.find(({ symbol }) => symbol === 'PF_XBTUSD')).toMatchObject({
      openInterest: Number(openInterest),
      markPrice,
    });
    const { orderBook } = restBody<{ orderBook: { bids: number[][] } }>(
      exchange,
      '/derivatives/api/v3/orderbook?symbol=PF_XBTUSD',
    );
    const { bids } = exchange.market.book('PF_XBTUSD');
    expect(orderBook.bids).toEqual(bids.map((level) => level.map(Number)));
  });

  it('has candles of the time that is asked for, oldest first, the running one included', async () => {
    await clock.advance(100_000);
    const from = Math.floor((START - HOUR_MS) / 1000);
    const { candles, more_candles: more } = restBody<Chart>(
      exchange,
      `/api/charts/v1/trade/PI_XBTUSD/5m?from=${from}`,
    );
    const truth = exchange.market.candles('PI_XBTUSD', '5m').slice(-12);
    expect(candles.map(({ time, close, volume }) => ({ time, close, volume }))).toEqual(
      truth.map(({ openTime, close, volume }) => ({ time: openTime, close, volume })),
    );
    expect(more).toBe(false);
  });

  it('says that there are more candles than one answer takes', () => {
    const from = Math.floor((START - 48 * HOUR_MS) / 1000);
    const first = restBody<Chart>(exchange, `/api/charts/v1/trade/PI_XBTUSD/1m?from=${from}`);
    expect(first.candles).toHaveLength(2000);
    expect(first.more_candles).toBe(true);
    expect(first.candles[0]!.time).toBe(Math.ceil((from * 1000) / 60_000) * 60_000);
  });

  it.each([
    ['/derivatives/api/v3/orderbook?symbol=PF_NOPEUSD', 200, 'contractNotFound'],
    ['/api/charts/v1/trade/PI_XBTUSD/7m', 200, 'invalidResolution'],
    ['/api/charts/v1/trade/PI_XBTUSD/1m?from=yesterday', 200, 'invalidArgument: from'],
    ['/derivatives/api/v3/gossip', 404, 'apiMethodNotFound'],
  ])('refuses %s', (target, status, error) => {
    const answer = rest(exchange, target);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ result: 'error', error });
  });
});
