import { deliveryTimeOf } from '../market/derivatives/contract.ts';
import { isInverse } from '../market/instrument.ts';
import type { Payload } from './bybit.feed.ts';
import type { Listing, ListingStatus } from './bybit.listings.ts';
import { placesOf } from './bybit.numbers.ts';
import { FUNDING_CAP } from './bybit.tickers.ts';

// Rows of GET /v5/market/instruments-info, key by key as they were recorded.

const LAUNCHED_AT = Date.UTC(2020, 2, 15);
const MINUTE_MS = 60_000;
/** Sizes count increments: wide enough never to bound a simulated order. */
const LARGEST_TICKS = 20_000_000;
const LARGEST_LOTS = 1_500_000;

/** @param symbolId the exchange's own number of it */
export function instrumentRow(listing: Listing, status: ListingStatus, symbolId: number): Payload {
  switch (listing.instrument.category) {
    case 'spot':
    case 'spread':
      return spotRow(listing, status, symbolId);
    case 'option':
      return optionRow(listing, status, symbolId);
    case 'linear':
    case 'inverse':
      return futuresRow(listing, status, symbolId);
  }
}

function spotRow({ instrument, market }: Listing, status: ListingStatus, symbolId: number): Payload {
  const { format } = market;
  return {
    symbolId,
    symbol: instrument.nativeSymbol,
    baseCoin: instrument.base,
    quoteCoin: instrument.quote,
    innovation: '0',
    status,
    marginTrading: 'utaOnly',
    stTag: '0',
    lotSizeFilter: {
      basePrecision: instrument.lotSize,
      quotePrecision: format.notional.size,
      minOrderQty: instrument.lotSize,
      maxOrderQty: format.amount.text(LARGEST_LOTS),
      minOrderAmt: instrument.minNotional,
      maxOrderAmt: '8000000',
      maxLimitOrderQty: format.amount.text(LARGEST_LOTS),
      maxMarketOrderQty: format.amount.text(LARGEST_LOTS / 2),
      postOnlyMaxLimitOrderSize: format.amount.text(5 * LARGEST_LOTS),
    },
    priceFilter: { tickSize: instrument.tickSize },
    riskParameters: { priceLimitRatioX: '0.005', priceLimitRatioY: '0.01' },
    symbolType: '',
    xstockMultiplier: '1',
  };
}

function futuresRow({ instrument, market }: Listing, status: ListingStatus, symbolId: number): Payload {
  const { contract, nativeSymbol, base, quote, tickSize, lotSize, isPreLaunch = false } = instrument;
  const isPerpetual = contract?.kind === 'perpetual';
  const { price, amount } = market.format;
  const cap = isPerpetual ? FUNDING_CAP : '0';
  return {
    symbol: nativeSymbol,
    contractType: `${isInverse(instrument) ? 'Inverse' : 'Linear'}${isPerpetual ? 'Perpetual' : 'Futures'}`,
    status,
    baseCoin: base,
    quoteCoin: quote,
    launchTime: String(LAUNCHED_AT),
    deliveryTime: deliveryText(instrument),
    deliveryFeeRate: isPerpetual ? '' : '0',
    priceScale: String(placesOf(tickSize)),
    leverageFilter: { minLeverage: '1', maxLeverage: '100.00', leverageStep: '0.01' },
    priceFilter: { minPrice: tickSize, maxPrice: price.text(LARGEST_TICKS), tickSize },
    lotSizeFilter: {
      maxOrderQty: amount.text(LARGEST_LOTS),
      minOrderQty: lotSize,
      qtyStep: lotSize,
      postOnlyMaxOrderQty: amount.text(LARGEST_LOTS),
      maxMktOrderQty: amount.text(LARGEST_LOTS / 10),
      minNotionalValue: instrument.minNotional,
    },
    unifiedMarginTrade: true,
    fundingInterval: contract?.kind === 'perpetual' ? contract.fundingIntervalMs / MINUTE_MS : 0,
    settleCoin: contract?.settle ?? quote,
    copyTrading: 'none',
    upperFundingRate: cap,
    lowerFundingRate: isPerpetual ? `-${cap}` : '0',
    isPreListing: isPreLaunch && status === 'PreLaunch',
    preListingInfo: null,
    riskParameters: { priceLimitRatioX: '0.01', priceLimitRatioY: '0.02' },
    displayName: '',
    symbolType: '',
    forbidUplWithdrawal: false,
    symbolId,
  };
}

function optionRow({ instrument, market }: Listing, status: ListingStatus, symbolId: number): Payload {
  const { contract, tickSize, lotSize } = instrument;
  const isCall = contract?.kind === 'option' && contract.right === 'call';
  return {
    symbol: instrument.nativeSymbol,
    status,
    baseCoin: instrument.base,
    quoteCoin: instrument.quote,
    settleCoin: contract?.settle ?? instrument.quote,
    optionsType: isCall ? 'Call' : 'Put',
    launchTime: String(LAUNCHED_AT),
    deliveryTime: deliveryText(instrument),
    deliveryFeeRate: '0.00015',
    priceFilter: { minPrice: tickSize, maxPrice: market.format.price.text(LARGEST_TICKS), tickSize },
    lotSizeFilter: {
      qtyStep: lotSize,
      maxOrderQty: market.format.amount.text(LARGEST_LOTS),
      minOrderQty: lotSize,
    },
    symbolId,
  };
}

/** `0` for what has no end. */
function deliveryText({ contract }: Listing['instrument']): string {
  return String((contract && deliveryTimeOf(contract)) ?? 0);
}
