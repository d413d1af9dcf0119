import { formatSymbol, isSymbol, type Instrument, type ParsedSymbol } from '@exchange-stream/market-data';
import { MalformedFieldError, amount, object, text } from '../decoder/fields.ts';
import type { WireInstrument } from './kraken-futures.wire.ts';

/** Kraken's names of two assets, by those of everybody. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['XBT', 'BTC'],
  ['XDG', 'DOGE'],
]);

/**
 * `PI_XBTUSD`: perpetual, inverse; `PF_`: perpetual, linear; `FI_XBTUSD_260327` and `FF_`: the same, and they expire.
 */
const PRODUCT = /^([PF])([IF])_([A-Za-z0-9]+)(?:_(\d{6}))?$/;

/** Of lists that do not name them, the quote currencies that a product may end in. */
const PAIR = /^([A-Za-z0-9]+)(USDT|USDC|USD|EUR|GBP|XBT)$/;

/** Decimal places, or zeros at the end, that an amount has at most. */
const MAX_PRECISION = 20;

/** Whether contracts of a product are worth a number of quote currency, and settled in base currency. */
export function isInverse(nativeSymbol: string): boolean {
  return nativeSymbol.charAt(1) === 'I';
}

/**
 * The instruments of a list, indices left out. Of two with one unified symbol the first counts.
 * @param reject takes the reason for every row that cannot be read, or is of no kind that is known
 */
export function readInstruments(
  rows: readonly unknown[],
  exchange: string,
  reject: (reason: string) => void,
): Instrument[] {
  const instruments = new Map<string, Instrument>();
  for (const [index, entry] of rows.entries()) {
    const field = `instruments[${index}]`;
    try {
      const row: WireInstrument = object(entry, field);
      // An index, which nobody trades.
      if (row.tradeable !== true && !PRODUCT.test(String(row.symbol))) continue;
      const instrument = readInstrument(row, field, exchange);
      const { symbol, nativeSymbol } = instrument;
      const first = instruments.get(symbol);
      if (first) reject(`${field}: ${nativeSymbol} is ${symbol}, as ${first.nativeSymbol} is`);
      else instruments.set(symbol, instrument);
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      reject(error.message);
    }
  }
  return [...instruments.values()];
}

function readInstrument(row: WireInstrument, field: string, exchange: string): Instrument {
  const nativeSymbol = text(row.symbol, `${field}.symbol`);
  const parts = partsOf(row, nativeSymbol, field);
  const symbol = formatSymbol(parts);
  if (!isSymbol(symbol)) throw new MalformedFieldError(`${field}.symbol`, 'parts of a symbol', nativeSymbol);
  return {
    exchange,
    kind: parts.kind,
    symbol,
    nativeSymbol,
    base: parts.base,
    quote: parts.quote,
    status: statusOf(row),
    tickSize: amount(row.tickSize, `${field}.tickSize`),
    lotSize: lotOf(row.contractValueTradePrecision, `${field}.contractValueTradePrecision`),
    contractSize: amount(row.contractSize, `${field}.contractSize`),
    contractCurrency: isInverse(nativeSymbol) ? parts.quote : parts.base,
  };
}

type Derivative = Extract<ParsedSymbol, { kind: 'perpetual' | 'future' }>;

function partsOf(row: WireInstrument, nativeSymbol: string, field: string): Derivative {
  const [, term, , pair = '', expiry] = PRODUCT.exec(nativeSymbol) ?? [];
  if (term === undefined || (term === 'F') !== (expiry !== undefined))
    throw new MalformedFieldError(`${field}.symbol`, 'PI_, PF_, FI_ or FF_ and a pair', nativeSymbol);
  const [, first, second] = PAIR.exec(pair) ?? [];
  const base = nameOf(row.base ?? first, `${field}.base`);
  const quote = nameOf(row.quote ?? second, `${field}.quote`);
  const settle = isInverse(nativeSymbol) ? base : quote;
  return expiry === undefined
    ? { kind: 'perpetual', base, quote, settle }
    : { kind: 'future', base, quote, settle, expiry };
}

function nameOf(value: unknown, field: string): string {
  const name = text(value, field);
  return NAMES.get(name) ?? name;
}

/** With `postOnly` orders are taken that meet no other: no trade happens. */
function statusOf({ tradeable, postOnly }: WireInstrument): Instrument['status'] {
  return tradeable === true && postOnly !== true ? 'trading' : 'halted';
}

/** `0.001` of 3, `1000` of -3. */
function lotOf(value: unknown, field: string): string {
  const precision = typeof value === 'string' && /^-?\d{1,2}$/.test(value) ? Number(value) : NaN;
  if (!(Math.abs(precision) <= MAX_PRECISION)) throw new MalformedFieldError(field, 'a precision', value);
  return precision > 0 ? `0.${'1'.padStart(precision, '0')}` : '1'.padEnd(1 - precision, '0');
}
