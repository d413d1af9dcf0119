/**
 * Unified symbols are those of CCXT: `BTC/USDT` (spot), `BTC/USDT:USDT` (perpetual), `BTC/USD:BTC-261225` (future),
 * `ETH/USD:ETH-261225-4000-C` (option); lending is written `fUSD`.
 */
export type ParsedSymbol =
  | { readonly kind: 'spot'; readonly base: string; readonly quote: string }
  | { readonly kind: 'perpetual'; readonly base: string; readonly quote: string; readonly settle: string }
  | {
      readonly kind: 'future';
      readonly base: string;
      readonly quote: string;
      readonly settle: string;
      /** `YYMMDD`, UTC. */
      readonly expiry: string;
    }
  | {
      readonly kind: 'option';
      readonly base: string;
      readonly quote: string;
      readonly settle: string;
      /** `YYMMDD`, UTC. */
      readonly expiry: string;
      /** Decimal text. */
      readonly strike: string;
      readonly right: 'call' | 'put';
    }
  | { readonly kind: 'funding'; readonly currency: string };

const PAIR = /^([^/:\s]+)\/([^/:\s]+)$/;
const DERIVATIVE = /^([^/:\s]+)\/([^/:\s]+):([^/:\s-]+)(?:-(\d{6})(?:-(\d+(?:\.\d+)?)-([CP]))?)?$/;
const FUNDING = /^f([A-Z0-9]+)$/;

/** Thrown when a text is not a unified symbol. */
export class InvalidSymbolError extends Error {
  readonly code = 'INVALID_SYMBOL';

  constructor(text: string) {
    super(`Not a unified symbol: ${JSON.stringify(text.slice(0, 64))}. Expected a form such as "BTC/USDT".`);
    this.name = 'InvalidSymbolError';
  }
}

/**
 * The parts of a unified symbol.
 * @throws InvalidSymbolError
 */
export function parseSymbol(text: string): ParsedSymbol {
  const parsed = partsOf(text);
  if (!parsed) throw new InvalidSymbolError(text);
  return parsed;
}

/** Whether the text is a unified symbol. */
export function isSymbol(text: string): boolean {
  return partsOf(text) !== undefined;
}

/** The unified symbol with these parts; the reverse of `parseSymbol`. */
export function formatSymbol(symbol: ParsedSymbol): string {
  switch (symbol.kind) {
    case 'spot':
      return `${symbol.base}/${symbol.quote}`;
    case 'perpetual':
      return `${symbol.base}/${symbol.quote}:${symbol.settle}`;
    case 'future':
      return `${symbol.base}/${symbol.quote}:${symbol.settle}-${symbol.expiry}`;
    case 'option': {
      const right = symbol.right === 'call' ? 'C' : 'P';
      return `${symbol.base}/${symbol.quote}:${symbol.settle}-${symbol.expiry}-${symbol.strike}-${right}`;
    }
    case 'funding':
      return `f${symbol.currency}`;
  }
}

function partsOf(text: string): ParsedSymbol | undefined {
  return spotParts(text) ?? derivativeParts(text) ?? fundingParts(text);
}

function spotParts(text: string): ParsedSymbol | undefined {
  const [, base, quote] = PAIR.exec(text) ?? [];
  return base !== undefined && quote !== undefined ? { kind: 'spot', base, quote } : undefined;
}

function derivativeParts(text: string): ParsedSymbol | undefined {
  const [, base, quote, settle, expiry, strike, right] = DERIVATIVE.exec(text) ?? [];
  if (base === undefined || quote === undefined || settle === undefined) return undefined;
  if (expiry === undefined) return { kind: 'perpetual', base, quote, settle };
  if (strike === undefined) return { kind: 'future', base, quote, settle, expiry };
  return { kind: 'option', base, quote, settle, expiry, strike, right: right === 'C' ? 'call' : 'put' };
}

function fundingParts(text: string): ParsedSymbol | undefined {
  const currency = FUNDING.exec(text)?.[1];
  return currency === undefined ? undefined : { kind: 'funding', currency };
}
