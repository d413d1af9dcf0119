import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import { isFunding } from './bitfinex.funding.ts';
import { pairOf, type BitfinexInstrument } from './bitfinex.instruments.ts';

/** Codes that are not the names of what they stand for. */
const SYMBOLS: readonly (readonly [code: string, symbol: string])[] = [
  ['ALG', 'ALGO'],
  ['BTCF0', 'BTC'],
  ['DSH', 'DASH'],
  ['ETHF0', 'ETH'],
  ['IOT', 'IOTA'],
  ['QTM', 'QTUM'],
  ['UDC', 'USDC'],
  ['UST', 'USDT'],
  ['USTF0', 'USDT'],
];
const LABELS: readonly (readonly [code: string, label: string])[] = [
  ['BTC', 'Bitcoin'],
  ['DOGE', 'Dogecoin'],
  ['ETH', 'Ethereum'],
  ['USD', 'US Dollar'],
  ['UST', 'Tether USDt'],
  ['XDC', 'XDC Network'],
];
const UNDERLYING: readonly (readonly [code: string, of: string])[] = [
  ['BTCF0', 'BTC'],
  ['ETHF0', 'ETH'],
  ['USTF0', 'UST'],
];

/** The lists and maps that `GET /v2/conf/…` serves, by their keys. */
export class BitfinexConfLists {
  private readonly known: ReadonlyMap<string, BitfinexInstrument>;

  constructor(
    instruments: readonly BitfinexInstrument[],
    private readonly market: SeededMarket,
  ) {
    this.known = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
  }

  /** Several keys may be asked for together, separated by commas; of one that there is not the list is empty. */
  of(keys: string): readonly unknown[] {
    return keys.split(',').map((key) => this.one(key));
  }

  private one(key: string): readonly unknown[] {
    switch (key) {
      case 'pub:list:pair:exchange':
        return this.pairs(({ contract }) => contract === undefined);
      case 'pub:list:pair:margin':
        return this.pairs(({ contract, margin }) => contract === undefined && margin !== undefined);
      case 'pub:list:pair:futures':
      case 'pub:list:pair:future':
        return this.pairs(({ contract }) => contract !== undefined);
      case 'pub:info:pair':
        return this.infos(({ contract }) => contract === undefined);
      case 'pub:info:pair:futures':
        return this.infos(({ contract }) => contract !== undefined);
      case 'pub:list:currency':
        return this.currencies(() => true);
      case 'pub:list:currency:margin':
        return this.currencies(({ symbol }) => isFunding(symbol));
      case 'pub:map:currency:sym':
        return SYMBOLS;
      case 'pub:map:currency:label':
        return LABELS;
      case 'pub:map:currency:undl':
        return UNDERLYING;
      default:
        return [];
    }
  }

  private pairs(isMeant: (instrument: BitfinexInstrument) => boolean): readonly string[] {
    return this.listed((one) => !isFunding(one.symbol) && isMeant(one)).map(({ symbol }) => pairOf(symbol));
  }

  private infos(isMeant: (instrument: BitfinexInstrument) => boolean): readonly unknown[] {
    return this.listed((one) => !isFunding(one.symbol) && isMeant(one)).map(
      ({ symbol, minSize, maxSize, margin }) => [
        pairOf(symbol),
        [
          ...[null, null, null, minSize, maxSize, null, null, null],
          ...[margin?.initial ?? null, margin?.least ?? null, null, null],
        ],
      ],
    );
  }

  private currencies(isMeant: (instrument: BitfinexInstrument) => boolean): readonly string[] {
    return [...new Set(this.listed(isMeant).flatMap(({ base, quote }) => [base, quote]))].sort();
  }

  /** What was closed is not named any more. */
  private listed(isMeant: (instrument: BitfinexInstrument) => boolean): readonly BitfinexInstrument[] {
    return this.market.markets
      .filter(({ status }: InstrumentMarket) => status !== 'closed')
      .flatMap(({ instrument: { symbol } }) => this.known.get(symbol) ?? [])
      .filter(isMeant);
  }
}
