import { formatSymbol, isSymbol, type Instrument } from '@exchange-stream/market-data';
import { MalformedFieldError, list, text } from '../decoder/fields.ts';

/** Amounts have so many decimal places; of prices only their digits count, so that they have no step. */
const LOT_SIZE = '0.00000001';

/** Behind the codes of both currencies of a derivative: `BTCF0:USTF0`. */
const DERIVATIVE = /F0$/;

/** What Bitfinex says of what it trades (`conf`), each in a list of its own. */
export interface Configuration {
  /** `BTCUSD`, `DOGE:USD`. */
  readonly pairs: readonly unknown[];
  /** `BTCF0:USTF0`. */
  readonly futures: readonly unknown[];
  /** `USD`, `UST`: currencies that are lent. */
  readonly currencies: readonly unknown[];
  /** `["UST", "USDt"]`: the name of a currency, where its code is another one. */
  readonly names: readonly unknown[];
}

/** The common names of currencies by Bitfinex's codes: `USDT` of `UST`. */
export function namesOf(rows: readonly unknown[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const row of rows) {
    if (!Array.isArray(row)) continue;
    const [code, name] = row as readonly unknown[];
    if (typeof code === 'string' && typeof name === 'string' && /^[A-Za-z0-9]+$/.test(name))
      names.set(code, name.toUpperCase());
  }
  return names;
}

/**
 * All instruments. Of two with one unified symbol the first counts.
 * @param reject takes the reason for every row that cannot be read
 */
export function readInstruments(
  { pairs, futures, currencies, names }: Configuration,
  exchange: string,
  reject: (reason: string) => void,
): Instrument[] {
  const byCode = namesOf(names);
  const instruments = new Map<string, Instrument>();
  const known = new Set<string>();
  const listed = [...pairs, ...futures];
  for (const [index, entry] of [...listed, ...currencies].entries()) {
    try {
      const code = text(entry, `entries[${index}]`);
      const instrument =
        index < listed.length ? readPair(code, exchange, byCode) : readCurrency(code, exchange, byCode);
      const { symbol, nativeSymbol } = instrument;
      const first = instruments.get(symbol);
      if (first && !known.has(nativeSymbol))
        reject(`${nativeSymbol} is ${symbol}, as ${first.nativeSymbol} is`);
      known.add(nativeSymbol);
      if (!first) instruments.set(symbol, instrument);
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      reject(error.message);
    }
  }
  return [...instruments.values()];
}

function readPair(pair: string, exchange: string, names: ReadonlyMap<string, string>): Instrument {
  const codes = codesOf(pair);
  const isDerivative = codes.every((code) => DERIVATIVE.test(code));
  const [base = '', quote = ''] = codes.map((code) => {
    const plain = isDerivative ? code.replace(DERIVATIVE, '') : code;
    return names.get(plain) ?? plain;
  });
  const kind = isDerivative ? 'perpetual' : 'spot';
  const symbol = formatSymbol(
    isDerivative ? { kind: 'perpetual', base, quote, settle: quote } : { kind: 'spot', base, quote },
  );
  if (!isSymbol(symbol)) throw new MalformedFieldError('pair', 'two currencies', pair);
  return {
    exchange,
    kind,
    symbol,
    nativeSymbol: `t${pair}`,
    base,
    quote,
    status: 'trading',
    lotSize: LOT_SIZE,
  };
}

/** What is lent is paid back in kind. */
function readCurrency(code: string, exchange: string, names: ReadonlyMap<string, string>): Instrument {
  const currency = names.get(code) ?? code;
  const symbol = formatSymbol({ kind: 'funding', currency });
  if (!isSymbol(symbol)) throw new MalformedFieldError('currency', 'a code', code);
  return {
    exchange,
    kind: 'funding',
    symbol,
    nativeSymbol: `f${code}`,
    base: currency,
    quote: currency,
    status: 'trading',
    lotSize: LOT_SIZE,
  };
}

/** `BTCUSD` has codes of three letters; where one is longer, a colon stands between them. */
function codesOf(pair: string): readonly string[] {
  const codes = pair.includes(':') ? pair.split(':') : [pair.slice(0, 3), pair.slice(3)];
  if (codes.length !== 2 || codes.some((code) => code === '') || (!pair.includes(':') && pair.length !== 6))
    throw new MalformedFieldError('pair', 'six letters, or two codes and a colon', pair);
  return codes;
}

/** A list of lists, as `conf` answers. */
export function listsOf(body: unknown): readonly (readonly unknown[])[] {
  return list(body, 'body').map((entry, index) => list(entry, `body[${index}]`));
}
