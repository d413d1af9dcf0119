import { quarterlyDeliveries } from '../market/derivatives/delivery-calendar.ts';
import type { SimulatedContract } from '../market/derivatives/contract.ts';
import type { SimulatedInstrument } from '../market/instrument.ts';
import { marketSymbol, type Category } from './bybit.category.ts';

export interface BybitInstrument extends SimulatedInstrument {
  readonly category: Category;
  /** As Bybit writes it, unique in its category; `symbol` names the category as well. */
  readonly nativeSymbol: string;
  /** Listed, with no feed until it is launched. */
  readonly isPreLaunch?: boolean;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FUNDING_MS = 8 * HOUR_MS;
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
/** Of March, June, September and December: the letters of futures markets. */
const QUARTERS = ['H', 'M', 'U', 'Z'];
/** Nobody begins a test with a contract that ends the same day. */
const SHORTEST_LIFE_MS = 2 * DAY_MS;

/** The date in the symbols of what ends, such as `25DEC26`; days below ten have one digit. */
export function deliveryName(time: number): string {
  const date = new Date(time);
  const year = String(date.getUTCFullYear()).slice(2);
  return `${date.getUTCDate()}${MONTHS[date.getUTCMonth()]}${year}`;
}

/** Of inverse futures, such as `Z26`. */
function quarterName(time: number): string {
  const date = new Date(time);
  return `${QUARTERS[Math.floor(date.getUTCMonth() / 3)]}${String(date.getUTCFullYear()).slice(2)}`;
}

/**
 * A choice with the shapes that matter: symbols that two categories share, perpetuals of USDT and of USDC, inverse ones
 * that count dollars, futures and options by their names, a contract of a thousand coins, one before its launch and one
 * that is closed. What has an end ends in the quarter after `now`.
 */
export function bybitInstruments(now: number): readonly BybitInstrument[] {
  const [delivery = 0] = quarterlyDeliveries(now + SHORTEST_LIFE_MS, 1);
  return [...spot(), ...linear(delivery), ...inverse(delivery), ...options(delivery), ...spreads()];
}

interface Shape {
  readonly price: number;
  readonly tick: string;
  readonly lot: string;
  readonly volatility: number;
  readonly orders: number;
  /** Median order: coins, of inverse contracts dollars. */
  readonly median: number;
}

const BTC = { price: 97_312.5, volatility: 0.022 };
const ETH = { price: 3_412.8, volatility: 0.03 };
const SOL = { price: 188.42, volatility: 0.042 };

function spot(): readonly BybitInstrument[] {
  const pair = (base: string, quote: string, shape: Shape): BybitInstrument => ({
    ...instrument('spot', `${base}${quote}`, base, quote, shape),
    places: 'fewest',
  });
  return [
    pair('BTC', 'USDT', { ...BTC, tick: '0.1', lot: '0.000001', orders: 5, median: 0.012 }),
    pair('ETH', 'USDT', { ...ETH, tick: '0.01', lot: '0.00001', orders: 3, median: 0.25 }),
    pair('SOL', 'USDT', { ...SOL, tick: '0.01', lot: '0.001', orders: 2, median: 4 }),
    pair('MNT', 'USDT', {
      price: 0.4758,
      tick: '0.0001',
      lot: '0.01',
      volatility: 0.05,
      orders: 1,
      median: 400,
    }),
    pair('BTC', 'USDC', { ...BTC, tick: '0.01', lot: '0.000001', orders: 1, median: 0.008 }),
    pair('ETH', 'BTC', {
      price: 0.03507,
      tick: '0.000001',
      lot: '0.00001',
      volatility: 0.018,
      orders: 0.5,
      median: 0.3,
    }),
  ];
}

function linear(delivery: number): readonly BybitInstrument[] {
  const perpetual = (symbol: string, base: string, settle: string, shape: Shape): BybitInstrument => ({
    ...instrument('linear', symbol, base, settle, shape),
    contract: {
      kind: 'perpetual',
      index: `${base}${settle}`,
      settle,
      contractSize: '1',
      fundingIntervalMs: FUNDING_MS,
    },
  });
  const future = (symbol: string, settle: string): BybitInstrument => ({
    ...instrument('linear', symbol, 'BTC', settle, {
      ...BTC,
      tick: '0.10',
      lot: '0.001',
      orders: 0.5,
      median: 0.02,
    }),
    contract: {
      kind: 'future',
      index: `BTC${settle}`,
      settle,
      contractSize: '1',
      deliveryTime: delivery,
    },
  });
  const date = deliveryName(delivery);
  const nova = { price: 1.84, tick: '0.0001', lot: '0.1', volatility: 0.09, orders: 1, median: 90 };
  return [
    perpetual('BTCUSDT', 'BTC', 'USDT', { ...BTC, tick: '0.10', lot: '0.001', orders: 6, median: 0.04 }),
    perpetual('ETHUSDT', 'ETH', 'USDT', { ...ETH, tick: '0.01', lot: '0.01', orders: 4, median: 0.6 }),
    perpetual('SOLUSDT', 'SOL', 'USDT', { ...SOL, tick: '0.010', lot: '0.1', orders: 2, median: 6 }),
    perpetual('SHIB1000USDT', 'SHIB1000', 'USDT', {
      price: 0.011942,
      tick: '0.000001',
      lot: '10',
      volatility: 0.05,
      orders: 1,
      median: 24_000,
    }),
    perpetual('BTCPERP', 'BTC', 'USDC', { ...BTC, tick: '0.10', lot: '0.001', orders: 2, median: 0.02 }),
    future(`BTCUSDT-${date}`, 'USDT'),
    future(`BTC-${date}`, 'USDC'),
    { ...perpetual('NOVAUSDT', 'NOVA', 'USDT', nova), isPreLaunch: true },
    { ...perpetual('GONEUSDT', 'GONE', 'USDT', nova), status: 'closed' },
  ];
}

function inverse(delivery: number): readonly BybitInstrument[] {
  const contract = { index: 'BTCUSD', settle: 'BTC', contractSize: '1' };
  const shape: Shape = { ...BTC, tick: '0.10', lot: '1', orders: 2, median: 900 };
  return [
    {
      ...instrument('inverse', 'BTCUSD', 'BTC', 'USD', shape),
      contract: { ...contract, kind: 'perpetual', fundingIntervalMs: FUNDING_MS },
    },
    {
      ...instrument('inverse', 'ETHUSD', 'ETH', 'USD', { ...shape, ...ETH, tick: '0.01', median: 300 }),
      contract: {
        kind: 'perpetual',
        index: 'ETHUSD',
        settle: 'ETH',
        contractSize: '1',
        fundingIntervalMs: FUNDING_MS,
      },
    },
    {
      ...instrument('inverse', `BTCUSD${quarterName(delivery)}`, 'BTC', 'USD', { ...shape, orders: 0.3 }),
      contract: { ...contract, kind: 'future', deliveryTime: delivery },
    },
  ];
}

function options(delivery: number): readonly BybitInstrument[] {
  const option = (
    base: string,
    strike: number,
    letter: 'C' | 'P',
    settle: 'USDT' | 'USDC',
  ): BybitInstrument => {
    const suffix = settle === 'USDT' ? '-USDT' : '';
    const symbol = `${base}-${deliveryName(delivery)}-${strike}-${letter}${suffix}`;
    const { price, volatility } = base === 'BTC' ? BTC : ETH;
    const increments = base === 'BTC' ? { tick: '5', lot: '0.01' } : { tick: '0.1', lot: '0.1' };
    const median = base === 'BTC' ? 0.3 : 2;
    const contract: SimulatedContract = {
      kind: 'option',
      index: `${base}USD`,
      settle,
      contractSize: '1',
      deliveryTime: delivery,
      strike,
      right: letter === 'C' ? 'call' : 'put',
      premiumIn: 'quote',
      impliedVolatility: 0.55,
    };
    const shape = { price, volatility, ...increments, orders: 0.3, median };
    return { ...instrument('option', symbol, base, settle, shape), contract };
  };
  return [
    option('BTC', 100_000, 'C', 'USDT'),
    option('BTC', 90_000, 'P', 'USDT'),
    option('BTC', 100_000, 'C', 'USDC'),
    option('ETH', 3500, 'C', 'USDT'),
    option('ETH', 3200, 'P', 'USDC'),
  ];
}

/** The documents of the spread socket name no symbol: this one is made up, of a future and its spot pair. */
function spreads(): readonly BybitInstrument[] {
  const shape = { price: 42.1, tick: '0.1', lot: '0.001', volatility: 0.05, orders: 0.3, median: 0.05 };
  return [instrument('spread', 'BTCUSDT_BTC/USDT', 'BTC', 'USDT', shape)];
}

function instrument(
  category: Category,
  nativeSymbol: string,
  base: string,
  quote: string,
  shape: Shape,
): BybitInstrument {
  return {
    category,
    nativeSymbol,
    symbol: marketSymbol(category, nativeSymbol),
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
