import type { Sink, Stream } from '@exchange-stream/nestjs/contract';
import { MalformedFieldError, isWireObject, object, text } from '../decoder/fields.ts';
import type { Precision } from './kraken.book.ts';
import { decimals, statusOf } from './kraken.instruments.ts';
import type { WireMessage, WirePair } from './kraken.wire.ts';

/** Pairs that are remembered: several times as many as there are. */
const MAX_PAIRS = 20_000;

/**
 * What the channel `instrument` tells of pairs: all that there are at first, then those that have changed. Whether their
 * markets stand still, and how many decimal places they have, which may change when one is listed anew.
 */
export class Listings {
  private readonly precisions = new Map<string, Precision>();
  /** Markets that were told to stand still. */
  private readonly halted = new Set<string>();

  precisionOf(symbol: string): Precision | undefined {
    return this.precisions.get(symbol);
  }

  read<S extends Stream>({ data }: WireMessage, sink: Sink<S>): void {
    if (!isWireObject(data) || !Array.isArray(data.pairs))
      return sink.rejected(undefined, 'data: expected {assets, pairs}');
    let isNews = false;
    for (const [index, row] of data.pairs.entries()) {
      try {
        if (this.readOne(object(row, `pairs[${index}]`), `pairs[${index}]`, sink)) isNews = true;
      } catch (error) {
        if (!(error instanceof MalformedFieldError)) throw error;
        sink.rejected(undefined, error.message);
        isNews = true;
      }
    }
    if (!isNews) sink.ignored('instrument');
  }

  /** Returns whether it says anything new of its market. */
  private readOne<S extends Stream>(row: WirePair, field: string, sink: Sink<S>): boolean {
    const symbol = text(row.symbol, `${field}.symbol`);
    const status = text(row.status, `${field}.status`);
    const precision: Precision = {
      price: decimals(row.price_precision, `${field}.price_precision`),
      amount: decimals(row.qty_precision, `${field}.qty_precision`),
    };
    if (this.precisions.has(symbol) || this.precisions.size < MAX_PAIRS)
      this.precisions.set(symbol, precision);
    const isHalted = statusOf(status) !== 'trading';
    if (isHalted === this.halted.has(symbol)) return false;
    if (isHalted) this.halted.add(symbol);
    else this.halted.delete(symbol);
    const reason = `the exchange lists ${symbol} as ${status.slice(0, 32)}`;
    sink.marketStatus(symbol, isHalted ? 'halted' : 'trading', reason);
    return true;
  }
}
