import { formatSymbol, type Instrument, type InstrumentStatus } from '@exchange-stream/market-data';
import { readSymbols, stepsOf } from '../binance-family/symbols.ts';
import { text } from '../decoder/fields.ts';

/**
 * The instruments in the body of `GET /api/v3/exchangeInfo`. A symbol is split by its assets, never by guess.
 * @throws MalformedFieldError when there is no list of symbols
 */
export function readInstruments(
  body: unknown,
  exchange: string,
  reject: (reason: string) => void,
): Instrument[] {
  return readSymbols(body, reject, (row, field) => {
    const base = text(row.baseAsset, `${field}.baseAsset`);
    const quote = text(row.quoteAsset, `${field}.quoteAsset`);
    return {
      exchange,
      kind: 'spot',
      symbol: formatSymbol({ kind: 'spot', base, quote }),
      nativeSymbol: text(row.symbol, `${field}.symbol`),
      base,
      quote,
      status: statusOf(text(row.status, `${field}.status`)),
      ...stepsOf(row, field),
    };
  });
}

/** HALT, BREAK, END_OF_DAY, CANCEL_ONLY (since 2026-07), and what may come: no trade happens now. */
function statusOf(status: string): InstrumentStatus {
  return status === 'TRADING' ? 'trading' : 'halted';
}
