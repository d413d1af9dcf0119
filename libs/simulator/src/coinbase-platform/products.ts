import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { SimulatedInstrument } from '../market/instrument.ts';
import type { SeededMarket } from '../market/seeded-market.ts';

interface Shape {
  readonly price: number;
  readonly tick: string;
  readonly lot: string;
  readonly volatility: number;
  readonly orders: number;
  /** Median order, in the base asset. */
  readonly median: number;
}

/** What both feeds trade. `OLD-USD` was delisted long ago, and is still named. */
export function spotProducts(): readonly SimulatedInstrument[] {
  return [
    product('BTC-USD', {
      price: 97_312.5,
      tick: '0.01',
      lot: '0.00000001',
      volatility: 0.022,
      orders: 5,
      median: 0.012,
    }),
    product('ETH-USD', {
      price: 3_412.8,
      tick: '0.01',
      lot: '0.00000001',
      volatility: 0.03,
      orders: 3,
      median: 0.25,
    }),
    product('SOL-USD', {
      price: 188.42,
      tick: '0.01',
      lot: '0.00000001',
      volatility: 0.042,
      orders: 2,
      median: 4,
    }),
    product('DOGE-USD', {
      price: 0.38214,
      tick: '0.00001',
      lot: '0.1',
      volatility: 0.06,
      orders: 1.5,
      median: 900,
    }),
    product('ETH-BTC', {
      price: 0.03507,
      tick: '0.00001',
      lot: '0.00000001',
      volatility: 0.018,
      orders: 0.5,
      median: 0.3,
    }),
    product('USDT-USDC', {
      price: 0.9994,
      tick: '0.0001',
      lot: '0.01',
      volatility: 0.0006,
      orders: 1,
      median: 700,
    }),
    {
      ...product('OLD-USD', {
        price: 1.23,
        tick: '0.001',
        lot: '0.1',
        volatility: 0.05,
        orders: 1,
        median: 50,
      }),
      status: 'closed',
    },
  ];
}

function product(id: string, shape: Shape): SimulatedInstrument {
  const [base = '', quote = ''] = id.split('-');
  return {
    symbol: id,
    base,
    quote,
    status: 'trading',
    tickSize: shape.tick,
    lotSize: shape.lot,
    minNotional: '1',
    startPrice: shape.price,
    dailyVolatility: shape.volatility,
    ordersPerSecond: shape.orders,
    medianAmount: shape.median,
  };
}

export type ProductStatus = 'online' | 'offline' | 'delisted';

export function statusOf(market: InstrumentMarket, all: SeededMarket): ProductStatus {
  if (market.status === 'closed') return 'delisted';
  return market.trades && !all.isHalted(market) ? 'online' : 'offline';
}

const DAY_MS = 86_400_000;

/** What happened in the last 24 hours, as texts. */
export interface ProductDay {
  readonly last: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly volume: string;
  readonly changePercent: string;
}

export function dayOf(market: InstrumentMarket, now: number): ProductDay {
  const { price, amount } = market.format;
  const { open, high, low, last, volume } = market.rollingWindow(now, DAY_MS);
  return {
    last: price.text(last),
    open: price.text(open),
    high: price.text(high),
    low: price.text(low),
    volume: amount.text(volume),
    changePercent: short((((last - open) / open) * 100).toFixed(14)),
  };
}

/** Without zeros at the end. */
export function short(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}
