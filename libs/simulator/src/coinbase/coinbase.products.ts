import { dayOf, statusOf } from '../coinbase-platform/products.ts';
import { isoTime } from '../coinbase-platform/times.ts';
import { deliveryTimeOf } from '../market/derivatives/contract.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { Payload } from './coinbase.frames.ts';
import { aliasesOf, PERPETUAL_EXPIRY } from './coinbase.instruments.ts';

// Rows of GET /market/products, key by key as they were recorded.

const HOUR_MS = 3_600_000;
const LARGEST_LOTS = 3_400_000_000;

/** A product, and after it the names that it has besides. */
export function productRows(market: InstrumentMarket, all: SeededMarket, now: number): readonly Payload[] {
  const row = productRow(market, all, now);
  const aliases = aliasesOf(market.instrument.symbol);
  if (aliases.length === 0) return [row];
  const asAlias = (alias: string): Payload => ({
    ...row,
    product_id: alias,
    quote_name: 'USDC',
    quote_currency_id: 'USDC',
    alias: market.instrument.symbol,
    alias_to: [],
    quote_display_symbol: 'USDC',
    display_name: alias,
  });
  return [row, ...aliases.map(asAlias)];
}

function productRow(market: InstrumentMarket, all: SeededMarket, now: number): Payload {
  const { symbol, base, quote, tickSize, lotSize, minNotional, contract } = market.instrument;
  const isFuture = contract !== undefined;
  const day = dayOf(market, now);
  const status = statusOf(market, all);
  return {
    product_id: symbol,
    price: day.last,
    price_percentage_change_24h: day.changePercent,
    volume_24h: day.volume,
    volume_percentage_change_24h: '0',
    base_increment: lotSize,
    quote_increment: isFuture ? '0.01' : tickSize,
    quote_min_size: minNotional,
    quote_max_size: '150000000',
    base_min_size: lotSize,
    base_max_size: market.format.amount.text(LARGEST_LOTS),
    base_name: isFuture ? '' : base,
    quote_name: quote === 'USD' ? 'US Dollar' : quote,
    watched: false,
    is_disabled: status !== 'online' && isFuture,
    new: false,
    // Futures bear none.
    status: isFuture ? '' : status,
    cancel_only: false,
    limit_only: false,
    post_only: false,
    trading_disabled: status !== 'online',
    auction_mode: false,
    product_type: isFuture ? 'FUTURE' : 'SPOT',
    quote_currency_id: quote,
    base_currency_id: isFuture ? '' : base,
    fcm_trading_session_details: isFuture ? { is_session_open: status === 'online' } : null,
    mid_market_price: '',
    alias: '',
    alias_to: aliasesOf(symbol),
    base_display_symbol: isFuture ? '' : base,
    quote_display_symbol: quote,
    view_only: false,
    price_increment: tickSize,
    display_name: symbol,
    product_venue: isFuture ? 'FCM' : 'CBE',
    approximate_quote_24h_volume: (Number(day.volume) * Number(day.last)).toFixed(2),
    ...(isFuture
      ? { future_product_details: futureDetails(market, now) }
      : { high_24h: day.high, low_24h: day.low }),
  };
}

/** What is called a perpetual is one that expires, in some years, and pays funding until then. */
function futureDetails({ instrument, contract, format }: InstrumentMarket, now: number): Payload {
  const { symbol, base, contract: terms } = instrument;
  const funding = contract?.funding?.at(now);
  const expiry = (terms && deliveryTimeOf(terms)) ?? PERPETUAL_EXPIRY;
  const openInterest = format.amount.text(contract?.openInterest ?? 0);
  const rate = funding === undefined ? '' : funding.rate.toFixed(6);
  const fundingTime = funding === undefined ? null : isoTime(funding.nextTime - HOUR_MS);
  return {
    venue: 'cde',
    contract_code: symbol.slice(0, 3),
    contract_expiry: isoTime(expiry),
    contract_size: terms?.contractSize ?? '1',
    contract_root_unit: base,
    group_description: `nano ${base} Futures`,
    contract_expiry_timezone: 'Europe/London',
    group_short_description: `nano ${base}`,
    risk_managed_by: 'MANAGED_BY_FCM',
    contract_expiry_type: 'EXPIRING',
    perpetual_details: { open_interest: openInterest, funding_rate: '', funding_time: null },
    contract_display_name: funding === undefined ? symbol : `${base} PERP`,
    time_to_expiry_ms: String(Math.floor(expiry - now)),
    non_crypto: false,
    twenty_four_by_seven: true,
    funding_interval: funding === undefined ? '' : '3600s',
    open_interest: openInterest,
    funding_rate: rate,
    funding_time: fundingTime,
    index_price: (contract?.indexPrice ?? 0).toFixed(6),
  };
}

/** What the status channel tells of a product. */
export function statusRow(market: InstrumentMarket, all: SeededMarket): Payload {
  const { symbol, base, quote, tickSize, lotSize, minNotional, contract } = market.instrument;
  return {
    id: symbol,
    product_type: contract === undefined ? 'SPOT' : 'FUTURE',
    base_currency: base,
    quote_currency: quote,
    base_increment: lotSize,
    quote_increment: tickSize,
    display_name: symbol,
    status: statusOf(market, all),
    status_message: '',
    min_market_funds: minNotional,
  };
}

/** What the status channel tells of currencies. */
export function currencyRows(markets: readonly InstrumentMarket[]): readonly Payload[] {
  const ids = new Set(markets.flatMap(({ instrument: { base, quote } }) => [base, quote]));
  return [...ids].map((id) => ({ id, name: id, status: 'online', status_message: '' }));
}
