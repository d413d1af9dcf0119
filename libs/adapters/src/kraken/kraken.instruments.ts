import { formatSymbol, isSymbol, type Instrument, type InstrumentStatus } from '@exchange-stream/market-data';
import { MalformedFieldError, amount, exactInteger, object, text } from '../decoder/fields.ts';
import type { WireAssetPair } from './kraken.wire.ts';

/** WebSocket v2 calls them as everybody does, REST as it has always done. */
const NAMES_OF_REST: ReadonlyMap<string, string> = new Map([
  ['BTC', 'XBT'],
  ['DOGE', 'XDG'],
]);
const NAMES_OF_SOCKET = new Map([...NAMES_OF_REST].map(([socket, rest]) => [rest, socket]));

/** More than any asset has. */
const MAX_DECIMALS = 30;

/** `BTC/USD` of `XBT/USD`, as REST calls it (`wsname`). */
export function symbolOf(wsname: string): string {
  return wsname
    .split('/')
    .map((name) => NAMES_OF_SOCKET.get(name) ?? name)
    .join('/');
}

/** What REST calls a symbol in its questions: `XBTUSD` for `BTC/USD`. */
export function restNameOf(nativeSymbol: string): string {
  return nativeSymbol
    .split('/')
    .map((name) => NAMES_OF_REST.get(name) ?? name)
    .join('');
}

/**
 * The instruments of `AssetPairs`. Of two with one unified symbol the first counts.
 * @param reject takes the reason for every pair that cannot be read
 */
export function readInstruments(
  pairs: Readonly<Record<string, unknown>>,
  exchange: string,
  reject: (reason: string) => void,
): Instrument[] {
  const instruments = new Map<string, Instrument>();
  for (const [name, pair] of Object.entries(pairs)) {
    try {
      const instrument = readInstrument(object(pair, name), name, exchange);
      if (instruments.has(instrument.symbol)) reject(`${name} is ${instrument.symbol}, as another pair is`);
      else instruments.set(instrument.symbol, instrument);
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      reject(error.message);
    }
  }
  return [...instruments.values()];
}

function readInstrument(pair: WireAssetPair, field: string, exchange: string): Instrument {
  const nativeSymbol = symbolOf(text(pair.wsname, `${field}.wsname`));
  const [base = '', quote = '', ...more] = nativeSymbol.split('/');
  const symbol = formatSymbol({ kind: 'spot', base, quote });
  if (!isSymbol(symbol) || more.length > 0)
    throw new MalformedFieldError(`${field}.wsname`, 'BASE/QUOTE', pair.wsname);
  return {
    exchange,
    kind: 'spot',
    symbol,
    nativeSymbol,
    base,
    quote,
    status: statusOf(pair.status),
    tickSize: amount(pair.tick_size, `${field}.tick_size`),
    lotSize: stepOf(decimals(pair.lot_decimals, `${field}.lot_decimals`)),
  };
}

/** Of `AssetPairs` and of the channel `instrument`; whatever else may come: no trade happens now. */
export function statusOf(status: unknown): InstrumentStatus {
  switch (status) {
    // But for the first, orders of some kinds only are taken; the book goes on.
    case 'online':
    case 'limit_only':
    case 'post_only':
    case 'reduce_only':
      return 'trading';
    case 'delisted':
      return 'delisted';
    default:
      return 'halted';
  }
}

/** Decimal places of an asset or a price. */
export function decimals(value: unknown, field: string): number {
  const places = exactInteger(value, field);
  if (places > MAX_DECIMALS)
    throw new MalformedFieldError(field, `${MAX_DECIMALS} decimal places at most`, value);
  return places;
}

/** `0.00000001` of 8. */
function stepOf(places: number): string {
  return places === 0 ? '1' : `0.${'1'.padStart(places, '0')}`;
}
