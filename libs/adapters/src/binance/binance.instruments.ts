import { formatSymbol, type Instrument, type InstrumentStatus } from '@exchange-stream/market-data';
import { MalformedFieldError, amount, list, object, text } from '../decoder/fields.ts';

/**
 * The instruments in the body of `GET /api/v3/exchangeInfo`. A symbol is split by its assets, never by guess.
 * @throws MalformedFieldError when there is no list of symbols
 */
export function readInstruments(
  body: unknown,
  exchange: string,
  reject: (reason: string) => void,
): Instrument[] {
  const instruments: Instrument[] = [];
  for (const [index, entry] of list(object(body, 'body').symbols, 'symbols').entries()) {
    try {
      instruments.push(readInstrument(entry, `symbols[${index}]`, exchange));
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      reject(error.message);
    }
  }
  return instruments;
}

function readInstrument(entry: unknown, field: string, exchange: string): Instrument {
  const row = object(entry, field);
  const base = text(row.baseAsset, `${field}.baseAsset`);
  const quote = text(row.quoteAsset, `${field}.quoteAsset`);
  const filters = list(row.filters, `${field}.filters`);
  return {
    exchange,
    kind: 'spot',
    symbol: formatSymbol({ kind: 'spot', base, quote }),
    nativeSymbol: text(row.symbol, `${field}.symbol`),
    base,
    quote,
    status: statusOf(text(row.status, `${field}.status`)),
    tickSize: step(filters, 'PRICE_FILTER', 'tickSize', field),
    lotSize: step(filters, 'LOT_SIZE', 'stepSize', field),
  };
}

/** HALT, BREAK, END_OF_DAY, CANCEL_ONLY (since 2026-07), and what may come: no trade happens now. */
function statusOf(status: string): InstrumentStatus {
  return status === 'TRADING' ? 'trading' : 'halted';
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
