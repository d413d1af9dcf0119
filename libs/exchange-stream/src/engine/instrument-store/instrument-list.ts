import { INSTRUMENT_KINDS, type Instrument, type InstrumentStatus } from '@exchange-stream/market-data';
import { isObject, JsonList, shown } from '../file-store/json-list.ts';

const STATUSES: readonly InstrumentStatus[] = ['trading', 'halted', 'delisted'];
const TEXTS = ['exchange', 'symbol', 'nativeSymbol', 'base', 'quote'] as const;
const DECIMALS = ['tickSize', 'lotSize', 'contractSize'] as const;

/** How instruments are stored. */
export const INSTRUMENT_LIST = new JsonList('instruments', 1, readEntry);

/** The instrument, or why it is none. */
function readEntry(entry: unknown): Instrument | string {
  if (!isObject(entry)) return 'it is no object';
  const texts: Partial<Record<(typeof TEXTS)[number], string>> = {};
  for (const key of TEXTS) {
    const value = entry[key];
    if (typeof value !== 'string' || value === '') return `its ${key} is ${shown(value)}, and must be a text`;
    texts[key] = value;
  }
  const decimals: Partial<Record<(typeof DECIMALS)[number], string>> = {};
  for (const key of DECIMALS) {
    const value = entry[key];
    if (value === undefined) continue;
    if (typeof value !== 'string' || !/^\d+(\.\d+)?$/.test(value))
      return `its ${key} is ${shown(value)}, and must be a decimal number as text`;
    decimals[key] = value;
  }
  const { category } = entry;
  if (category !== undefined && (typeof category !== 'string' || category === ''))
    return `its category is ${shown(category)}, and must be a text`;
  const kind = INSTRUMENT_KINDS.find((known) => known === entry.kind);
  if (!kind) return `its kind is ${shown(entry.kind)}, and must be one of ${INSTRUMENT_KINDS.join(', ')}`;
  const status = STATUSES.find((known) => known === entry.status);
  if (!status) return `its status is ${shown(entry.status)}, and must be one of ${STATUSES.join(', ')}`;
  const { contractCurrency } = entry;
  if (contractCurrency !== undefined && typeof contractCurrency !== 'string')
    return `its contractCurrency is ${shown(contractCurrency)}, and must be a text`;
  const { exchange = '', symbol = '', nativeSymbol = '', base = '', quote = '' } = texts;
  return {
    exchange,
    kind,
    symbol,
    nativeSymbol,
    ...(category !== undefined && { category }),
    base,
    quote,
    status,
    ...decimals,
    ...(contractCurrency !== undefined && { contractCurrency }),
  };
}
