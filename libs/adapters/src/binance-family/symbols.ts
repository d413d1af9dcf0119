import type { Instrument } from '@exchange-stream/market-data';
import { MalformedFieldError, amount, list, object, type WireObject } from '../decoder/fields.ts';

/**
 * The instruments in the body of `exchangeInfo`, each read by itself. Where several have the same unified symbol, it is that
 * of the one that trades, or else of the first.
 * @throws MalformedFieldError when there is no list of symbols
 */
export function readSymbols(
  body: unknown,
  reject: (reason: string) => void,
  read: (row: WireObject, field: string) => Instrument,
): Instrument[] {
  const instruments = new Map<string, Instrument>();
  for (const [index, entry] of list(object(body, 'body').symbols, 'symbols').entries()) {
    const field = `symbols[${index}]`;
    try {
      const instrument = read(object(entry, field), field);
      const same = instruments.get(instrument.symbol);
      const isBetter = same?.status !== 'trading' && instrument.status === 'trading';
      if (same === undefined || isBetter) instruments.set(instrument.symbol, instrument);
      if (same !== undefined) reject(isBetter ? clash(same, instrument) : clash(instrument, same));
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      reject(error.message);
    }
  }
  return [...instruments.values()];
}

function clash(lost: Instrument, kept: Instrument): string {
  return `${lost.nativeSymbol} is called ${lost.symbol} like ${kept.nativeSymbol}`;
}

/** What the filters of a symbol say of its steps. */
export function stepsOf(row: WireObject, field: string): Pick<Instrument, 'tickSize' | 'lotSize'> {
  const filters = list(row.filters, `${field}.filters`);
  const tickSize = step(filters, 'PRICE_FILTER', 'tickSize', field);
  const lotSize = step(filters, 'LOT_SIZE', 'stepSize', field);
  return { ...(tickSize !== undefined && { tickSize }), ...(lotSize !== undefined && { lotSize }) };
}

/** The step that a filter sets, in the exchange's digits; zero switches the filter off. */
function step(filters: readonly unknown[], type: string, name: string, field: string): string | undefined {
  for (const entry of filters) {
    const filter = object(entry, `${field}.filters`);
    if (filter.filterType !== type) continue;
    const size = amount(filter[name], `${field}.${type}.${name}`);
    return /[1-9]/.test(size) ? size : undefined;
  }
  return undefined;
}
