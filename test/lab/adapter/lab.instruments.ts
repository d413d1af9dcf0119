import { formatSymbol, type Instrument } from '@exchange-stream/market-data';
import { MalformedFieldError, amount, list, object, text } from './lab.fields.ts';

/**
 * The instruments in the body of `GET /api/instruments`.
 * @throws MalformedFieldError when there is no list
 */
export function readInstruments(body: unknown, reject: (reason: string) => void): Instrument[] {
  const instruments: Instrument[] = [];
  for (const [index, entry] of list(object(body, 'body').instruments, 'instruments').entries()) {
    try {
      instruments.push(readInstrument(entry, `instruments[${index}]`));
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      reject(error.message);
    }
  }
  return instruments;
}

function readInstrument(entry: unknown, field: string): Instrument {
  const row = object(entry, field);
  const base = text(row.base, `${field}.base`);
  const quote = text(row.quote, `${field}.quote`);
  return {
    exchange: 'lab',
    kind: 'spot',
    symbol: formatSymbol({ kind: 'spot', base, quote }),
    nativeSymbol: text(row.symbol, `${field}.symbol`),
    base,
    quote,
    status: text(row.status, `${field}.status`) === 'trading' ? 'trading' : 'halted',
    tickSize: amount(row.priceStep, `${field}.priceStep`),
    lotSize: amount(row.amountStep, `${field}.amountStep`),
  };
}
