import {
  formatSymbol,
  type Instrument,
  type InstrumentStatus,
  type ParsedSymbol,
} from '@exchange-stream/market-data';
import { MalformedFieldError, exactInteger, list, object, text } from '../decoder/fields.ts';
import { amountIfAny, known } from './bybit.fields.ts';
import { isCategory, type Category } from './bybit.topics.ts';
import type { WireInstrument } from './bybit.wire.ts';

/** `BTC-26DEC25-100000-C`, and with its settlement coin behind it where that is USDT. */
const OPTION = /^.+-\d{1,2}[A-Z]{3}\d{2}-(\d+(?:\.\d+)?)-[CP](?:-[A-Z]+)?$/;

/** A contract of the inverse category is worth this much of its quote currency, whatever the price. */
const INVERSE_CONTRACT = '1';

/**
 * The instruments in the `result` of `GET /v5/market/instruments-info`.
 * @param asked the category that was asked for, where the answer names none
 * @throws MalformedFieldError when there is no list
 */
export function readInstruments(
  result: unknown,
  asked: Category | undefined,
  exchange: string,
  reject: (reason: string) => void,
): Instrument[] {
  const { category: named, list: entries } = object(result, 'result');
  const category = typeof named === 'string' && isCategory(named) ? named : asked;
  const instruments: Instrument[] = [];
  for (const [index, entry] of list(entries, 'list').entries()) {
    try {
      instruments.push(readInstrument(entry, `list[${index}]`, category, exchange));
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      reject(error.message);
    }
  }
  return instruments;
}

function readInstrument(
  entry: unknown,
  field: string,
  listed: Category | undefined,
  exchange: string,
): Instrument {
  const row: WireInstrument = object(entry, field);
  const category = listed ?? categoryOf(row);
  const symbol = symbolOf(row, category, field);
  const { kind } = symbol;
  if (kind === 'funding') throw new MalformedFieldError(field, 'an instrument', entry);
  const prices = object(row.priceFilter, `${field}.priceFilter`);
  const lots = object(row.lotSizeFilter, `${field}.lotSizeFilter`);
  const tickSize = step(prices.tickSize, `${field}.tickSize`);
  const lotSize = step(lots.qtyStep ?? lots.basePrecision, `${field}.qtyStep`);
  return {
    exchange,
    kind,
    symbol: formatSymbol(symbol),
    nativeSymbol: text(row.symbol, `${field}.symbol`),
    category,
    base: symbol.base,
    quote: symbol.quote,
    status: statusOf(text(row.status, `${field}.status`)),
    ...(tickSize !== undefined && { tickSize }),
    ...(lotSize !== undefined && { lotSize }),
    ...(category === 'inverse' && { contractSize: INVERSE_CONTRACT, contractCurrency: symbol.quote }),
  };
}

/** Of an answer that names no category, as recorded ones may. */
function categoryOf({ contractType, optionsType }: WireInstrument): Category {
  if (optionsType !== undefined) return 'option';
  if (typeof contractType !== 'string') return 'spot';
  return contractType.startsWith('Inverse') ? 'inverse' : 'linear';
}

function symbolOf(row: WireInstrument, category: Category, field: string): ParsedSymbol {
  const base = text(row.baseCoin, `${field}.baseCoin`);
  const quote = text(row.quoteCoin, `${field}.quoteCoin`);
  if (category === 'spot') return { kind: 'spot', base, quote };
  const settle = text(row.settleCoin, `${field}.settleCoin`);
  if (category !== 'option') {
    const type = text(row.contractType, `${field}.contractType`);
    if (type.endsWith('Perpetual')) return { kind: 'perpetual', base, quote, settle };
    if (!type.endsWith('Futures'))
      throw new MalformedFieldError(`${field}.contractType`, 'a perpetual or futures contract', type);
    return { kind: 'future', base, quote, settle, expiry: expiryOf(row, field) };
  }
  const [, strike] = OPTION.exec(text(row.symbol, `${field}.symbol`)) ?? [];
  if (strike === undefined) throw new MalformedFieldError(`${field}.symbol`, 'an option', row.symbol);
  const right = rightOf(row.optionsType, field);
  return { kind: 'option', base, quote, settle, expiry: expiryOf(row, field), strike, right };
}

function rightOf(value: unknown, field: string): 'call' | 'put' {
  if (value === 'Call') return 'call';
  if (value === 'Put') return 'put';
  throw new MalformedFieldError(`${field}.optionsType`, '"Call" or "Put"', value);
}

/** `YYMMDD` of the delivery, UTC. The symbols of inverse futures do not tell the day. */
function expiryOf({ deliveryTime }: WireInstrument, field: string): string {
  const time = exactInteger(deliveryTime, `${field}.deliveryTime`);
  const date = new Date(time);
  if (time === 0 || Number.isNaN(date.getTime()))
    throw new MalformedFieldError(`${field}.deliveryTime`, 'a time of delivery', deliveryTime);
  return date.toISOString().slice(2, 10).replaceAll('-', '');
}

/**
 * `PreLaunch` and `PendingOpen` are listed before anybody can trade them (and no data comes), `Delivering` after that; what
 * may come besides is not traded now either.
 */
function statusOf(status: string): InstrumentStatus {
  if (status === 'Trading') return 'trading';
  return status === 'Closed' ? 'delisted' : 'halted';
}

/** A step of price or amount; zero is none. */
function step(value: unknown, field: string): string | undefined {
  const size = amountIfAny(known(value), field);
  return size !== undefined && /[1-9]/.test(size) ? size : undefined;
}
