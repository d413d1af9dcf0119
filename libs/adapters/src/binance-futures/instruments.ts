import { formatSymbol, type Instrument, type InstrumentStatus } from '@exchange-stream/market-data';
import { readSymbols, stepsOf } from '../binance-family/symbols.ts';
import { MalformedFieldError, integer, text, type WireObject } from '../decoder/fields.ts';

/** The date at the end of the symbol of a contract that is delivered. */
const DATED = /_(\d{6})$/;

/**
 * The instruments in the body of `exchangeInfo`. Where a contract is worth a number of USD (COIN-M), amounts count contracts.
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
    const settle = text(row.marginAsset, `${field}.marginAsset`);
    const nativeSymbol = text(row.symbol, `${field}.symbol`);
    const isPerpetual = isPerpetualContract(row, nativeSymbol, field);
    return {
      exchange,
      kind: isPerpetual ? 'perpetual' : 'future',
      symbol: isPerpetual
        ? formatSymbol({ kind: 'perpetual', base, quote, settle })
        : formatSymbol({ kind: 'future', base, quote, settle, expiry: expiryOf(row, nativeSymbol, field) }),
      nativeSymbol,
      base,
      quote,
      status: statusOf(text(row.status ?? row.contractStatus, `${field}.status`)),
      ...stepsOf(row, field),
      ...(row.contractSize === undefined
        ? {}
        : {
            contractSize: String(integer(row.contractSize, `${field}.contractSize`)),
            contractCurrency: quote,
          }),
    };
  });
}

/**
 * Perpetual ones of shares and the like have a type of their own that ends alike. One that is not listed yet may have none;
 * then its symbol tells.
 */
function isPerpetualContract(row: WireObject, nativeSymbol: string, field: string): boolean {
  if (row.contractType === '') return !DATED.test(nativeSymbol);
  return text(row.contractType, `${field}.contractType`).includes('PERPETUAL');
}

/** `YYMMDD` of the delivery. */
function expiryOf(row: WireObject, nativeSymbol: string, field: string): string {
  const [, dated] = DATED.exec(nativeSymbol) ?? [];
  if (dated !== undefined) return dated;
  const delivery = new Date(integer(row.deliveryDate, `${field}.deliveryDate`));
  if (Number.isNaN(delivery.getTime())) {
    throw new MalformedFieldError(`${field}.deliveryDate`, 'a date', row.deliveryDate);
  }
  return delivery.toISOString().slice(2, 10).replaceAll('-', '');
}

/** PENDING_TRADING, SETTLING, TRADING_HALT and what may come: no trade happens now. */
function statusOf(status: string): InstrumentStatus {
  if (status === 'TRADING') return 'trading';
  return status === 'CLOSE' ? 'delisted' : 'halted';
}
