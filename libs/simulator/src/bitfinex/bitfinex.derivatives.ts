import type { Clock } from '@exchange-stream/market-data';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import { list } from './bitfinex.frames.ts';
import { wireNumber } from './bitfinex.numbers.ts';

/** What is sent each second changes only so often (measured). */
const CHANGES_EVERY_MS = 3_000;
const CLAMPS = [0.0005, 0.0025];

/** The status of derivatives: sent each second, whether or not it changed. */
export class BitfinexDerivatives {
  private readonly rows = new Map<string, { readonly until: number; readonly text: string }>();

  constructor(private readonly clock: Clock) {}

  /** As on the socket, without the symbol; undefined for what is no derivative. */
  row(market: InstrumentMarket): string | undefined {
    const now = Math.floor(this.clock.now());
    const { symbol } = market.instrument;
    const known = this.rows.get(symbol);
    // A clock may be set back.
    if (known && now < known.until && now >= known.until - CHANGES_EVERY_MS) return known.text;
    const text = rowOf(market, now);
    if (text !== undefined) this.rows.set(symbol, { until: now + CHANGES_EVERY_MS, text });
    return text;
  }

  /** As REST has it: the symbol stands before. */
  namedRow(market: InstrumentMarket): string | undefined {
    const row = this.row(market);
    return row && `[${JSON.stringify(market.instrument.symbol)},${row.slice(1)}`;
  }
}

function rowOf({ contract, tape, format }: InstrumentMarket, now: number): string | undefined {
  const funding = contract?.funding?.at(now);
  if (contract === undefined || funding === undefined) return undefined;
  const fields = Array.from({ length: 23 }, () => 'null');
  const set = (index: number, text: string): void => void (fields[index] = text);
  set(0, String(now));
  set(2, wireNumber(tape.last ? format.price.text(tape.last.ticks) : contract.markPrice.toFixed(8)));
  set(3, wireNumber(contract.indexPrice.toFixed(4)));
  set(5, '62210384.95685668');
  set(7, String(funding.nextTime));
  set(8, wireNumber(funding.rate.toFixed(8)));
  set(9, String(Math.floor((now % funding.intervalMs) / 60_000)));
  set(11, wireNumber(funding.lastRate.toFixed(8)));
  set(14, wireNumber(contract.markPrice.toFixed(8)));
  set(17, wireNumber(format.amount.text(contract.openInterest)));
  set(21, String(CLAMPS[0]));
  set(22, String(CLAMPS[1]));
  return list(fields);
}
