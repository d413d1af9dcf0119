import type { SimulatedInstrument } from '../market/instrument.ts';

/** Binance prints every price and amount with eight decimal places. */
export const BINANCE_PLACES = 8;

/**
 * A choice of spot symbols with the shapes that matter: liquid and thin, fine and coarse ticks, a quote asset other
 * than USDT, a name outside ASCII (Binance lists such since 2025-12), and two that do not trade.
 */
export const BINANCE_INSTRUMENTS: readonly SimulatedInstrument[] = [
  usdt('BTC', { price: 97_312.5, tick: '0.01', lot: '0.00001', volatility: 0.022, orders: 6, median: 0.012 }),
  usdt('ETH', { price: 3_412.8, tick: '0.01', lot: '0.0001', volatility: 0.03, orders: 4, median: 0.25 }),
  usdt('SOL', { price: 188.42, tick: '0.01', lot: '0.001', volatility: 0.042, orders: 3, median: 4 }),
  usdt('BNB', { price: 884.1, tick: '0.01', lot: '0.001', volatility: 0.026, orders: 2, median: 0.6 }),
  usdt('DOGE', { price: 0.16234, tick: '0.00001', lot: '1', volatility: 0.05, orders: 1.5, median: 1800 }),
  {
    symbol: 'ETHBTC',
    base: 'ETH',
    quote: 'BTC',
    status: 'trading',
    tickSize: '0.00001',
    lotSize: '0.0001',
    minNotional: '0.0001',
    startPrice: 0.03507,
    dailyVolatility: 0.018,
    ordersPerSecond: 0.5,
    medianAmount: 0.3,
  },
  usdt('币安人生', { price: 0.1384, tick: '0.0001', lot: '0.1', volatility: 0.09, orders: 0.3, median: 900 }),
  {
    ...usdt('LUNC', {
      price: 0.00004121,
      tick: '0.00000001',
      lot: '1',
      volatility: 0.06,
      orders: 1,
      median: 9e5,
    }),
    status: 'halt',
  },
  {
    ...usdt('XMR', { price: 214.3, tick: '0.1', lot: '0.001', volatility: 0.035, orders: 1, median: 1.2 }),
    status: 'break',
  },
];

interface Shape {
  readonly price: number;
  readonly tick: string;
  readonly lot: string;
  readonly volatility: number;
  readonly orders: number;
  readonly median: number;
}

function usdt(base: string, shape: Shape): SimulatedInstrument {
  return {
    symbol: `${base}USDT`,
    base,
    quote: 'USDT',
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
