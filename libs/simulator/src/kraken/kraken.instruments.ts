import type { SimulatedInstrument } from '../market/instrument.ts';

/** What an instrument lets people do. */
export type KrakenStatus =
  | 'online'
  | 'cancel_only'
  | 'limit_only'
  | 'post_only'
  | 'reduce_only'
  | 'delisted'
  | 'maintenance'
  | 'work_in_progress';

/** One of Kraken's pairs, by its name of the second version (`BTC/USD`), with the names that REST has for it. */
export interface KrakenInstrument extends SimulatedInstrument {
  /** Key in the list of REST, such as `XXBTZUSD`. */
  readonly pair: string;
  /** `XBTUSD` */
  readonly altname: string;
  /** `XBT/USD` */
  readonly wsname: string;
  /** Of the assets, as REST names them: `XXBT` and `ZUSD`. */
  readonly restBase: string;
  readonly restQuote: string;
  readonly pricePrecision: number;
  readonly qtyPrecision: number;
  readonly costPrecision: number;
}

interface Shape {
  readonly tick: string;
  readonly price: number;
  readonly volatility: number;
  readonly orders: number;
  readonly median: number;
}

const LOT_DECIMALS = 8;
const COST_DECIMALS = 5;
/** What the first version and REST call assets that have another name now. */
const OLD_NAMES: Readonly<Record<string, string>> = { BTC: 'XBT', DOGE: 'XDG' };
/** REST puts a letter before the assets of Kraken's first years. */
const REST_NAMES: Readonly<Record<string, string>> = {
  BTC: 'XXBT',
  ETH: 'XETH',
  DOGE: 'XXDG',
  XMR: 'XXMR',
  USD: 'ZUSD',
  EUR: 'ZEUR',
};
/** Pairs of two such assets have both names in their key. */
const HAS_LETTERS = /^[XZ][A-Z]{3}$/;

/** A choice with the shapes that matter: names that differ between versions, tiny ticks, coins as quotes, one that stands. */
export const KRAKEN_INSTRUMENTS: readonly KrakenInstrument[] = [
  pair('BTC', 'USD', { tick: '0.1', price: 97_312.5, volatility: 0.022, orders: 5, median: 0.012 }),
  pair('BTC', 'EUR', { tick: '0.1', price: 89_204.1, volatility: 0.022, orders: 3, median: 0.01 }),
  pair('ETH', 'USD', { tick: '0.01', price: 3_412.8, volatility: 0.03, orders: 4, median: 0.25 }),
  pair('ETH', 'BTC', { tick: '0.00001', price: 0.03507, volatility: 0.02, orders: 0.5, median: 0.3 }),
  pair('DOGE', 'USD', { tick: '0.0000001', price: 0.1623412, volatility: 0.05, orders: 1.5, median: 1800 }),
  pair('SHIB', 'USD', {
    tick: '0.000000001',
    price: 0.000012341,
    volatility: 0.06,
    orders: 1,
    median: 900_000,
  }),
  pair('SOL', 'USD', { tick: '0.01', price: 188.42, volatility: 0.042, orders: 2, median: 4 }),
  pair('BTC', 'USDT', { tick: '0.1', price: 97_301.2, volatility: 0.022, orders: 1, median: 0.01 }),
  {
    ...pair('XMR', 'USD', { tick: '0.01', price: 214.3, volatility: 0.035, orders: 1, median: 1.2 }),
    status: 'halt',
  },
];

function pair(
  base: string,
  quote: string,
  { tick, price, volatility, orders, median }: Shape,
): KrakenInstrument {
  const old = { base: OLD_NAMES[base] ?? base, quote: OLD_NAMES[quote] ?? quote };
  const restBase = REST_NAMES[base] ?? base;
  const restQuote = REST_NAMES[quote] ?? quote;
  const altname = old.base + old.quote;
  return {
    symbol: `${base}/${quote}`,
    base,
    quote,
    status: 'trading',
    tickSize: tick,
    lotSize: '0.00000001',
    minNotional: '0.5',
    startPrice: price,
    dailyVolatility: volatility,
    ordersPerSecond: orders,
    medianAmount: median,
    pair: HAS_LETTERS.test(restBase) && HAS_LETTERS.test(restQuote) ? restBase + restQuote : altname,
    altname,
    wsname: `${old.base}/${old.quote}`,
    restBase,
    restQuote,
    pricePrecision: tick.length - 2,
    qtyPrecision: LOT_DECIMALS,
    costPrecision: COST_DECIMALS,
  };
}
