import { Increment } from '../market/increment.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { InstrumentStatus } from '../market/instrument.ts';
import type { Payload } from '../binance-platform/frames.ts';
import { BINANCE_PLACES } from './binance.instruments.ts';
import { SPOT_LIMITS } from './binance.limits.ts';

const STATUS: Record<InstrumentStatus, string> = {
  trading: 'TRADING',
  halt: 'HALT',
  break: 'BREAK',
  closed: 'BREAK',
};
const ORDER_TYPES = ['LIMIT', 'LIMIT_MAKER', 'MARKET', 'STOP_LOSS', 'STOP_LOSS_LIMIT', 'TAKE_PROFIT'];
/** Smallest and largest values count increments: wide enough never to bound a simulated price. */
const LARGEST_PRICE_TICKS = 100_000_000;
const LARGEST_AMOUNT_LOTS = 900_000_000;

export function exchangeInfo(markets: readonly InstrumentMarket[], now: number): Payload {
  return {
    timezone: 'UTC',
    serverTime: now,
    rateLimits: [
      {
        rateLimitType: 'REQUEST_WEIGHT',
        interval: 'MINUTE',
        intervalNum: 1,
        limit: SPOT_LIMITS.requestWeightPerMinute,
      },
      { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 50 },
      { rateLimitType: 'ORDERS', interval: 'DAY', intervalNum: 1, limit: 160_000 },
      { rateLimitType: 'RAW_REQUESTS', interval: 'MINUTE', intervalNum: 5, limit: 300_000 },
    ],
    exchangeFilters: [],
    symbols: markets.map(symbolInfo),
  };
}

function symbolInfo(market: InstrumentMarket): Payload {
  const { symbol, base, quote } = market.instrument;
  return {
    symbol,
    status: STATUS[market.status],
    baseAsset: base,
    baseAssetPrecision: 8,
    quoteAsset: quote,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    baseCommissionPrecision: 8,
    quoteCommissionPrecision: 8,
    orderTypes: ORDER_TYPES,
    icebergAllowed: true,
    ocoAllowed: true,
    otoAllowed: true,
    opoAllowed: true,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: true,
    cancelReplaceAllowed: true,
    amendAllowed: true,
    pegInstructionsAllowed: true,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: filters(market),
    permissions: [],
    permissionSets: [['SPOT']],
    defaultSelfTradePreventionMode: 'EXPIRE_MAKER',
    allowedSelfTradePreventionModes: ['EXPIRE_TAKER', 'EXPIRE_MAKER', 'EXPIRE_BOTH'],
  };
}

function filters({ instrument, format }: InstrumentMarket): readonly Payload[] {
  const tick = format.price.text(1);
  const lot = format.amount.text(1);
  return [
    {
      filterType: 'PRICE_FILTER',
      minPrice: tick,
      maxPrice: format.price.text(LARGEST_PRICE_TICKS),
      tickSize: tick,
    },
    { filterType: 'LOT_SIZE', minQty: lot, maxQty: format.amount.text(LARGEST_AMOUNT_LOTS), stepSize: lot },
    // Zero disables a bound.
    {
      filterType: 'MARKET_LOT_SIZE',
      minQty: format.amount.text(0),
      maxQty: format.amount.text(LARGEST_AMOUNT_LOTS),
      stepSize: format.amount.text(0),
    },
    {
      filterType: 'PERCENT_PRICE_BY_SIDE',
      bidMultiplierUp: '5',
      bidMultiplierDown: '0.2',
      askMultiplierUp: '5',
      askMultiplierDown: '0.2',
      avgPriceMins: 5,
    },
    {
      filterType: 'NOTIONAL',
      minNotional: new Increment(instrument.minNotional, BINANCE_PLACES).text(1),
      applyMinToMarket: true,
      maxNotional: '9000000.00000000',
      applyMaxToMarket: false,
      avgPriceMins: 5,
    },
    { filterType: 'MAX_NUM_ORDERS', maxNumOrders: 200 },
    { filterType: 'MAX_NUM_ORDER_LISTS', maxNumOrderLists: 20 },
    { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: 5 },
    { filterType: 'MAX_NUM_ORDER_AMENDS', maxNumOrderAmends: 10 },
  ];
}
