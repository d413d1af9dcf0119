import {
  formatSymbol,
  isSymbol,
  type Instrument,
  type InstrumentStatus,
  type ParsedSymbol,
} from '@exchange-stream/market-data';
import { MalformedFieldError, amount, list, object, text } from '../decoder/fields.ts';
import { present, time } from './coinbase.fields.ts';
import { productOf, type Category } from './coinbase.topics.ts';
import type { WireFuture, WireProduct } from './coinbase.wire.ts';

/** How much one contract of each future is, as the list of products tells: the stream and candles do not. */
export class ContractSizes {
  private readonly sizes = new Map<string, string>();

  /** Of its `contractCurrency`, as decimal text; undefined while the list of futures has not come. */
  of(product: string): string | undefined {
    return this.sizes.get(product);
  }

  /** A list has come: it has all futures. */
  learn(instruments: readonly Instrument[]): void {
    for (const { nativeSymbol, contractSize } of instruments)
      if (contractSize !== undefined) this.sizes.set(nativeSymbol, contractSize);
  }
}

/**
 * The instruments of a list of products. Of two with one unified symbol, as futures on the same thing whose contracts are of
 * different sizes have, the one whose name comes first counts.
 * @param asked `SPOT` or `FUTURE`: others are of another list
 * @param reject takes the reason for every row that cannot be read
 * @throws MalformedFieldError when there is no list
 */
export function readInstruments(
  products: unknown,
  asked: string | undefined,
  exchange: string,
  reject: (reason: string) => void,
): Instrument[] {
  const instruments = new Map<string, Instrument>();
  for (const [index, entry] of list(products, 'products').entries()) {
    try {
      const row: WireProduct = object(entry, `products[${index}]`);
      if (asked !== undefined && row.product_type !== asked) continue;
      const instrument = readInstrument(row, `products[${index}]`, exchange);
      const other = instruments.get(instrument.symbol);
      const isFirst = other === undefined || instrument.nativeSymbol < other.nativeSymbol;
      if (isFirst) instruments.set(instrument.symbol, instrument);
      const dropped = isFirst ? other : instrument;
      if (dropped) reject(`${dropped.nativeSymbol} is ${instrument.symbol}, as another product is`);
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      reject(error.message);
    }
  }
  return [...instruments.values()];
}

function readInstrument(row: WireProduct, field: string, exchange: string): Instrument {
  const nativeSymbol = text(row.product_id, `${field}.product_id`);
  const future =
    row.product_type === 'FUTURE'
      ? object(row.future_product_details, `${field}.future_product_details`)
      : undefined;
  const parts = future ? partsOfFuture(row, future, field) : partsOfSpot(row, field);
  const symbol = formatSymbol(parts);
  if (!isSymbol(symbol))
    throw new MalformedFieldError(`${field}.product_id`, 'parts of a symbol', nativeSymbol);
  return {
    exchange,
    kind: parts.kind,
    symbol,
    nativeSymbol,
    category: categoryOf(row, nativeSymbol, field),
    base: parts.base,
    quote: parts.quote,
    status: statusOf(row),
    ...step('tickSize', row.price_increment, `${field}.price_increment`),
    ...step('lotSize', row.base_increment, `${field}.base_increment`),
    ...(future && {
      contractSize: amount(future.contract_size, `${field}.contract_size`),
      contractCurrency: parts.base,
    }),
  };
}

type Parts = Extract<ParsedSymbol, { kind: 'spot' | 'perpetual' | 'future' }>;

function partsOfSpot(row: WireProduct, field: string): Parts {
  if (row.product_type !== 'SPOT')
    throw new MalformedFieldError(`${field}.product_type`, '"SPOT" or "FUTURE"', row.product_type);
  return {
    kind: 'spot',
    base: text(row.base_currency_id, `${field}.base_currency_id`),
    quote: text(row.quote_currency_id, `${field}.quote_currency_id`),
  };
}

/**
 * A future has no base currency of its own, but what its contract is of. One with funding is a perpetual in all but name:
 * `BIP-20DEC30-CDE` expires years from now.
 */
function partsOfFuture(row: WireProduct, future: WireFuture, field: string): Parts {
  const base = text(future.contract_root_unit, `${field}.contract_root_unit`);
  const quote = text(row.quote_currency_id, `${field}.quote_currency_id`);
  const isPerpetual =
    future.contract_expiry_type === 'PERPETUAL' || present(future.funding_interval) !== undefined;
  if (isPerpetual) return { kind: 'perpetual', base, quote, settle: quote };
  const expiry = new Date(time(future.contract_expiry, `${field}.contract_expiry`)).toISOString();
  return { kind: 'future', base, quote, settle: quote, expiry: expiry.slice(2, 10).replaceAll('-', '') };
}

/** What an alias is of stands in its name: topics are made of that alone. */
function categoryOf({ alias }: WireProduct, nativeSymbol: string, field: string): Category {
  const product = present(alias);
  if (product === undefined) return 'product';
  if (product !== productOf(nativeSymbol))
    throw new MalformedFieldError(`${field}.alias`, `the product of ${nativeSymbol} in dollars`, alias);
  return 'alias';
}

/** Of futures the status is empty. `limit_only` and `post_only` leave the market open, as auctions do. */
function statusOf({ status, trading_disabled, is_disabled, cancel_only }: WireProduct): InstrumentStatus {
  if (status === 'delisted') return 'delisted';
  const isOnline = status === 'online' || present(status) === undefined;
  const isClosed = trading_disabled === true || is_disabled === true || cancel_only === true;
  return isOnline && !isClosed ? 'trading' : 'halted';
}

/** A step of price or amount; zero, or nothing, is none. */
function step(name: 'tickSize' | 'lotSize', value: unknown, field: string): Partial<Instrument> {
  const given = present(value);
  if (given === undefined) return {};
  const size = amount(given, field);
  return /[1-9]/.test(size) ? { [name]: size } : {};
}
