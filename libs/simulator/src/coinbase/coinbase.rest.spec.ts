import { VirtualClock } from '@exchange-stream/market-data';
import { rest, restBody } from '../../test/recording-client.ts';
import { createSimulatedExchange, type SimulatedExchange } from '../index.ts';

const START = Date.UTC(2026, 10, 21, 10, 3, 31);
const BASE = '/api/v3/brokerage';

type Row = Readonly<Record<string, unknown>>;

describe('REST of simulated Coinbase', () => {
  let clock: VirtualClock;
  let exchange: SimulatedExchange;

  beforeEach(() => {
    clock = new VirtualClock(START);
    const symbols = ['BTC-USD', 'USDT-USDC', 'OLD-USD', 'BIP-20DEC30-CDE', 'BIT-25DEC26-CDE'];
    const market = { symbols, startTime: START - 2 * 86_400_000, depthLevels: 20, activity: 0.4 };
    exchange = createSimulatedExchange('coinbase', { clock, market });
    exchange.start();
  });
  afterEach(() => {
    exchange.stop();
    expect(clock.pending).toBe(0);
  });

  const ask = <T>(target: string): T => restBody<T>(exchange, BASE + target);
  const candles = (query: string): Row[] =>
    ask<{ candles: Row[] }>(`/market/products/BTC-USD/candles?${query}`).candles;

  it('tells the time', () => {
    expect(ask('/time')).toEqual({
      iso: '2026-11-21T10:03:31Z',
      epochSeconds: String(START / 1000),
      epochMillis: String(START),
    });
  });

  it('lists spot with other names of a product behind it, and what was delisted', () => {
    const { products } = ask<{ products: Row[] }>('/market/products');
    expect(products).toMatchObject([
      { product_id: 'BTC-USD', alias: '', alias_to: ['BTC-USDC'], status: 'online', product_type: 'SPOT' },
      { product_id: 'BTC-USDC', alias: 'BTC-USD', alias_to: [], quote_currency_id: 'USDC' },
      { product_id: 'USDT-USDC', alias: '', alias_to: [], price_increment: '0.0001' },
      { product_id: 'OLD-USD', status: 'delisted', trading_disabled: true },
    ]);
    expect(ask('/market/products/BTC-USDC')).toEqual(products[1]);
  });

  it('lists futures apart, the one that is called a perpetual among those that expire', () => {
    const { products } = ask<{ products: Row[] }>('/market/products?product_type=FUTURE');
    expect(products).toMatchObject([
      {
        product_id: 'BIP-20DEC30-CDE',
        price_increment: '5',
        base_currency_id: '',
        status: '',
        future_product_details: {
          contract_root_unit: 'BTC',
          contract_size: '0.01',
          contract_expiry: '2030-12-20T16:00:00Z',
          contract_expiry_type: 'EXPIRING',
          funding_interval: '3600s',
          funding_rate: expect.stringMatching(/^-?0\.\d{6}$/) as string,
          funding_time: '2026-11-21T10:00:00Z',
        },
      },
      {
        product_id: 'BIT-25DEC26-CDE',
        future_product_details: { contract_expiry: '2026-12-25T08:00:00Z', funding_rate: '' },
      },
    ]);
    const perpetual = ask<{ products: Row[] }>(
      '/market/products?product_type=FUTURE&contract_expiry_type=PERPETUAL',
    );
    expect(perpetual).toMatchObject({ products: [], num_products: 0 });
  });

  it('serves the current book, of as many levels as are asked for, under every name', () => {
    const { bids, asks } = exchange.market.book('BTC-USD');
    const rows = (levels: readonly (readonly [string, string])[]): Row[] =>
      levels.map(([price, size]) => ({ price, size }));
    expect(ask('/market/product_book?product_id=BTC-USDC&limit=3')).toMatchObject({
      pricebook: {
        product_id: 'BTC-USD',
        bids: rows(bids.slice(0, 3)),
        asks: rows(asks.slice(0, 3)),
        time: '2026-11-21T10:03:31Z',
      },
    });
    const whole = ask<{ pricebook: { bids: Row[] } }>('/market/product_book?product_id=BTC-USD');
    expect(whole.pricebook.bids).toEqual(rows(bids));
  });

  it('answers the same for a second, unless a client wants none of it', async () => {
    const target = `${BASE}/market/product_book?product_id=BTC-USD`;
    const first = rest(exchange, target).body;
    await clock.advance(900);
    expect(rest(exchange, target).body).toBe(first);
    const url = new URL(target, 'http://exchange');
    const fresh = exchange.request({
      ...{ method: 'GET', path: url.pathname, query: url.searchParams, target, body: '', address: 'a' },
      headers: { 'cache-control': 'no-cache' },
    });
    expect(fresh.body).not.toBe(first);
    await clock.advance(1100);
    expect(rest(exchange, target).body).not.toBe(fresh.body);
  });

  it('tells the latest trades newest first, with the side of the maker', () => {
    const { trades } = ask<{ trades: Row[] }>('/market/products/BTC-USD/ticker?limit=5');
    const truth = exchange.market.trades('BTC-USD').slice(-5).reverse();
    expect(trades).toMatchObject(
      truth.map(({ id, price, amount, takerSide }) => ({
        trade_id: String(id),
        price,
        size: amount,
        side: takerSide === 'buy' ? 'SELL' : 'BUY',
      })),
    );
  });

  it('serves candles newest first, the bounds included', () => {
    const end = Date.UTC(2026, 10, 21, 10) / 1000;
    const rows = candles(`granularity=ONE_MINUTE&start=${end - 600}&end=${end}`);
    expect(rows.map(({ start }) => Number(start))).toEqual(
      Array.from({ length: 11 }, (_, index) => end - index * 60),
    );
    const truth = exchange.market.candles('BTC-USD', '1m').find(({ openTime }) => openTime === end * 1000)!;
    const { open, high, low, close, volume } = truth;
    expect(rows[0]).toEqual({ start: String(end), open, high, low, close, volume });
  });

  it('serves 350 candles, and takes more for a mistake', () => {
    const end = Math.floor(START / 1000);
    expect(candles(`granularity=FIVE_MINUTE&start=${end - 350 * 300}&end=${end}`)).toHaveLength(350);
    const refused = rest(
      exchange,
      `${BASE}/market/products/BTC-USD/candles?granularity=FIVE_MINUTE&start=${end - 351 * 300}&end=${end}`,
    );
    expect(refused.status).toBe(400);
    expect(exchange.violations).toMatchObject([{ rule: 'invalid-request' }]);
  });

  it.each([
    ['/market/products/NO-PE', 404],
    ['/market/product_book', 404],
    ['/market/product_book?product_id=BTC-USD&limit=0', 400],
    ['/market/products?product_type=NONE', 400],
    ['/market/products/BTC-USD/candles?granularity=ONE_WEEK&start=1&end=2', 400],
    ['/market/products/BTC-USD/candles?granularity=ONE_DAY', 400],
    ['/nothing', 404],
  ])('refuses %s', (target, status) => {
    const answer = rest(exchange, BASE + target);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toHaveProperty('error');
  });

  it('serves old books on demand', async () => {
    const before = ask<{ pricebook: unknown }>('/market/product_book?product_id=BTC-USD&limit=2').pricebook;
    exchange.faults.inject({ type: 'rest-stale-book' });
    await clock.advance(5000);
    expect(ask<{ pricebook: unknown }>('/market/product_book?product_id=BTC-USD&limit=2').pricebook).toEqual(
      before,
    );
  });
});
