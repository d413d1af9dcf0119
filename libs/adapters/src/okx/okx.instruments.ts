import {
  formatSymbol,
  isSymbol,
  multiplyDecimals,
  type CandleAnchors,
  type Instrument,
  type InstrumentStatus,
  type ParsedSymbol,
} from '@exchange-stream/market-data';
import { MalformedFieldError, amount, exactInteger, object, text } from '../decoder/fields.ts';
import type { WireInstrument } from './okx.wire.ts';

const HOUR_MS = 3_600_000;
/** Of the years with four digits. */
const LAST_TIME = Date.UTC(10_000, 0) - 1;

/** Whether amounts of an instrument are in base currency and not in contracts: `BTC-USDT`, of spot, has two parts. */
export function isSpot(nativeSymbol: string): boolean {
  return nativeSymbol.indexOf('-') === nativeSymbol.lastIndexOf('-');
}

/** Where candles of a time zone begin: those without `utc` in their name at midnight in Hong Kong. */
export function anchorsOf(timezone: unknown): CandleAnchors {
  return timezone === '+08:00' ? { dayOffsetMs: 8 * HOUR_MS } : {};
}

/**
 * The instruments of one list. Of two with one unified symbol the first counts.
 * @param reject takes the reason for every row that cannot be read, or is of no kind that is known
 */
export function readInstruments(
  rows: readonly unknown[],
  exchange: string,
  reject: (reason: string) => void,
): Instrument[] {
  const instruments = new Map<string, Instrument>();
  for (const [index, row] of rows.entries()) {
    try {
      const instrument = readInstrument(object(row, `data[${index}]`), `data[${index}]`, exchange);
      const { symbol, nativeSymbol } = instrument;
      const first = instruments.get(symbol);
      if (first) reject(`data[${index}]: ${nativeSymbol} is ${symbol}, as ${first.nativeSymbol} is`);
      else instruments.set(symbol, instrument);
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      reject(error.message);
    }
  }
  return [...instruments.values()];
}

function readInstrument(row: WireInstrument, field: string, exchange: string): Instrument {
  const parts = partsOf(row, field);
  const symbol = formatSymbol(parts);
  const nativeSymbol = text(row.instId, `${field}.instId`);
  if (!isSymbol(symbol)) throw new MalformedFieldError(`${field}.instId`, 'parts of a symbol', nativeSymbol);
  return {
    exchange,
    kind: parts.kind,
    symbol,
    nativeSymbol,
    base: parts.base,
    quote: parts.quote,
    status: statusOf(row.state),
    tickSize: step(row.tickSz, `${field}.tickSz`),
    lotSize: step(row.lotSz, `${field}.lotSz`),
    ...(parts.kind !== 'spot' && contractOf(row, field)),
  };
}

function partsOf(row: WireInstrument, field: string): Exclude<ParsedSymbol, { kind: 'funding' }> {
  const { instType } = row;
  if (instType === 'SPOT') {
    const base = text(row.baseCcy, `${field}.baseCcy`);
    return { kind: 'spot', base, quote: text(row.quoteCcy, `${field}.quoteCcy`) };
  }
  const [base = '', quote = ''] = text(row.uly, `${field}.uly`).split('-');
  const settle = text(row.settleCcy, `${field}.settleCcy`);
  switch (instType) {
    case 'SWAP':
      return { kind: 'perpetual', base, quote, settle };
    case 'FUTURES':
      return { kind: 'future', base, quote, settle, expiry: expiryOf(row, field) };
    case 'OPTION': {
      const strike = amount(row.stk, `${field}.stk`);
      const { optType } = row;
      if (optType !== 'C' && optType !== 'P')
        throw new MalformedFieldError(`${field}.optType`, '"C" or "P"', optType);
      const right = optType === 'C' ? 'call' : 'put';
      return { kind: 'option', base, quote, settle, expiry: expiryOf(row, field), strike, right };
    }
    default:
      throw new MalformedFieldError(`${field}.instType`, 'SPOT, SWAP, FUTURES or OPTION', instType);
  }
}

/** As the id has it; by the time of expiry, in UTC, where it has none. */
function expiryOf(row: WireInstrument, field: string): string {
  const [, inId] = /-(\d{6})(?:-|$)/.exec(text(row.instId, `${field}.instId`)) ?? [];
  if (inId !== undefined) return inId;
  const time = exactInteger(row.expTime, `${field}.expTime`);
  if (time > LAST_TIME) throw new MalformedFieldError(`${field}.expTime`, 'a time', time);
  const iso = new Date(time).toISOString();
  return iso.slice(2, 4) + iso.slice(5, 7) + iso.slice(8, 10);
}

/** The size of a contract, and what of: `0.01` `BTC`, `100` `USD`. */
function contractOf(
  row: WireInstrument,
  field: string,
): Pick<Instrument, 'contractSize' | 'contractCurrency'> {
  const value = amount(row.ctVal, `${field}.ctVal`);
  const multiplier = row.ctMult === '' ? '1' : amount(row.ctMult, `${field}.ctMult`);
  return {
    contractSize: multiplyDecimals(value, multiplier),
    contractCurrency: text(row.ctValCcy, `${field}.ctValCcy`),
  };
}

/**
 * `post_only` (since 2026-05) takes orders, and its book goes on. `suspend`, `preopen`, `test`, `rebase`, and what may
 * come: no trade happens now.
 */
export function statusOf(state: unknown): InstrumentStatus {
  return state === 'live' || state === 'post_only' ? 'trading' : 'halted';
}

/** A step in the exchange's digits. */
function step(value: unknown, field: string): string | undefined {
  if (value === undefined || value === '') return undefined;
  const size = amount(value, field);
  return /[1-9]/.test(size) ? size : undefined;
}
