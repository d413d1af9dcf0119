import { deliveryDate, quarterlyDeliveries } from '../market/derivatives/delivery-calendar.ts';
import type { SimulatedInstrument } from '../market/instrument.ts';

export type InstType = 'SPOT' | 'SWAP' | 'FUTURES' | 'OPTION';

/** One of OKX's instruments, with what its lists say beside what moves the market. */
export interface OkxInstrument extends SimulatedInstrument {
  readonly instType: InstType;
  /** A contract is so much of `ctValCcy`, times `ctMult`; all empty for spot. */
  readonly ctVal: string;
  readonly ctMult: string;
  readonly ctValCcy: string;
  /** A number of its own for each. */
  readonly idCode: number;
  /** Listed and not yet traded: it opens when the market is reopened for it. */
  readonly isPreopen?: boolean;
  /** Of dated futures: which of the deliveries to come. */
  readonly alias: string;
}

const FUNDING_INTERVAL_MS = 8 * 3_600_000;

/**
 * A choice of all types with the shapes that matter: spot liquid and thin, quoted in stablecoins and in coins, one that is
 * suspended and one that is yet to open; linear and inverse swaps and futures, whose contracts stand for parts of a coin,
 * many coins, or dollars; options priced in the coin.
 * @param now dated ones are delivered at the next quarters' ends
 */
export function okxInstruments(now: number): readonly OkxInstrument[] {
  const [quarter = now, next = now] = quarterlyDeliveries(now, 2);
  const instruments = [
    spot('BTC', 'USDT', { tick: '0.1', lot: '0.00000001', orders: 6, median: 0.012 }),
    spot('ETH', 'USDT', { tick: '0.01', lot: '0.000001', orders: 4, median: 0.25 }),
    spot('SOL', 'USDT', { tick: '0.01', lot: '0.000001', orders: 3, median: 4 }),
    spot('DOGE', 'USDT', { tick: '0.00001', lot: '0.000001', orders: 1.5, median: 1800 }),
    spot('BTC', 'USDC', { tick: '0.1', lot: '0.00000001', orders: 1, median: 0.01 }),
    spot('ETH', 'BTC', { tick: '0.00001', lot: '0.000001', orders: 0.5, median: 0.3 }),
    { ...spot('LUNC', 'USDT', { tick: '0.00000001', lot: '1', orders: 1, median: 9e5 }), status: 'halt' },
    { ...spot('XMR', 'USDT', { tick: '0.01', lot: '0.0001', orders: 1, median: 1.2 }), isPreopen: true },
    swap('BTC', 'USDT', '0.01', { tick: '0.1', lot: '0.01', orders: 6, median: 3 }),
    swap('ETH', 'USDT', '0.1', { tick: '0.01', lot: '0.01', orders: 4, median: 8 }),
    swap('DOGE', 'USDT', '1000', { tick: '0.00001', lot: '0.01', orders: 1.5, median: 4 }),
    swap('BTC', 'USD', '100', { tick: '0.1', lot: '1', orders: 2, median: 20 }),
    swap('ETH', 'USD', '10', { tick: '0.01', lot: '1', orders: 1, median: 40 }),
    future('BTC', 'USD', '100', quarter, 'quarter', { tick: '0.1', lot: '1', orders: 1, median: 15 }),
    future('BTC', 'USD', '100', next, 'next_quarter', { tick: '0.1', lot: '1', orders: 0.5, median: 10 }),
    future('BTC', 'USDT', '0.01', quarter, 'quarter', { tick: '0.1', lot: '0.01', orders: 1, median: 5 }),
    ...options('BTC', '0.01', quarter, [90_000, 100_000, 110_000]),
    ...options('ETH', '0.1', quarter, [3_400]),
  ] satisfies readonly Omit<OkxInstrument, 'idCode'>[];
  return instruments.map((instrument, index) => ({ ...instrument, idCode: 10_458 + index }));
}

interface Shape {
  readonly tick: string;
  readonly lot: string;
  readonly orders: number;
  readonly median: number;
}

type Listed = Omit<OkxInstrument, 'idCode'>;

/** Price in dollars, and the standard deviation of a day. */
const COINS: Readonly<Record<string, readonly [price: number, volatility: number]>> = {
  BTC: [97_312.5, 0.022],
  ETH: [3_412.8, 0.03],
  SOL: [188.42, 0.042],
  DOGE: [0.16234, 0.05],
  LUNC: [0.00004121, 0.06],
  XMR: [214.3, 0.035],
};

function spot(base: string, quote: string, shape: Shape): Listed {
  const [price, volatility] = coin(base);
  return {
    ...listed(`${base}-${quote}`, base, quote, shape),
    instType: 'SPOT',
    startPrice: quote === 'BTC' ? price / coin('BTC')[0] : price,
    dailyVolatility: volatility,
  };
}

function swap(base: string, quote: string, ctVal: string, shape: Shape): Listed {
  const family = `${base}-${quote}`;
  return {
    ...derivative(`${family}-SWAP`, base, quote, ctVal, '1', shape),
    instType: 'SWAP',
    contract: {
      kind: 'perpetual',
      ...terms(base, quote, ctVal),
      fundingIntervalMs: FUNDING_INTERVAL_MS,
    },
  };
}

function future(
  base: string,
  quote: string,
  ctVal: string,
  deliveryTime: number,
  alias: string,
  shape: Shape,
): Listed {
  const symbol = `${base}-${quote}-${deliveryDate(deliveryTime)}`;
  return {
    ...derivative(symbol, base, quote, ctVal, '1', shape),
    instType: 'FUTURES',
    alias,
    contract: { kind: 'future', ...terms(base, quote, ctVal), deliveryTime },
  };
}

/** Calls and puts at some strikes. They are of one coin, of which a contract is a part. */
function options(base: string, ctMult: string, deliveryTime: number, strikes: readonly number[]): Listed[] {
  const shape = { tick: '0.0001', lot: '1', orders: 0.2, median: 20 };
  const puts = strikes.flatMap((strike) => [
    { strike, right: 'call' as const, suffix: 'C' },
    { strike, right: 'put' as const, suffix: 'P' },
  ]);
  return puts.map(({ strike, right, suffix }) => ({
    ...derivative(
      `${base}-USD-${deliveryDate(deliveryTime)}-${strike}-${suffix}`,
      base,
      'USD',
      '1',
      ctMult,
      shape,
    ),
    instType: 'OPTION',
    contract: {
      kind: 'option',
      index: `${base}-USD`,
      settle: base,
      contractSize: ctMult,
      deliveryTime,
      strike,
      right,
      premiumIn: 'base',
      impliedVolatility: 0.55,
    },
  }));
}

function derivative(
  symbol: string,
  base: string,
  quote: string,
  ctVal: string,
  ctMult: string,
  shape: Shape,
): Omit<Listed, 'instType'> {
  const [price, volatility] = coin(base);
  const countsDollars = quote === 'USD' && ctMult === '1';
  return {
    ...listed(symbol, base, quote, shape),
    ctVal,
    ctMult,
    ctValCcy: countsDollars ? quote : base,
    startPrice: price,
    dailyVolatility: volatility,
  };
}

function terms(
  base: string,
  quote: string,
  contractSize: string,
): { readonly index: string; readonly settle: string; readonly contractSize: string } {
  return { index: `${base}-${quote}`, settle: quote === 'USD' ? base : quote, contractSize };
}

function listed(
  symbol: string,
  base: string,
  quote: string,
  { tick, lot, orders, median }: Shape,
): Omit<Listed, 'instType' | 'startPrice' | 'dailyVolatility'> {
  return {
    symbol,
    base,
    quote,
    status: 'trading',
    tickSize: tick,
    lotSize: lot,
    minNotional: '1',
    ordersPerSecond: orders,
    medianAmount: median,
    ctVal: '',
    ctMult: '',
    ctValCcy: '',
    alias: '',
  };
}

function coin(base: string): readonly [price: number, volatility: number] {
  return COINS[base] ?? [1, 0.03];
}
