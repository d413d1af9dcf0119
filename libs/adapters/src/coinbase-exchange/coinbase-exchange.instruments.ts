import { formatSymbol, isSymbol, type Instrument, type InstrumentStatus } from '@exchange-stream/market-data';
import { MalformedFieldError, amount, list, object, text } from '../decoder/fields.ts';
import { present } from './coinbase-exchange.fields.ts';
import type { WireProduct } from './coinbase-exchange.wire.ts';

/**
 * The products of a list, all of them spot.
 * @param reject takes the reason for every row that cannot be read
 * @throws MalformedFieldError when there is no list
 */
export function readInstruments(
  products: unknown,
  exchange: string,
  reject: (reason: string) => void,
): Instrument[] {
  const instruments = new Map<string, Instrument>();
  for (const [index, entry] of list(products, 'body').entries()) {
    try {
      const instrument = readInstrument(object(entry, `[${index}]`), `[${index}]`, exchange);
      const { symbol, nativeSymbol } = instrument;
      const first = instruments.get(symbol);
      if (first) reject(`[${index}]: ${nativeSymbol} is ${symbol}, as ${first.nativeSymbol} is`);
      else instruments.set(symbol, instrument);
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      reject(error.message);
    }
  }
  return [...instruments.values()];
}

function readInstrument(row: WireProduct, field: string, exchange: string): Instrument {
  const nativeSymbol = text(row.id, `${field}.id`);
  const base = text(row.base_currency, `${field}.base_currency`);
  const quote = text(row.quote_currency, `${field}.quote_currency`);
  const symbol = formatSymbol({ kind: 'spot', base, quote });
  if (!isSymbol(symbol)) throw new MalformedFieldError(`${field}.id`, 'parts of a symbol', nativeSymbol);
  return {
    exchange,
    kind: 'spot',
    symbol,
    nativeSymbol,
    base,
    quote,
    status: statusOf(row),
    ...step('tickSize', row.quote_increment, `${field}.quote_increment`),
    ...step('lotSize', row.base_increment, `${field}.base_increment`),
  };
}

/** `limit_only` and `post_only` leave the market open. */
function statusOf({ status, trading_disabled, cancel_only }: WireProduct): InstrumentStatus {
  if (status === 'delisted') return 'delisted';
  return status === 'online' && trading_disabled !== true && cancel_only !== true ? 'trading' : 'halted';
}

/** A step of price or amount; zero, or nothing, is none. */
function step(name: 'tickSize' | 'lotSize', value: unknown, field: string): Partial<Instrument> {
  const given = present(value);
  if (given === undefined) return {};
  const size = amount(given, field);
  return /[1-9]/.test(size) ? { [name]: size } : {};
}
