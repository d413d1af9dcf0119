import type { SimulatedInstrument } from '../market/instrument.ts';

/** One of Bitfinex's instruments, with what its lists say beside what moves the market. */
export interface BitfinexInstrument extends SimulatedInstrument {
  readonly minSize: string;
  readonly maxSize: string;
  /** What a position needs of its own, as fractions; undefined where none can be held. */
  readonly margin?: { readonly initial: number; readonly least: number };
}

const FUNDING_INTERVAL_MS = 8 * 3_600_000;

interface Shape {
  readonly price: number;
  readonly tick: string;
  readonly lot: string;
  readonly orders: number;
  readonly median: number;
  readonly volatility: number;
  readonly min?: string;
}

/** Of the liquid ones no amount is below a millionth: there are clients that cannot check an exponent. */
const LIQUID_LOT = '0.000001';
const BTC = { price: 86_704, tick: '1', lot: '0.00000001', volatility: 0.022, min: '0.00004' };
const ETH = { price: 3_412.8, tick: '0.1', lot: '0.00000001', volatility: 0.03, min: '0.002' };

/**
 * A choice with the shapes that matter: prices of five significant digits, liquid and thin; codes that are not names (UST,
 * UDC) and codes that need a colon; prices below a millionth and amounts below a millionth, which are written with an
 * exponent; perpetuals; lending.
 */
export const BITFINEX_INSTRUMENTS: readonly BitfinexInstrument[] = [
  pair('BTC', 'USD', { ...BTC, lot: LIQUID_LOT, orders: 6, median: 0.012 }, true),
  pair('ETH', 'USD', { ...ETH, orders: 4, median: 0.25 }, true),
  pair('BTC', 'UST', { ...BTC, orders: 2, median: 0.01 }, true),
  pair('BTC', 'UDC', { ...BTC, orders: 0.5, median: 0.008 }),
  pair('ETH', 'BTC', { ...ETH, price: 0.039361, tick: '0.000001', orders: 0.5, median: 0.3 }, true),
  pair(
    'DOGE',
    'USD',
    { price: 0.16234, tick: '0.00001', lot: '0.00001', volatility: 0.05, orders: 1.5, median: 1800 },
    true,
  ),
  pair('XDC', 'BTC', {
    price: 0.00000094,
    tick: '0.00000001',
    lot: '0.0001',
    volatility: 0.05,
    orders: 1,
    median: 4000,
  }),
  pair('TESTBTC', 'TESTUSD', { ...BTC, price: 60_400, orders: 1, median: 0.0000009, min: '0.00000001' }),
  perpetual('BTC', { ...BTC, lot: LIQUID_LOT, orders: 4, median: 0.03 }),
  perpetual('ETH', { ...ETH, orders: 2, median: 0.5 }),
  lending('USD', 0.00023, 5000),
  lending('UST', 0.00018, 3000),
];

/** A pair as `pub:list:pair:…` names it, with a colon where a code is longer than three letters. */
export function pairOf(symbol: string): string {
  return symbol.slice(1);
}

function pair(base: string, quote: string, shape: Shape, hasMargin = false): BitfinexInstrument {
  const separator = base.length > 3 || quote.length > 3 ? ':' : '';
  return {
    ...listed(`t${base}${separator}${quote}`, base, quote, shape),
    ...(hasMargin && { margin: { initial: 0.2, least: 0.1 } }),
  };
}

function perpetual(base: string, shape: Shape): BitfinexInstrument {
  const [coin, settle] = [`${base}F0`, 'USTF0'];
  return {
    ...listed(`t${coin}:${settle}`, coin, settle, shape),
    margin: { initial: 0.01, least: 0.005 },
    contract: {
      kind: 'perpetual',
      index: `${base}UST`,
      settle,
      contractSize: '1',
      fundingIntervalMs: FUNDING_INTERVAL_MS,
    },
  };
}

/** Prices are rates for a day. */
function lending(currency: string, price: number, median: number): BitfinexInstrument {
  const shape = { price, tick: '0.00000001', lot: '0.01', orders: 1, median, volatility: 0.1, min: '150' };
  return listed(`f${currency}`, currency, currency, shape);
}

function listed(symbol: string, base: string, quote: string, shape: Shape): BitfinexInstrument {
  return {
    symbol,
    base,
    quote,
    status: 'trading',
    tickSize: shape.tick,
    lotSize: shape.lot,
    minNotional: '0',
    startPrice: shape.price,
    dailyVolatility: shape.volatility,
    ordersPerSecond: shape.orders,
    medianAmount: shape.median,
    places: 'fewest',
    minSize: shape.min ?? '2',
    maxSize: '2000.0',
  };
}
