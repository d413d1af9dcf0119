import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import { quoted, rowText, type FrameType } from './kraken.frames.ts';
import { KRAKEN_INSTRUMENTS, type KrakenInstrument, type KrakenStatus } from './kraken.instruments.ts';

const KNOWN: ReadonlyMap<string, KrakenInstrument> = new Map(
  KRAKEN_INSTRUMENTS.map((instrument) => [instrument.symbol, instrument]),
);
/** Digits that are kept of an asset, and those that are shown. */
const ASSET_PRECISION = 10;
const ASSET_PRECISION_DISPLAY = 5;

/** @throws TypeError for a market of another exchange */
export function krakenInstrument({ instrument: { symbol } }: InstrumentMarket): KrakenInstrument {
  const instrument = KNOWN.get(symbol);
  if (instrument === undefined) throw new TypeError(`${symbol} is no pair of Kraken.`);
  return instrument;
}

export function statusOf(market: InstrumentMarket, all: SeededMarket): KrakenStatus {
  if (market.status === 'closed') return 'delisted';
  if (!market.trades) return 'work_in_progress';
  return all.isHalted(market) ? 'cancel_only' : 'online';
}

/** All assets and pairs, or those of which something is another one. */
export function instrumentFrame(
  type: FrameType,
  markets: readonly InstrumentMarket[],
  all: SeededMarket,
): string {
  const pairs = markets.map((market) => pairRow(market, all));
  const names =
    type === 'snapshot' ? markets.flatMap(({ instrument: { base, quote } }) => [base, quote]) : [];
  const assets = [...new Set(names)].map(assetRow);
  const data = `{"assets":[${assets.join(',')}],"pairs":[${pairs.join(',')}]}`;
  return `{"channel":"instrument","type":"${type}","data":${data}}`;
}

function assetRow(id: string): string {
  return rowText({
    id: quoted(id),
    status: quoted('enabled'),
    precision: String(ASSET_PRECISION),
    precision_display: String(ASSET_PRECISION_DISPLAY),
    borrowable: 'true',
  });
}

function pairRow(market: InstrumentMarket, all: SeededMarket): string {
  const one = krakenInstrument(market);
  return rowText({
    symbol: quoted(one.symbol),
    base: quoted(one.base),
    quote: quoted(one.quote),
    status: quoted(statusOf(market, all)),
    qty_precision: String(one.qtyPrecision),
    qty_increment: one.lotSize,
    price_precision: String(one.pricePrecision),
    price_increment: one.tickSize,
    cost_precision: String(one.costPrecision),
    cost_min: one.minNotional,
    qty_min: one.lotSize,
    marginable: 'false',
    has_index: 'false',
  });
}
