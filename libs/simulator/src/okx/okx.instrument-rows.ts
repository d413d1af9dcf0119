import type { InstrumentMarket } from '../market/instrument-market.ts';
import { isInverse } from '../market/instrument.ts';
import { deliveryTimeOf } from '../market/derivatives/contract.ts';
import type { Payload } from './okx.frames.ts';
import type { OkxInstrument } from './okx.instruments.ts';

/** Long before anybody connects. */
const LIST_TIME = Date.UTC(2024, 0, 8, 8);

/** Rows of the lists of instruments. */
export class OkxInstrumentRows {
  private readonly known: ReadonlyMap<string, OkxInstrument>;
  /** What has not opened yet. */
  private readonly unopened: Set<string>;

  /** @param isHalted whether a market stands still for now */
  constructor(
    instruments: readonly OkxInstrument[],
    private readonly isHalted: (market: InstrumentMarket) => boolean,
  ) {
    this.known = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
    this.unopened = new Set(
      instruments.filter(({ isPreopen }) => isPreopen === true).map(({ symbol }) => symbol),
    );
  }

  isPreopen({ instrument }: InstrumentMarket): boolean {
    return this.unopened.has(instrument.symbol);
  }

  /** The status of a market is another one: what trades has opened. */
  changed(market: InstrumentMarket): void {
    if (!this.isHalted(market)) this.unopened.delete(market.instrument.symbol);
  }

  /** @throws Error for what is none of this exchange's */
  of(market: InstrumentMarket): Payload {
    const { symbol } = market.instrument;
    const instrument = this.known.get(symbol);
    if (instrument === undefined) throw new Error(`${symbol} is no instrument of OKX.`);
    return { ...termsOf(instrument), state: this.stateOf(market) };
  }

  private stateOf(market: InstrumentMarket): 'live' | 'suspend' | 'preopen' {
    if (this.isPreopen(market)) return 'preopen';
    return market.status === 'trading' && !this.isHalted(market) ? 'live' : 'suspend';
  }
}

function termsOf(instrument: OkxInstrument): Payload {
  const { contract, base, quote } = instrument;
  const isSpot = contract === undefined;
  const deliveryTime = contract && deliveryTimeOf(contract);
  const isOption = contract?.kind === 'option';
  return {
    alias: instrument.alias,
    auctionEndTime: '',
    baseCcy: isSpot ? base : '',
    category: '1',
    ctMult: instrument.ctMult,
    ctType: isSpot || isOption ? '' : isInverse(instrument) ? 'inverse' : 'linear',
    ctVal: instrument.ctVal,
    ctValCcy: instrument.ctValCcy,
    expTime: deliveryTime === undefined ? '' : String(deliveryTime),
    groupId: '1',
    instCategory: '1',
    instFamily: contract?.index ?? '',
    instId: instrument.symbol,
    instIdCode: instrument.idCode,
    instType: instrument.instType,
    lever: isSpot || isOption ? '' : '100',
    listTime: String(LIST_TIME),
    lotSz: instrument.lotSize,
    maxLmtSz: '9999999999',
    maxMktSz: '1000000',
    minSz: instrument.lotSize,
    optType: isOption ? (contract.right === 'call' ? 'C' : 'P') : '',
    quoteCcy: isSpot ? quote : '',
    ruleType: 'normal',
    settleCcy: contract?.settle ?? '',
    stk: isOption ? String(contract.strike) : '',
    tickSz: instrument.tickSize,
    tradeQuoteCcyList: [],
    uly: contract?.index ?? '',
  };
}
