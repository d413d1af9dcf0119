import type { Payload } from '../binance-platform/frames.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import { FUTURES_LIMITS } from './futures.limits.ts';
import {
  contractTypeOf,
  deliveryDateOf,
  isTradFi,
  pairOf,
  statusOf,
  type Product,
} from './futures.product.ts';

/** Smallest and largest values count increments: wide enough never to bound a simulated price. */
const LARGEST_PRICE_TICKS = 100_000_000;
const LARGEST_AMOUNT_LOTS = 10_000_000;
const ONBOARDED = Date.UTC(2019, 8, 25, 8);
/** The precision of prices is finer than their ticks, on purpose: only the filter says what a price may be. */
const EXTRA_PRICE_PLACES = 1;

export function exchangeInfo(
  product: Product,
  markets: readonly InstrumentMarket[],
  isHalted: (market: InstrumentMarket) => boolean,
  now: number,
): Payload {
  return {
    timezone: 'UTC',
    serverTime: now,
    futuresType: product === 'usdm' ? 'U_MARGINED' : 'COIN_MARGINED',
    rateLimits: [
      {
        rateLimitType: 'REQUEST_WEIGHT',
        interval: 'MINUTE',
        intervalNum: 1,
        limit: FUTURES_LIMITS.requestWeightPerMinute,
      },
      { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: 1200 },
      { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 300 },
    ],
    exchangeFilters: [],
    symbols: markets.map((market) => symbolInfo(product, market, isHalted(market), now)),
  };
}

function symbolInfo(product: Product, market: InstrumentMarket, isHalted: boolean, now: number): Payload {
  const { instrument } = market;
  const { symbol, base, quote, contract } = instrument;
  const status = statusOf(market, isHalted);
  return {
    symbol,
    pair: pairOf(instrument),
    contractType: contractTypeOf(instrument, now),
    deliveryDate: deliveryDateOf(instrument),
    onboardDate: ONBOARDED,
    ...(product === 'usdm' ? { status } : { contractStatus: status }),
    ...(product === 'coinm' && { contractSize: Number(contract?.contractSize) }),
    baseAsset: base,
    quoteAsset: quote,
    marginAsset: contract?.settle,
    pricePrecision: placesOf(instrument.tickSize) + EXTRA_PRICE_PLACES,
    quantityPrecision: placesOf(instrument.lotSize),
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: isTradFi(instrument) ? 'EQUITY' : 'COIN',
    underlyingSubType: [],
    triggerProtect: '0.0500',
    liquidationFee: '0.012500',
    filters: filters(product, market),
    orderTypes: ['LIMIT', 'MARKET'],
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX', 'GTD'],
  };
}

function filters(product: Product, { instrument, format }: InstrumentMarket): readonly Payload[] {
  const tick = format.price.text(1);
  const lot = format.amount.text(1);
  const lots = { minQty: lot, maxQty: format.amount.text(LARGEST_AMOUNT_LOTS), stepSize: lot };
  return [
    {
      filterType: 'PRICE_FILTER',
      minPrice: tick,
      maxPrice: format.price.text(LARGEST_PRICE_TICKS),
      tickSize: tick,
    },
    { filterType: 'LOT_SIZE', ...lots },
    { filterType: 'MARKET_LOT_SIZE', ...lots },
    { filterType: 'MAX_NUM_ORDERS', limit: 200 },
    ...(product === 'usdm' ? [{ filterType: 'MIN_NOTIONAL', notional: instrument.minNotional }] : []),
    {
      filterType: 'PERCENT_PRICE',
      multiplierUp: '1.0500',
      multiplierDown: '0.9500',
      multiplierDecimal: '4',
    },
  ];
}

function placesOf(increment: string): number {
  return increment.split('.')[1]?.length ?? 0;
}
