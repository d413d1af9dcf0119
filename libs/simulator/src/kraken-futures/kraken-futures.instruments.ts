import { deliveryDate, quarterlyDeliveries } from '../market/derivatives/delivery-calendar.ts';
import type { SimulatedInstrument } from '../market/instrument.ts';

/** One of the contracts, with what the lists of REST say beside what moves the market. */
export interface KrakenFuturesInstrument extends SimulatedInstrument {
  readonly type: 'futures_inverse' | 'flexible_futures';
  /** Decimal places of an amount; below zero, amounts come in tens, hundreds, … */
  readonly contractValueTradePrecision: number;
  /** `XBT:USD`, as tickers name it. */
  readonly tickerPair: string;
  /** Of dated contracts, in milliseconds since the epoch. */
  readonly lastTradingTime?: number;
}

interface Shape {
  readonly tick: string;
  /** Decimal places of an amount. */
  readonly precision: number;
  readonly orders: number;
  readonly median: number;
}

const HOUR_MS = 3_600_000;

/** Price in dollars, and the standard deviation of a day. */
const COINS: Readonly<Record<string, readonly [price: number, volatility: number]>> = {
  BTC: [97_312.5, 0.022],
  ETH: [3_412.8, 0.03],
  SOL: [188.42, 0.042],
  PEPE: [0.0000121, 0.06],
  LTC: [84.11, 0.03],
};

/**
 * A choice with the shapes that matter: linear and inverse perpetuals and dated contracts, a tiny tick with amounts that
 * come in thousands, one that is not tradeable.
 * @param now dated ones are delivered at the next quarter's end
 */
export function krakenFuturesInstruments(now: number): readonly KrakenFuturesInstrument[] {
  const [quarter = now] = quarterlyDeliveries(now, 1);
  return [
    linear('BTC', { tick: '0.5', precision: 4, orders: 6, median: 0.04 }),
    linear('ETH', { tick: '0.1', precision: 3, orders: 4, median: 0.8 }),
    linear('SOL', { tick: '0.01', precision: 2, orders: 2, median: 12 }),
    linear('PEPE', { tick: '0.0000000001', precision: -3, orders: 1, median: 9_000_000 }),
    inverse('BTC', { tick: '0.5', precision: 0, orders: 3, median: 900 }),
    inverse('ETH', { tick: '0.05', precision: 0, orders: 1, median: 400 }),
    inverse('BTC', { tick: '0.5', precision: 0, orders: 0.7, median: 700 }, quarter),
    linear('BTC', { tick: '0.5', precision: 4, orders: 0.7, median: 0.03 }, quarter),
    { ...linear('LTC', { tick: '0.01', precision: 2, orders: 1, median: 3 }), status: 'halt' },
  ];
}

function linear(base: string, shape: Shape, delivery?: number): KrakenFuturesInstrument {
  const prefix = delivery === undefined ? 'PF' : 'FF';
  return { ...contract(prefix, base, 'USD', shape, delivery), type: 'flexible_futures' };
}

function inverse(base: string, shape: Shape, delivery?: number): KrakenFuturesInstrument {
  const prefix = delivery === undefined ? 'PI' : 'FI';
  return { ...contract(prefix, base, base, shape, delivery), type: 'futures_inverse' };
}

function contract(
  prefix: string,
  base: string,
  settle: string,
  { tick, precision, orders, median }: Shape,
  delivery: number | undefined,
): Omit<KrakenFuturesInstrument, 'type'> {
  const [price = 1, volatility = 0.03] = COINS[base] ?? [];
  const coin = base === 'BTC' ? 'XBT' : base;
  const terms = { index: `${coin}:USD`, settle, contractSize: '1' };
  const end = delivery === undefined ? '' : `_${deliveryDate(delivery)}`;
  return {
    symbol: `${prefix}_${coin}USD${end}`,
    base,
    quote: 'USD',
    status: 'trading',
    tickSize: tick,
    lotSize: precision > 0 ? `0.${'1'.padStart(precision, '0')}` : `1${'0'.repeat(-precision)}`,
    minNotional: '1',
    startPrice: price,
    dailyVolatility: volatility,
    ordersPerSecond: orders,
    medianAmount: median,
    contractValueTradePrecision: precision,
    tickerPair: `${coin}:USD`,
    contract:
      delivery === undefined
        ? { kind: 'perpetual', ...terms, fundingIntervalMs: HOUR_MS }
        : { kind: 'future', ...terms, deliveryTime: delivery },
    ...(delivery !== undefined && { lastTradingTime: delivery }),
  };
}
