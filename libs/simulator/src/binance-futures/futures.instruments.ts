import { deliveryDate, quarterlyDeliveries } from '../market/derivatives/delivery-calendar.ts';
import type { SimulatedInstrument } from '../market/instrument.ts';
import type { Product } from './futures.product.ts';

const HOUR_MS = 3_600_000;

interface Shape {
  readonly price: number;
  readonly tick: string;
  readonly lot: string;
  readonly volatility: number;
  /** Taker orders a second. */
  readonly orders: number;
  readonly median: number;
}

const BTC: Shape = {
  price: 97_312.5,
  tick: '0.10',
  lot: '0.001',
  volatility: 0.022,
  orders: 6,
  median: 0.04,
};
const ETH: Shape = { price: 3_412.8, tick: '0.01', lot: '0.001', volatility: 0.03, orders: 4, median: 0.6 };

/**
 * A choice of both products, one's own first: perpetuals, dated contracts of this quarter and the next, another margin
 * asset, a share, a name outside ASCII, other funding intervals, and one that does not trade yet.
 */
export function futuresInstruments(product: Product, now: number): readonly SimulatedInstrument[] {
  const [current = 0, next = 0] = quarterlyDeliveries(now, 2);
  const usdm = usdMargined(current, next);
  const coinm = coinMargined(current);
  return product === 'usdm' ? [...usdm, ...coinm] : [...coinm, ...usdm];
}

function usdMargined(current: number, next: number): readonly SimulatedInstrument[] {
  return [
    perpetual('BTC', 'USDT', BTC),
    perpetual('ETH', 'USDT', ETH),
    perpetual('SOL', 'USDT', {
      price: 188.42,
      tick: '0.0100',
      lot: '0.01',
      volatility: 0.042,
      orders: 2,
      median: 5,
    }),
    perpetual('BTC', 'USDC', { ...BTC, orders: 1 }),
    dated('BTC', current, { ...BTC, orders: 0.6 }),
    dated('BTC', next, { ...BTC, orders: 0.3 }),
    perpetual('TSLA', 'USDT', {
      price: 431.2,
      tick: '0.01',
      lot: '0.01',
      volatility: 0.03,
      orders: 1,
      median: 3,
    }),
    perpetual(
      '币安人生',
      'USDT',
      { price: 0.1384, tick: '0.00010', lot: '1', volatility: 0.09, orders: 0.5, median: 900 },
      4 * HOUR_MS,
    ),
    {
      ...perpetual('SOON', 'USDT', {
        price: 0.321,
        tick: '0.0001',
        lot: '1',
        volatility: 0.09,
        orders: 1,
        median: 500,
      }),
      status: 'break',
    },
  ];
}

function coinMargined(current: number): readonly SimulatedInstrument[] {
  const contracts = { lot: '1', orders: 2, median: 30 };
  return [
    coin('BTC', 'PERP', '100', { ...BTC, ...contracts, tick: '0.1' }),
    coin('ETH', 'PERP', '10', { ...ETH, ...contracts }),
    coin('BTC', current, '100', { ...BTC, ...contracts, tick: '0.1', orders: 0.5 }),
  ];
}

function perpetual(
  base: string,
  quote: string,
  shape: Shape,
  fundingIntervalMs: number = 8 * HOUR_MS,
): SimulatedInstrument {
  return {
    ...traded(`${base}${quote}`, base, quote, shape),
    contract: { kind: 'perpetual', index: base, settle: quote, contractSize: '1', fundingIntervalMs },
  };
}

function dated(base: string, deliveryTime: number, shape: Shape): SimulatedInstrument {
  return {
    ...traded(`${base}USDT_${deliveryDate(deliveryTime)}`, base, 'USDT', shape),
    contract: { kind: 'future', index: base, settle: 'USDT', contractSize: '1', deliveryTime },
  };
}

function coin(base: string, end: 'PERP' | number, contractSize: string, shape: Shape): SimulatedInstrument {
  const terms = { index: base, settle: base, contractSize };
  return {
    ...traded(`${base}USD_${end === 'PERP' ? end : deliveryDate(end)}`, base, 'USD', shape),
    contract:
      end === 'PERP'
        ? { ...terms, kind: 'perpetual', fundingIntervalMs: 8 * HOUR_MS }
        : { ...terms, kind: 'future', deliveryTime: end },
  };
}

function traded(symbol: string, base: string, quote: string, shape: Shape): SimulatedInstrument {
  return {
    symbol,
    base,
    quote,
    status: 'trading',
    tickSize: shape.tick,
    lotSize: shape.lot,
    minNotional: '5',
    startPrice: shape.price,
    dailyVolatility: shape.volatility,
    ordersPerSecond: shape.orders,
    medianAmount: shape.median,
  };
}
